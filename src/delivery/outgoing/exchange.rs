//! What a channel gives to the HTTP client, what it gets back, and what it makes of that.

use std::time::Duration;

use http::Method;

/// A request to a receiver.
#[derive(Clone)]
pub struct HttpRequest {
    /// Mostly POST.
    pub method: Method,
    /// Where, with its scheme. It may hold a secret, so it is never logged.
    pub url: String,
    /// Headers besides `host`, `content-length` and `user-agent`; names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How much of the answer's body is read, in bytes.
    pub answer_bytes: usize,
}

/// What a receiver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status, 200 for example.
    pub status: u16,
    /// How long it asks to wait, if it says so in seconds.
    pub retry_after: Option<Duration>,
    /// The beginning of the body, as much as was asked for.
    pub body: Vec<u8>,
}

/// What a channel makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelResult {
    /// It was taken. The message's id at the service, if it has one, is kept for the thread.
    Delivered { reference: Option<String> },
    /// It is tried again, not before `after` if the service says so.
    Later {
        why: String,
        after: Option<Duration>,
    },
    /// What it was to replace is gone at the service. It is sent anew at once.
    Lost,
    /// This message is refused for good; the next one is tried.
    Refused { why: String },
    /// The receiver is gone; nothing is sent to it any more.
    Gone { why: String },
}
