//! Reading the record.

use super::error::ClientError;
use super::{Client, PAGE_SIZE};
use crate::urls;
use crate::wire::audit::AuditBody;

impl Client {
    /// The newest lines of the record, newest first, at most `limit`; which, `asked` says as
    /// parameters of the query.
    pub fn record(
        &self,
        asked: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<AuditBody>, ClientError> {
        let size = limit.min(PAGE_SIZE).to_string();
        let asked = [asked, &[("limit", size.as_str())]].concat();
        let first = format!("{}/audit{}", urls::API, urls::query(&asked));
        self.list_from(first, "entries", limit)
    }

    /// The record as a table, whole; which lines, `asked` says.
    pub fn record_table(&self, asked: &[(&str, &str)]) -> Result<String, ClientError> {
        let path = format!("{}/audit.csv{}", urls::API, urls::query(asked));
        Ok(self.ask(&path)?.text)
    }
}
