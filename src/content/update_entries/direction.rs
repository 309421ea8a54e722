//! Whether the entries of a file run oldest or newest first.

use chrono::{DateTime, Utc};

use super::Context;
use super::calendar;
use super::report::Report;
use super::resolution::{Base, Resolved, resolve};
use super::time_text::TimeText;
use super::zone_reading;
use crate::domain::update::Precision;

/// What decides about the order: an entry's time, and the day above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated<'a> {
    pub(super) time: &'a TimeText,
    pub(super) day: Option<&'a TimeText>,
    /// The instant in its comment.
    pub(super) known: Option<Resolved>,
}

/// Whether the entries run newest first: the dated ones decide; if they can't, the direction in
/// which fewer of the others change the day; else oldest first.
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
            // Where one has no clock, only the days can be compared.
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
    backward < forward
}

/// The instant of an entry that says its day itself, and whether it says the time, too.
fn fixed(entry: &Dated<'_>, cx: &Context<'_>) -> Option<(DateTime<Utc>, bool)> {
    if let Some(known) = entry.known {
        return Some((known.at, known.precision == Precision::Minute));
    }
    let mut silent = Report::new("", "", 0);
    let date = entry
        .time
        .date
        .or_else(|| entry.day.and_then(|day| day.date))?;
    let day = calendar::date(date, entry.time, cx, &mut silent)?;
    let zone = zone_reading::read(entry.time, cx, &mut silent)?;
    let seconds = match &entry.time.clock {
        Some(clock) => clock.check().ok()?,
        None => 0,
    };
    let at = zone.instant(day, seconds, 0).any()?;
    Some((at, entry.time.clock.is_some()))
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
