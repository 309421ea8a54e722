//! Telegram's server of bots, by "Bot API".

use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

use super::html::shown;
use super::{Double, Posted, Wrong, answer, is_post, json_of, mentions, path_of, unknown_field};

const TAGS: [&str; 7] = ["b", "i", "s", "code", "pre", "a", "blockquote"];

fn refusal(status: u16, words: &str) -> HttpAnswer {
    let body = json!({ "ok": false, "error_code": status, "description": words });
    answer(status, &body.to_string())
}

pub(super) fn take(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let (path, _) = path_of(request);
    let Some((bot, method)) = path.split_once('/') else {
        return Err(refusal(404, "Not Found"));
    };
    if !bot.starts_with("bot123456789:s3cr3t") {
        return Err(refusal(401, "Unauthorized"));
    }
    let bad = |what: &str| refusal(400, &format!("Bad Request: {what}"));
    let body = json_of(request).filter(|_| is_post(request));
    let body = body.ok_or_else(|| bad("message text is empty"))?;
    let known = [
        "chat_id",
        "text",
        "parse_mode",
        "link_preview_options",
        "reply_parameters",
        "message_id",
    ];
    if let Some(field) = unknown_field(&body, &known) {
        return Err(bad(&field));
    }
    if body["chat_id"] != "@example_status" && body["chat_id"] != -1001234567890_i64 {
        return Err(bad("chat not found"));
    }
    let mut posted = read(&body).map_err(|what| bad(&what))?;
    let id = match method {
        "sendMessage" => {
            if let Some(first) = body["reply_parameters"]["message_id"].as_i64() {
                let first = first.to_string();
                match double.find(&first) {
                    Some(_) => posted.thread = Some(first),
                    None if body["reply_parameters"]["allow_sending_without_reply"] == true => {}
                    None => return Err(bad("message to be replied not found")),
                }
            }
            double.post(posted)
        }
        "editMessageText" => {
            let id = body["message_id"].as_i64().unwrap_or_default().to_string();
            let kept = double.find(&id).map(|kept| kept.text.clone());
            if kept.as_ref() == Some(&posted.text) {
                return Err(bad("message is not modified"));
            }
            if !double.edit(&id, posted) {
                return Err(bad("message to edit not found"));
            }
            id
        }
        _ => return Err(refusal(404, "Not Found")),
    };
    let id: i64 = id.parse().unwrap_or_default();
    let told = json!({ "ok": true, "result": { "message_id": id, "text": body["text"] } });
    Ok(answer(200, &told.to_string()))
}

fn read(body: &Value) -> Result<Posted, String> {
    let html = body["text"].as_str().unwrap_or_default();
    if body["parse_mode"] != "HTML" {
        return Err("unsupported parse_mode".to_owned());
    }
    let (text, links) =
        shown(html, &TAGS).map_err(|what| format!("can't parse entities: {what}"))?;
    if text.trim().is_empty() {
        return Err("message text is empty".to_owned());
    }
    if text.encode_utf16().count() > 4096 {
        return Err("message is too long".to_owned());
    }
    // Code calls nobody.
    let mut prose = html;
    let mut outside = String::new();
    while let Some(start) = prose.find("<code>").or_else(|| prose.find("<pre>")) {
        outside.push_str(&prose[..start]);
        let end = prose[start..]
            .find("</")
            .map_or(prose.len(), |end| start + end);
        prose = &prose[end..];
    }
    outside.push_str(prose);
    Ok(Posted {
        calls: mentions(&outside),
        text,
        links,
        ..Posted::default()
    })
}
