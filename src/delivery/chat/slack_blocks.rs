//! Passages as rich text of Slack: values with texts in them, without a markup that a text could
//! imitate.
//!
//! Source: Slack's developer documentation, "Rich text block".

use serde_json::{Value, json};

use super::fitting::units;
use crate::render::chat::cut;
use crate::render::markdown::{Passage, PassageKind, Span};

/// How long the text of a link may be.
const LINK_UNITS: usize = 250;
/// How deep lists may be indented.
const MAX_INDENT: usize = 6;

/// A text object without markup and without names of emoji.
pub(super) fn plain_text(text: &str, max_units: usize) -> Value {
    json!({ "type": "plain_text", "text": cut(text, max_units), "emoji": false })
}

/// A text in the markup of notifications, in which three signs are special.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The units of the texts in a block.
pub(super) fn size(block: &Option<Value>) -> usize {
    fn of(value: &Value) -> usize {
        match value {
            Value::String(text) => units(text),
            Value::Array(values) => values.iter().map(of).sum(),
            Value::Object(fields) => fields.values().map(of).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
    }
    block.as_ref().map(of).unwrap_or_default()
}

/// A block of passages; `None` if there are none.
pub(super) fn body_block(passages: &[Passage]) -> Option<Value> {
    let mut elements = Vec::new();
    let mut rest = passages;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|it| kind(it) == kind(first)).count();
        let (group, after) = rest.split_at(same);
        rest = after;
        elements.push(match kind(first) {
            Element::Section => section(group, !rest.is_empty()),
            Element::Quote => json!({ "type": "rich_text_quote", "elements": spans(group) }),
            Element::Code => json!({
                "type": "rich_text_preformatted",
                "elements": [{ "type": "text", "text": texts(group) }],
            }),
            Element::List { indent, is_ordered } => list(group, indent, is_ordered),
        });
    }
    (!elements.is_empty()).then(|| json!({ "type": "rich_text", "elements": elements }))
}

/// What passages become; those in a row that become the same are one element.
#[derive(PartialEq, Eq)]
enum Element {
    Section,
    Quote,
    Code,
    List { indent: usize, is_ordered: bool },
}

fn kind(passage: &Passage) -> Element {
    match passage.kind {
        PassageKind::Code => Element::Code,
        _ if passage.is_quoted => Element::Quote,
        PassageKind::Item(number) => Element::List {
            indent: passage.depth.saturating_sub(1).min(MAX_INDENT),
            is_ordered: number.is_some(),
        },
        PassageKind::Paragraph | PassageKind::Heading | PassageKind::Row | PassageKind::Rule => {
            Element::Section
        }
    }
}

fn section(group: &[Passage], has_more: bool) -> Value {
    let mut elements = spans(group);
    if has_more {
        elements.push(json!({ "type": "text", "text": "\n" }));
    }
    json!({ "type": "rich_text_section", "elements": elements })
}

fn list(group: &[Passage], indent: usize, is_ordered: bool) -> Value {
    let items: Vec<Value> = group
        .iter()
        .map(|item| {
            let item = std::slice::from_ref(item);
            json!({ "type": "rich_text_section", "elements": spans(item) })
        })
        .collect();
    let mut list = json!({
        "type": "rich_text_list",
        "style": if is_ordered { "ordered" } else { "bullet" },
        "indent": indent,
        "elements": items,
    });
    let first = group.first().map(|passage| passage.kind);
    if let Some(PassageKind::Item(Some(number @ 2..))) = first {
        list["offset"] = (number - 1).into();
    }
    list
}

fn texts(group: &[Passage]) -> String {
    let texts: Vec<String> = group.iter().map(Passage::text).collect();
    texts.join("\n\n")
}

/// The spans of passages, with an empty line between two that aren't rows of one table.
fn spans(group: &[Passage]) -> Vec<Value> {
    let mut out = Vec::new();
    for (index, passage) in group.iter().enumerate() {
        if let Some(before) = index.checked_sub(1).and_then(|before| group.get(before)) {
            let is_table = before.kind == PassageKind::Row && passage.kind == PassageKind::Row;
            let gap = if is_table { "\n" } else { "\n\n" };
            out.push(json!({ "type": "text", "text": gap }));
        }
        if passage.kind == PassageKind::Rule {
            out.push(json!({ "type": "text", "text": "———" }));
        }
        let is_heading = passage.kind == PassageKind::Heading;
        out.extend(passage.spans.iter().map(|it| span(it, is_heading)));
    }
    out
}

fn span(span: &Span, is_heading: bool) -> Value {
    let mut style = serde_json::Map::new();
    for (is_on, name) in [
        (span.style.is_strong || is_heading, "bold"),
        (span.style.is_emphasis, "italic"),
        (span.style.is_struck, "strike"),
        (span.style.is_code, "code"),
    ] {
        if is_on {
            style.insert(name.to_owned(), true.into());
        }
    }
    let mut element = match &span.url {
        Some(url) => json!({ "type": "link", "url": url, "text": cut(&span.text, LINK_UNITS) }),
        None => json!({ "type": "text", "text": span.text }),
    };
    if !style.is_empty() {
        element["style"] = Value::Object(style);
    }
    element
}
