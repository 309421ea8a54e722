//! Requests with an `Idempotency-Key` that are running now: none is begun twice at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::actions::ActionError;

/// Requests that are running now, by token and key.
pub type Running = Arc<Mutex<HashSet<(String, String)>>>;

/// The turn of a request that is running. Dropped, it leaves the key to others.
pub(super) struct Turn {
    running: Running,
    key: (String, String),
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&self.key);
    }
}

/// Takes the turn of a key.
///
/// # Errors
/// `StillRunning`, if another request has it.
pub(super) fn take_turn(running: &Running, token_id: &str, key: &str) -> Result<Turn, ActionError> {
    let running = running.clone();
    let key = (token_id.to_owned(), key.to_owned());
    let mut keys = running.lock().unwrap_or_else(PoisonError::into_inner);
    let is_free = keys.insert(key.clone());
    drop(keys);
    if is_free {
        Ok(Turn { running, key })
    } else {
        Err(ActionError::StillRunning)
    }
}
