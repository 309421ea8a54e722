//! What is posted where, and a request with JSON.

use http::Method;
use serde_json::Value;

use crate::delivery::outgoing::exchange::HttpRequest;
use crate::render::chat::Message;

/// How much of an answer is read. Some services repeat the whole message, and end with its id.
const ANSWER_BYTES: usize = 64 << 10;

/// A message, and where among others it goes.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    /// The message.
    pub message: &'a Message,
    /// The same for the same message, however often it is sent.
    pub key: &'a str,
    /// The same for all messages of a thread.
    pub thread: &'a str,
    /// Where it goes.
    pub place: Place<'a>,
}

/// Where a message goes. References are those that the service gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// At the end, as the first of its thread.
    New,
    /// Into the thread of this first message, where the service has threads.
    Reply(&'a str),
    /// In the place of this message. Only for an address that can edit.
    Edit(&'a str),
}

/// A request with a body of JSON.
pub(super) fn json_request(
    method: Method,
    url: String,
    token: Option<&str>,
    body: &Value,
) -> HttpRequest {
    let mut headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    HttpRequest {
        method,
        url,
        headers,
        body: body.to_string().into_bytes(),
        answer_bytes: ANSWER_BYTES,
    }
}
