//! Text typed into a form or on a command line, where a line break is intended.

use pulldown_cmark::Event;

use super::dialect::parser;

/// Converts typed text to Markdown. Each single line break within a paragraph, which CommonMark
/// shows as a space, gets a `\` before it, so that it is shown as a break. Code, tables, HTML and
/// list markers stay unchanged.
pub fn of_typed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut done = 0;
    for offset in soft_breaks(text) {
        out.push_str(text[done..offset].trim_end_matches([' ', '\t', '\r']));
        out.push('\\');
        done = offset;
    }
    out.push_str(&text[done..]);
    out
}

/// Like [`of_typed`], for a text that was corrected in a form or an editor. If the original has
/// single line breaks, it is Markdown that somebody wrapped, and stays so.
pub fn of_corrected(text: &str, before: &str) -> String {
    match soft_breaks(before).next() {
        Some(_) => text.to_owned(),
        None => of_typed(text),
    }
}

/// Markdown as a form shows it for correction, without the `\` that [`of_typed`] adds.
/// [`of_corrected`] reverses it.
pub fn as_typed(markdown: &str) -> String {
    let mut shown = String::with_capacity(markdown.len());
    let mut done = 0;
    for (event, range) in parser(markdown).into_offset_iter() {
        if event == Event::HardBreak && markdown[range.start..].starts_with("\\\n") {
            shown.push_str(&markdown[done..range.start]);
            done = range.start + 1;
        }
    }
    shown.push_str(&markdown[done..]);
    match of_corrected(&shown, markdown) == markdown {
        true => shown,
        false => markdown.to_owned(),
    }
}

/// A file's text as a form shows it for completion: wrapped lines are joined.
pub fn unwrapped(markdown: &str) -> String {
    let mut shown = markdown.to_owned();
    for offset in soft_breaks(markdown) {
        let is_text = markdown[offset + 1..].starts_with(|c: char| c.is_alphanumeric());
        if is_text {
            // The replacement has the same length.
            shown.replace_range(offset..=offset, " ");
        }
    }
    shown
}

/// The positions of line feeds that CommonMark shows as spaces.
fn soft_breaks(text: &str) -> impl Iterator<Item = usize> {
    let events = parser(text).into_offset_iter();
    events.filter_map(|(event, range)| match event {
        Event::SoftBreak => text[range.start..].find('\n').map(|at| range.start + at),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, markdown: &str) {
        assert_eq!(of_typed(typed), markdown, "{typed:?}");
        assert_eq!(of_typed(markdown), markdown, "twice, {typed:?}");
    }

    #[test]
    fn a_line_break_that_was_typed_is_kept() {
        check("Test\n2\n3", "Test\\\n2\\\n3");
        check(
            "Mail is up.\n\nThe rest follows.",
            "Mail is up.\n\nThe rest follows.",
        );
        check("One \ntwo  \nthree\\\nfour", "One\\\ntwo  \nthree\\\nfour");
        check("- one\n- two\n  and more", "- one\n- two\\\n  and more");
        check("> said\n> again", "> said\\\n> again");
        check("*bold\nwords*", "*bold\\\nwords*");
        check("Störung\nbehoben", "Störung\\\nbehoben");
    }

    #[test]
    fn what_would_break_stays() {
        for same in [
            "```\na\nb\n```",
            "    a\n    b",
            "a | b\n--- | ---\n1 | 2",
            "# Heading\nText",
            "Heading\n=======",
            "Text\n- Selma: migrating\n- Nelson: degraded",
            "<div>\na\nb\n</div>",
            "`a\nb`",
            "[a]: https://example.com\n[b]: https://example.org",
            "",
        ] {
            check(same, same);
        }
    }

    #[test]
    fn a_form_shows_what_was_typed() {
        assert_eq!(as_typed("Test\\\n2"), "Test\n2");
        for same in ["a\nb\\\nc", "a\n\nb", "```\na\\\nb\n```"] {
            assert_eq!(as_typed(same), same);
        }
        assert_eq!(
            unwrapped("We look\ninto it.\n\n> a\n> b"),
            "We look into it.\n\n> a\n> b"
        );
    }

    #[test]
    fn a_text_that_was_wrapped_stays_wrapped_as_it_is_corrected() {
        assert_eq!(of_corrected("a\nb!", "a\nb"), "a\nb!");
        assert_eq!(of_corrected("a\\\nb\nc", "a\\\nb"), "a\\\nb\\\nc");
    }
}
