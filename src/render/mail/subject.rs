//! Subjects: one line each, of bounded length, without characters that could do harm in a header.

/// Maximum length, in characters.
const MAX_CHARS: usize = 120;

/// A text on one line, with single spaces. It has no control characters, and none that turn the
/// direction of what follows.
pub(in crate::render) fn line(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let kept = word.chars().filter(|c| !is_removed(*c));
        kept.collect::<String>()
    });
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

pub(in crate::render) fn is_removed(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() || matches!(c, '\u{fdd0}'..='\u{fdef}' | '\u{fffd}') || {
        // Noncharacters.
        u32::from(c) & 0xfffe == 0xfffe
    }
}

/// The subject that says this: on one line, and cut at a word if it is too long.
pub(in crate::render) fn limited(text: &str) -> String {
    let line = line(text);
    if line.chars().count() <= MAX_CHARS {
        return line;
    }
    let room: String = line.chars().take(MAX_CHARS - 1).collect();
    // A word that is nearly everything is cut itself.
    let end = room.rfind(' ').filter(|end| *end * 2 > room.len());
    let kept = &room[..end.unwrap_or(room.len())];
    format!("{}…", kept.trim_end_matches([' ', ',', ';', ':', '–', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_begin_another_header_or_turn_around() {
        for (text, wanted) in [
            ("Selma\r\nBcc: a@e.example", "Selma Bcc: a@e.example"),
            ("a\u{0}b\u{85}c\u{2028}d\te  f\u{7f}", "ab c d e f"),
            ("\u{202e}gpj.exe\u{2066}!", "gpj.exe!"),
            (" \u{7} \u{ffff}\u{fffd}", ""),
            ("Störung – 障害", "Störung – 障害"),
        ] {
            assert_eq!(line(text), wanted);
            assert_eq!(limited(text), wanted);
        }
    }

    #[test]
    fn a_long_subject_is_cut_at_a_word() {
        let check = |text: &str, wanted: &str| {
            let subject = limited(text);
            assert_eq!(subject, wanted);
            assert!(subject.chars().count() <= MAX_CHARS);
        };
        let hundred = "Server ".repeat(14);
        let long = format!("{hundred}and some more now – thenmuchmore");
        check(&long, &format!("{hundred}and some more now…"));
        check(&"é".repeat(121), &format!("{}…", "é".repeat(119)));
        check(&"é".repeat(120), &"é".repeat(120));
    }
}
