//! Attempts to deliver a message to a channel.

use chrono::{DateTime, Utc};

use super::dispatch::Thread;

/// An attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its identity.
    pub id: String,
    /// The channel.
    pub channel_id: String,
    /// The message's number.
    pub seq: i64,
    /// What kind of event it told, such as `update.posted`.
    pub event: String,
    /// Which attempt it was, from 1 on.
    pub attempt: i64,
    /// The status of the answer, if there was one.
    pub status: Option<i64>,
    /// Why it wasn't taken; `None` if it was.
    pub failure: Option<String>,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
}

/// An attempt, with what its message was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptAbout {
    /// The attempt.
    pub attempt: Attempt,
    /// What its message was about; `None` for a test, and if the message isn't kept any more.
    pub thread: Option<Thread>,
}
