//! The text of an item: Markdown as self-contained HTML, and a summary of it.

use crate::render::markdown::{first_sentences, to_html_absolute};

/// Maximum length of a summary, in characters.
const SUMMARY_CHARS: usize = 280;

/// Renders Markdown as safe HTML with absolute URLs. `page_url` is the page that the text is on;
/// `prefix` begins the ids of its headings there.
pub(super) fn content_html(markdown: &str, page_url: &str, prefix: &str) -> String {
    to_html_absolute(markdown, page_url, prefix)
        .as_str()
        .to_owned()
}

/// The beginning of a Markdown text as plain text. A long one is cut between words.
pub(super) fn summary_of(markdown: &str) -> String {
    first_sentences(markdown, SUMMARY_CHARS)
}

/// Maximum length of a text's beginning in a title, in characters.
const WORDS_CHARS: usize = 60;

/// The first words of a Markdown text for a title, without a full stop.
pub(super) fn first_words(markdown: &str) -> String {
    let words = first_sentences(markdown, WORDS_CHARS);
    let whole = words.strip_suffix('.').filter(|it| !it.ends_with('.'));
    whole.unwrap_or(&words).to_owned()
}

/// The text on one line, with single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_url_is_relative_and_nothing_runs() {
        let page = "https://status.example.com/incidents/a";
        for (markdown, wanted) in [
            (
                "[home](/)",
                "href=\"https://status.example.com/\"".to_owned(),
            ),
            ("[q](#backup)", format!("href=\"{page}#post-backup\"")),
            (
                "![disk](/media/d.png)",
                "src=\"https://status.example.com/media/d.png\"".to_owned(),
            ),
            ("<script>x()</script>ok", "ok".to_owned()),
        ] {
            let html = content_html(markdown, page, "post-");
            assert!(html.contains(&wanted), "{markdown}: {html}");
            assert!(!html.contains("script"), "{markdown}: {html}");
        }
    }
}
