//! Reads the activity log.

use super::error::ClientError;
use super::{Client, PAGE_SIZE};
use crate::urls;
use crate::wire::audit::{AuditBody, AuditList, RecordQuery};

impl Client {
    /// The newest entries of the activity log, newest first, at most `limit`.
    pub fn record(&self, asked: &RecordQuery, limit: usize) -> Result<Vec<AuditBody>, ClientError> {
        let size = limit.min(PAGE_SIZE).to_string();
        let asked = [&asked.pairs()[..], &[("limit", size.as_str())]].concat();
        let first = format!("{}/audit{}", urls::API, urls::query(&asked));
        self.list_from(first, |page: AuditList| page.entries, limit)
    }

    /// The whole activity log as a table.
    pub fn record_table(&self, asked: &RecordQuery) -> Result<String, ClientError> {
        let path = format!("{}/audit.csv{}", urls::API, urls::query(&asked.pairs()));
        Ok(self.ask(&path)?.text)
    }
}
