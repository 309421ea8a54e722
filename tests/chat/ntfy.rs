//! ntfy, by "Publish as JSON" and "Limitations".

use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use serde_json::json;

use super::{
    Double, Posted, Wrong, answer, header, is_post, is_web, json_of, path_of, unknown_field,
};

pub(super) fn take(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let refuse = |status: u16, code: u32, error: &str| {
        let body = json!({ "code": code, "http": status, "error": error });
        answer(status, &body.to_string())
    };
    let (path, _) = path_of(request);
    if !is_post(request) || !path.is_empty() {
        return Err(refuse(404, 40401, "page not found"));
    }
    let invalid = || {
        refuse(
            400,
            40024,
            "invalid request: request body must be message JSON",
        )
    };
    let body = json_of(request).ok_or_else(invalid)?;
    let known = ["topic", "title", "message", "priority", "tags", "click"];
    if unknown_field(&body, &known).is_some() {
        return Err(invalid());
    }
    let topic = body["topic"].as_str().unwrap_or_default();
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if topic.is_empty() || topic.len() > 64 || !topic.chars().all(is_word) {
        return Err(refuse(400, 40009, "invalid request: topic invalid"));
    }
    let is_known = header(request, "authorization").starts_with("Bearer tk_s3cr3t");
    if topic.starts_with("protected") && !is_known {
        return Err(refuse(403, 40301, "forbidden"));
    }
    let message = body["message"].as_str().unwrap_or_default();
    // It would become a file.
    if message.len() > 4096 {
        return Err(refuse(
            413,
            41301,
            "attachment too large, or bandwidth limit reached",
        ));
    }
    let is_priority = body["priority"]
        .as_u64()
        .is_some_and(|it| (1..=5).contains(&it));
    let click = body["click"].as_str().unwrap_or_default();
    if !is_priority || !is_web(click) {
        return Err(refuse(400, 40007, "invalid priority parameter"));
    }
    let title = body["title"].as_str().unwrap_or_default();
    let id = double.post(Posted {
        text: format!("{title}\n{message}"),
        links: vec![click.to_owned()],
        ..Posted::default()
    });
    Ok(answer(
        200,
        &json!({ "id": id, "event": "message" }).to_string(),
    ))
}
