//! Names in sentences.

/// A name as Markdown that renders as exactly that name.
pub(super) fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | '-' | '\'' | '/' | '(' | ')') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}
