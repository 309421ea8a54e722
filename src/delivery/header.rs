//! Text in headers of messages. One can't hold a line break, so nobody can add a header by a title
//! or a name.

/// A text on one line, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderText(String);

impl HeaderText {
    /// The text, with a space for whatever a line can't hold.
    pub fn new(text: &str) -> Self {
        let is_line = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
        let words = text.split(|c: char| !is_line(c));
        let words: Vec<&str> = words.map(str::trim).filter(|it| !it.is_empty()).collect();
        Self(words.join(" "))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_makes_a_line_of_its_own() {
        for (text, line) in [
            ("Selma: Migrating", "Selma: Migrating"),
            (
                "Selma\r\nBcc: all@example.com",
                "Selma Bcc: all@example.com",
            ),
            ("a\tb\u{0}c\u{2028}d\n", "a b c d"),
            ("größer – 网络", "größer – 网络"),
            ("\r\n", ""),
        ] {
            assert_eq!(HeaderText::new(text).as_str(), line);
        }
    }
}
