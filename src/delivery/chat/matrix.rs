//! Matrix: an event in a room, in the thread of the first, which replaces what it corrects.
//!
//! Source: Matrix specification, client-server API: "Sending events to a room", "m.room.message
//! msgtypes", "Threading", "Event replacements", "User and room mentions", "Size limits".

use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::fitting::fitting;
use super::html::{MATRIX, escape};
use super::markup::write;
use super::plain::PLAIN;
use super::posting::{Place, Posting, json_request};
use super::reading::{by_status, delivered, failure, gone, json, later, refused, text};
use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::render::chat::Message;
use crate::render::markdown::Passage;

/// The most bytes of an event's content. An event may have 65,536 with what the server adds.
const CONTENT_BYTES: usize = 60_000;

/// The request. The key makes the server take the same message once.
pub(super) fn request(posting: &Posting<'_>, server: &str, room: &str, token: &str) -> HttpRequest {
    let content = fitting(
        posting.message,
        |body| content(posting, body),
        |content| content.to_string().len() <= CONTENT_BYTES,
    );
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    // The same news is another event where it couldn't replace one.
    let key = match posting.place {
        Place::Edit(_) => format!("{}-edit", posting.key),
        Place::New | Place::Reply(_) => posting.key.to_owned(),
    };
    let url = format!(
        "{server}/_matrix/client/v3/rooms/{}/send/m.room.message/{}",
        encoded(room),
        encoded(&key)
    );
    json_request(Method::PUT, url, Some(token), &content)
}

fn content(posting: &Posting<'_>, body: &[Passage]) -> Value {
    let (plain, html) = texts(posting.message, body);
    let told = json!({
        "msgtype": "m.text",
        "body": plain,
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        // Nobody is called, whatever a text contains.
        "m.mentions": {},
    });
    let mut content = told.clone();
    match posting.place {
        Place::New => {}
        Place::Reply(first) => {
            content["m.relates_to"] = json!({
                "rel_type": "m.thread",
                "event_id": first,
                "is_falling_back": true,
                "m.in_reply_to": { "event_id": first },
            });
        }
        Place::Edit(of) => {
            content["body"] = format!("* {plain}").into();
            content["formatted_body"] = format!("* {html}").into();
            content["m.new_content"] = told;
            content["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": of });
        }
    }
    content
}

fn texts(message: &Message, body: &[Passage]) -> (String, String) {
    let (heading, link) = (message.heading(), &message.link);
    let with_gap = |text: String, gap: &str| match text.is_empty() {
        true => text,
        false => format!("{gap}{text}"),
    };
    let plain = format!(
        "{heading}{}\n\n{}: {}\n{}",
        with_gap(write(&PLAIN, body), "\n\n"),
        message.link_text(),
        link.url,
        message.end()
    );
    let colour = message.colour();
    let html = format!(
        "<strong><font color=\"{colour}\" data-mx-color=\"{colour}\">{}</font></strong>{}<br><br>\
         <a href=\"{}\">{}</a><br>{}",
        escape(&heading),
        with_gap(write(&MATRIX, body), "<br><br>"),
        escape(&link.url),
        escape(&message.link_text()),
        escape(&message.end())
    );
    (plain, html)
}

/// What an answer means.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let body = json(answer);
    let words = text(&body, "/error");
    let why = failure(answer, words);
    match text(&body, "/errcode") {
        "M_UNKNOWN_TOKEN" | "M_MISSING_TOKEN" | "M_USER_DEACTIVATED" => gone(why),
        "M_LIMIT_EXCEEDED" => {
            let millis = body["retry_after_ms"].as_u64();
            let after = millis.map(std::time::Duration::from_millis);
            later(why, after.or(answer.retry_after))
        }
        // Whoever can invite the sender, or give it more power, mends that.
        "M_FORBIDDEN" => later(why, None),
        "M_TOO_LARGE" => refused(why),
        _ if (200..=299).contains(&answer.status) => {
            let id = text(&body, "/event_id");
            match id.is_empty() {
                true => later(
                    "it named no event; is it a homeserver of Matrix?".to_owned(),
                    None,
                ),
                false => delivered(Some(id.to_owned())),
            }
        }
        // The server is there, but it doesn't speak Matrix for now.
        _ if answer.status == 404 => later(why, None),
        _ => by_status(answer, words),
    }
}
