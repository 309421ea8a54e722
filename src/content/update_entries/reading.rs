//! Reads a body: segments, blocks, starts of entries, extents, then instants.

use std::borrow::Cow;
use std::ops::Range;

use super::announced;
use super::blocks::{self, Block, Seen, Sort};
use super::comment::{self, Comment};
use super::context::Context;
use super::entry::{Entry, Reading};
use super::extent::{Extent, extents};
use super::instant_text;
use super::instants::resolve_all;
use super::leftovers;
use super::literal::{self, Segment};
use super::raw::{Raw, following_comment, raw};
use super::report::Report;
use super::resolution::Resolved;
use super::scan::{self, Scan, Start, Why};
use super::text::{self, Cut};
use crate::content::problem::{Problem, Severity};

/// Reads the entries of a body, and the post that remains without them.
pub fn read(body: &str, cx: &Context<'_>) -> Reading {
    let body = normalised(body);
    let source = body.as_ref();
    let mut report = Report::new(cx.file, source, cx.first_line);
    let (blocks, hidden) = all_blocks(source);
    let mut scan = scan::scan(&blocks, source);
    let announced = announced::take_out(&mut scan, &blocks, source, cx, &mut report);
    let mut extents = extents(&blocks, &scan, source);
    if drop_empty(&mut scan, &extents, &blocks, source, cx) {
        extents = super::extent::extents(&blocks, &scan, source);
    }
    let raws: Vec<Raw> = scan
        .starts
        .iter()
        .zip(&extents)
        .map(|(start, extent)| raw(start, extent, &blocks, source, cx, &mut report))
        .collect();
    let (resolved, newest_first) = resolve_all(&scan, &raws, cx, &mut report);
    hints(&scan, &extents, cx, &mut report);
    leftovers::hint(source, &scan, &blocks, &hidden, &mut report);
    let markdown = post(&blocks, &scan, &extents, source);
    let entries: Vec<Entry> = raws
        .into_iter()
        .zip(&scan.starts)
        .zip(resolved)
        .map(|((raw, start), resolved)| {
            entry(raw, start, resolved, report.line_of(start.header.start))
        })
        .collect();
    let mut problems = report.finish();
    for problem in &mut problems {
        if entries.iter().any(|entry| entry.line == problem.line) {
            say_how_to_keep(problem);
        }
    }
    Reading {
        markdown,
        entries,
        problems,
        newest_first,
        announced,
    }
}

/// Adds to a warning about an entry how to keep its line as text.
pub(in crate::content) fn say_how_to_keep(problem: &mut Problem) {
    if problem.severity != Severity::Warning {
        return;
    }
    let keep = "to keep the line as text, begin it with another word, such as \"Note:\"";
    problem.help = Some(match problem.help.take() {
        Some(help) => format!("{help}; {keep}"),
        None => keep.to_owned(),
    });
}

/// Removes headers that have neither a phase nor anything after them, in their paragraph or the
/// next: they are text. Returns whether there were any.
fn drop_empty(
    scan: &mut Scan,
    extents: &[Extent],
    blocks: &[Block],
    source: &str,
    cx: &Context<'_>,
) -> bool {
    let begins_with_text = |extent: &Extent| {
        let text = source.get(extent.text.clone()).unwrap_or_default();
        text.trim_start().starts_with(char::is_alphanumeric)
    };
    let is_empty = |start: &Start, extent: &Extent| {
        if start.header.phase.is_some() || begins_with_text(extent) {
            return false;
        }
        let mut silent = Report::new("", "", 0);
        let raw = raw(start, extent, blocks, source, cx, &mut silent);
        raw.markdown.is_empty() && raw.changes.is_empty() && raw.comment == Comment::default()
    };
    let count = scan.starts.len();
    let starts = std::mem::take(&mut scan.starts);
    for (start, extent) in starts.into_iter().zip(extents) {
        if is_empty(&start, extent) {
            scan.doubtful.push(start.doubt(Why::Empty));
        } else {
            scan.starts.push(start);
        }
    }
    scan.starts.len() < count
}

/// The body with `\n` as line end and without a byte order mark.
fn normalised(body: &str) -> Cow<'_, str> {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    if body.contains('\r') {
        Cow::Owned(body.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(body)
    }
}

/// The blocks of a body, and the places of code, comments and literal texts.
fn all_blocks(source: &str) -> (Vec<Block>, Vec<Range<usize>>) {
    let mut all = Vec::new();
    let mut seen = Seen::default();
    for segment in literal::segments(source) {
        match segment {
            Segment::Markdown(range) => {
                let part = &source[range.clone()];
                let mut found = blocks::read(part, range.start, source, &mut seen);
                let lines = leftovers::attribute_lines(source, range, &seen.hidden);
                leftovers::set_aside(&mut found, &lines);
                all.extend(found);
            }
            Segment::Literal { range, .. } => {
                seen.hidden.push(range.clone());
                all.push(Block {
                    sort: Sort::Literal,
                    range,
                    flat: super::flat::Flat::default(),
                    attributes: Vec::new(),
                });
            }
        }
    }
    (all, seen.hidden)
}

fn hints(scan: &Scan, extents: &[Extent], cx: &Context<'_>, report: &mut Report<'_>) {
    let example = instant_text::written(cx.now, cx.zone);
    for doubt in &scan.doubtful {
        let before = extents.partition_point(|extent| extent.removed.start <= doubt.from);
        let inside = before
            .checked_sub(1)
            .and_then(|index| extents.get(index))
            .is_some_and(|extent| extent.removed.end > doubt.from);
        let message = match doubt.why {
            // In the text of an entry, a time is just a time.
            Why::Prose | Why::LastLine if inside => continue,
            Why::Prose | Why::Label => "this looks like an entry, but is read as text",
            Why::LastLine => {
                "this time ends a paragraph that isn't an entry, so all of it is \
                              read as text"
            }
            Why::Empty => "nothing follows this, so it is read as text, not as an entry",
        };
        report.add(
            Severity::Hint,
            doubt.from..doubt.to,
            message,
            Some(format!(
                "to make it an entry, begin it like \"UPDATE {example}: …\""
            )),
        );
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
        cuts.extend(block.attributes.iter().cloned().map(Cut::out));
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

/// Whether a time has the canonical form. Next to an id, it then doesn't show how a person once
/// typed it.
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
