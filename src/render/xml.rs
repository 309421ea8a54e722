//! Characters that XML can't contain. Escaping doesn't help, so they are left out.

use std::borrow::Cow;

/// `text` without the characters that XML 1.0 forbids or discourages: control characters,
/// noncharacters (U+FFFE and the like), and the replacement character (U+FFFD).
///
/// Source: XML 1.0, section 2.2; feed validators also warn about U+FFFD.
pub fn allowed(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| is_allowed(*c)).collect())
}

/// Plain text escaped for HTML or XML, also for attributes.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

fn is_allowed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{FDD0}'..='\u{FDEF}' | '\u{FFFD}' => false,
        other => !other.is_control() && u32::from(other) & 0xFFFE != 0xFFFE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_xml_can_hold_is_left() {
        for (text, left) in [
            ("Selma – \u{1F6A2}\t\r\n", "Selma – \u{1F6A2}\t\r\n"),
            ("a\u{0}b\u{8}c\u{b}d\u{1f}e", "abcde"),
            ("\u{FFFE}x\u{FFFF}y\u{FFFD}\u{85}\u{1FFFE}\u{FDD0}", "xy"),
            ("]]>", "]]>"),
        ] {
            assert_eq!(allowed(text), left);
        }
        assert_eq!(
            escaped("<a href=\"x\">&'"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"
        );
    }
}
