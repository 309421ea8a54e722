//! Failures of the database while messages are sent.

use crate::store::StoreError;

/// Logs failures of the database once, not every second.
#[derive(Debug, Default)]
pub(super) struct Failures {
    has_failed: bool,
}

impl Failures {
    /// Notes how something went that is tried again and again.
    pub(super) fn note(&mut self, result: Result<(), StoreError>) {
        match result {
            Ok(()) => self.has_failed = false,
            Err(error) => {
                if !std::mem::replace(&mut self.has_failed, true) {
                    tracing::error!(%error, "nothing can be sent for now");
                }
            }
        }
    }
}
