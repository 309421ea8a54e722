//! What a newer version of Lightship wrote, and this one doesn't know. During a rollout, both run over
//! one database: what isn't known is left to the newer one.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What was said already. Each is said once.
static SAID: Mutex<BTreeSet<(&str, String)>> = Mutex::new(BTreeSet::new());

/// How many are remembered. More don't come from Lightship.
const MOST: usize = 100;

/// Says in the log, once, that something is left alone. `what` is its column.
pub(super) fn leave_alone(what: &'static str, word: &str) {
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.len() < MOST && said.insert((what, word.to_owned())) {
        tracing::warn!(
            what,
            word,
            "the database has something that this version doesn't know; it is left to the newer \
             version that wrote it"
        );
    }
}

/// The kinds of messages to channels that this version knows, those of `News::KINDS` and tests, as a
/// list in SQL. Others are left to the newer version that queued them.
macro_rules! known_messages {
    () => {
        "('post', 'update', 'correction', 'reminder', 'state', 'amendment', 'withdrawal', 'shift', \
         'test')"
    };
}
pub(super) use known_messages;

/// The kinds of channels that this version knows, as a list in SQL.
macro_rules! known_channels {
    () => {
        "('email', 'webhook', 'slack', 'discord', 'teams', 'matrix', 'google_chat', 'mattermost', \
         'telegram', 'ntfy')"
    };
}
pub(super) use known_channels;

#[cfg(test)]
mod tests {
    use crate::domain::subscriber::Channel;

    #[test]
    fn every_kind_of_channel_can_be_claimed() {
        let kinds = Channel::ALL.map(|kind| format!("'{}'", kind.as_str()));
        assert_eq!(known_channels!(), format!("({})", kinds.join(", ")));
    }
}
