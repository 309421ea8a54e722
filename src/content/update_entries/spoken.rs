//! Times as people state them in flags and forms: what files accept, and words relative to now,
//! such as `tomorrow 10pm` or `20 minutes ago`. Ambiguous ones are refused with a question.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, Utc, Weekday};
use chrono_tz::Tz;

use super::calendar;
use super::context::Context;
use super::date::DateText;
use super::report::Report;
use super::time_text::{TimeText, whole_text};
use super::zone_reading;
use crate::domain::date_order::default_date_order;
use crate::domain::state::States;
use crate::domain::update::Precision;
use crate::domain::zone::Local;

/// A longer text isn't a time.
const LONGEST: usize = 200;

/// The longest duration, in minutes.
const MOST_MINUTES: i64 = 10 * 366 * 24 * 60;

/// Which day to assume for a time without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lean {
    /// The next time that clocks show it.
    Ahead,
    /// The last time that clocks showed it.
    Back,
}

/// The context in which a time is read.
#[derive(Debug, Clone, Copy)]
pub struct SpokenContext {
    /// The site's zone.
    pub zone: Tz,
    /// The current time.
    pub now: DateTime<Utc>,
    /// Which day to assume for a time without one.
    pub lean: Lean,
}

/// A time that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpokenTime {
    /// It happens once.
    Once(DateTime<Utc>),
    /// The site's clocks show it twice.
    Twice(NaiveDateTime, DateTime<Utc>, DateTime<Utc>),
    /// The site's clocks skip it.
    Skipped(NaiveDateTime),
}

/// Reads a time.
///
/// # Errors
/// Why it can't be read, without a full stop.
pub fn read_spoken(text: &str, ground: SpokenContext) -> Result<SpokenTime, String> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(SpokenTime::Once(at.with_timezone(&Utc)));
    }
    let no_time = || format!("{text:?} is not a time");
    if text.len() > LONGEST {
        return Err(no_time());
    }
    if let Some(distance) = distance(&text.to_lowercase()) {
        let at = ground.now.checked_add_signed(distance);
        return at.map(SpokenTime::Once).ok_or_else(no_time);
    }
    let (word, rest) = day_word(text);
    let time = whole_text(&rest).ok_or_else(no_time)?;
    if time.clock.is_none() {
        return Err(format!("{text:?} has no time of day"));
    }
    if word.is_some() && (time.has_date() || time.weekday.is_some()) {
        return Err(format!("{text:?} names two days"));
    }
    let day = match word {
        Some(days) => Day::FromToday(days),
        None => stated_day(&time, text, ground)?,
    };
    resolve(&time, day, ground)
}

/// The day that a time is on.
#[derive(Clone, Copy)]
enum Day {
    /// This many days from today.
    FromToday(i64),
    /// This date.
    Date(NaiveDate),
    /// A day of the week.
    Weekday(Weekday),
    /// Not stated.
    Nearest,
}

/// A stated day, which must be as certain as in front matter; without a year, the nearest one.
fn stated_day(time: &TimeText, text: &str, ground: SpokenContext) -> Result<Day, String> {
    if let Some(day) = time.plain_day() {
        let exists = match time.date {
            Some(DateText::Full { month, day: of, .. }) => (day.month(), day.day()) == (month, of),
            Some(DateText::Figures { first, second, .. }) => {
                [(first, second), (second, first)].contains(&(day.month(), day.day()))
            }
            Some(DateText::DayMonth { .. }) | None => true,
        };
        let no_day = || format!("{text:?} names a day that doesn't exist");
        return exists.then_some(Day::Date(day)).ok_or_else(no_day);
    }
    let today = ground.now.with_timezone(&ground.zone).date_naive();
    let nearest = |month: u32, day: u32| {
        let days = (today.year() - 1..=today.year() + 1)
            .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
        days.min_by_key(|day| (*day - today).num_days().abs())
            .map(Day::Date)
            .ok_or_else(|| format!("{text:?} names a day that doesn't exist"))
    };
    match time.date {
        Some(DateText::DayMonth { month, day }) => nearest(month, day),
        Some(DateText::Figures {
            first,
            second,
            year: None,
            dotted,
        }) if dotted || second <= 12 && first > 12 => nearest(second, first),
        Some(DateText::Figures {
            first,
            second,
            year: None,
            dotted: false,
        }) if second > 12 => nearest(first, second),
        Some(DateText::Figures { .. } | DateText::Full { .. }) => {
            Err(format!("{text:?} can be read in more than one way"))
        }
        None => Ok(time.weekday.map_or(Day::Nearest, Day::Weekday)),
    }
}

fn resolve(time: &TimeText, day: Day, ground: SpokenContext) -> Result<SpokenTime, String> {
    let Some(clock) = time.clock else {
        return Err("it has no time of day".to_owned());
    };
    let seconds = clock.check()?;
    let near = match day {
        Day::Date(day) => day
            .and_hms_opt(12, 0, 0)
            .map_or(ground.now, |at| at.and_utc()),
        Day::FromToday(_) | Day::Weekday(_) | Day::Nearest => ground.now,
    };
    let (zones, states) = (BTreeMap::new(), States::default());
    let cx = Context {
        file: "",
        first_line: 1,
        zone: ground.zone,
        date_order: default_date_order(ground.zone),
        zones: &zones,
        posted_at: near,
        posted_precision: Precision::Day,
        now: ground.now,
        components: &[],
        groups: &[],
        states: &states,
        starts: None,
        kept: None,
    };
    let mut report = Report::new("", "", 1);
    let Some(zone) = zone_reading::read(time, &cx, &mut report) else {
        let problem = report.finish().into_iter().next();
        return Err(problem.map_or_else(|| "its zone is unknown".to_owned(), |it| it.message));
    };
    let today = zone.day(ground.now);
    let at = |day: NaiveDate| zone.instant(day, seconds, clock.milli);
    let nearest = || {
        let found = at(today).any();
        let beyond = found.is_some_and(|at| match ground.lean {
            Lean::Ahead => at <= ground.now,
            Lean::Back => at > ground.now,
        });
        if beyond {
            step(today, 1, ground.lean)
        } else {
            today
        }
    };
    let day = match day {
        Day::Date(day) => day,
        Day::FromToday(days) => today
            .checked_add_signed(Duration::days(days))
            .unwrap_or(today),
        Day::Nearest => nearest(),
        Day::Weekday(weekday) => {
            let first = nearest();
            match ground.lean {
                Lean::Ahead => calendar::on_or_after(first, weekday),
                Lean::Back => (0..7)
                    .map(|days| step(first, days, Lean::Back))
                    .find(|day| day.weekday() == weekday)
                    .unwrap_or(first),
            }
        }
    };
    let local = day.and_hms_opt(0, 0, 0).unwrap_or_default() + Duration::seconds(seconds.into());
    Ok(match at(day).local() {
        Local::Once(at) => SpokenTime::Once(at),
        Local::Twice(first, second) => SpokenTime::Twice(local, first, second),
        Local::Skipped => SpokenTime::Skipped(local),
    })
}

fn step(day: NaiveDate, days: u64, lean: Lean) -> NaiveDate {
    let days = Days::new(days);
    let found = match lean {
        Lean::Ahead => day.checked_add_days(days),
        Lean::Back => day.checked_sub_days(days),
    };
    found.unwrap_or(day)
}

/// The "tomorrow" of `tomorrow 10pm` or `10pm tomorrow` as days from today, and the rest.
fn day_word(text: &str) -> (Option<i64>, String) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let days = |word: &&str| match word.trim_end_matches(',').to_lowercase().as_str() {
        "today" | "tonight" => Some(0),
        "tomorrow" => Some(1),
        "yesterday" => Some(-1),
        _ => None,
    };
    if let Some(found) = words.first().and_then(days) {
        return (Some(found), words[1..].join(" "));
    }
    if let Some(found) = words.last().and_then(days) {
        return (Some(found), words[..words.len() - 1].join(" "));
    }
    (None, text.to_owned())
}

/// The distance from now of `now`, `in 20 minutes`, `+2h`, `20 minutes ago` or `-20m`.
fn distance(text: &str) -> Option<Duration> {
    if text == "now" {
        return Some(Duration::zero());
    }
    if let Some(ahead) = text.strip_prefix("in ").or(text.strip_prefix('+')) {
        return length(ahead);
    }
    let back = text
        .strip_suffix(" ago")
        .or(text.strip_prefix(['-', '−']))?;
    length(back).map(|length| -length)
}

/// `20 minutes`, `an hour`, `1h30m`, `2 hours and 5 min`.
fn length(text: &str) -> Option<Duration> {
    let mut minutes = 0_i64;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = match digits {
            0 => {
                let (article, after) = rest.split_once(' ')?;
                (matches!(article, "a" | "an").then_some(1)?, after)
            }
            _ => (rest[..digits].parse::<i64>().ok()?, &rest[digits..]),
        };
        let after = after.trim_start();
        let letters = after.len()
            - after
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let unit = match &after[..letters] {
            "m" | "min" | "mins" | "minute" | "minutes" => 1,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60,
            "d" | "day" | "days" => 24 * 60,
            _ => return None,
        };
        let more = number.checked_mul(unit)?;
        minutes = minutes
            .checked_add(more)
            .filter(|all| *all <= MOST_MINUTES)?;
        rest = after[letters..].trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
    }
    (minutes > 0).then(|| Duration::minutes(minutes))
}

#[cfg(test)]
mod tests {
    use super::super::spoken_times::SPOKEN_TIMES;
    use super::*;

    /// Now is Tuesday, 2013-02-26 02:15 in Denver.
    fn ground(lean: Lean) -> SpokenContext {
        SpokenContext {
            zone: Tz::America__Denver,
            now: "2013-02-26T09:15:00Z".parse().unwrap(),
            lean,
        }
    }

    #[track_caller]
    fn check(text: &str, lean: Lean, wanted: &str) {
        let wanted = SpokenTime::Once(wanted.parse().unwrap());
        assert_eq!(read_spoken(text, ground(lean)), Ok(wanted), "{text}");
    }

    #[test]
    fn files_times_and_words_are_read() {
        for (text, lean, wanted) in SPOKEN_TIMES {
            check(text, *lean, wanted);
        }
    }

    #[test]
    fn ten_years_are_the_longest_distance() {
        check("in 3660 days", Lean::Ahead, "2023-03-06T09:15:00Z");
        for text in ["in 3660 days and 1 min", "in 3661 days", "5270401 min ago"] {
            assert!(read_spoken(text, ground(Lean::Ahead)).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_is_guessed() {
        for (text, wanted) in [
            ("2/3/2013 22:00", "more than one way"),
            ("2/3 22:00", "more than one way"),
            ("5/12/2013 22:00", "more than one way"),
            ("12/5/2013 22:00", "more than one way"),
            ("2013-03-02", "has no time of day"),
            ("tomorrow", "not a time"),
            ("tomorrow 2013-03-02 22:00", "names two days"),
            ("2013-03-02 25:00", "there is no time 25:00"),
            ("2013-02-30 22:00", "a day that doesn't exist"),
            ("30.2.2013 22:00", "a day that doesn't exist"),
            ("30 Feb 22:00", "a day that doesn't exist"),
            ("2013-03-02 22:00 IST", "IST"),
            ("soon", "not a time"),
            ("in a while", "not a time"),
            ("in 0 minutes", "not a time"),
            ("", "not a time"),
        ] {
            let why = read_spoken(text, ground(Lean::Ahead)).unwrap_err();
            assert!(why.contains(wanted), "{text}: {why}");
        }
        let skipped = read_spoken("2013-03-10 02:30", ground(Lean::Ahead));
        let local = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        let wanted = SpokenTime::Skipped(local("2013-03-10T02:30:00"));
        assert_eq!(skipped, Ok(wanted));
        let twice = read_spoken("2013-11-03 01:30", ground(Lean::Ahead));
        let (first, second) = ("2013-11-03T07:30:00Z", "2013-11-03T08:30:00Z");
        let wanted = SpokenTime::Twice(
            local("2013-11-03T01:30:00"),
            first.parse().unwrap(),
            second.parse().unwrap(),
        );
        assert_eq!(twice, Ok(wanted));
    }
}
