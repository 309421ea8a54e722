//! Discord, by "Webhook", "Message: embed limits" and "JSON error codes".

use http::Method;
use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

use super::markdown::{Dialect, shown};
use super::{Double, Posted, Wrong, answer, is_web, json_of, path_of, unknown_field};

const DIALECT: Dialect = Dialect {
    escapable: |c| !c.is_ascii_alphanumeric() && !c.is_whitespace(),
    special: "_|<>#:@`~",
};

pub(super) fn take(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let (path, query) = path_of(request);
    let steps: Vec<&str> = path.split('/').collect();
    let (key, message) = match steps.as_slice() {
        ["api", "webhooks", "1234", key] => (*key, None),
        ["api", "webhooks", "1234", key, "messages", id] => (*key, Some((*id).to_owned())),
        _ => return Err(refusal(404, 10_015, "Unknown Webhook")),
    };
    if !key.starts_with("s3cr3t") {
        return Err(refusal(401, 50_027, "Invalid Webhook Token"));
    }
    let body = json_of(request);
    let body =
        body.ok_or_else(|| refusal(400, 50_109, "The request body contains invalid JSON."))?;
    let posted =
        read(&body).map_err(|what| refusal(400, 50_035, &format!("Invalid Form Body: {what}")))?;
    let id = match (&request.method, message) {
        (&Method::POST, None) if query == "wait=true" => double.post(posted),
        (&Method::POST, None) => {
            double.post(posted);
            return Ok(answer(204, ""));
        }
        (&Method::PATCH, Some(id)) => match double.edit(&id, posted) {
            true => id,
            false => return Err(refusal(404, 10_008, "Unknown Message")),
        },
        _ => return Err(refusal(405, 0, "405: Method Not Allowed")),
    };
    // The service repeats the whole message, and says the id at its end.
    let told = json!({ "type": 0, "content": "", "embeds": body["embeds"], "id": id });
    Ok(answer(200, &told.to_string()))
}

fn refusal(status: u16, code: u32, message: &str) -> HttpAnswer {
    answer(
        status,
        &json!({ "message": message, "code": code }).to_string(),
    )
}

fn read(body: &Value) -> Result<Posted, String> {
    let known = ["content", "embeds", "allowed_mentions", "flags"];
    if let Some(field) = unknown_field(body, &known) {
        return Err(field);
    }
    let mut posted = Posted::default();
    let content = body["content"].as_str().unwrap_or_default();
    let may_call = body["allowed_mentions"]["parse"]
        .as_array()
        .is_none_or(|it| !it.is_empty());
    if may_call {
        posted.calls.push("allowed_mentions".to_owned());
    }
    let embeds = body["embeds"].as_array().cloned().unwrap_or_default();
    if content.is_empty() && embeds.is_empty() {
        return Err("Cannot send an empty message".to_owned());
    }
    if embeds.len() > 10 || content.chars().count() > 2000 {
        return Err("BASE_TYPE_MAX_LENGTH".to_owned());
    }
    let mut total = 0;
    for embed in &embeds {
        let fields = ["title", "url", "color", "description", "footer"];
        if let Some(field) = unknown_field(embed, &fields) {
            return Err(field);
        }
        let url = embed["url"].as_str().unwrap_or_default();
        if !is_web(url) || embed["color"].as_u64().is_none_or(|it| it > 0xff_ffff) {
            return Err("url or color".to_owned());
        }
        posted.links.push(url.to_owned());
        for (text, most) in [
            (&embed["title"], 256),
            (&embed["description"], 4096),
            (&embed["footer"]["text"], 2048),
        ] {
            let text = text.as_str().unwrap_or_default();
            let length = text.encode_utf16().count();
            if length > most {
                return Err("BASE_TYPE_MAX_LENGTH".to_owned());
            }
            total += length;
            if most == 2048 {
                posted.text.push_str(text);
                continue;
            }
            let shown = shown(text, &DIALECT);
            posted.text.push_str(&shown.text);
            posted.links.extend(shown.links);
            posted.calls.extend(shown.odd);
        }
    }
    match total > 6000 {
        true => Err("MAX_EMBED_SIZE_EXCEEDED".to_owned()),
        false => Ok(posted),
    }
}
