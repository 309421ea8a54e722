//! Cuts a text that is too long, without breaking what a reader sees as one sign.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The text, or as much of its beginning as has at most `max_units` units of UTF-16, with "…". It is
/// cut between words if a word ends in the last third, else between two signs.
pub fn cut(text: &str, max_units: usize) -> String {
    let length: usize = text.chars().map(char::len_utf16).sum();
    if length <= max_units {
        return text.to_owned();
    }
    let room = max_units.saturating_sub(1);
    let mut units = 0;
    let mut sign_end = 0;
    let mut word_end = 0;
    let mut before = None;
    let mut flags = 0;
    for (offset, c) in text.char_indices() {
        if before.is_some_and(|before| is_boundary(before, c, flags)) {
            sign_end = offset;
            if c.is_whitespace() {
                word_end = offset;
            }
        }
        units += c.len_utf16();
        if units > room {
            break;
        }
        flags = if is_flag_half(c) { flags + 1 } else { 0 };
        before = Some(c);
    }
    let end = if word_end * 3 >= sign_end * 2 {
        word_end
    } else {
        sign_end
    };
    let kept = text[..end].trim_end_matches([' ', '\n', ',', ';', ':', '–', '-']);
    format!("{kept}…")
}

/// Whether a sign may end between two characters. `flags` is how many halves of flags stand in a
/// row before the second.
///
/// A part of Unicode's rules for grapheme clusters (UAX 29), on the safe side: what is in doubt
/// stays together.
fn is_boundary(before: char, after: char, flags: usize) -> bool {
    const JOINER: char = '\u{200d}';
    let is_mark = after.general_category_group() == GeneralCategoryGroup::Mark;
    // Variation selectors are marks. Skin tones, and the tags of some flags, aren't.
    let is_modifier = matches!(after, '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}');
    let is_joined = before == JOINER || after == JOINER || after == '\u{200c}';
    let is_half = is_flag_half(after) && flags % 2 == 1;
    let is_syllable = match syllable_part(after) {
        Some(Part::Vowel | Part::End) => syllable_part(before).is_some(),
        Some(Part::Start | Part::Whole) => syllable_part(before) == Some(Part::Start),
        None => false,
    };
    let is_line_end = before == '\r' && after == '\n';
    !(is_mark || is_modifier || is_joined || is_half || is_syllable || is_line_end)
}

fn is_flag_half(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

/// A part of a Korean syllable.
#[derive(PartialEq, Eq)]
enum Part {
    Start,
    Vowel,
    End,
    Whole,
}

fn syllable_part(c: char) -> Option<Part> {
    match c {
        '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}' => Some(Part::Start),
        '\u{1160}'..='\u{11a7}' | '\u{d7b0}'..='\u{d7c6}' => Some(Part::Vowel),
        '\u{11a8}'..='\u{11ff}' | '\u{d7cb}'..='\u{d7fb}' => Some(Part::End),
        '\u{ac00}'..='\u{d7a3}' => Some(Part::Whole),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_text_is_cut_between_words_or_signs() {
        for (text, max, wanted) in [
            ("Selma is down", 13, "Selma is down"),
            ("Selma is down, and more", 20, "Selma is down, and…"),
            ("Selma is down, and more", 16, "Selma is down…"),
            ("Selmaisdownandmore", 8, "Selmais…"),
            ("", 0, ""),
            ("ab", 1, "…"),
        ] {
            assert_eq!(cut(text, max), wanted);
        }
    }

    #[test]
    fn no_sign_is_cut() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        let scotland = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
        for sign in [
            family,
            scotland,
            "\u{1f44d}\u{1f3fd}",
            "\u{1f1e9}\u{1f1ea}",
            "e\u{301}\u{323}",
            "1\u{fe0f}\u{20e3}",
            "\u{1112}\u{1161}\u{11ab}",
            "क्\u{200d}षि",
            "\u{1f600}",
        ] {
            let text = sign.repeat(40);
            let length = sign.chars().map(char::len_utf16).sum::<usize>();
            for max in 1..40 * length {
                let short = cut(&text, max);
                let kept = short.strip_suffix('…').expect("an end");
                assert!(short.chars().map(char::len_utf16).sum::<usize>() <= max);
                let kept_units = kept.chars().map(char::len_utf16).sum::<usize>();
                assert_eq!(kept_units % length, 0, "{sign} {max}: {short}");
                assert!(text.starts_with(kept));
                assert!(
                    kept_units + length + 1 > max,
                    "{sign} {max}: too little is kept"
                );
            }
        }
    }
}
