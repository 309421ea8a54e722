//! Splits a file with front matter: what is between the `---` lines, and the text below.

use super::problem::{Problem, Severity};
use super::update_entries::report::Report;

/// Reports why [`split`] can't split a file.
pub(super) fn missing_front_matter(file: &str, text: &str) -> Vec<Problem> {
    let mut report = Report::new(file, text, 1);
    let whole = "begin the file with a line \"---\", then title and date, then another \"---\"";
    let first = text.lines().next().unwrap_or_default();
    let (message, help) = if text.trim().is_empty() {
        ("the file is empty", whole)
    } else if first.trim_end() == "---" {
        let close = "close it with another line \"---\", before the text";
        ("the front matter never ends", close)
    } else if first.trim_end() == "+++" {
        let convert = "write it as YAML between two lines \"---\"; \"hugo convert toYAML\" does that \
                       for a whole site";
        ("the front matter is TOML", convert)
    } else if first.trim().is_empty() && text.trim_start().starts_with("---") {
        let remove = "remove the empty lines before \"---\"";
        ("the front matter doesn't begin on the first line", remove)
    } else if first.trim_start().starts_with("---") {
        let exactly = "write exactly \"---\", without spaces before it, above and below";
        (
            "the front matter doesn't begin with a line \"---\"",
            exactly,
        )
    } else {
        ("the file has no front matter", whole)
    };
    report.add(Severity::Error, 0..0, message, Some(help.to_owned()));
    report.finish()
}

/// A file's text, split.
pub(super) struct Parts<'a> {
    pub(super) yaml: &'a str,
    pub(super) yaml_line: usize,
    pub(super) body: &'a str,
    pub(super) body_line: usize,
}

/// Splits a text. Its front matter is between two `---` lines; the first one begins the file.
pub(super) fn split(text: &str) -> Option<Parts<'_>> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut at = first.len();
    for (index, line) in lines.enumerate() {
        if matches!(line.trim_end(), "---" | "...") {
            return Some(Parts {
                yaml: &text[first.len()..at],
                yaml_line: 2,
                body: &text[at + line.len()..],
                body_line: index + 3,
            });
        }
        at += line.len();
    }
    None
}
