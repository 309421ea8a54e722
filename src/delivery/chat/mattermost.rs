//! Mattermost: a webhook that posts an attachment.
//!
//! Limits and answers: Mattermost's developer documentation, "Incoming webhooks" and "Message
//! attachments".

use http::Method;
use serde_json::json;

use super::fitting::{fitting, units};
use super::html::without_mentions;
use super::markdown::{MATTERMOST, link};
use super::markup::write;
use super::posting::json_request;
use super::reading::{by_status, gone, json, text};
use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::render::chat::Message;

/// The most characters of an attachment's text. Older servers take 7,600.
const TEXT: usize = 7600;

/// The request.
pub(super) fn request(message: &Message, url: &str) -> HttpRequest {
    let link = link(
        &(MATTERMOST.escape)(&message.link_text()),
        &message.link.url,
    );
    let told = fitting(
        message,
        |body| format!("{}\n\n{link}", write(&MATTERMOST, body)),
        |text| units(text) <= TEXT,
    );
    let body = json!({
        "attachments": [{
            "fallback": without_mentions(&message.summary),
            "color": message.colour(),
            "title": without_mentions(&message.heading()),
            "title_link": message.link.url,
            "text": told.trim_start(),
            "footer": without_mentions(&message.end()),
        }],
    });
    json_request(Method::POST, url.to_owned(), None, &body)
}

/// What an answer means.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let body = json(answer);
    let words = text(&body, "/message");
    let is_unknown = text(&body, "/id").starts_with("web.incoming_webhook.invalid");
    match is_unknown {
        true => gone(super::reading::failure(answer, words)),
        false => by_status(answer, words),
    }
}
