//! A workflow of Teams, by "Create incoming webhooks with Workflows" and the schema of Adaptive
//! Cards 1.4.

use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

use super::{Double, Posted, Wrong, answer, is_post, is_web, json_of, path_of, unknown_field};

pub(super) fn take(double: &mut Double, request: &HttpRequest) -> Result<HttpAnswer, Wrong> {
    let refuse = |status: u16, code: &str| {
        let error = json!({ "error": { "code": code, "message": format!("refused: {code}") } });
        answer(status, &error.to_string())
    };
    let (path, query) = path_of(request);
    if !is_post(request) || !path.contains("workflows/0a/") {
        return Err(refuse(404, "WorkflowNotFound"));
    }
    if !query.contains("sig=s3cr3t") {
        return Err(refuse(401, "DirectApiAuthorizationRequired"));
    }
    if request.body.len() > 28 * 1024 {
        return Err(refuse(413, "RequestEntityTooLarge"));
    }
    let body = json_of(request).ok_or_else(|| refuse(400, "InvalidRequestContent"))?;
    let posted = read(&body).ok_or_else(|| refuse(400, "InvalidRequestContent"))?;
    double.post(posted);
    Ok(answer(202, ""))
}

fn read(body: &Value) -> Option<Posted> {
    let mut posted = Posted::default();
    let attachments = body["attachments"].as_array()?;
    let [attachment] = attachments.as_slice() else {
        return None;
    };
    let card = &attachment["content"];
    let is_card = body["type"] == "message"
        && attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        && card["type"] == "AdaptiveCard"
        && ["1.2", "1.3", "1.4", "1.5"].contains(&card["version"].as_str()?);
    let known = ["$schema", "type", "version", "msteams", "body", "actions"];
    if !is_card || unknown_field(card, &known).is_some() {
        return None;
    }
    if card["msteams"].get("entities").is_some() {
        posted.calls.push("entities".to_owned());
    }
    for element in card["body"].as_array()? {
        read_element(element, &mut posted)?;
    }
    for action in card["actions"].as_array()? {
        let title = action["title"].as_str().filter(|it| !it.is_empty())?;
        posted.text.push_str(title);
        posted.links.push(open_url(action)?);
    }
    Some(posted)
}

fn open_url(action: &Value) -> Option<String> {
    let is_open = action["type"] == "Action.OpenUrl"
        && unknown_field(action, &["type", "title", "url"]).is_none();
    let url = action["url"]
        .as_str()
        .filter(|url| is_open && is_web(url))?;
    Some(url.to_owned())
}

fn read_element(element: &Value, posted: &mut Posted) -> Option<()> {
    match element["type"].as_str()? {
        "Container" => {
            let style = element["style"].as_str()?;
            let styles = [
                "default",
                "emphasis",
                "good",
                "attention",
                "warning",
                "accent",
            ];
            let known = unknown_field(element, &["type", "style", "bleed", "items"]).is_none();
            if !styles.contains(&style) || !known {
                return None;
            }
            for item in element["items"].as_array()? {
                read_element(item, posted)?;
            }
        }
        "RichTextBlock" => {
            if unknown_field(element, &["type", "inlines", "spacing"]).is_some() {
                return None;
            }
            for run in element["inlines"].as_array()? {
                let known = [
                    "type",
                    "text",
                    "size",
                    "weight",
                    "isSubtle",
                    "italic",
                    "strikethrough",
                    "fontType",
                    "selectAction",
                ];
                let is_run = run["type"] == "TextRun" && unknown_field(run, &known).is_none();
                posted
                    .text
                    .push_str(run["text"].as_str().filter(|_| is_run)?);
                if let Some(action) = run.get("selectAction") {
                    posted.links.push(open_url(action)?);
                }
            }
            posted.text.push('\n');
        }
        // A text block reads its text as Markdown.
        _ => return None,
    }
    Some(())
}
