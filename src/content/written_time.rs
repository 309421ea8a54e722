//! Dates and times in front matter: they must state the year, and nothing is guessed.

use std::borrow::Cow;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use super::update_entries::Context;
use super::update_entries::report::Report;
use super::update_entries::resolution::{Resolved, resolve_alone};
use super::update_entries::time_text::whole_text;
use crate::domain::update::Precision;

/// Reads a date, with or without a time, in the site's zone unless it names one. Problems go to
/// `report`; if there is nothing to read, the answer is `Err`.
pub(super) fn read(
    text: &str,
    zones: &Context<'_>,
    report: &mut Report<'_>,
) -> Result<Option<Resolved>, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(&two_digit_hour(text.trim())) {
        return Ok(Some(Resolved {
            at: at.with_timezone(&Utc),
            precision: Precision::Minute,
        }));
    }
    let time = whole_text(text).filter(|_| text.len() < 200);
    let Some(time) = time else {
        return Err(format!("\"{text}\" is not a date"));
    };
    let Some(day) = time.plain_day() else {
        return Err(if time.has_date() {
            format!("\"{text}\" can be read in more than one way")
        } else {
            format!("\"{text}\" has no day")
        });
    };
    let noon = day.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc();
    // In every zone, this post is on another day, so a day without a time means its start.
    let cx = Context {
        posted_at: noon - Duration::hours(36),
        posted_precision: Precision::Day,
        now: noon + Duration::days(3650),
        ..zones.clone()
    };
    Ok(resolve_alone(&time, &cx, report))
}

/// `2023-12-04T8:00:00-00:00` with the two-digit hour that RFC 3339 requires.
fn two_digit_hour(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    match (bytes.get(10), bytes.get(11), bytes.get(12)) {
        (Some(b'T' | b't' | b' '), Some(b'0'..=b'9'), Some(b':')) => {
            let (before, after) = text.split_at(11);
            Cow::Owned(format!("{before}0{after}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// An instant for front matter and headings, in a form that [`read`] reads back: with the site's
/// zone and abbreviation if that is unambiguous, else in UTC. It is only a day if the precision is
/// that and the day begins at that instant.
pub(super) fn render(
    at: DateTime<Utc>,
    precision: Precision,
    zone: Tz,
    zones: &Context<'_>,
) -> String {
    let local = at.with_timezone(&zone);
    let seconds = at.timestamp_millis().rem_euclid(60_000);
    let form = match seconds {
        0 => "%Y-%m-%d %H:%M",
        s if s % 1000 == 0 => "%Y-%m-%d %H:%M:%S",
        _ => "%Y-%m-%d %H:%M:%S%.3f",
    };
    let abbreviation = crate::domain::zone::abbreviation(zone, at);
    let day = local.format("%Y-%m-%d").to_string();
    let candidates = [
        (precision == Precision::Day).then_some(day),
        Some(format!("{} {abbreviation}", local.format(form))),
        Some(at.format(&format!("{form} UTC")).to_string()),
    ];
    candidates
        .into_iter()
        .flatten()
        .find(|text| {
            let mut silent = Report::new("", text, 1);
            let read = read(text, zones, &mut silent);
            matches!(read, Ok(Some(found)) if found.at == at && silent.is_empty())
        })
        .unwrap_or_else(|| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}
