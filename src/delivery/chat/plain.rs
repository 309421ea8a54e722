//! Passages as plain text, for services without a markup.

use super::markup::Markup;

/// Plain text.
pub(super) const PLAIN: Markup = Markup {
    escape: str::to_owned,
    strong: ["", ""],
    emphasis: ["", ""],
    struck: ["~", "~"],
    code: str::to_owned,
    code_block: str::to_owned,
    link,
    quote,
    line_end: "\n",
    blocks_stand_apart: false,
};

fn link(text: &str, url: &str) -> String {
    match text == url {
        true => url.to_owned(),
        false => format!("{text} ({url})"),
    }
}

/// A quotation: a sign before each line.
pub(super) fn quote(text: &str) -> String {
    let lines = text.split('\n').map(|line| format!("> {line}"));
    lines.collect::<Vec<_>>().join("\n")
}
