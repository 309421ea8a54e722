//! How far an entry reaches, and which part of that is its text.

use std::ops::Range;

use super::blocks::{Block, Sort};
use super::comment;
use super::scan::{Scan, Start};

/// How far an entry reaches.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    /// Where its text is, not counting markers that must be opened again.
    pub(super) text: Range<usize>,
    /// The part of the body that is removed from the post.
    pub(super) removed: Range<usize>,
    /// The blocks that belong to it besides the one in which it begins.
    pub(super) blocks: Range<usize>,
}

/// The extents of the entries, in order.
pub(super) fn extents(blocks: &[Block], scan: &Scan, source: &str) -> Vec<Extent> {
    let end_marks: Vec<Range<usize>> = blocks
        .iter()
        .filter(|block| block.sort == Sort::Comment)
        .filter(|block| {
            source
                .get(block.range.clone())
                .is_some_and(comment::is_end_of_update)
        })
        .map(|block| block.range.clone())
        .collect();
    scan.starts
        .iter()
        .enumerate()
        .map(|(index, start)| {
            let next = scan
                .starts
                .get(index + 1)
                .map_or(source.len(), |next| next.offset);
            extent(blocks, scan, start, next, &end_marks)
        })
        .collect()
}

fn extent(
    blocks: &[Block],
    scan: &Scan,
    start: &Start,
    next: usize,
    end_marks: &[Range<usize>],
) -> Extent {
    let block = &blocks[start.block];
    let mut end;
    let mut removed_end;
    match block.sort {
        Sort::Item(_) => {
            end = block.range.end.min(next);
            removed_end = end;
        }
        Sort::Heading(_)
        | Sort::Paragraph
        | Sort::Rule
        | Sort::Comment
        | Sort::Literal
        | Sort::Other => {
            (end, removed_end) = top_level(blocks, scan, start, next);
            let mark = end_marks.get(end_marks.partition_point(|mark| mark.start < start.offset));
            if let Some(mark) = mark
                && mark.start < next
            {
                (end, removed_end) = (mark.start, mark.end);
            }
        }
    }
    let mut from = text_start(block, start);
    if let Some(trailing) = &start.trailing {
        if trailing.closes && trailing.end <= next {
            let its_block = block_at(blocks, trailing.start).unwrap_or(block);
            end = previous_line_end(its_block, trailing.start).unwrap_or(trailing.start);
            removed_end = paragraph_end(its_block, trailing.end).min(next);
        } else if !trailing.closes {
            from = from.max(trailing.end);
        }
    }
    let end = end.max(from);
    let first = blocks.partition_point(|other| other.range.start < from);
    let last = blocks.partition_point(|other| other.range.start < end);
    Extent {
        text: from..end,
        removed: start.offset..removed_end.max(end),
        blocks: first..last.max(first),
    }
}

/// The end of the line before the one that begins at `line_start`, without the marker of a hard
/// break between them.
fn previous_line_end(block: &Block, line_start: usize) -> Option<usize> {
    let lines = &block.flat.lines;
    let index = lines.partition_point(|line| line.start < line_start);
    let found = lines
        .get(index)
        .is_some_and(|line| line.start == line_start);
    (found && index > 0).then(|| lines[index - 1].end)
}

/// The block that contains a place.
fn block_at(blocks: &[Block], at: usize) -> Option<&Block> {
    let after = blocks.partition_point(|block| block.range.start <= at);
    after.checked_sub(1).and_then(|index| blocks.get(index))
}

/// The end of a block whose last line ends at `line_end`, with the marks that close there;
/// otherwise the end of that line.
fn paragraph_end(block: &Block, line_end: usize) -> usize {
    match block.flat.lines.last() {
        Some(last) if last.end == line_end => block.range.end,
        Some(_) | None => line_end,
    }
}

/// Where the text begins: after the header, or on the next line.
fn text_start(block: &Block, start: &Start) -> usize {
    if let Some(text_start) = start.header.text_start {
        return text_start;
    }
    match block.sort {
        Sort::Heading(_) => block.range.end,
        Sort::Paragraph
        | Sort::Item(_)
        | Sort::Rule
        | Sort::Comment
        | Sort::Literal
        | Sort::Other => {
            let lines = &block.flat.lines;
            match (lines.get(start.line + 1), &block.sort) {
                (Some(next), _) => next.start,
                (None, Sort::Item(_)) => lines.get(start.line).map_or(start.offset, |l| l.end),
                (None, _) => block.range.end,
            }
        }
    }
}

/// The end of an entry outside a list, and the end of what is cut out for it.
fn top_level(blocks: &[Block], scan: &Scan, start: &Start, next: usize) -> (usize, usize) {
    let block = &blocks[start.block];
    let level = match block.sort {
        Sort::Heading(level) => Some(level),
        Sort::Paragraph
        | Sort::Item(_)
        | Sort::Rule
        | Sort::Comment
        | Sort::Literal
        | Sort::Other => None,
    };
    // If a header fills its line but not its paragraph, the rest of the paragraph is its text. A
    // time on the next line belongs to the header.
    let timed_below = start.trailing.as_ref().is_some_and(|it| !it.closes);
    let header_lines = start.line + 1 + usize::from(timed_below);
    let fills = start.header.text_start.is_none() && header_lines >= block.flat.lines.len();
    if level.is_none() && !fills {
        let end = block.range.end.min(next);
        return (end, end);
    }
    let day = scan
        .days
        .get(scan.days.partition_point(|day| day.start <= start.offset))
        .map_or(next, |day| day.start.min(next));
    for other in &blocks[start.block + 1..] {
        if other.range.start >= day {
            break;
        }
        match other.sort {
            Sort::Heading(other_level) if level.is_none_or(|level| other_level <= level) => {
                return (other.range.start, other.range.start);
            }
            Sort::Rule => return (other.range.start, other.range.end),
            Sort::Heading(_)
            | Sort::Paragraph
            | Sort::Item(_)
            | Sort::Comment
            | Sort::Literal
            | Sort::Other => {}
        }
    }
    (day, day)
}
