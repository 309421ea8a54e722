//! Times without a label that announce something rather than report it: they stay text.
//!
//! Whether such a time is in the future is judged when its line is first seen. The caller stores
//! those lines ([`super::Reading::announced`]) and passes them back as [`AnnouncedLines`], so that
//! a line doesn't turn into an entry once its time has come.

use std::collections::BTreeSet;

use super::announced_lines::{AnnouncedLines, key};
use super::blocks::{Block, Sort};
use super::comment;
use super::context::Context;
use super::direction;
use super::report::Report;
use super::scan::{Scan, Start};
use crate::content::problem::Severity;
use crate::domain::incident::CLOCK_TOLERANCE;

/// The most lines that may count as reworded at a time.
const MOST_REWORDED: usize = 100;

/// Why a time without a label is text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// It is in the future.
    ToCome,
    /// It was in the future when its line was first seen.
    WasToCome,
    /// It follows such a time, with no label between them.
    Behind,
    /// It isn't before the start of the maintenance that the post announces.
    Maintenance,
}

/// Removes times that announce something from the starts of entries. Returns their lines.
pub(super) fn take_out(
    scan: &mut Scan,
    blocks: &[Block],
    source: &str,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> Vec<String> {
    let memory = Memory::of(source, cx);
    let mut announced = Vec::new();
    let mut announcing = false;
    let mut is_reported = false;
    let starts = std::mem::take(&mut scan.starts);
    for start in starts {
        if !start.header.unlabelled || is_noted(&start, blocks, source) {
            announcing = false;
            scan.starts.push(start);
            continue;
        }
        let line = line_of(source, start.header.start);
        let judged = judge(&start, scan, &line, &memory, cx);
        let why = match judged {
            Judged::Text(why) => Some(why),
            Judged::Unknown => announcing.then_some(Why::Behind),
            Judged::Passed => None,
        };
        let Some(why) = why else {
            announcing = false;
            if cx.kept.is_none() && !is_reported {
                is_reported = true;
                report_judged(&start, report);
            }
            scan.starts.push(start);
            continue;
        };
        announcing |= matches!(why, Why::ToCome | Why::WasToCome);
        tell_announced(&start, why, report);
        announced.push(line);
    }
    announced
}

/// What a time without a label turns out to be.
enum Judged {
    /// It is text.
    Text(Why),
    /// It has passed, so it begins an entry, even after a line that announces something: text added
    /// above an existing entry doesn't take it away.
    Passed,
    /// It doesn't determine an instant by itself.
    Unknown,
}

/// What is known about lines that were seen before.
struct Memory<'a> {
    /// The lines of this file; `None` if nothing is known about it.
    own: Option<BTreeSet<&'a str>>,
    /// The lines of all files.
    all: Option<&'a AnnouncedLines>,
    /// Known lines that are no longer in this file: they may have been reworded.
    vanished: Vec<&'a str>,
}

impl<'a> Memory<'a> {
    fn of(source: &str, cx: &Context<'a>) -> Self {
        let lines = cx.kept.and_then(|kept| kept.get(cx.file));
        let own: Option<BTreeSet<&str>> =
            lines.map(|lines| lines.iter().map(String::as_str).collect());
        let mut vanished = Vec::new();
        if let Some(own) = &own {
            let present: BTreeSet<String> = source.lines().map(key).collect();
            let gone = own.iter().filter(|line| !present.contains(**line));
            vanished.extend(gone.take(MOST_REWORDED));
        }
        Self {
            own,
            all: cx.kept,
            vanished,
        }
    }

    fn holds(&self, line: &str, written: &str) -> bool {
        match &self.own {
            Some(own) => {
                own.contains(line) || self.vanished.iter().any(|known| known.contains(written))
            }
            // The file may have been renamed.
            None => {
                let all = self.all.map(AnnouncedLines::values).into_iter();
                all.flatten().flatten().any(|known| known == line)
            }
        }
    }
}

fn judge(start: &Start, scan: &Scan, line: &str, memory: &Memory<'_>, cx: &Context<'_>) -> Judged {
    if memory.holds(line, &start.header.time.written) {
        return Judged::Text(Why::WasToCome);
    }
    let day = start.day.and_then(|day| scan.days.get(day));
    let day = day.map(|day| &day.time);
    let Some(at) = direction::plain_instant(&start.header.time, day, cx) else {
        return Judged::Unknown;
    };
    if cx.starts.is_some_and(|starts| at >= starts) {
        return Judged::Text(Why::Maintenance);
    }
    match at > cx.now + CLOCK_TOLERANCE {
        true => Judged::Text(Why::ToCome),
        false => Judged::Passed,
    }
}

/// Whether the line has a comment for machines, and so has been an entry before.
fn is_noted(start: &Start, blocks: &[Block], source: &str) -> bool {
    let is_note = |html: &str| comment::parse(html).is_some();
    let own = &blocks[start.block].flat.comments;
    let inside = own
        .iter()
        .filter(|range| range.start >= start.offset)
        .any(|range| source.get(range.clone()).is_some_and(is_note));
    let below = blocks
        .get(start.block + 1)
        .filter(|block| block.sort == Sort::Comment)
        .and_then(|block| source.get(block.range.clone()));
    inside || below.is_some_and(is_note)
}

/// The source line at a place, in the form in which lines are compared.
fn line_of(source: &str, at: usize) -> String {
    let (before, after) = source.split_at_checked(at).unwrap_or((source, ""));
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = after.find('\n').map_or(source.len(), |end| at + end);
    key(source.get(start..end).unwrap_or_default())
}

fn tell_announced(start: &Start, why: Why, report: &mut Report<'_>) {
    let message = match why {
        Why::ToCome => "this time has no label and is in the future, so the line is text",
        Why::WasToCome => {
            "this time has no label and was in the future when the line was first read, so the \
             line is text"
        }
        Why::Behind => {
            "this time has no label and follows one that announces something, so the line is text"
        }
        Why::Maintenance => {
            "this time has no label and isn't before the maintenance starts, so the line is text"
        }
    };
    report.add(
        Severity::Hint,
        start.header.start..start.header.end,
        message,
        Some(format!(
            "to make it an entry, write \"UPDATE {}: …\"",
            start.header.time.written
        )),
    );
}

/// Reports that the clock decided about a time without a label.
fn report_judged(start: &Start, report: &mut Report<'_>) {
    report.add(
        Severity::Hint,
        start.header.start..start.header.end,
        "this time has no label and has passed, so it begins an entry",
        Some(format!(
            "write \"UPDATE {}\", to leave no doubt; if it announces something, begin the line \
             with another word",
            start.header.time.written
        )),
    );
}
