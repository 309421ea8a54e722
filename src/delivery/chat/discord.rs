//! Discord: a webhook that posts an embed, and edits what it posted.
//!
//! Limits and answers: Discord's developer documentation, "Webhook", "Message" (embed limits) and
//! "Opcodes and status codes".

use http::Method;
use serde_json::json;

use super::fitting::{fitting, units};
use super::markdown::{DISCORD, escape_for_discord, link};
use super::markup::write;
use super::posting::{Place, Posting, json_request};
use super::reading::{by_status, delivered, failure, gone, json, later, seconds, text};
use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};

/// The most characters of an embed's description.
const DESCRIPTION: usize = 4096;

/// The request. Nobody is called, whatever a text contains: `allowed_mentions` is empty.
pub(super) fn request(posting: &Posting<'_>, url: &str, thread: Option<&str>) -> HttpRequest {
    let message = posting.message;
    let link = link(&escape_for_discord(&message.link_text()), &message.link.url);
    let description = fitting(
        message,
        |body| format!("{}\n\n{link}", write(&DISCORD, body)),
        |text| units(text) <= DESCRIPTION,
    );
    let colour = u32::from_str_radix(message.colour().trim_start_matches('#'), 16);
    let body = json!({
        "allowed_mentions": { "parse": [] },
        "embeds": [{
            "title": escape_for_discord(&message.heading()),
            "url": message.link.url,
            "color": colour.unwrap_or_default(),
            "description": description.trim_start(),
            "footer": { "text": message.end() },
        }],
    });
    let of_thread = thread.map(|id| format!("thread_id={id}"));
    let (method, url, query) = match posting.place {
        Place::Edit(reference) => {
            let url = format!("{url}/messages/{reference}");
            (Method::PATCH, url, of_thread)
        }
        // A webhook can't answer a message.
        Place::New | Place::Reply(_) => {
            let query = ["wait=true".to_owned()].into_iter().chain(of_thread);
            let query = query.collect::<Vec<_>>().join("&");
            (Method::POST, url.to_owned(), Some(query))
        }
    };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    json_request(method, format!("{url}{query}"), None, &body)
}

/// What an answer means.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let body = json(answer);
    let why = failure(answer, text(&body, "/message"));
    match (answer.status, body["code"].as_i64()) {
        (200..=299, _) => {
            let id = text(&body, "/id");
            delivered((!id.is_empty()).then(|| id.to_owned()))
        }
        // Unknown message.
        (_, Some(10_008)) => ChannelResult::Lost,
        // Unknown webhook, unknown channel, invalid webhook token.
        (_, Some(10_015 | 10_003 | 50_027)) => gone(why),
        (429, _) => later(why, seconds(&body, "/retry_after").or(answer.retry_after)),
        _ => by_status(answer, text(&body, "/message")),
    }
}
