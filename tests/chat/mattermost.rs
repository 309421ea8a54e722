//! Mattermost, by "Incoming webhooks" and "Message attachments".

use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

use super::markdown::{Dialect, shown};
use super::{
    Double, Posted, Wrong, answer, is_post, is_web, json_of, mentions, path_of, unknown_field,
};

const DIALECT: Dialect = Dialect {
    escapable: |c| "\\`*{}[]()#+-.!_>~|".contains(c),
    special: "_`~|#",
};

pub(super) fn take(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let refuse = |status: u16, id: &str, message: &str| {
        let error = json!({ "id": id, "message": message, "status_code": status });
        answer(status, &error.to_string())
    };
    let (path, _) = path_of(request);
    if !is_post(request) || !path.ends_with("hooks/s3cr3t") {
        let id = "web.incoming_webhook.invalid.app_error";
        return Err(refuse(400, id, "Invalid webhook."));
    }
    let unreadable = || {
        let id = "api.webhook.incoming.error";
        refuse(
            400,
            id,
            "Could not decode the multipart payload of incoming webhook.",
        )
    };
    let body = json_of(request).ok_or_else(unreadable)?;
    let posted =
        read(&body).map_err(|what| refuse(400, "web.incoming_webhook.text.app_error", &what))?;
    double.post(posted);
    Ok(answer(200, "ok"))
}

fn read(body: &Value) -> Result<Posted, String> {
    let mut posted = Posted::default();
    if let Some(field) = unknown_field(body, &["text", "attachments"]) {
        return Err(field);
    }
    let attachments = body["attachments"].as_array().ok_or("No text specified.")?;
    let mut length = 0;
    for attachment in attachments {
        let known = ["fallback", "color", "title", "title_link", "text", "footer"];
        if let Some(field) = unknown_field(attachment, &known) {
            return Err(field);
        }
        let colour = attachment["color"].as_str().unwrap_or_default();
        let link = attachment["title_link"].as_str().unwrap_or_default();
        if colour.len() != 7 || !colour.starts_with('#') || !is_web(link) {
            return Err("color or title_link".to_owned());
        }
        posted.links.push(link.to_owned());
        for name in ["title", "footer", "fallback"] {
            let text = attachment[name].as_str().unwrap_or_default();
            posted.calls.extend(mentions(text));
            if name != "fallback" {
                posted.text.push_str(text);
                posted.text.push('\n');
            }
        }
        let text = attachment["text"].as_str().unwrap_or_default();
        length += text.chars().count();
        let shown = shown(text, &DIALECT);
        posted.calls.extend(mentions(&shown.prose));
        posted.calls.extend(emoji(&shown.prose));
        posted.calls.extend(shown.odd);
        // Names of characters in HTML are shown as the characters.
        posted
            .text
            .push_str(&shown.text.replace("&lt;", "<").replace("&amp;", "&"));
        posted.links.extend(shown.links);
    }
    match length > 7600 {
        true => Err("Maximum attachments length is 7600 characters".to_owned()),
        false => Ok(posted),
    }
}

/// Names between two colons, outside code, which become pictures.
fn emoji(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_name = |part: &&&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-+".contains(c))
    };
    let inner = parts.iter().skip(1).take(parts.len().saturating_sub(2));
    let known = |part: &&&str| ["smile", "fire", "+1"].contains(*part);
    inner
        .filter(is_name)
        .filter(known)
        .map(|part| format!(":{part}:"))
        .collect()
}
