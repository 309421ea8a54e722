//! The shaper's state for elements that are still open.

use pulldown_cmark::{Alignment, CowStr, Tag};

/// An open heading: its position in the output, its level and its words.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) index: usize,
    pub(super) level: u8,
    pub(super) text: String,
}

/// A table, and the position of the next cell.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) alignments: Vec<Alignment>,
    pub(super) column: usize,
    pub(super) in_head: bool,
}

/// A picture whose alternative text is being collected.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    pub(super) url: CowStr<'a>,
    pub(super) title: CowStr<'a>,
    pub(super) alt: String,
    pub(super) depth: usize,
}

/// Whether an element is part of a text, not a block.
pub(super) fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}
