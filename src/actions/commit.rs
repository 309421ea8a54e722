//! The end of a change: everything it touched, its lines in the activity log and the new revision
//! are written and committed, with what subscribers are to be told.

use super::audit;
use super::change::Change;
use super::error::ActionError;
use crate::store::changes;

impl Change {
    /// Commits, and returns the new revision if anything public changed.
    pub async fn commit(mut self) -> Result<Option<i64>, ActionError> {
        self.settle().await?;
        let lines = self.write_audit().await?;
        let mut revision = None;
        if !self.touched.is_empty() {
            let number = changes::insert_revision(&mut self.tx, self.now).await?;
            for ((kind, id), since) in &self.touched {
                let what = (*kind, id.as_str());
                changes::insert_change(&mut self.tx, number, what, *since, self.now).await?;
            }
            revision = Some(number);
        }
        self.write_dispatches(revision.unwrap_or_default()).await?;
        self.tx.commit().await?;
        audit::log(&lines);
        Ok(revision)
    }
}
