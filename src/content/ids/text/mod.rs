//! Puts ids into the text of an incident file: tries the places where an id may stand, and takes
//! the first with which the file reads as before.

use crate::content::ids::file_ids::FileIds;
use crate::content::incident_file::{self, IncidentFile, SlugSource};
use crate::content::update_entries::Context;
use crate::content::update_entries::comment::{self, Comment};

/// The text with the ids that it doesn't state yet. An id that it states differently is left alone.
///
/// # Errors
/// The id for which no place was found.
pub(super) fn with_ids(
    file: &str,
    text: &str,
    ids: &FileIds,
    cx: &Context<'_>,
) -> Result<String, String> {
    let read = |text: &str| incident_file::read(file, text, String::new(), cx).0;
    let mut wanted = read(text).ok_or("the file can no longer be read")?;
    if wanted.entries.len() != ids.entries.len() {
        return Err(
            "the entries in the file have changed since it was read; run the command again"
                .to_owned(),
        );
    }
    let mut text = text.to_owned();
    if let Some(slug) = ids.slug.as_ref()
        && wanted.slug_source != SlugSource::Stated
    {
        wanted.slug = slug.clone();
        wanted.slug_source = SlugSource::Stated;
        text = in_front_matter(&text, "slug", slug.as_str())
            .into_iter()
            .find(|tried| read(tried).is_some_and(|found| same(&found, &wanted)))
            .ok_or_else(|| format!("write \"slug: {slug}\" into its front matter"))?;
    }
    if wanted.id.is_none() {
        wanted.id = Some(ids.incident.clone());
        text = in_front_matter(&text, "id", &ids.incident)
            .into_iter()
            .find(|tried| read(tried).is_some_and(|found| same(&found, &wanted)))
            .ok_or_else(|| format!("write \"id: {}\" into its front matter", ids.incident))?;
    }
    for (index, id) in ids.entries.iter().enumerate() {
        if wanted.entries[index].id.is_some() {
            continue;
        }
        let now = read(&text).ok_or("the file can no longer be read")?;
        let line = now.entries[index].line;
        let next = now.entries.get(index + 1).map(|entry| entry.line);
        wanted.entries[index].id = Some(id.clone());
        text = in_entry(&text, line, next, id)
            .into_iter()
            .find(|tried| read(tried).is_some_and(|found| same(&found, &wanted)))
            .ok_or_else(|| {
                format!("there is no safe place for the id {id} of the entry on line {line}")
            })?;
    }
    Ok(text)
}

/// Whether a file reads as it should. Line numbers may differ, and next to an id, a time in the
/// canonical form isn't kept as it was typed.
fn same(found: &IncidentFile, wanted: &IncidentFile) -> bool {
    let mut found = found.clone();
    if found.entries.len() != wanted.entries.len() {
        return false;
    }
    for (entry, other) in found.entries.iter_mut().zip(&wanted.entries) {
        entry.line = other.line;
        if entry.as_written.is_none() {
            entry.as_written.clone_from(&other.as_written);
        }
    }
    found == *wanted
}

/// A line of a text: where it begins, where its content ends, and where the next one begins.
#[derive(Debug, Clone, Copy)]
struct Line {
    start: usize,
    content_end: usize,
    end: usize,
}

/// The lines of a text, with any kind of line end.
fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let rest = &bytes[start..];
        let length = rest.iter().position(|b| matches!(b, b'\n' | b'\r'));
        let content_end = start + length.unwrap_or(rest.len());
        let end = match bytes.get(content_end..) {
            Some([b'\r', b'\n', ..]) => content_end + 2,
            Some([_, ..]) => content_end + 1,
            Some([]) | None => content_end,
        };
        lines.push(Line {
            start,
            content_end,
            end,
        });
        start = end;
    }
    lines
}

/// The line end that a text uses.
fn line_end(text: &str) -> &str {
    lines(text)
        .first()
        .map(|line| &text[line.content_end..line.end])
        .filter(|end| !end.is_empty())
        .unwrap_or("\n")
}

fn inserted(text: &str, at: usize, what: &str) -> String {
    let (before, after) = text.split_at(at);
    [before, what, after].concat()
}

/// The text with a key as the last line of its front matter, its value plain and quoted.
fn in_front_matter(text: &str, key: &str, value: &str) -> Vec<String> {
    let end = line_end(text);
    let closing = lines(text).into_iter().skip(1).find(|line| {
        let content = text[line.start..line.content_end].trim_end();
        matches!(content, "---" | "...")
    });
    closing.map_or_else(Vec::new, |line| {
        vec![
            inserted(text, line.start, &format!("{key}: {value}{end}")),
            inserted(text, line.start, &format!("{key}: \"{value}\"{end}")),
        ]
    })
}

/// The text with an id for the entry that begins on `line`, once for each possible place.
fn in_entry(text: &str, line: usize, next: Option<usize>, id: &str) -> Vec<String> {
    let all = lines(text);
    let end = line_end(text);
    let comment = comment::render(&Comment {
        id: Some(id.to_owned()),
        ..Comment::default()
    });
    let until = next.map_or(all.len(), |next| next - 1);
    let Some(own) = all.get(line - 1..until.max(line)) else {
        return Vec::new();
    };
    let Some(first) = own.first() else {
        return Vec::new();
    };
    let is_blank = |line: &Line| text[line.start..line.content_end].trim().is_empty();
    let mut tries = Vec::new();
    // Into the existing comment.
    let region = first.start..own.last().map_or(first.end, |last| last.end);
    if let Some(at) = text[region.clone()].find("<!--") {
        tries.push(inserted(
            text,
            region.start + at + 4,
            &format!(" id: {id};"),
        ));
    }
    let content = text[first.start..first.content_end].trim_start();
    let on_its_own = |after: &Line, follower: Option<&Line>| {
        let gap = if after.content_end == after.end {
            end
        } else {
            ""
        };
        let close = if follower.is_none_or(is_blank) {
            ""
        } else {
            end
        };
        inserted(text, after.end, &format!("{gap}{end}{comment}{end}{close}"))
    };
    // Below a heading, whatever its style.
    if content.starts_with('#') {
        tries.push(on_its_own(first, own.get(1)));
    } else if let Some(second) = own.get(1).filter(|second| is_underline(text, second)) {
        tries.push(on_its_own(second, own.get(2)));
    }
    let last = own
        .iter()
        .take_while(|line| !is_blank(line))
        .last()
        .unwrap_or(first);
    let gap = if last.content_end == last.end {
        end
    } else {
        ""
    };
    let under = inserted(text, last.end, &format!("{gap}{comment}{end}"));
    // After the text of its line, but before a backslash that marks a hard break.
    let shown = text[first.start..first.content_end]
        .trim_end()
        .trim_end_matches('\\');
    let behind = first.start + shown.len();
    let inline = [format!(" {comment}"), comment.clone()].map(|it| inserted(text, behind, &it));
    if content.starts_with(['-', '*', '+', '\u{2022}']) && !content.starts_with("**") {
        tries.extend(inline);
        tries.push(under);
    } else {
        tries.push(under);
        tries.extend(inline);
    }
    tries
}

/// Whether a line underlines a heading.
fn is_underline(text: &str, line: &Line) -> bool {
    let content = text[line.start..line.content_end].trim();
    !content.is_empty()
        && (content.bytes().all(|b| b == b'-') || content.bytes().all(|b| b == b'='))
}

#[cfg(test)]
mod tests;
