//! The lines that announced something when they were first seen, as they are kept and known again.

use std::collections::BTreeMap;

/// The lines that announced something when they were first seen, by file.
pub type AnnouncedLines = BTreeMap<String, Vec<String>>;

/// The lines of a text that is known to be one, as [`AnnouncedLines`] has them.
pub fn kept_lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(key)
}

/// More characters of a line than are needed to know it again.
const KEPT_CHARS: usize = 300;

/// A line without what may change about it and mean nothing.
pub(super) fn key(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ").chars().take(KEPT_CHARS).collect()
}
