//! Moves the sample story to another day: all dates in its files, in every format, and the names of
//! days, months and zones in its prose.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

/// How a text is moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    /// The number of days to add.
    pub(super) days: u64,
    /// The zone of its local times, which decides between `MST` and `MDT`.
    pub(super) zone: Tz,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// A date or time found in a text: its length in bytes, and its replacement.
struct Found {
    length: usize,
    text: String,
    day: Option<NaiveDate>,
}

impl Shift {
    /// The text with everything moved.
    pub(super) fn text(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut day = None;
        let mut rest = text;
        let mut in_word = false;
        while let Some(next) = rest.chars().next() {
            if !in_word && let Some(found) = self.find(rest, day) {
                out.push_str(&found.text);
                day = found.day.or(day);
                rest = &rest[found.length..];
                in_word = true;
                continue;
            }
            out.push(next);
            in_word = next.is_alphanumeric();
            rest = &rest[next.len_utf8()..];
        }
        out
    }

    /// Finds a date or time at the beginning of `rest`; `day` is the last date that was moved.
    fn find(self, rest: &str, day: Option<NaiveDate>) -> Option<Found> {
        let first = rest.chars().next()?;
        if first.is_ascii_digit() {
            return self.iso(rest).or_else(|| self.slashes(rest));
        }
        if !first.is_ascii_uppercase() {
            return None;
        }
        let word: &str = &rest[..rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len())];
        if word == "MST" {
            return Some(Found {
                length: word.len(),
                text: day.map_or("MST", |day| self.abbreviation(day)).to_owned(),
                day: None,
            });
        }
        if let Some(index) = WEEKDAYS.iter().position(|name| *name == word) {
            let steps = usize::try_from(self.days % 7).unwrap_or_default();
            return Some(Found {
                length: word.len(),
                text: WEEKDAYS[(index + steps) % 7].to_owned(),
                day: None,
            });
        }
        self.month(rest, word)
    }

    /// `2013-02-26`. Years before the story refer to things that don't move with it.
    fn iso(self, rest: &str) -> Option<Found> {
        let text = rest.get(..10)?;
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        if date.year() < 2012 {
            return None;
        }
        let moved = self.day(date)?;
        Some(Found {
            length: 10,
            text: moved.format("%Y-%m-%d").to_string(),
            day: Some(moved),
        })
    }

    /// `2/26/13`.
    fn slashes(self, rest: &str) -> Option<Found> {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '/')?;
        let date = NaiveDate::parse_from_str(&rest[..end], "%m/%d/%y").ok()?;
        let moved = self.day(date)?;
        Some(Found {
            length: end,
            text: moved.format("%-m/%-d/%y").to_string(),
            day: Some(moved),
        })
    }

    /// `March 2`, `Dec 24`, or a month alone.
    fn month(self, rest: &str, word: &str) -> Option<Found> {
        let short = |name: &&str| name[..3] == *word;
        let full = MONTHS.iter().position(|name| *name == word);
        let index = full.or_else(|| MONTHS.iter().position(short))?;
        let month = u32::try_from(index).ok()? + 1;
        // The story begins in autumn 2012 and ends in spring 2013.
        let year = if month > 6 { 2012 } else { 2013 };
        let name = |date: NaiveDate| {
            let name = MONTHS[date.month0() as usize];
            if full.is_some() { name } else { &name[..3] }
        };
        let behind = &rest[word.len()..];
        let digits = behind.strip_prefix(' ').map_or(0, |behind| {
            let end = behind.find(|c: char| !c.is_ascii_digit());
            end.unwrap_or(behind.len())
        });
        if digits == 0 {
            // A full month name alone moves by whole months; a short one is some other word.
            full?;
            let months = u32::try_from((self.days * 12 + 182) / 365).ok()?;
            let date =
                NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(months))?;
            return Some(Found {
                length: word.len(),
                text: name(date).to_owned(),
                day: None,
            });
        }
        let length = word.len() + 1 + digits;
        let day = rest[word.len() + 1..length].parse().ok()?;
        let moved = self.day(NaiveDate::from_ymd_opt(year, month, day)?)?;
        Some(Found {
            length,
            text: format!("{} {}", name(moved), moved.day()),
            day: Some(moved),
        })
    }

    fn day(self, date: NaiveDate) -> Option<NaiveDate> {
        date.checked_add_days(Days::new(self.days))
    }

    /// Denver's abbreviation at noon of a day.
    fn abbreviation(self, day: NaiveDate) -> &'static str {
        let noon = day.and_time(NaiveTime::MIN) + chrono::Duration::hours(12);
        let offset = self.zone.offset_from_local_datetime(&noon).earliest();
        match offset.map(|offset| offset.fix().local_minus_utc()) {
            Some(-21_600) => "MDT",
            Some(_) | None => "MST",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_date_moves_and_nothing_else() {
        let check = |days: u64, text: &str, expected: &str| {
            let shift = Shift {
                days,
                zone: Tz::America__Denver,
            };
            assert_eq!(shift.text(text), expected);
        };
        check(
            0,
            "UPDATE 2013-02-26 02:15 MST, Sunday",
            "UPDATE 2013-02-26 02:15 MST, Sunday",
        );
        check(
            1,
            "UPDATE: (2/26/13 – 2:15 MST) since Sunday’s copy",
            "UPDATE: (2/27/13 – 2:15 MST) since Monday’s copy",
        );
        check(120, "Dec 24, 16:05 MST", "Apr 23, 16:05 MDT");
        check(
            120,
            "On Saturday night, March 2, from 22:00 to 24:00 MST",
            "On Sunday night, June 30, from 22:00 to 24:00 MDT",
        );
        check(
            365,
            "since = 2009-05-01, in 2011, in November",
            "since = 2009-05-01, in 2011, in November",
        );
        check(
            31,
            "in November; Mars 3; Decent; 4/5; 20:14",
            "in December; Mars 3; Decent; 4/5; 20:14",
        );
    }
}
