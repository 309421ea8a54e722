//! A homeserver of Matrix, by the client-server API.

use http::Method;
use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

use super::html::shown;
use super::{Double, Posted, Wrong, answer, header, json_of, path_of};

/// Of the tags that the specification allows, those that need no attributes.
const TAGS: [&str; 11] = [
    "br",
    "strong",
    "em",
    "del",
    "code",
    "pre",
    "a",
    "blockquote",
    "p",
    "li",
    "font",
];

fn refusal(status: u16, code: &str, error: &str) -> HttpAnswer {
    answer(
        status,
        &json!({ "errcode": code, "error": error }).to_string(),
    )
}

pub(super) fn take(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let (path, _) = path_of(request);
    let steps: Vec<&str> = path.split('/').collect();
    let [
        "_matrix",
        "client",
        "v3",
        "rooms",
        room,
        "send",
        "m.room.message",
        key,
    ] = steps.as_slice()
    else {
        return Err(refusal(404, "M_UNRECOGNIZED", "Unrecognized request"));
    };
    if request.method != Method::PUT {
        return Err(refusal(405, "M_UNRECOGNIZED", "Unrecognized request"));
    }
    if !header(request, "authorization").starts_with("Bearer s3cr3t") {
        return Err(refusal(
            401,
            "M_UNKNOWN_TOKEN",
            "Invalid access token passed.",
        ));
    }
    if *room != "%21abc%3Aexample%2Ecom" {
        return Err(refusal(403, "M_FORBIDDEN", "User not in room"));
    }
    if let Some((_, id)) = double.keys.iter().find(|(known, _)| known == key) {
        return Ok(answer(
            200,
            &json!({ "event_id": format!("${id}") }).to_string(),
        ));
    }
    let body = json_of(request);
    let body = body.ok_or_else(|| refusal(400, "M_NOT_JSON", "Content not JSON."))?;
    // The server adds ids, hashes and signatures of some 1,000 bytes.
    if body.to_string().len() + 1000 > 65_536 {
        return Err(refusal(413, "M_TOO_LARGE", "event too large"));
    }
    let bad = |what: &str| refusal(400, "M_BAD_JSON", what);
    let mut posted = read(&body).map_err(|what| bad(&what))?;
    let relation = &body["m.relates_to"];
    let about = relation["event_id"].as_str().unwrap_or_default();
    let about = about.trim_start_matches('$').to_owned();
    let id = match relation["rel_type"].as_str() {
        None => double.post(posted),
        Some("m.thread") => {
            let root = double.find(&about);
            let is_root = root.is_some_and(|root| root.thread.is_none());
            if !is_root {
                let why = "Cannot start threads from an event with a relation";
                return Err(refusal(400, "M_UNKNOWN", why));
            }
            posted.thread = Some(about);
            double.post(posted)
        }
        Some("m.replace") => {
            let posted = read(&body["m.new_content"]).map_err(|what| bad(&what))?;
            if !double.edit(&about, posted) {
                return Err(refusal(400, "M_UNKNOWN", "unknown event"));
            }
            format!("{about}-edit")
        }
        Some(_) => return Err(bad("rel_type")),
    };
    double.keys.push(((*key).to_owned(), id.clone()));
    Ok(answer(
        200,
        &json!({ "event_id": format!("${id}") }).to_string(),
    ))
}

fn read(content: &Value) -> Result<Posted, String> {
    let body = content["body"].as_str().ok_or("no body")?;
    if !["m.text", "m.notice"].contains(&content["msgtype"].as_str().unwrap_or_default()) {
        return Err("msgtype".to_owned());
    }
    if content["format"] != "org.matrix.custom.html" {
        return Err("format".to_owned());
    }
    let html = content["formatted_body"].as_str().unwrap_or_default();
    let (text, links) = shown(html, &TAGS)?;
    let mut posted = Posted {
        text,
        links,
        ..Posted::default()
    };
    // Without this, names and @room in the text call.
    match content["m.mentions"].as_object() {
        Some(mentions) if mentions.is_empty() => {}
        Some(_) => posted.calls.push("m.mentions".to_owned()),
        None => posted.calls.push(format!("any name in {body:.20}")),
    }
    Ok(posted)
}
