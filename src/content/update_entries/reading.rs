//! Reads a body: segments, blocks, beginnings, extents, then instants.

use std::borrow::Cow;
use std::ops::Range;

use super::blocks::{self, Block, Sort};
use super::comment::{self, Comment};
use super::direction::{self, Dated};
use super::extent::{Extent, extents};
use super::label;
use super::literal::{self, Segment};
use super::report::Report;
use super::resolution::{self, Base, Resolved};
use super::scan::{self, Scan, Start};
use super::state_list;
use super::text::{self, Cut};
use super::time_text::TimeText;
use super::{Context, Entry, Reading, StateLine};
use crate::content::problem::Severity;
use crate::domain::update::Precision;

/// An entry before its instant is known.
struct Raw {
    time: TimeText,
    comment: Comment,
    changes: Vec<StateLine>,
    markdown: String,
}

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

fn raw(
    start: &Start,
    extent: &Extent,
    blocks: &[Block],
    source: &str,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> Raw {
    let own = &blocks[start.block];
    let mut inside: Vec<&Block> = blocks[extent.blocks.clone()].iter().collect();
    let mut cuts: Vec<Cut> = Vec::new();
    let mut comment = Comment::default();
    let mut found = false;
    let inline = own.flat.comments.iter().cloned();
    let on_their_own = inside
        .iter()
        .filter(|block| block.sort == Sort::Comment)
        .map(|block| block.range.clone());
    let after = following_comment(extent, blocks);
    for range in inline.chain(on_their_own).chain(after) {
        let html = source.get(range.clone()).unwrap_or_default();
        if comment::is_end_of_update(html) {
            cuts.push(Cut::out(range));
        } else if !found
            && range.start >= start.offset
            && let Some((parsed, bad)) = comment::parse(html)
        {
            found = true;
            comment = parsed;
            for field in bad {
                report.add(
                    Severity::Warning,
                    range.clone(),
                    format!("\"{field}\" in this comment can't be understood; it is ignored"),
                    None,
                );
            }
            cuts.push(Cut::out(range));
        }
    }
    inside.retain(|block| block.sort != Sort::Comment);
    let end_of_header = match own.sort {
        Sort::Heading(_) => own.flat.lines.first().map(|line| line.end),
        Sort::Paragraph
        | Sort::Item(_)
        | Sort::Rule
        | Sort::Comment
        | Sort::Literal
        | Sort::Other => None,
    };
    if let (Some(end), Some(from)) = (end_of_header, start.header.text_start) {
        // What else belongs to a heading: its closing signs, or the line under it.
        cuts.push(Cut::with(end.max(from)..own.range.end.max(end), "\n\n"));
    }
    let in_list = matches!(own.sort, Sort::Item(_));
    let closing: Vec<Block> = if in_list {
        Vec::new()
    } else {
        inside
            .iter()
            .rev()
            .take_while(|block| matches!(block.sort, Sort::Item(_)))
            .map(|block| (*block).clone())
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect()
    };
    let mut changes = Vec::new();
    if let Some((lines, count)) = state_list::read(&closing, cx, source, report) {
        changes = lines;
        if let Some(first) = closing.get(closing.len() - count) {
            cuts.push(Cut::out(first.range.start..extent.text.end));
        }
    }
    let literals = inside
        .iter()
        .filter(|block| block.sort == Sort::Literal)
        .map(|block| Cut::literal(block.range.clone(), source));
    cuts.extend(literals);
    let markdown = text::assemble(source, extent.text.clone(), cuts, own, &start.header);
    for slug in &comment.names {
        if !changes.iter().any(|line| line.component == *slug) {
            changes.push(StateLine {
                component: slug.clone(),
                state: None,
                note: None,
            });
        }
    }
    unknown_phase(start, &markdown, own, report);
    let time = match &start.trailing {
        Some(trailing) => trailing.time.clone(),
        None => start.header.time.clone(),
    };
    Raw {
        time,
        comment,
        changes,
        markdown,
    }
}

/// A comment right after an entry that is a paragraph of its own.
fn following_comment(extent: &Extent, blocks: &[Block]) -> Option<Range<usize>> {
    let next = blocks.get(extent.blocks.end)?;
    (next.sort == Sort::Comment && next.range.start == extent.removed.end)
        .then(|| next.range.clone())
}

/// `## UPDATE …: monitorng`
fn unknown_phase(start: &Start, markdown: &str, own: &Block, report: &mut Report<'_>) {
    let heading = matches!(own.sort, Sort::Heading(_));
    let (true, Some(from)) = (
        heading && start.header.phase.is_none(),
        start.header.text_start,
    ) else {
        return;
    };
    let first = markdown.lines().next().unwrap_or_default().trim();
    let one_word = !first.is_empty() && !first.contains(' ') && first.len() < 30;
    if one_word && let Some(near) = label::nearest_phase(first) {
        report.add(
            Severity::Warning,
            from..from + first.len(),
            format!("\"{first}\" is not a phase; it is shown as text"),
            Some(format!("did you mean \"{near}\"?")),
        );
    }
}

fn resolve_all(
    scan: &Scan,
    raws: &[Raw],
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> (Vec<Resolved>, bool) {
    let dated: Vec<Dated<'_>> = scan
        .starts
        .iter()
        .zip(raws)
        .map(|(start, raw)| Dated {
            time: &raw.time,
            day: start
                .day
                .and_then(|day| scan.days.get(day))
                .map(|day| &day.time),
            known: raw.comment.at.map(|at| Resolved {
                at,
                precision: raw.comment.precision.unwrap_or(Precision::Minute),
            }),
        })
        .collect();
    let newest_first = direction::newest_first(&dated, cx);
    let nothing = Resolved {
        at: cx.posted_at,
        precision: Precision::None,
    };
    let mut resolved = vec![nothing; dated.len()];
    let mut previous: Option<Resolved> = None;
    let forward: Box<dyn Iterator<Item = usize>> = if newest_first {
        Box::new((0..dated.len()).rev())
    } else {
        Box::new(0..dated.len())
    };
    for index in forward {
        let entry = &dated[index];
        let base = Base { cx, previous };
        let found = match entry.known {
            Some(known) => Some(known),
            None if entry.time.is_empty() => {
                let at = previous.map_or(cx.posted_at, |previous| previous.at);
                without_time(&scan.starts[index], at, previous.is_some(), cx, report);
                Some(Resolved {
                    at,
                    precision: Precision::None,
                })
            }
            None => {
                let found = resolution::resolve(entry.time, entry.day, base, report);
                if let Some(found) = found {
                    resolution::check_day(found, entry.time, cx, report);
                }
                found
            }
        };
        let found = found.unwrap_or(Resolved {
            at: previous.map_or(cx.posted_at, |previous| previous.at),
            precision: Precision::None,
        });
        resolved[index] = found;
        previous = Some(found);
    }
    (resolved, newest_first)
}

fn without_time(
    start: &Start,
    at: chrono::DateTime<chrono::Utc>,
    after_entry: bool,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) {
    let whose = if after_entry {
        "the entry before it"
    } else {
        "the post"
    };
    report.add(
        Severity::Warning,
        start.header.start..start.header.end,
        format!(
            "this entry doesn't say its time; it was given that of {whose}, {}",
            resolution::shown(at, cx)
        ),
        Some(format!(
            "write its day and time: \"UPDATE {}\"",
            resolution::written(at, cx.zone)
        )),
    );
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
