//! The front matter of an incident file.

use super::writer::Writer;
use crate::content::yaml::{self, Node};
use crate::domain::component::Origin;
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::update::Precision;

/// The lines between the two `---`.
pub(super) fn matter(writer: &Writer<'_>) -> String {
    let incident = writer.incident;
    let mut lines = Lines(String::new());
    let minute = |at| writer.time(at, Precision::Minute);
    lines.text("title", Some(&incident.title));
    lines.text("author", incident.author.as_deref());
    let date = writer.time(incident.published_at, incident.precision);
    lines.text("date", Some(&date));
    let kind = (incident.kind != Kind::Disruption).then(|| incident.kind.as_str());
    lines.text("kind", kind);
    let window = incident.stated_window();
    lines.text("starts", window.starts.map(minute).as_deref());
    lines.text("ends", window.ends.map(minute).as_deref());
    lines.text("phase", incident.stated_phase.map(|phase| phase.as_str()));
    lines.text(
        "impact",
        incident.stated_impact.map(|impact| impact.as_str()),
    );
    components(writer, &mut lines);
    lines.text("summary", incident.summary.as_deref());
    if incident.draft {
        lines.text_as_is("draft", "true");
    }
    lines.text("slug", Some(incident.slug.as_str()));
    lines.text("id", Some(&incident.id));
    lines.text("edited_at", incident.edited_at.map(minute).as_deref());
    let public_at =
        (incident.public_at != incident.published_at).then(|| minute(incident.public_at));
    lines.text("public_at", public_at.as_deref());
    lines.0
}

/// Writes what the post says about components: the state that it gives each, or only the name.
fn components(writer: &Writer<'_>, lines: &mut Lines) {
    let incident = writer.incident;
    let mut stated: Vec<(&Slug, String)> = Vec::new();
    for change in &incident.changes {
        if !matches!(change.origin, Origin::Post | Origin::Plan) {
            continue;
        }
        let state = scalar(change.state.as_str());
        let value = match &change.note {
            Some(note) => format!("{{ state: {state}, note: {} }}", quoted(note)),
            None => state,
        };
        stated.retain(|(slug, _)| **slug != change.component);
        stated.push((&change.component, value));
    }
    for slug in &incident.mentions {
        if stated.iter().all(|(other, _)| *other != slug) {
            stated.push((slug, String::new()));
        }
    }
    if stated.is_empty() {
        return;
    }
    lines.0.push_str("components:\n");
    let only_named = stated.iter().all(|(_, value)| value.is_empty());
    for (slug, value) in stated {
        let slug = scalar(slug.as_str());
        let line = match (only_named, value.as_str()) {
            (true, _) => format!("  - {slug}\n"),
            (false, "") => format!("  {slug}:\n"),
            (false, value) => format!("  {slug}: {value}\n"),
        };
        lines.0.push_str(&line);
    }
}

struct Lines(String);

impl Lines {
    fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text_as_is(key, &scalar(value));
        }
    }

    fn text_as_is(&mut self, key: &str, value: &str) {
        self.0.push_str(key);
        self.0.push_str(": ");
        self.0.push_str(value);
        self.0.push('\n');
    }
}

/// A text as YAML: plain where that reads back as the same text, otherwise quoted.
fn scalar(text: &str) -> String {
    let simple = !text.is_empty()
        && text.len() < 200
        && !text.contains([',', '{', '}', '[', ']', '#', '\n'])
        && !text.chars().any(char::is_control);
    let reads_back = || match yaml::parse(&format!("key: {text}\n")).as_deref() {
        Ok([(_, value)]) => match &value.node {
            Node::Text(read) => read == text,
            Node::Null | Node::Bool(_) | Node::Number | Node::List(_) | Node::Map(_) => false,
        },
        Ok(_) | Err(_) => false,
    };
    if simple && reads_back() {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text in double quotes. JSON is YAML, except for characters that YAML wants escaped.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in serde_json::Value::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}
