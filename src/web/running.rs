//! Requests in progress with an `Idempotency-Key`: the same one never runs twice at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::actions::ActionError;

/// Requests in progress, by token and key.
pub type Running = Arc<Mutex<HashSet<(String, String)>>>;

/// The exclusive right to run a request with a key. Dropping it releases the key.
pub(super) struct KeyLock {
    running: Running,
    key: (String, String),
}

impl Drop for KeyLock {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&self.key);
    }
}

/// Locks a key.
///
/// # Errors
/// `StillRunning`, if another request holds it.
pub(super) fn lock_key(
    running: &Running,
    token_id: &str,
    key: &str,
) -> Result<KeyLock, ActionError> {
    let running = running.clone();
    let key = (token_id.to_owned(), key.to_owned());
    let mut keys = running.lock().unwrap_or_else(PoisonError::into_inner);
    let is_free = keys.insert(key.clone());
    drop(keys);
    if is_free {
        Ok(KeyLock { running, key })
    } else {
        Err(ActionError::StillRunning)
    }
}
