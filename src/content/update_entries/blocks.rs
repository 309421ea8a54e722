//! The top-level blocks of a body and their places, as the Markdown parser sees them.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::flat::{Flat, Flattener};

/// The sort of a block, as far as entries care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sort {
    /// A heading and its level.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// An item of a list at the top level, with the number of the list, counted from 0.
    Item(usize),
    /// A thematic break.
    Rule,
    /// HTML that is only one comment.
    Comment,
    /// A literal text between comments; see [`super::literal`].
    Literal,
    /// Code, a quote, a table, HTML: nothing in it is an entry.
    Other,
}

/// A block at the top level, or an item of a list at the top level.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) sort: Sort,
    pub(super) range: Range<usize>,
    /// For a paragraph, a heading, or the first paragraph of a list item; otherwise empty.
    pub(super) flat: Flat,
    /// Lines in it that are only attributes; they are left out.
    pub(super) attributes: Vec<Range<usize>>,
}

/// What is carried over from one part of a body to the next.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// How many lists there have been.
    lists: usize,
    /// The places of code, comments and literal texts.
    pub(super) hidden: Vec<Range<usize>>,
}

/// The blocks of the part of `source` that begins at `offset`, in order.
pub(super) fn read(part: &str, offset: usize, source: &str, seen: &mut Seen) -> Vec<Block> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut walker = Walker {
        source,
        offset,
        blocks: Vec::new(),
        depth: 0,
        open: None,
        seen,
        item: None,
    };
    for (event, range) in Parser::new_ext(part, options).into_offset_iter() {
        walker.take(&event, range.start + offset..range.end + offset);
    }
    let blocks = walker.blocks;
    with_swallowed_lines(blocks, part, offset, source)
}

struct Walker<'a> {
    source: &'a str,
    offset: usize,
    blocks: Vec<Block>,
    depth: usize,
    /// The paragraph or heading being collected, and the depth of its inside.
    open: Option<(Flattener<'a>, usize)>,
    seen: &'a mut Seen,
    /// The item of a top-level list around the events, until its first paragraph is read.
    item: Option<usize>,
}

impl<'a> Walker<'a> {
    fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        self.note_hidden(event, &range);
        if let Some((flattener, depth)) = &mut self.open {
            let inside = match event {
                Event::Start(tag) => is_inline(tag),
                Event::End(_) => self.depth > *depth,
                _ => true,
            };
            if inside {
                flattener.take(event, range);
                match event {
                    Event::Start(_) => self.depth += 1,
                    Event::End(_) => self.depth -= 1,
                    _ => {}
                }
                return;
            }
            let end = match event {
                Event::End(_) => range.end,
                _ => range.start,
            };
            self.close(end);
        }
        match event {
            Event::Start(tag) => {
                self.start(tag, &range);
                self.depth += 1;
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 1 && *end == TagEnd::Item {
                    self.item = None;
                }
            }
            Event::Rule if self.depth == 0 => self.push(Sort::Rule, range),
            Event::Rule | Event::Html(_) => {}
            _ => {
                // The text of a tight item has no paragraph around it.
                if self.depth == 2 && self.item.is_some() {
                    self.open_at(range.start, self.depth);
                    if let Some((flattener, _)) = &mut self.open {
                        flattener.take(event, range);
                    }
                }
            }
        }
    }

    fn note_hidden(&mut self, event: &Event<'_>, range: &Range<usize>) {
        let hides = match event {
            Event::Code(_) | Event::Start(Tag::CodeBlock(_)) => true,
            Event::Html(html) | Event::InlineHtml(html) => html.starts_with("<!--"),
            _ => false,
        };
        let last = self.seen.hidden.last();
        if hides && last.is_none_or(|last| last.end <= range.start) {
            self.seen.hidden.push(range.clone());
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match (self.depth, tag) {
            (0, Tag::Paragraph) => {
                self.push(Sort::Paragraph, range.clone());
                self.open_at(range.start, 1);
            }
            (0, Tag::Heading { level, .. }) => {
                self.push(Sort::Heading(*level as u8), range.clone());
                self.open_at(range.start, 1);
            }
            (0, Tag::List(_)) => self.seen.lists += 1,
            (1, Tag::Item) => {
                self.push(Sort::Item(self.seen.lists), range.clone());
                self.item = Some(self.blocks.len() - 1);
            }
            (2, Tag::Paragraph) if self.item.is_some() => self.open_at(range.start, 3),
            (2, tag) if is_inline(tag) && self.item.is_some() => {
                self.open_at(range.start, 2);
                if let Some((flattener, _)) = &mut self.open {
                    flattener.take(&Event::Start(tag.clone()), range.clone());
                }
            }
            (2, _) => self.item = None,
            (0, Tag::HtmlBlock) => {
                let html = self.source[range.clone()].trim();
                let sort = if is_one_comment(html) {
                    Sort::Comment
                } else {
                    Sort::Other
                };
                self.push(sort, range.clone());
            }
            (0, _) => self.push(Sort::Other, range.clone()),
            _ => {}
        }
    }

    fn push(&mut self, sort: Sort, range: Range<usize>) {
        self.blocks.push(Block {
            sort,
            range,
            flat: Flat::default(),
            attributes: Vec::new(),
        });
    }

    fn open_at(&mut self, start: usize, depth: usize) {
        debug_assert!(start >= self.offset);
        self.open = Some((Flattener::new(self.source, start), depth));
    }

    fn close(&mut self, end: usize) {
        if let Some((flattener, _)) = self.open.take() {
            let index = self.item.take().or(self.blocks.len().checked_sub(1));
            if let Some(block) = index.and_then(|index| self.blocks.get_mut(index)) {
                block.flat = flattener.finish(end);
            }
        }
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

/// Whether HTML is one comment and nothing else.
fn is_one_comment(html: &str) -> bool {
    html.strip_prefix("<!--")
        .and_then(|rest| rest.find("-->").map(|end| &rest[end + 3..]))
        .is_some_and(|rest| rest.trim().is_empty())
}

/// Markdown takes `[UPDATE 10:48]: Restored.` for a link definition and shows nothing. This brings
/// such lines back as paragraphs of one line each.
fn with_swallowed_lines(blocks: Vec<Block>, part: &str, offset: usize, source: &str) -> Vec<Block> {
    let mut all = Vec::with_capacity(blocks.len());
    let mut covered = offset;
    for block in blocks {
        swallowed(source, covered..block.range.start, &mut all);
        covered = covered.max(block.range.end);
        all.push(block);
    }
    swallowed(source, covered..offset + part.len(), &mut all);
    all
}

fn swallowed(source: &str, gap: Range<usize>, all: &mut Vec<Block>) {
    let Some(text) = source.get(gap.clone()) else {
        return;
    };
    let mut start = gap.start;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        if content.starts_with('[') {
            let range = start..start + content.len();
            let mut flattener = Flattener::new(source, start);
            flattener.take(&Event::Text(content.into()), range.clone());
            all.push(Block {
                sort: Sort::Paragraph,
                flat: flattener.finish(range.end),
                range,
                attributes: Vec::new(),
            });
        }
        start += line.len();
    }
}
