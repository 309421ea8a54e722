//! Resolves a written time to an instant: the table of rules, with a problem for whatever could
//! mean something else.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};

use super::calendar;
use super::clock::{ClockText, Half};
use super::context::Context;
use super::instant_text::{header, shown, write_as};
use super::report::Report;
use super::time_text::{TimeText, Unsure};
use super::zone_reading::{self, Zone};
use crate::content::problem::Severity;
use crate::domain::incident::CLOCK_TOLERANCE;
use crate::domain::update::Precision;
use crate::domain::zone;

/// An instant, and how exactly it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::content) struct Resolved {
    pub(in crate::content) at: DateTime<Utc>,
    pub(in crate::content) precision: Precision,
}

/// What a time is resolved against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base<'a> {
    pub(super) cx: &'a Context<'a>,
    /// The entry before it in time.
    pub(super) previous: Option<Resolved>,
}

impl Base<'_> {
    /// The instant of the entry before, else the post's.
    fn instant(&self) -> DateTime<Utc> {
        self.previous
            .map_or(self.cx.posted_at, |previous| previous.at)
    }
}

/// Resolves a time. `None` if it can't be resolved, which is reported.
pub(super) fn resolve(
    time: &TimeText,
    day: Option<&TimeText>,
    base: Base<'_>,
    report: &mut Report<'_>,
) -> Option<Resolved> {
    let read_zone = zone_reading::read(time, base.cx, report);
    let errors = report.error_count();
    let resolved = resolve_known(time, day, base, read_zone, report)?;
    if report.error_count() == errors {
        say_unsure(time, resolved.at, base.cx, report);
    }
    Some(resolved)
}

/// Reports how a time that could be something else was read.
fn say_unsure(time: &TimeText, at: DateTime<Utc>, cx: &Context<'_>, report: &mut Report<'_>) {
    let why = match time.unsure {
        Some(Unsure::Dotted) => "it could also be a version",
        Some(Unsure::MonthDay) => "the day could also come first",
        None => return,
    };
    report.add(
        Severity::Warning,
        time.place.clone(),
        format!("this is read as {}; {why}", shown(at, cx)),
        Some(write_as(at, cx)),
    );
}

fn resolve_known(
    time: &TimeText,
    day: Option<&TimeText>,
    base: Base<'_>,
    read_zone: Option<Zone>,
    report: &mut Report<'_>,
) -> Option<Resolved> {
    let own_date = time.date.is_some() || time.weekday.is_some();
    let dated = if own_date || day.is_none() {
        time
    } else {
        day?
    };
    let date = match &dated.date {
        Some(date) => {
            let Some(found) = calendar::date(*date, dated, base.cx, report) else {
                // One error would do, but a wrong clock time is worth reporting as well.
                check_clock(time, report);
                return None;
            };
            check_weekday(time, found, report);
            Some(found)
        }
        None => None,
    };
    let Some(clock) = &time.clock else {
        return day_only(time, date, base);
    };
    let seconds = check_clock(time, report)?;
    let zone = read_zone?;
    let resolved = with_clock(time, clock, seconds, date, zone, base, report)?;
    zone_reading::compare_others(time, resolved, base.cx, report);
    bounds(resolved, time, base.cx, report);
    Some(Resolved {
        at: resolved,
        precision: Precision::Minute,
    })
}

fn check_clock(time: &TimeText, report: &mut Report<'_>) -> Option<u32> {
    let clock = time.clock?;
    match clock.check() {
        Ok(seconds) => Some(seconds),
        Err(message) => {
            report.add(
                Severity::Error,
                time.place.clone(),
                message,
                Some("hours run from 0 to 23, minutes from 00 to 59: \"14:15\"".to_owned()),
            );
            None
        }
    }
}

/// A day without a time: its start, or the instant of the entry or post before it on that day.
fn day_only(time: &TimeText, date: Option<NaiveDate>, base: Base<'_>) -> Option<Resolved> {
    let zone = base.cx.zone;
    let date = date.or_else(|| {
        let from = calendar::local_day(base.instant(), zone);
        time.weekday
            .map(|weekday| calendar::on_or_after(from, weekday))
    })?;
    let same_day = |at: DateTime<Utc>| calendar::local_day(at, zone) == date;
    let at = match base.previous {
        Some(previous) if same_day(previous.at) => previous.at,
        Some(_) | None if same_day(base.cx.posted_at) => base.cx.posted_at,
        Some(_) | None => zone::start_of_day(zone, date),
    };
    Some(Resolved {
        at,
        precision: Precision::Day,
    })
}

fn with_clock(
    time: &TimeText,
    clock: &ClockText,
    seconds: u32,
    date: Option<NaiveDate>,
    zone: Zone,
    base: Base<'_>,
    report: &mut Report<'_>,
) -> Option<DateTime<Utc>> {
    let milli = clock.milli;
    let instant = |date: NaiveDate, seconds: u32| zone.instant(date, seconds, milli);
    let from = base.instant();
    let stated = date.or_else(|| {
        time.weekday
            .map(|weekday| calendar::on_or_after(zone.day(from), weekday))
    });
    let first_day = stated.unwrap_or_else(|| zone.day(from));
    let first = instant(first_day, seconds);
    let mut day = first_day;
    let mut kept_out_of_order = false;
    if stated.is_none() {
        let late_by = first.any().map_or(Duration::zero(), |at| from - at);
        if late_by > Duration::hours(1) {
            day = first_day.succ_opt()?;
        } else if late_by > Duration::zero() {
            kept_out_of_order = true;
        }
    }
    let at = zone_reading::settle(instant(day, seconds), time, zone, base.cx, report)?;
    if clock.midnight && date.is_some() {
        warn_midnight(time, day, base.cx, report);
    }
    if clock.half == Some(Half::Pm) && clock.hour > 12 {
        report.add(
            Severity::Warning,
            time.place.clone(),
            format!("{} is already past noon; \"pm\" was ignored", clock.plain()),
            Some(write_as(at, base.cx)),
        );
    }
    if clock.is_doubtful()
        && let Some(pm) = instant(first_day, seconds + 12 * 3600).any()
        && let Some(instead) = doubt(time, first.any().unwrap_or(at), at, pm, base, report)
    {
        return Some(instead);
    }
    if kept_out_of_order && !clock.is_doubtful_before(first.any(), from) {
        report.add(
            Severity::Warning,
            time.place.clone(),
            format!(
                "{} is before {}; it was kept as it is",
                shown(at, base.cx),
                if base.previous.is_some() {
                    format!("the entry before it, {}", shown(from, base.cx))
                } else {
                    format!("the post, {}", shown(from, base.cx))
                }
            ),
            Some(write_as(at, base.cx)),
        );
    }
    Some(at)
}

impl ClockText {
    /// Whether the half of the day is in doubt: that has been reported already and explains this.
    fn is_doubtful_before(&self, first: Option<DateTime<Utc>>, from: DateTime<Utc>) -> bool {
        self.is_doubtful() && first.is_some_and(|at| at < from && at + Duration::hours(12) >= from)
    }
}

/// Checks a time without am or pm whose afternoon reading fits better: warns, and returns the
/// afternoon if the morning is still in the future.
fn doubt(
    time: &TimeText,
    first: DateTime<Utc>,
    at: DateTime<Utc>,
    pm: DateTime<Utc>,
    base: Base<'_>,
    report: &mut Report<'_>,
) -> Option<DateTime<Utc>> {
    let cx = base.cx;
    let limit = cx.now + CLOCK_TOLERANCE;
    let precedes = |at: DateTime<Utc>| {
        let post = cx.posted_precision == Precision::Minute && at < cx.posted_at;
        post || base.previous.is_some_and(|previous| at < previous.at)
    };
    let help = || Some(format!("write {} or {}", header(at, cx), header(pm, cx)));
    if at > limit && pm <= limit {
        report.add(
            Severity::Warning,
            time.place.clone(),
            format!(
                "read as {}, because {} is in the future",
                shown(pm, cx),
                shown(at, cx)
            ),
            help(),
        );
        return Some(pm);
    }
    if precedes(first) && !precedes(pm) {
        report.add(
            Severity::Warning,
            time.place.clone(),
            format!(
                "without \"am\" or \"pm\" this is read as {}, but it may mean {}",
                shown(at, cx),
                shown(pm, cx)
            ),
            help(),
        );
    }
    None
}

fn warn_midnight(time: &TimeText, day: NaiveDate, cx: &Context<'_>, report: &mut Report<'_>) {
    let next = day.succ_opt().unwrap_or(day);
    report.add(
        Severity::Warning,
        time.place.clone(),
        format!("midnight is read as the beginning of {day}; its end would be {next}"),
        Some(format!(
            "write {} or {}",
            header(zone::start_of_day(cx.zone, day), cx),
            header(zone::start_of_day(cx.zone, next), cx)
        )),
    );
}

fn check_weekday(time: &TimeText, date: NaiveDate, report: &mut Report<'_>) {
    if let Some(weekday) = time.weekday
        && weekday != date.weekday()
    {
        report.add(
            Severity::Warning,
            time.place.clone(),
            format!(
                "{date} is a {}; the date was used, not the day of the week",
                zone::weekday_name(date)
            ),
            Some("leave the day of the week out, or correct one of the two".to_owned()),
        );
    }
}

/// Reports an instant that is long before the post or in the future.
fn bounds(at: DateTime<Utc>, time: &TimeText, cx: &Context<'_>, report: &mut Report<'_>) {
    if at < cx.posted_at - Duration::days(3) {
        report.add(
            Severity::Warning,
            time.place.clone(),
            format!(
                "{} is more than three days before the post, {}; it was kept as it is",
                shown(at, cx),
                shown(cx.posted_at, cx)
            ),
            Some(write_as(at, cx)),
        );
    }
    if at > cx.now + CLOCK_TOLERANCE {
        report.add(
            Severity::Warning,
            time.place.clone(),
            format!(
                "{} is in the future; the entry isn't shown until then",
                shown(at, cx)
            ),
            Some("if it has happened already, correct its day or time".to_owned()),
        );
    }
}

/// Checks a day like an instant.
pub(super) fn check_day(
    resolved: Resolved,
    time: &TimeText,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) {
    if resolved.precision == Precision::Day {
        bounds(resolved.at, time, cx, report);
    }
}

/// Resolves a time that stands alone and states its day.
pub(in crate::content) fn resolve_alone(
    time: &TimeText,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> Option<Resolved> {
    let base = Base { cx, previous: None };
    resolve(time, None, base, report)
}
