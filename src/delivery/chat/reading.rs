//! What an answer means, as far as services agree.

use std::time::Duration;

use serde_json::Value;

use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer};

/// How much of a service's words is kept, in characters.
const WORDS_CHARS: usize = 160;

pub(super) fn delivered(reference: Option<String>) -> ChannelResult {
    ChannelResult::Delivered { reference }
}

pub(super) fn later(why: String, after: Option<Duration>) -> ChannelResult {
    ChannelResult::Later { why, after }
}

pub(super) fn refused(why: String) -> ChannelResult {
    ChannelResult::Refused { why }
}

pub(super) fn gone(why: String) -> ChannelResult {
    ChannelResult::Gone { why }
}

/// The body as JSON; null if it isn't, or was too long.
pub(super) fn json(answer: &HttpAnswer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// A text in an answer; empty if it isn't there.
pub(super) fn text<'a>(body: &'a Value, pointer: &str) -> &'a str {
    body.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A number of seconds in an answer, also with a fraction; rounded up.
pub(super) fn seconds(body: &Value, pointer: &str) -> Option<Duration> {
    let seconds = body.pointer(pointer).and_then(Value::as_f64)?;
    Duration::try_from_secs_f64(seconds.ceil()).ok()
}

/// A failure for staff: the status and what the service says.
pub(super) fn failure(answer: &HttpAnswer, words: &str) -> String {
    let words: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(WORDS_CHARS)
        .collect();
    // Whoever shows it ends the sentence.
    match words.trim().trim_end_matches('.') {
        "" => format!("HTTP {}", answer.status),
        words => format!("HTTP {}: {words}", answer.status),
    }
}

/// What a status means by itself, with what the service says about it.
pub(super) fn by_status(answer: &HttpAnswer, words: &str) -> ChannelResult {
    let why = failure(answer, words);
    match answer.status {
        200..=299 => delivered(None),
        408 | 425 | 429 => later(why, answer.retry_after),
        500.. => later(why, answer.retry_after),
        404 | 410 => gone(why),
        // Staff can mend what is missing or not allowed, without another address.
        401 | 403 => later(why, None),
        _ => refused(why),
    }
}
