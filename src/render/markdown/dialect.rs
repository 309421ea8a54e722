//! The Markdown dialect: CommonMark with tables, footnotes, strikethrough, smart punctuation.

use pulldown_cmark::{Options, Parser};

/// A parser for a text.
pub(super) fn parser(markdown: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_SMART_PUNCTUATION;
    Parser::new_ext(markdown, options)
}
