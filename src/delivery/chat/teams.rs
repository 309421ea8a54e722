//! Microsoft Teams: a workflow that posts an Adaptive Card.
//!
//! Limits and answers: Microsoft's documentation, "Create incoming webhooks with Workflows",
//! "Format cards in Teams", and adaptivecards.io, "RichTextBlock" and "TextRun".

use http::Method;
use serde_json::{Value, json};

use super::fitting::fitting;
use super::posting::json_request;
use super::reading::{by_status, failure, gone, json, later, text};
use crate::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::domain::state::Tone;
use crate::render::chat::Message;
use crate::render::markdown::{Passage, PassageKind, Span};

/// The most bytes of a message: 28 KB, with room for what Teams adds.
const BYTES: usize = 26_000;

/// The request. Texts stand in text runs, which know no markup.
pub(super) fn request(message: &Message, url: &str) -> HttpRequest {
    let body = fitting(
        message,
        |body| envelope(message, body),
        |envelope| envelope.to_string().len() <= BYTES,
    );
    json_request(Method::POST, url.to_owned(), None, &body)
}

fn envelope(message: &Message, body: &[Passage]) -> Value {
    let style = match message.tone {
        Tone::Ok => "good",
        Tone::Info => "accent",
        Tone::Warn | Tone::Mid => "warning",
        Tone::Bad => "attention",
    };
    let title = json!({
        "type": "TextRun",
        "text": message.heading(),
        "size": "Large",
        "weight": "Bolder",
    });
    let mut blocks = vec![json!({
        "type": "Container",
        "style": style,
        "bleed": true,
        "items": [rich_text(&[title])],
    })];
    blocks.extend(body.iter().map(block));
    let footer = json!({
        "type": "TextRun",
        "text": message.end(),
        "size": "Small",
        "isSubtle": true,
    });
    blocks.push(rich_text(&[footer]));
    json!({
        "type": "message",
        "summary": message.summary,
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": { "width": "Full" },
                "body": blocks,
                "actions": [{
                    "type": "Action.OpenUrl",
                    "title": message.link_text(),
                    "url": message.link.url,
                }],
            },
        }],
    })
}

fn rich_text(runs: &[Value]) -> Value {
    json!({ "type": "RichTextBlock", "inlines": runs })
}

fn block(passage: &Passage) -> Value {
    let is_heading = passage.kind == PassageKind::Heading;
    let mut runs: Vec<Value> = Vec::new();
    let before = match passage.kind {
        PassageKind::Item(None) => "• ".to_owned(),
        PassageKind::Item(Some(number)) => format!("{number}. "),
        PassageKind::Rule => "———".to_owned(),
        PassageKind::Paragraph | PassageKind::Heading | PassageKind::Row | PassageKind::Code => {
            String::new()
        }
    };
    let quote = if passage.is_quoted { "│ " } else { "" };
    let indent = "\u{2003}".repeat(passage.depth.saturating_sub(1).min(4));
    let before = format!("{quote}{indent}{before}");
    if !before.is_empty() {
        runs.push(json!({ "type": "TextRun", "text": before }));
    }
    let is_code = passage.kind == PassageKind::Code;
    runs.extend(
        passage
            .spans
            .iter()
            .map(|span| run(span, is_heading, is_code)),
    );
    let mut block = rich_text(&runs);
    // What belongs together stands closer.
    if matches!(passage.kind, PassageKind::Item(_) | PassageKind::Row) {
        block["spacing"] = "Small".into();
    }
    block
}

fn run(span: &Span, is_heading: bool, is_code: bool) -> Value {
    let mut run = json!({ "type": "TextRun", "text": span.text });
    if span.style.is_strong || is_heading {
        run["weight"] = "Bolder".into();
    }
    if span.style.is_emphasis {
        run["italic"] = true.into();
    }
    if span.style.is_struck {
        run["strikethrough"] = true.into();
    }
    if span.style.is_code || is_code {
        run["fontType"] = "Monospace".into();
    }
    if let Some(url) = &span.url {
        run["selectAction"] = json!({ "type": "Action.OpenUrl", "url": url });
    }
    run
}

/// What an answer means. A workflow takes a message with 202 before it posts it, so whether Teams
/// shows it isn't known.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let body = json(answer);
    let words = text(&body, "/error/message");
    match text(&body, "/error/code") {
        "WorkflowNotFound" | "DirectApiAuthorizationRequired" | "InvalidAuthentication" => {
            gone(failure(answer, words))
        }
        // Whoever owns the workflow can turn it on again.
        "WorkflowTriggerIsNotEnabled" | "WorkflowSuspended" => later(failure(answer, words), None),
        _ => by_status(answer, words),
    }
}
