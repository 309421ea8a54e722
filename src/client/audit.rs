//! Reads the activity log.

use super::error::ClientError;
use super::{Client, PAGE_SIZE};
use crate::urls;
use crate::wire::audit::{ActivityLogQuery, AuditBody, AuditList};

impl Client {
    /// The newest entries of the activity log, newest first, at most `limit`.
    pub fn activity_log(
        &self,
        asked: &ActivityLogQuery,
        limit: usize,
    ) -> Result<Vec<AuditBody>, ClientError> {
        let size = limit.min(PAGE_SIZE).to_string();
        let asked = [&asked.pairs()[..], &[("limit", size.as_str())]].concat();
        let first = format!("{}/audit{}", urls::API, urls::query(&asked));
        self.list_from(first, |page: AuditList| page.entries, limit)
    }

    /// The whole activity log as a table.
    pub fn activity_log_csv(&self, asked: &ActivityLogQuery) -> Result<String, ClientError> {
        let path = format!("{}/audit.csv{}", urls::API, urls::query(&asked.pairs()));
        Ok(self.ask(&path)?.text)
    }
}
