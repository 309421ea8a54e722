//! Google Chat, by "Build an app with webhooks", the reference of `Message` and "Format messages".

use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

use super::html::shown;
use super::{Double, Posted, Wrong, answer, is_post, is_web, json_of, path_of, unknown_field};

const TAGS: [&str; 6] = ["br", "b", "i", "s", "a", "font"];

pub(super) fn take(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let refuse = |status: u16, word: &str, message: &str| {
        let error = json!({ "code": status, "status": word, "message": message });
        answer(status, &json!({ "error": error }).to_string())
    };
    let (path, query) = path_of(request);
    if !is_post(request) || path != "v1/spaces/AAA-b/messages" {
        return Err(refuse(404, "NOT_FOUND", "Space not found."));
    }
    if !query.contains("token=s3cr3t") {
        return Err(refuse(401, "UNAUTHENTICATED", "invalid token"));
    }
    let invalid = |what: &str| refuse(400, "INVALID_ARGUMENT", what);
    let body = json_of(request).ok_or_else(|| invalid("Invalid JSON payload received."))?;
    if request.body.len() > 32_000 {
        return Err(invalid("Message is too long."));
    }
    let mut posted = read(&body).map_err(|what| invalid(&what))?;
    // Whoever begins with a thread's key begins the thread.
    let key = body["thread"]["threadKey"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let replies = query.contains("messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
    let first = double.keys.iter().find(|(known, _)| *known == key);
    posted.thread = first.filter(|_| replies).map(|(_, id)| id.clone());
    let is_first = first.is_none();
    let id = double.post(posted);
    if is_first && !key.is_empty() {
        double.keys.push((key, id.clone()));
    }
    let name = format!("spaces/AAA-b/messages/{id}");
    Ok(answer(
        200,
        &json!({ "name": name, "cardsV2": body["cardsV2"] }).to_string(),
    ))
}

fn read(body: &Value) -> Result<Posted, String> {
    let mut posted = Posted::default();
    let known = ["fallbackText", "thread", "cardsV2", "text"];
    if let Some(field) = unknown_field(body, &known) {
        return Err(format!("Unknown name \"{field}\""));
    }
    if let Some(text) = body["text"].as_str() {
        posted.calls.push(format!("markup in {text:.20}"));
    }
    let cards = body["cardsV2"].as_array().ok_or("cardsV2")?;
    let [card] = cards.as_slice() else {
        return Err("one card".to_owned());
    };
    let card = &card["card"];
    let header = &card["header"];
    let title = header["title"]
        .as_str()
        .filter(|it| !it.is_empty())
        .ok_or("title")?;
    posted.text.push_str(title);
    posted
        .text
        .push_str(header["subtitle"].as_str().unwrap_or_default());
    for section in card["sections"].as_array().ok_or("sections")? {
        let widgets = section["widgets"].as_array().ok_or("widgets")?;
        if widgets.is_empty() || widgets.len() > 100 {
            return Err("widgets".to_owned());
        }
        for widget in widgets {
            if let Some(text) = widget["textParagraph"]["text"].as_str() {
                let (text, links) = shown(text, &TAGS)?;
                posted.text.push_str(&text);
                posted.links.extend(links);
                continue;
            }
            let buttons = widget["buttonList"]["buttons"]
                .as_array()
                .ok_or("a widget")?;
            for button in buttons {
                posted
                    .text
                    .push_str(button["text"].as_str().ok_or("a button's text")?);
                let url = button["onClick"]["openLink"]["url"]
                    .as_str()
                    .unwrap_or_default();
                if !is_web(url) {
                    return Err("url".to_owned());
                }
                posted.links.push(url.to_owned());
            }
        }
    }
    Ok(posted)
}
