//! Slack, by "Reference: blocks", "chat.postMessage", "chat.update" and "incoming webhooks".

use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

use super::{
    Double, Posted, Wrong, answer, header, is_post, is_web, json_of, path_of, unknown_field,
};

pub(super) fn webhook(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let (path, _) = path_of(request);
    if !is_post(request) || !path.starts_with("services/T") {
        return Err(answer(404, "no_service"));
    }
    let body = json_of(request).ok_or_else(|| answer(400, "invalid_payload"))?;
    if unknown_field(&body, &FIELDS[..4]).is_some() {
        return Err(answer(400, "invalid_payload"));
    }
    let posted = read(&body).map_err(|error| answer(400, error))?;
    double.post(posted);
    Ok(answer(200, "ok"))
}

const FIELDS: [&str; 7] = [
    "text",
    "blocks",
    "unfurl_links",
    "unfurl_media",
    "channel",
    "thread_ts",
    "ts",
];

pub(super) fn api(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let refuse = |error: &str| answer(200, &json!({ "ok": false, "error": error }).to_string());
    let (path, _) = path_of(request);
    if !is_post(request) {
        return Err(refuse("unknown_method"));
    }
    if !header(request, "authorization").starts_with("Bearer xoxb-") {
        return Err(refuse("not_authed"));
    }
    let body = json_of(request).ok_or_else(|| refuse("invalid_json"))?;
    if unknown_field(&body, &FIELDS).is_some() {
        return Err(refuse("invalid_arguments"));
    }
    let channel = body["channel"].as_str().unwrap_or_default();
    let id = "C0123456789";
    let is_name = channel == "#status";
    if channel != id && !(is_name && path == "api/chat.postMessage") {
        return Err(refuse("channel_not_found"));
    }
    let mut posted = read(&body).map_err(refuse)?;
    let ts = match path {
        "api/chat.postMessage" => {
            if let Some(first) = body["thread_ts"].as_str() {
                if double.find(first).is_none() {
                    return Err(refuse("thread_not_found"));
                }
                posted.thread = Some(first.to_owned());
            }
            double.post(posted)
        }
        "api/chat.update" => {
            let ts = body["ts"].as_str().unwrap_or_default();
            if !double.edit(ts, posted) {
                return Err(refuse("message_not_found"));
            }
            ts.to_owned()
        }
        _ => return Err(refuse("unknown_method")),
    };
    // The service repeats the whole message.
    let told = json!({ "ok": true, "channel": id, "ts": ts, "message": body });
    Ok(answer(200, &told.to_string()))
}

fn read(body: &Value) -> Result<Posted, &'static str> {
    let mut posted = Posted::default();
    let text = body["text"].as_str().unwrap_or_default();
    if text.chars().count() > 40_000 {
        return Err("msg_too_long");
    }
    let special = ["<!", "<@", "<#"];
    let calls = special.iter().filter(|start| text.contains(*start));
    posted.calls.extend(calls.map(|start| (*start).to_owned()));
    let blocks = body["blocks"].as_array().ok_or("no_text")?;
    if blocks.is_empty() || blocks.len() > 50 {
        return Err("invalid_blocks");
    }
    for block in blocks {
        match block["type"].as_str() {
            Some("header") => plain(&block["text"], 150, &mut posted)?,
            Some("context") => {
                let elements = block["elements"].as_array().ok_or("invalid_blocks")?;
                if elements.is_empty() || elements.len() > 10 {
                    return Err("invalid_blocks");
                }
                for element in elements {
                    plain(element, 3000, &mut posted)?;
                }
            }
            Some("rich_text") => rich(&block["elements"], &mut posted)?,
            _ => return Err("invalid_blocks"),
        }
        posted.text.push('\n');
    }
    match posted.text.chars().count() > 13_200 {
        true => Err("msg_blocks_too_long"),
        false => Ok(posted),
    }
}

fn plain(text: &Value, most: usize, posted: &mut Posted) -> Result<(), &'static str> {
    let shown = text["text"].as_str().ok_or("invalid_blocks")?;
    let is_plain = text["type"] == "plain_text" && text["emoji"] == false;
    if !is_plain || shown.is_empty() || shown.chars().count() > most {
        return Err("invalid_blocks");
    }
    posted.text.push_str(shown);
    Ok(())
}

fn rich(elements: &Value, posted: &mut Posted) -> Result<(), &'static str> {
    let elements = elements.as_array().filter(|it| !it.is_empty());
    for element in elements.ok_or("invalid_blocks")? {
        let known: &[&str] = match element["type"].as_str() {
            Some("rich_text_section" | "rich_text_quote" | "rich_text_preformatted") => {
                &["type", "elements", "border"]
            }
            Some("rich_text_list") => {
                let style = element["style"].as_str().unwrap_or_default();
                let is_deep = element["indent"].as_u64().is_none_or(|indent| indent > 8);
                if !["bullet", "ordered"].contains(&style) || is_deep {
                    return Err("invalid_blocks");
                }
                &["type", "style", "elements", "indent", "offset", "border"]
            }
            Some("text") => {
                let text = element["text"].as_str().unwrap_or_default();
                if text.is_empty() {
                    return Err("invalid_blocks");
                }
                posted.text.push_str(text);
                &["type", "text", "style"]
            }
            Some("link") => {
                let url = element["url"].as_str().unwrap_or_default();
                if !is_web(url) || url.chars().count() > 3000 {
                    return Err("invalid_blocks");
                }
                posted.links.push(url.to_owned());
                posted
                    .text
                    .push_str(element["text"].as_str().unwrap_or(url));
                &["type", "url", "text", "style"]
            }
            Some(kind @ ("user" | "usergroup" | "broadcast")) => {
                posted.calls.push(kind.to_owned());
                continue;
            }
            _ => return Err("invalid_blocks"),
        };
        if unknown_field(element, known).is_some()
            || unknown_field(&element["style"], &["bold", "italic", "strike", "code"]).is_some()
        {
            return Err("invalid_blocks");
        }
        if element.get("elements").is_some() {
            rich(&element["elements"], posted)?;
            posted.text.push('\n');
        }
    }
    Ok(())
}
