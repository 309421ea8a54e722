//! Google Chat: a webhook that posts a card into a thread.
//!
//! Limits and answers: Google's documentation of the Chat API, "Build an app with webhooks", "Format
//! messages" and "Usage limits".

use http::Method;
use serde_json::json;

use super::fitting::fitting;
use super::html::GOOGLE_CHAT;
use super::markup::write;
use super::posting::{Posting, json_request};
use super::reading::{by_status, delivered, failure, gone, json, later, text};
use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};

/// The most bytes of a message with its cards, with room for what is around the text.
const MESSAGE_BYTES: usize = 24_000;

/// The request. Only a card is sent: in its text, nobody can be called.
pub(super) fn request(posting: &Posting<'_>, url: &str) -> HttpRequest {
    let message = posting.message;
    let text = fitting(
        message,
        |body| write(&GOOGLE_CHAT, body),
        |text| text.len() <= MESSAGE_BYTES,
    );
    let link = json!({
        "text": message.link_text(),
        "onClick": { "openLink": { "url": message.link.url } },
    });
    let mut widgets = Vec::new();
    if !text.is_empty() {
        widgets.push(json!({ "textParagraph": { "text": text } }));
    }
    widgets.push(json!({ "buttonList": { "buttons": [link] } }));
    let body = json!({
        "fallbackText": message.summary,
        "thread": { "threadKey": posting.thread },
        "cardsV2": [{
            "cardId": "status",
            "card": {
                "header": { "title": message.heading(), "subtitle": message.end() },
                "sections": [{ "widgets": widgets }],
            },
        }],
    });
    let option = "messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
    json_request(Method::POST, format!("{url}&{option}"), None, &body)
}

/// What an answer means.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let body = json(answer);
    let words = text(&body, "/error/message");
    let why = failure(answer, words);
    match text(&body, "/error/status") {
        "RESOURCE_EXHAUSTED" => later(why, answer.retry_after),
        // The webhook was removed, or its key renewed.
        "NOT_FOUND" | "UNAUTHENTICATED" => gone(why),
        _ if (200..=299).contains(&answer.status) => {
            let name = text(&body, "/name");
            delivered((!name.is_empty()).then(|| name.to_owned()))
        }
        _ => by_status(answer, words),
    }
}
