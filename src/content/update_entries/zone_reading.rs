//! Finds the zone that a time was written in, and what a local time is there.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime, Offset, Utc};
use chrono_tz::Tz;

use super::context::Context;
use super::instant_text::{shown, write_as};
use super::report::Report;
use super::time_text::TimeText;
use super::zone_text::ZoneText;
use crate::content::problem::Severity;
use crate::domain::zone::{self, Local};

/// A zone that has been determined.
#[derive(Debug, Clone, Copy)]
pub(super) enum Zone {
    /// A fixed offset.
    Fixed(FixedOffset),
    /// A zone with rules.
    Rule(Tz),
}

impl Zone {
    /// The day of an instant in this zone.
    pub(super) fn day(self, at: DateTime<Utc>) -> NaiveDate {
        match self {
            Self::Fixed(offset) => at.with_timezone(&offset).date_naive(),
            Self::Rule(zone) => at.with_timezone(&zone).date_naive(),
        }
    }

    /// Looks up a local time in this zone; `seconds` since midnight may run over into the next day.
    pub(super) fn instant(self, day: NaiveDate, seconds: u32, milli: u32) -> Instant {
        let local = day.and_time(NaiveTime::MIN)
            + Duration::seconds(i64::from(seconds))
            + Duration::milliseconds(i64::from(milli));
        Instant(match self {
            Self::Fixed(offset) => Local::Once((local - offset).and_utc()),
            Self::Rule(zone) => zone::resolve(zone, local),
        })
    }
}

/// The result of looking up a local time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instant(Local);

impl Instant {
    /// Whether it happens once, twice or never.
    pub(super) fn local(self) -> Local {
        self.0
    }

    /// The first instant at which it happens, if it does.
    pub(super) fn any(self) -> Option<DateTime<Utc>> {
        match self.0 {
            Local::Once(at) | Local::Twice(at, _) => Some(at),
            Local::Skipped => None,
        }
    }
}

/// Returns the one instant of a local time, or reports why there isn't exactly one.
pub(super) fn settle(
    instant: Instant,
    time: &TimeText,
    zone: Zone,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> Option<DateTime<Utc>> {
    let name = match zone {
        Zone::Fixed(offset) => zone::offset_name(offset),
        Zone::Rule(zone) => zone.name().to_owned(),
    };
    match instant.0 {
        Local::Once(at) => {
            check_season(time, at, cx, report);
            Some(at)
        }
        Local::Twice(first, second) => {
            report.add(
                Severity::Warning,
                time.place.clone(),
                format!(
                    "the clocks in {name} go back over this time: it was read as {}, but it may \
                     mean {}",
                    shown(first, cx),
                    shown(second, cx)
                ),
                Some(write_as(first, cx)),
            );
            Some(first)
        }
        Local::Skipped => {
            report.add(
                Severity::Error,
                time.place.clone(),
                format!("the clocks in {name} go forward over this time: it doesn't exist"),
                Some("correct the time, or name the zone with it: \"02:30 MST\"".to_owned()),
            );
            None
        }
    }
}

/// The zone that a time was written in; `None` if it can't be determined, which is reported.
pub(super) fn read(time: &TimeText, cx: &Context<'_>, report: &mut Report<'_>) -> Option<Zone> {
    let Some(written) = &time.zone else {
        return Some(Zone::Rule(cx.zone));
    };
    match settled(written, cx) {
        Ok(zone) => Some(zone),
        Err((message, help)) => {
            report.add(Severity::Error, time.place.clone(), message, Some(help));
            None
        }
    }
}

fn settled(written: &ZoneText, cx: &Context<'_>) -> Result<Zone, (String, String)> {
    let name = match written {
        ZoneText::Offset(offset) => return Ok(Zone::Fixed(*offset)),
        ZoneText::Rule(zone) => return Ok(Zone::Rule(*zone)),
        ZoneText::Site => return Ok(Zone::Rule(cx.zone)),
        ZoneText::Abbreviation(name) | ZoneText::Unknown(name) => name,
    };
    if let Some((offset, _)) = zone::own_offset(cx.zone, name, cx.posted_at) {
        return Ok(Zone::Fixed(offset));
    }
    let meanings = zone::meanings(name);
    if let [only] = meanings {
        return Ok(Zone::Fixed(only.offset()));
    }
    // On a site in Dubai, `GST` means Dubai's time, though its zone has no letters for it.
    if let Some(own) = zone::nameless_offset(cx.zone, cx.posted_at)
        && meanings.iter().any(|meaning| meaning.offset() == own)
    {
        return Ok(Zone::Fixed(own));
    }
    if let Some(offset) = cx.zones.get(name) {
        return Ok(Zone::Fixed(*offset));
    }
    if meanings.is_empty() {
        return Err((
            format!("\"{name}\" is not a known time zone"),
            "write an offset, such as \"14:30 UTC+2\", or, if it isn't meant as one, put a colon \
             right after the time"
                .to_owned(),
        ));
    }
    let list: Vec<_> = meanings
        .iter()
        .map(|meaning| format!("{} ({})", meaning.name, zone::offset_name(meaning.offset())))
        .collect();
    let first = meanings.first().map_or(0, |meaning| meaning.offset_minutes);
    let sign = if first < 0 { '-' } else { '+' };
    let (hours, minutes) = (first.abs() / 60, first.abs() % 60);
    Err((
        format!("\"{name}\" can mean {}", list.join(", ")),
        format!(
            "say which in site.toml, under [zones]: {name} = \"{sign}{hours:02}:{minutes:02}\"; or \
             write an offset, such as \"14:30 {}\"",
            zone::offset_name(zone::offset_of_minutes(first))
        ),
    ))
}

/// Reports standard time written in summer, or the reverse.
fn check_season(time: &TimeText, at: DateTime<Utc>, cx: &Context<'_>, report: &mut Report<'_>) {
    let Some(ZoneText::Abbreviation(name)) = &time.zone else {
        return;
    };
    let at_once = |zone: Tz| at.with_timezone(&zone).offset().fix();
    let wrong = match zone::own_offset(cx.zone, name, at) {
        Some((_, in_force)) => (!in_force).then_some(cx.zone),
        None => zone::family(name).filter(|family| {
            zone::meanings(name)
                .first()
                .is_some_and(|meaning| meaning.offset() != at_once(*family))
        }),
    };
    let Some(region) = wrong else { return };
    // People write `GMT` for UTC all year; it is doubtful only if the site itself isn't on it then.
    let there = zone::abbreviation(region, at);
    report.add(
        Severity::Warning,
        time.place.clone(),
        format!(
            "{name} was used as written, but {} has {there} on that day",
            region.name()
        ),
        Some(write_as(at, cx)),
    );
}

/// Checks that times in other zones are the same instant.
pub(super) fn compare_others(
    time: &TimeText,
    at: DateTime<Utc>,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) {
    for (clock, written) in &time.others {
        let (Ok(seconds), Ok(zone)) = (clock.check(), settled(written, cx)) else {
            continue;
        };
        let day = zone.day(at);
        let near = [day.pred_opt(), Some(day), day.succ_opt()];
        let closest = near
            .into_iter()
            .flatten()
            .filter_map(|day| zone.instant(day, seconds, clock.milli).any())
            .min_by_key(|other| (*other - at).num_seconds().abs());
        if let Some(other) = closest
            && (other - at).num_seconds().abs() >= 60
        {
            report.add(
                Severity::Warning,
                time.place.clone(),
                format!(
                    "the times don't agree: the first is {}, another {}; the first was used",
                    shown(at, cx),
                    shown(other, cx)
                ),
                Some(write_as(at, cx)),
            );
            return;
        }
    }
}
