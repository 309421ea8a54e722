//! Whether the entries of a file run oldest or newest first.

use chrono::{DateTime, Utc};

use super::calendar;
use super::context::Context;
use super::report::Report;
use super::resolution::{Base, Resolved, resolve};
use super::time_text::TimeText;
use super::zone_reading;
use crate::domain::update::{Phase, Precision};

/// What decides the order: an entry's time, and the day above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated<'a> {
    pub(super) time: &'a TimeText,
    pub(super) day: Option<&'a TimeText>,
    /// The instant in its comment.
    pub(super) known: Option<Resolved>,
    /// The phase that it sets.
    pub(super) phase: Option<Phase>,
}

/// Whether the entries run newest first. The dated ones decide. If they can't, the direction in
/// which fewer of the others change the day does. If no entry has a time, phases that only run
/// backwards do. Otherwise it is oldest first.
pub(super) fn newest_first(entries: &[Dated<'_>], cx: &Context<'_>) -> bool {
    let fixed: Vec<_> = entries
        .iter()
        .filter_map(|entry| fixed(entry, cx))
        .collect();
    let (mut up, mut down) = (0, 0);
    for pair in fixed.windows(2) {
        let [first, second] = pair else { continue };
        let (a, b) = if first.1 && second.1 {
            (first.0.timestamp(), second.0.timestamp())
        } else {
            // If one has no clock time, only the days can be compared.
            let day = |at: DateTime<Utc>| {
                i64::from(at.with_timezone(&cx.zone).date_naive().to_epoch_days())
            };
            (day(first.0), day(second.0))
        };
        up += usize::from(a < b);
        down += usize::from(a > b);
    }
    if up != down {
        return down > up;
    }
    let forward = day_changes(entries.iter(), cx);
    let backward = day_changes(entries.iter().rev(), cx);
    if backward != forward {
        return backward < forward;
    }
    let timeless = |entry: &Dated<'_>| entry.time.is_empty() && entry.known.is_none();
    entries.iter().all(timeless) && phases_run_backwards(entries)
}

/// Whether the phases only ever go back: resolved, monitoring, investigating.
fn phases_run_backwards(entries: &[Dated<'_>]) -> bool {
    let steps: Vec<u8> = entries
        .iter()
        .filter_map(|entry| entry.phase.map(Phase::progress))
        .collect();
    let falls = |pair: &[u8]| matches!(pair, [first, second] if first > second);
    steps.is_sorted_by(|first, second| first >= second) && steps.windows(2).any(falls)
}

/// The instant of an entry that states its own day, and whether it states the time as well.
fn fixed(entry: &Dated<'_>, cx: &Context<'_>) -> Option<(DateTime<Utc>, bool)> {
    if let Some(known) = entry.known {
        return Some((known.at, known.precision == Precision::Minute));
    }
    let at = plain_instant(entry.time, entry.day, cx)?;
    Some((at, entry.time.clock.is_some()))
}

/// The instant of a time that states its own day or has one above it.
pub(super) fn plain_instant(
    time: &TimeText,
    day: Option<&TimeText>,
    cx: &Context<'_>,
) -> Option<DateTime<Utc>> {
    let mut silent = Report::new("", "", 0);
    let date = time.date.or_else(|| day.and_then(|day| day.date))?;
    let day = calendar::date(date, time, cx, &mut silent)?;
    let zone = zone_reading::read(time, cx, &mut silent)?;
    let seconds = match &time.clock {
        Some(clock) => clock.check().ok()?,
        None => 0,
    };
    zone.instant(day, seconds, 0).any()
}

/// How often the day changes if the entries happened in this order.
fn day_changes<'a>(entries: impl Iterator<Item = &'a Dated<'a>>, cx: &Context<'_>) -> usize {
    let day = |at: DateTime<Utc>| at.with_timezone(&cx.zone).date_naive();
    let mut previous: Option<Resolved> = None;
    let mut changes = 0;
    for entry in entries {
        let mut silent = Report::new("", "", 0);
        let resolved = entry.known.or_else(|| {
            let base = Base { cx, previous };
            (!entry.time.is_empty())
                .then(|| resolve(entry.time, entry.day, base, &mut silent))
                .flatten()
        });
        let Some(resolved) = resolved else { continue };
        let before = previous.map_or(cx.posted_at, |previous| previous.at);
        changes += usize::from(day(before) != day(resolved.at));
        previous = Some(resolved);
    }
    changes
}
