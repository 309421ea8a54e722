//! ntfy: a notification on a topic.
//!
//! Limits and answers: ntfy's documentation, "Publishing", "Publish as JSON" and "Limitations".

use http::Method;
use serde_json::json;

use super::fitting::fitting;
use super::markup::write;
use super::plain::PLAIN;
use super::posting::json_request;
use super::reading::{by_status, delivered, json, text};
use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::domain::state::Tone;
use crate::render::chat::Message;

/// The most bytes of a message; what is longer becomes a file.
const MESSAGE_BYTES: usize = 4096;

/// The request. A phone makes itself heard as the tone says.
pub(super) fn request(
    message: &Message,
    server: &str,
    topic: &str,
    token: Option<&str>,
) -> HttpRequest {
    let told = fitting(
        message,
        |body| {
            let text = write(&PLAIN, body);
            let text = format!("{text}\n\n{}", message.end());
            text.trim_start().to_owned()
        },
        |text| text.len() <= MESSAGE_BYTES,
    );
    let priority = match message.tone {
        Tone::Ok | Tone::Info | Tone::Warn => 3,
        Tone::Mid | Tone::Bad => 4,
    };
    let body = json!({
        "topic": topic,
        "title": message.heading(),
        "message": told,
        "priority": priority,
        "click": message.link.url,
    });
    json_request(Method::POST, format!("{server}/"), token, &body)
}

/// What an answer means.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let body = json(answer);
    match answer.status {
        200..=299 => {
            let id = text(&body, "/id");
            delivered((!id.is_empty()).then(|| id.to_owned()))
        }
        _ => by_status(answer, text(&body, "/error")),
    }
}
