//! Telegram: a bot that posts, answers the first message of a thread, and edits.
//!
//! Limits and answers: Telegram's "Bot API", `sendMessage`, `editMessageText`, "HTML style" and
//! "Making requests".

use http::Method;
use serde_json::{Value, json};

use super::fitting::{fitting, units};
use super::html::{TELEGRAM, escape, without_mentions};
use super::markup::write;
use super::posting::{Place, Posting, json_request};
use super::reading::{by_status, delivered, failure, gone, json, later, refused, seconds, text};
use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};

/// The most characters of a message. Telegram counts them without markup, we with it.
const MESSAGE: usize = 4096;

/// The request.
pub(super) fn request(posting: &Posting<'_>, server: &str, chat: &str, token: &str) -> HttpRequest {
    let message = posting.message;
    let told = |text: &str| without_mentions(&escape(text));
    let text = fitting(
        message,
        |body| {
            let heading = told(&message.heading());
            let gap = if body.is_empty() { "" } else { "\n\n" };
            format!(
                "<b>{heading}</b>{gap}{}\n\n<a href=\"{}\">{}</a>\n{}",
                write(&TELEGRAM, body),
                escape(&message.link.url),
                told(&message.link_text()),
                told(&message.end())
            )
        },
        |text| units(text) <= MESSAGE,
    );
    let chat = match chat.parse::<i64>() {
        Ok(id) => Value::from(id),
        Err(_) => Value::from(chat),
    };
    let mut body = json!({
        "chat_id": chat,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
    });
    let id = |reference: &str| reference.parse::<i64>().unwrap_or_default();
    let method = match posting.place {
        Place::New => "sendMessage",
        Place::Reply(first) => {
            body["reply_parameters"] = json!({
                "message_id": id(first),
                "allow_sending_without_reply": true,
            });
            "sendMessage"
        }
        Place::Edit(of) => {
            body["message_id"] = id(of).into();
            "editMessageText"
        }
    };
    json_request(
        Method::POST,
        format!("{server}/bot{token}/{method}"),
        None,
        &body,
    )
}

/// What an answer means.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let body = json(answer);
    let words = text(&body, "/description");
    let why = failure(answer, words);
    let lower = words.to_lowercase();
    let says = |part: &str| lower.contains(part);
    match answer.status {
        200..=299 => {
            let id = body.pointer("/result/message_id").and_then(Value::as_i64);
            delivered(id.map(|id| id.to_string()))
        }
        // It says already what it was to say.
        400 if says("message is not modified") => delivered(None),
        400 if says("message to edit not found") || says("message can't be edited") => {
            ChannelResult::Lost
        }
        400 if says("chat not found") || says("upgraded to a supergroup") => gone(why),
        400 => refused(why),
        401 | 404 => gone(why),
        403 if says("kicked") || says("blocked") || says("deactivated") => gone(why),
        429 => later(
            why,
            seconds(&body, "/parameters/retry_after").or(answer.retry_after),
        ),
        _ => by_status(answer, words),
    }
}
