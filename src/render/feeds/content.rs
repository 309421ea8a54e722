//! The text of an item: Markdown as HTML that stands alone in a reader, and its beginning as
//! plain text.

use ammonia::UrlRelative;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Longest summary, in characters.
const SUMMARY_CHARS: usize = 280;

/// Markdown as harmless HTML in which every URL is absolute; `page_url` is the page that it
/// stands on.
pub(super) fn content_html(markdown: &str, page_url: &str) -> String {
    let mut unsafe_html = String::new();
    html::push_html(&mut unsafe_html, Parser::new_ext(markdown, options()));
    let mut cleaner = ammonia::Builder::default();
    match ammonia::Url::parse(page_url) {
        Ok(base) => cleaner.url_relative(UrlRelative::RewriteWithBase(base)),
        Err(_) => cleaner.url_relative(UrlRelative::Deny),
    };
    cleaner.clean(&unsafe_html).to_string()
}

/// The first paragraph of a Markdown text as plain text, cut at a word where it is long.
pub(super) fn first_paragraph(markdown: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Start(Tag::Paragraph) => inside = true,
            Event::End(TagEnd::Paragraph) if !text.trim().is_empty() => break,
            Event::Text(piece) | Event::Code(piece) if inside => text.push_str(&piece),
            Event::SoftBreak | Event::HardBreak if inside => text.push(' '),
            _ => {}
        }
    }
    cut(&one_line(&text))
}

/// Text on one line, with single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SUMMARY_CHARS {
        return text.to_owned();
    }
    let head: String = text.chars().take(SUMMARY_CHARS - 1).collect();
    let end = head.rfind(' ').unwrap_or(head.len());
    format!("{}…", head[..end].trim_end_matches([',', ';', ':', ' ']))
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_SMART_PUNCTUATION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_url_is_relative_and_nothing_runs() {
        let html = |markdown| content_html(markdown, "https://status.example.com/incidents/a");
        for (markdown, wanted) in [
            ("[home](/)", "href=\"https://status.example.com/\""),
            (
                "[q](#backup)",
                "href=\"https://status.example.com/incidents/a#backup\"",
            ),
            (
                "![disk](/media/d.png)",
                "src=\"https://status.example.com/media/d.png\"",
            ),
            ("<script>x()</script>ok", "ok"),
        ] {
            assert!(
                html(markdown).contains(wanted),
                "{markdown}: {}",
                html(markdown)
            );
            assert!(!html(markdown).contains("script"), "{markdown}");
        }
    }

    #[test]
    fn a_summary_is_the_first_paragraph_in_plain_words() {
        for (markdown, text) in [
            (
                "# Head\n\nMail *is* `up`,\nagain.\n\nMore.",
                "Mail is up, again.",
            ),
            ("![](a.png)\n\nWords.", "Words."),
            ("", ""),
        ] {
            assert_eq!(first_paragraph(markdown), text);
        }
        let long = first_paragraph(&"word ".repeat(100));
        assert!(
            long.chars().count() <= SUMMARY_CHARS && long.ends_with("word…"),
            "{long}"
        );
    }
}
