//! How wide a text is, so that a badge is as wide as its texts.

/// The advance widths of `' '` to `'~'` in hundredths of the font size. Verdana and DejaVu Sans,
/// which most systems have one of, are nearly the same.
const ASCII: [u8; 95] = [
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75,
    79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35,
    63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
];

/// The width of a text on one line, in hundredths of the font size. Outside ASCII it is an
/// estimate; the badge then fits the text into it.
pub(super) fn width_of(text: &str) -> usize {
    text.chars().map(|c| usize::from(advance(c))).sum()
}

fn advance(c: char) -> u8 {
    match c {
        ' '..='~' => ASCII[c as usize - ' ' as usize],
        // Combining marks, joiners, variation selectors.
        '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' => 0,
        // Cyrillic.
        '\u{400}'..='\u{52F}' => 69,
        // East Asian scripts and pictures.
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{FFEF}' | '\u{1F000}'.. => 100,
        '—' | '…' => 100,
        _ => 63,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_take_more_room_than_narrow_ones() {
        assert_eq!(width_of(""), 0);
        assert_eq!(width_of("iii"), 84);
        assert_eq!(width_of("WWW"), 297);
        assert_eq!(width_of("~"), 84);
        assert_eq!(width_of("网络"), 200);
        assert_eq!(width_of("Sto\u{308}rung"), width_of("Storung"));
    }
}
