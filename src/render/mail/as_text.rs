//! Blocks as plain text. Lines aren't wrapped: mail programs do that as their window needs it.

use super::block::{Block, ChangeLine, Link, PostLine, Span};
use crate::render::markdown::html_as_text;

/// The text of blocks, with an empty line between them and a line end after the last.
pub(super) fn of_blocks(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        let text = of_block(block);
        let text = text.trim_end();
        if text.is_empty() {
            continue;
        }
        if !out.is_empty() {
            // The title belongs to the line above it.
            let is_close = matches!(block, Block::Title(_));
            out.push_str(if is_close { "\n" } else { "\n\n" });
        }
        out.push_str(text);
    }
    out.push('\n');
    out
}

fn of_block(block: &Block) -> String {
    match block {
        Block::Meta(text) | Block::Title(text) | Block::Phase(text, _) | Block::Strong(text) => {
            text.clone()
        }
        Block::Heading(text) => format!("{text}\n{}", "-".repeat(text.chars().count().min(72))),
        Block::Paragraph(spans) | Block::Small(spans) => of_spans(spans),
        Block::Changes(changes) => lines(changes, of_change),
        Block::Text(text) => html_as_text(text),
        Block::Button(Link { text, url }) => format!("{text}:\n{url}"),
        Block::Posts(posts) => lines(posts, of_post),
        Block::Rule => "--------".to_owned(),
    }
}

fn lines<T>(all: &[T], line: impl Fn(&T) -> String) -> String {
    let lines: Vec<String> = all.iter().map(line).collect();
    lines.join("\n")
}

fn of_change(change: &ChangeLine) -> String {
    match &change.note {
        Some(note) => format!("* {}\n  {note}", change.words),
        None => format!("* {}", change.words),
    }
}

fn of_post(post: &PostLine) -> String {
    let Link { text, url } = &post.link;
    let mut lines = format!("* {text}\n  {}", post.meta);
    if !post.text.is_empty() {
        lines.push_str(&format!("\n  {}", post.text));
    }
    format!("{lines}\n  {url}")
}

/// The text of spans, with the URL after each link. Links in a row to the same URL share it.
fn of_spans(spans: &[Span]) -> String {
    let mut out = String::new();
    for (index, span) in spans.iter().enumerate() {
        match span {
            Span::Plain(text) | Span::Strong(text) => out.push_str(text),
            Span::Link(Link { text, url }) => {
                out.push_str(text);
                let after = spans[index + 1..].iter();
                let is_again = after
                    .filter_map(|span| match span {
                        Span::Link(link) => Some(link),
                        Span::Plain(_) | Span::Strong(_) => None,
                    })
                    .next()
                    .is_some_and(|next| next.url == *url);
                if !is_again {
                    out.push_str(&format!(" <{url}>"));
                }
            }
        }
    }
    out
}
