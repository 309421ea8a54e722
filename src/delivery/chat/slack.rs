//! Slack: a webhook that posts, or a bot that posts into threads and edits.
//!
//! Limits and answers: Slack's developer documentation, "Sending messages using incoming webhooks",
//! "chat.postMessage", "chat.update", "Reference: blocks" and "Rate limits".

use http::Method;
use serde_json::{Value, json};

use super::fitting::fitting;
use super::posting::{Place, Posting, json_request};
use super::reading::{by_status, delivered, failure, gone, json, later, refused, text};
use super::slack_blocks::{body_block, escape, plain_text, size};
use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::render::chat::Message;

const API: &str = "https://slack.com/api";
/// The most characters of the text in all blocks together, well below the 40,000 of a message.
const TEXT: usize = 12_000;

/// A request to a webhook, which can neither thread nor edit.
pub(super) fn to_webhook(posting: &Posting<'_>, url: &str) -> HttpRequest {
    json_request(
        Method::POST,
        url.to_owned(),
        None,
        &content(posting.message),
    )
}

/// A request of a bot. A reference is the id of the channel and the message's own.
pub(super) fn to_channel(posting: &Posting<'_>, channel: &str, token: &str) -> HttpRequest {
    let mut body = content(posting.message);
    body["channel"] = channel.into();
    let split = |reference: &'_ str| {
        let (channel, ts) = reference.split_once(' ').unwrap_or((channel, reference));
        (channel.to_owned(), ts.to_owned())
    };
    let method = match posting.place {
        Place::New => "chat.postMessage",
        Place::Reply(first) => {
            body["thread_ts"] = split(first).1.into();
            "chat.postMessage"
        }
        Place::Edit(of) => {
            // This needs the id, even where the name is enough to post.
            let (channel, ts) = split(of);
            body["channel"] = channel.into();
            body["ts"] = ts.into();
            "chat.update"
        }
    };
    json_request(Method::POST, format!("{API}/{method}"), Some(token), &body)
}

/// Blocks in which texts are texts, and never markup; and a line for notifications.
fn content(message: &Message) -> Value {
    let body = fitting(message, body_block, |block| size(block) <= TEXT);
    let link = json!({
        "type": "rich_text",
        "elements": [{
            "type": "rich_text_section",
            "elements": [{
                "type": "link",
                "url": message.link.url,
                "text": message.link_text(),
            }],
        }],
    });
    let mut blocks = vec![json!({ "type": "header", "text": plain_text(&message.heading(), 150) })];
    blocks.extend(body);
    blocks.push(link);
    blocks.push(json!({
        "type": "context",
        "elements": [plain_text(&message.end(), 2000)],
    }));
    json!({
        "text": escape(&message.summary),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// What an answer of a webhook means: one word in plain text.
pub(super) fn read_webhook(answer: &HttpAnswer) -> ChannelResult {
    let word = String::from_utf8_lossy(&answer.body);
    let word = word.trim();
    let why = failure(answer, word);
    match word {
        "no_service"
        | "no_active_hooks"
        | "no_team"
        | "invalid_token"
        | "team_disabled"
        | "channel_not_found"
        | "channel_is_archived"
        | "user_not_found" => gone(why),
        "action_prohibited" | "posting_to_general_channel_denied" => later(why, None),
        _ => by_status(answer, word),
    }
}

/// What an answer of the API means: its status is 200, whatever happened.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let body = json(answer);
    let word = text(&body, "/error");
    let why = failure(answer, word);
    if (200..=299).contains(&answer.status) && word.is_empty() {
        let (channel, ts) = (text(&body, "/channel"), text(&body, "/ts"));
        return delivered((!ts.is_empty()).then(|| format!("{channel} {ts}")));
    }
    match word {
        "message_not_found" | "thread_not_found" | "cant_update_message" | "edit_window_closed" => {
            ChannelResult::Lost
        }
        "invalid_auth"
        | "not_authed"
        | "account_inactive"
        | "token_revoked"
        | "token_expired"
        | "team_access_not_granted"
        | "org_login_required" => gone(why),
        "channel_not_found" | "is_archived" => gone(why),
        "msg_too_long"
        | "msg_blocks_too_long"
        | "no_text"
        | "invalid_blocks"
        | "invalid_arguments" => refused(why),
        // Staff can mend what is missing or not allowed, or it passes by itself.
        "" => by_status(answer, ""),
        _ => later(why, answer.retry_after),
    }
}
