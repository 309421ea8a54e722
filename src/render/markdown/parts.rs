//! What the shaper knows of an element until its end has come.

use pulldown_cmark::{Alignment, CowStr, Tag};

/// A heading whose end has yet to come: where it begins, its level and its words.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) place: usize,
    pub(super) level: u8,
    pub(super) text: String,
}

/// A table, and where in it the next cell is.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) alignments: Vec<Alignment>,
    pub(super) column: usize,
    pub(super) in_head: bool,
}

/// A picture whose alternative text is still being collected.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    pub(super) url: CowStr<'a>,
    pub(super) title: CowStr<'a>,
    pub(super) alt: String,
    pub(super) depth: usize,
}

/// Whether an element stands among the words of a text.
pub(super) fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}
