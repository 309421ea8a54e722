//! Reads a body: segments, blocks, beginnings, extents, then instants.

use std::borrow::Cow;

use super::blocks::{self, Block, Sort};
use super::comment;
use super::extent::{Extent, extents};
use super::instants::resolve_all;
use super::literal::{self, Segment};
use super::raw::{Raw, following_comment, raw};
use super::report::Report;
use super::resolution::Resolved;
use super::scan::{self, Scan, Start};
use super::text::{self, Cut};
use super::{Context, Entry, Reading};
use crate::content::problem::Severity;

/// Reads the entries of a body, and the post that is left without them.
pub fn read(body: &str, cx: &Context<'_>) -> Reading {
    let body = normalised(body);
    let source = body.as_ref();
    let mut report = Report::new(cx.file, source, cx.first_line);
    let blocks = all_blocks(source);
    let scan = scan::scan(&blocks, source);
    let extents = extents(&blocks, &scan, source);
    let raws: Vec<Raw> = scan
        .starts
        .iter()
        .zip(&extents)
        .map(|(start, extent)| raw(start, extent, &blocks, source, cx, &mut report))
        .collect();
    let (resolved, newest_first) = resolve_all(&scan, &raws, cx, &mut report);
    hints(&scan, &extents, &mut report);
    let markdown = post(&blocks, &scan, &extents, source);
    let entries = raws
        .into_iter()
        .zip(&scan.starts)
        .zip(resolved)
        .map(|((raw, start), resolved)| {
            entry(raw, start, resolved, report.line_of(start.header.start))
        })
        .collect();
    Reading {
        markdown,
        entries,
        problems: report.finish(),
        newest_first,
    }
}

/// Line ends as `\n`, no byte order mark.
fn normalised(body: &str) -> Cow<'_, str> {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    if body.contains('\r') {
        Cow::Owned(body.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(body)
    }
}

fn all_blocks(source: &str) -> Vec<Block> {
    let mut all = Vec::new();
    let mut lists = 0;
    for segment in literal::segments(source) {
        match segment {
            Segment::Markdown(range) => {
                let part = &source[range.clone()];
                all.extend(blocks::read(part, range.start, source, &mut lists));
            }
            Segment::Literal { range, .. } => all.push(Block {
                sort: Sort::Literal,
                range,
                flat: super::flat::Flat::default(),
            }),
        }
    }
    all
}

fn hints(scan: &Scan, extents: &[Extent], report: &mut Report<'_>) {
    for (from, to) in &scan.doubtful {
        // In the text of an entry a time is just a time.
        let before = extents.partition_point(|extent| extent.removed.start <= *from);
        let inside = before
            .checked_sub(1)
            .and_then(|index| extents.get(index))
            .is_some_and(|extent| extent.removed.end > *from);
        if !inside {
            report.add(
                Severity::Hint,
                *from..*to,
                "this looks like an entry, but is read as text",
                Some("to make it one, begin it like \"UPDATE 2013-02-26 02:15 MST: …\"".to_owned()),
            );
        }
    }
}

/// The body without its entries, the days above them and the comments that end them.
fn post(blocks: &[Block], scan: &Scan, extents: &[Extent], source: &str) -> String {
    let mut cuts: Vec<Cut> = extents
        .iter()
        .map(|extent| Cut::with(extent.removed.clone(), "\n\n"))
        .collect();
    let governing: std::collections::HashSet<usize> = scan
        .starts
        .iter()
        .filter(|start| start.header.time.date.is_none())
        .filter_map(|start| start.day)
        .collect();
    for (index, day) in scan.days.iter().enumerate() {
        if governing.contains(&index) {
            cuts.push(Cut::with(day.start..day.end, "\n\n"));
        }
    }
    for block in blocks {
        let html = || source.get(block.range.clone()).unwrap_or_default();
        match block.sort {
            Sort::Literal => cuts.push(Cut::literal(block.range.clone(), source)),
            Sort::Comment if comment::is_end_of_update(html()) => {
                cuts.push(Cut::out(block.range.clone()));
            }
            Sort::Comment
            | Sort::Heading(_)
            | Sort::Paragraph
            | Sort::Item(_)
            | Sort::Rule
            | Sort::Other => {}
        }
    }
    for extent in extents {
        if let Some(range) = following_comment(extent, blocks)
            && comment::parse(source.get(range.clone()).unwrap_or_default()).is_some()
        {
            cuts.push(Cut::out(range));
        }
    }
    text::without(source, cuts)
}

fn entry(raw: Raw, start: &Start, resolved: Resolved, line: usize) -> Entry {
    let comment = raw.comment;
    let typed = Some(raw.time.written).filter(|written| !written.is_empty());
    let as_written = match (comment.written, &comment.id) {
        (Some(written), _) => Some(written).filter(|written| !written.is_empty()),
        (None, Some(_)) => typed.filter(|typed| !is_canonical(typed)),
        (None, None) => typed,
    };
    Entry {
        at: resolved.at,
        precision: comment.precision.unwrap_or(resolved.precision),
        as_written,
        phase: start.header.phase,
        number: start.header.number,
        markdown: raw.markdown,
        changes: raw.changes,
        id: comment.id,
        author: comment.author,
        edited_at: comment.edited_at,
        public_at: comment.public_at,
        restore: comment.restore,
        window: comment.window,
        line,
    }
}

/// Whether a time has the form in which times are written here: then, beside an id, it says
/// nothing of how a person once typed it.
fn is_canonical(written: &str) -> bool {
    let bytes = written.as_bytes();
    let shape = |from: usize, shape: &str| {
        shape.bytes().enumerate().all(|(index, wanted)| {
            bytes.get(from + index).is_some_and(|b| match wanted {
                b'0' => b.is_ascii_digit(),
                other => *b == other,
            })
        })
    };
    shape(0, "0000-00-00") && (bytes.len() == 10 || shape(10, " 00:00") || shape(10, "T00:00"))
}
