//! How lines that announced something when they were first seen are stored and recognised.

use std::collections::BTreeMap;

/// The lines that announced something when they were first seen, by file.
pub type AnnouncedLines = BTreeMap<String, Vec<String>>;

/// The lines of a text, in the form in which [`AnnouncedLines`] stores them.
pub fn kept_lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(key)
}

/// How many characters of a line are stored: more than it takes to recognise it.
const KEPT_CHARS: usize = 300;

/// A line without details that may change and mean nothing.
pub(super) fn key(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ").chars().take(KEPT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_without_what_may_change() {
        let text = format!("  Work:\tone \n\n{}", "é ".repeat(400));
        let kept: Vec<_> = kept_lines(&text).collect();
        assert_eq!(kept[..2], ["Work: one", ""]);
        assert_eq!(kept[2].chars().count(), KEPT_CHARS);
    }
}
