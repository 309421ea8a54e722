//! Edits and deletions that fail if the resource has changed since it was read.

use serde::Serialize;
use serde_json::Value;
use ureq::http::header::{self, HeaderName};

use super::error::ClientError;
use super::{Client, read};

impl Client {
    /// Edits the resource at a path, unless it has changed since it had the ETag `etag`.
    pub fn edit(
        &self,
        path: &str,
        body: &impl Serialize,
        etag: &str,
    ) -> Result<Value, ClientError> {
        let mut request = self.agent.patch(self.address.join(path));
        for (name, value) in self.headers_of_edit(etag) {
            request = request.header(name, value);
        }
        let response = request.send_json(body).map_err(ClientError::of_transport)?;
        Ok(read(response)?.value)
    }

    /// Deletes the resource at a path, unless it has changed since it had the ETag `etag`.
    pub fn delete(&self, path: &str, etag: &str) -> Result<Value, ClientError> {
        let mut request = self.agent.delete(self.address.join(path));
        for (name, value) in self.headers_of_edit(etag) {
            request = request.header(name, value);
        }
        Ok(read(request.call().map_err(ClientError::of_transport)?)?.value)
    }

    fn headers_of_edit(&self, etag: &str) -> Vec<(HeaderName, String)> {
        let mut headers = Vec::new();
        if let Some(token) = &self.token {
            headers.push((header::AUTHORIZATION, format!("Bearer {token}")));
        }
        if !etag.is_empty() {
            headers.push((header::IF_MATCH, etag.to_owned()));
        }
        headers
    }
}
