//! Writes an update as an entry: heading, comment, text, closing list of states.

use super::writer::{SENTINEL, Writer, as_literal, clean, ends_in_sentinel, has_fence};
use crate::content::update_entries::comment::{self, Comment};
use crate::content::update_entries::{Entry, StateLine, read};
use crate::domain::component::StateChange;
use crate::domain::slug::Slug;
use crate::domain::update::{Precision, Update};

/// Writes the entry, without a trailing line end. Uses the plainest form of its text that reads
/// back unchanged: as it is; with a comment that marks its end; or between comments that make it a
/// literal text.
pub(super) fn render(update: &Update, writer: &Writer<'_>) -> String {
    let changes = changes(update);
    let list = list(&changes, writer);
    let text = clean(&update.markdown);
    let expected = expected(update, &text, &changes);
    let plain = [&text[..], &list].join("\n\n").trim().to_owned();
    let may_mislead = ends_like_states(&text) || has_fence(&text);
    // If the heading can't express the time exactly, the comment gives the instant.
    for stated in [false, true] {
        let head = head(update, writer, stated);
        let with = |body: &str| [&head[..], body].join("\n\n").trim_end().to_owned();
        let marked = format!("{plain}\n\n<!-- end of update -->");
        for written in [with(&plain), with(&marked)] {
            if !may_mislead && reads_back(&written, &expected, writer) {
                return written;
            }
        }
        let whole = with([&as_literal(&text)[..], &list].join("\n\n").trim_end());
        if stated || reads_back(&whole, &expected, writer) {
            return whole;
        }
    }
    with_nothing_lost(update, writer, &text, &list)
}

/// The last resort, which should never be needed: everything stated, the text as a literal.
fn with_nothing_lost(update: &Update, writer: &Writer<'_>, text: &str, list: &str) -> String {
    [&head(update, writer, true)[..], &as_literal(text), list].join("\n\n")
}

/// The states that the update itself set. Derived changes aren't written.
fn changes(update: &Update) -> Vec<&StateChange> {
    let mut own: Vec<&StateChange> = Vec::new();
    for change in &update.changes {
        if change.origin.is_derived() {
            continue;
        }
        own.retain(|other| other.component != change.component);
        own.push(change);
    }
    own
}

/// Heading and comment. With `stated`, the comment gives the instant whatever the heading says.
fn head(update: &Update, writer: &Writer<'_>, stated: bool) -> String {
    let time = match update.precision {
        Precision::Minute => Some(writer.time(update.at, Precision::Minute)),
        Precision::Day => {
            let local = update.at.with_timezone(&writer.site.zone);
            Some(local.format("%Y-%m-%d").to_string())
        }
        Precision::None => None,
    };
    let mut heading = "## UPDATE".to_owned();
    if let Some(time) = time {
        heading.push(' ');
        heading.push_str(&time);
    }
    if let Some(phase) = update.phase {
        heading.push_str(": ");
        heading.push_str(&phase.label().to_lowercase());
    }
    let exact = stated || update.precision != Precision::Minute;
    let comment = Comment {
        id: Some(update.id.clone()),
        author: update.author.clone(),
        edited_at: update.edited_at,
        public_at: (update.public_at != update.at).then_some(update.public_at),
        restore: update.restore,
        window: update.window,
        at: exact.then_some(update.at),
        precision: exact.then_some(update.precision),
        written: update.as_written.clone(),
        names: only_named(update),
    };
    format!("{heading}\n\n{}", comment::render(&comment))
}

fn only_named(update: &Update) -> Vec<Slug> {
    let changed = changes(update);
    let mut names: Vec<Slug> = Vec::new();
    for slug in &update.mentions {
        let known = names.contains(slug) || changed.iter().any(|c| c.component == *slug);
        if !known {
            names.push(slug.clone());
        }
    }
    names
}

fn list(changes: &[&StateChange], writer: &Writer<'_>) -> String {
    changes
        .iter()
        .map(|change| {
            let known = &writer.known.components;
            let name = known
                .iter()
                .find(|(slug, _)| *slug == change.component)
                .map(|(_, name)| name.as_str())
                .filter(|name| {
                    let twin = known.iter().filter(|(_, other)| other == name).count() > 1;
                    is_plain(name) && !twin
                })
                .unwrap_or(change.component.as_str());
            match &change.note {
                Some(note) => format!("- {name}: {} – {}", change.state, one_line(note)),
                None => format!("- {name}: {}", change.state),
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a name can stand in a list without being parsed as Markdown.
fn is_plain(name: &str) -> bool {
    name.starts_with(char::is_alphabetic)
        && name.ends_with(char::is_alphanumeric)
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '\'' | '’' | '-'))
}

fn one_line(note: &str) -> String {
    note.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text ends in a list that a reader who knows more components and states might take for
/// a list of states.
fn ends_like_states(text: &str) -> bool {
    let Some(last) = text.trim_end().lines().last() else {
        return false;
    };
    let item = last.trim_start();
    let bullet = item.starts_with(['-', '*', '+'])
        || item
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .starts_with(['.', ')']);
    bullet || last.starts_with([' ', '\t'])
}

fn expected(update: &Update, text: &str, changes: &[&StateChange]) -> Entry {
    let mut lines: Vec<StateLine> = changes
        .iter()
        .map(|change| StateLine {
            component: change.component.clone(),
            state: Some(change.state.clone()),
            note: change
                .note
                .as_deref()
                .map(one_line)
                .filter(|note| !note.is_empty()),
        })
        .collect();
    lines.extend(only_named(update).into_iter().map(|component| StateLine {
        component,
        state: None,
        note: None,
    }));
    Entry {
        at: update.at,
        precision: update.precision,
        as_written: update.as_written.clone(),
        phase: update.phase,
        number: None,
        markdown: text.to_owned(),
        changes: lines,
        id: Some(update.id.clone()),
        author: update.author.clone(),
        edited_at: update.edited_at,
        public_at: (update.public_at != update.at).then_some(update.public_at),
        restore: update.restore,
        window: update.window,
        line: 2,
    }
}

/// Whether the written text reads back as the entry and leaves the next entry intact.
fn reads_back(written: &str, expected: &Entry, writer: &Writer<'_>) -> bool {
    let reading = read(&format!("\n{written}\n\n{SENTINEL}"), &writer.context());
    reading.entries.len() == 2
        && reading.markdown.is_empty()
        && ends_in_sentinel(&reading)
        && reading.entries.first() == Some(expected)
}
