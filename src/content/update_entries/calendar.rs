//! Which day a written date means: its order, its year, and whether it exists.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;

use super::context::Context;
use super::date::DateText;
use super::report::Report;
use super::time_text::TimeText;
use crate::content::problem::Severity;
use crate::domain::date_order::DateOrder;

/// The day that a date means; `None` if there is no such day, which is reported.
pub(super) fn date(
    date: DateText,
    time: &TimeText,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> Option<NaiveDate> {
    let found = match date {
        DateText::Full { year, month, day } => NaiveDate::from_ymd_opt(year, month, day),
        DateText::DayMonth { month, day } => nearest_year(month, day, cx),
        DateText::Figures {
            first,
            second,
            year,
            dotted,
        } => figures(first, second, year, dotted, time, cx, report),
    };
    if found.is_none() {
        report.add(
            Severity::Error,
            time.place.clone(),
            format!("there is no such day as {}", name(date)),
            Some(format!(
                "write the date as year, month and day: \"{}\"",
                cx.now.with_timezone(&cx.zone).format("%Y-%m-%d")
            )),
        );
    }
    found
}

/// Reads two numbers in the site's order, unless only the other order is possible, or the site's
/// order gives a day more than a day before the post and the other doesn't.
fn figures(
    first: u32,
    second: u32,
    year: Option<i32>,
    dotted: bool,
    time: &TimeText,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> Option<NaiveDate> {
    let make = |order: DateOrder| {
        let (month, day) = match order {
            DateOrder::Mdy => (first, second),
            DateOrder::Dmy => (second, first),
        };
        match year {
            Some(year) => NaiveDate::from_ymd_opt(year, month, day),
            None => nearest_year(month, day, cx),
        }
    };
    let order = if dotted {
        DateOrder::Dmy
    } else {
        cx.date_order
    };
    let other = match order {
        DateOrder::Mdy => DateOrder::Dmy,
        DateOrder::Dmy => DateOrder::Mdy,
    };
    let (found, alternative) = match (make(order), make(other)) {
        (Some(plain), Some(swapped)) if !dotted && is_old(plain, cx) && !is_old(swapped, cx) => {
            (swapped, Some(plain))
        }
        (Some(plain), _) => return Some(plain),
        (None, Some(swapped)) => (swapped, None),
        (None, None) => return None,
    };
    let reason = match alternative {
        Some(plain) => format!("because {plain} is before the post"),
        None => "because no other order is possible".to_owned(),
    };
    let expected = match order {
        DateOrder::Mdy => "the month first",
        DateOrder::Dmy => "the day first",
    };
    report.add(
        Severity::Warning,
        time.place.clone(),
        format!("dates here have {expected}, but this was read as {found}, {reason}"),
        Some(format!("write the date as \"{found}\"")),
    );
    Some(found)
}

/// Whether a day is more than a day before the post.
fn is_old(day: NaiveDate, cx: &Context<'_>) -> bool {
    let (_, posted) = local_date(cx.posted_at, cx.zone);
    posted - day > Duration::days(1)
}

/// The day in the year that puts it nearest to the post.
fn nearest_year(month: u32, day: u32, cx: &Context<'_>) -> Option<NaiveDate> {
    let (year, posted) = local_date(cx.posted_at, cx.zone);
    (year - 1..=year + 1)
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .min_by_key(|found| (*found - posted).num_days().abs())
}

/// The first such weekday on or after `from`.
pub(super) fn on_or_after(from: NaiveDate, weekday: Weekday) -> NaiveDate {
    let ahead = (7 + weekday.num_days_from_monday() - from.weekday().num_days_from_monday()) % 7;
    from.checked_add_signed(Duration::days(i64::from(ahead)))
        .unwrap_or(from)
}

fn name(date: DateText) -> String {
    match date {
        DateText::Full { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
        DateText::DayMonth { month, day } => format!("day {day} of month {month}"),
        DateText::Figures {
            first,
            second,
            year,
            dotted,
        } => {
            let sign = if dotted { '.' } else { '/' };
            match year {
                Some(year) => format!("{first}{sign}{second}{sign}{year}"),
                None => format!("{first}{sign}{second}"),
            }
        }
    }
}

/// The day of an instant in a zone.
pub(super) fn local_day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The year and the day of an instant in a zone.
fn local_date(at: DateTime<Utc>, zone: Tz) -> (i32, NaiveDate) {
    let day = local_day(at, zone);
    (day.year(), day)
}
