//! Reads and imports subscribers.

use super::error::ClientError;
use super::{Client, PAGE_SIZE, subscribers_path};
use crate::urls;
use crate::wire::subscriber::{ImportSubscribers, ImportedBody, SubscriberBody, SubscriberList};

impl Client {
    /// Subscribers in the order in which they asked, at most `limit`; only those whose address
    /// contains `search`.
    pub fn subscribers(
        &self,
        search: Option<&str>,
        limit: usize,
    ) -> Result<Vec<SubscriberBody>, ClientError> {
        let size = limit.min(PAGE_SIZE).to_string();
        let search = search.map(|search| ("search", search));
        let pairs: Vec<_> = search
            .into_iter()
            .chain([("limit", size.as_str())])
            .collect();
        let first = format!("{}{}", subscribers_path(), urls::query(&pairs));
        self.list_from(first, |page: SubscriberList| page.subscribers, limit)
    }

    /// All subscribers as a table.
    pub fn subscriber_table(&self) -> Result<String, ClientError> {
        let path = format!("{}/export", subscribers_path());
        Ok(self.ask(&path)?.text)
    }

    /// Imports a part of a list.
    pub fn import_subscribers(
        &self,
        part: &ImportSubscribers,
        key: &str,
    ) -> Result<ImportedBody, ClientError> {
        let path = format!("{}/import", subscribers_path());
        let answer = self.post(&path, part, key)?;
        serde_json::from_value(answer).map_err(|error| {
            ClientError::unexpected(200, format!("not what was expected: {error}"))
        })
    }
}
