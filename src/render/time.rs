//! Times for people and for machines, in the site's zone. They are always absolute, so a page
//! stays true for as long as it is kept.

use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Timelike, Utc};
use chrono_tz::Tz;

use crate::domain::time_style::{HourClock, TimeStyle};
use crate::domain::update::Precision;

/// The zone for times, and the reference instant: a time in another year than that is shown with
/// its year.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The site's zone.
    pub zone: Tz,
    /// The 12-hour or 24-hour clock.
    pub clock: HourClock,
    /// The reference instant.
    pub as_of: DateTime<Utc>,
}

impl Frame {
    /// "February 26 at 2:15 am MST", or "February 26, 2013 at 02:15 MST" in another year.
    pub fn instant(self, at: DateTime<Utc>) -> String {
        self.style().instant(at, self.as_of)
    }

    /// Like [`Frame::instant`], but without the time if it isn't known.
    pub fn moment(self, at: DateTime<Utc>, precision: Precision) -> String {
        match precision {
            Precision::Minute => self.instant(at),
            Precision::Day | Precision::None => self.day(at),
        }
    }

    /// "February 26", or "February 26, 2013" in another year.
    pub fn day(self, at: DateTime<Utc>) -> String {
        self.style().day(at, self.as_of)
    }

    /// "February 26, 2013".
    pub fn day_with_year(self, at: DateTime<Utc>) -> String {
        date_with_year(self.date(at))
    }

    /// "2:15 am MST".
    pub fn clock(self, at: DateTime<Utc>) -> String {
        self.style().clock(at)
    }

    /// When a maintenance takes place: "Saturday, March 2 · 10:00 pm – midnight MST", with both
    /// dates if it spans several days. `None` if neither end is known.
    pub fn window(
        self,
        starts: Option<DateTime<Utc>>,
        ends: Option<DateTime<Utc>>,
    ) -> Option<String> {
        match (starts, ends) {
            (Some(starts), Some(ends)) if ends > starts => Some(self.range(starts, ends)),
            (Some(starts), _) => Some(format!(
                "{} · from {}",
                self.weekday(starts),
                self.clock(starts)
            )),
            (None, Some(ends)) => Some(format!(
                "until {} · {}",
                self.weekday(ends),
                self.clock(ends)
            )),
            (None, None) => None,
        }
    }

    fn range(self, starts: DateTime<Utc>, ends: DateTime<Utc>) -> String {
        let style = self.style();
        let (zone, zone_after) = (style.abbreviation(starts), style.abbreviation(ends));
        // The zone is written once, unless the offset changes in between.
        let zone = if zone == zone_after {
            String::new()
        } else {
            format!(" {zone}")
        };
        let start = format!("{}{zone}", self.bare_clock(starts));
        let day = self.date(starts);
        if self.date(ends) == day {
            let end = self.bare_clock(ends);
            return format!("{} · {start} – {end} {zone_after}", self.weekday(starts));
        }
        let local_end = ends.with_timezone(&self.zone);
        if Some(self.date(ends)) == day.succ_opt()
            && (local_end.hour(), local_end.minute()) == (0, 0)
        {
            let end = style.day_end();
            return format!("{} · {start} – {end} {zone_after}", self.weekday(starts));
        }
        format!(
            "{}, {start} – {}, {} {zone_after}",
            self.weekday(starts),
            self.weekday(ends),
            self.bare_clock(ends)
        )
    }

    /// The day of an instant in the site's zone.
    pub fn date(self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    fn weekday(self, at: DateTime<Utc>) -> String {
        format!("{}, {}", self.date(at).format("%A"), self.day(at))
    }

    /// The same frame in UTC, which always uses the 24-hour clock.
    pub fn in_utc(self) -> Self {
        Self {
            zone: Tz::UTC,
            clock: HourClock::TwentyFour,
            ..self
        }
    }

    /// The zone and the clock.
    pub fn style(self) -> TimeStyle {
        TimeStyle {
            zone: self.zone,
            clock: self.clock,
        }
    }

    fn bare_clock(self, at: DateTime<Utc>) -> String {
        self.style().hour(at)
    }

    /// The name of the site's zone: "Mountain Time (MST)", or else its city.
    pub fn zone_name(self) -> String {
        let short = self.style().abbreviation(self.as_of);
        let name = self.zone.name();
        let is_american = name.starts_with("America/") || name.starts_with("US/");
        let long = match short.as_str() {
            "EST" | "EDT" if is_american => "Eastern Time",
            "CST" | "CDT" if is_american => "Central Time",
            "MST" | "MDT" if is_american => "Mountain Time",
            "PST" | "PDT" if is_american => "Pacific Time",
            "WET" | "WEST" => "Western European Time",
            "CET" | "CEST" => "Central European Time",
            "EET" | "EEST" => "Eastern European Time",
            "UTC" => "Coordinated Universal Time",
            _ => {
                let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
                return format!("{city} time ({short})");
            }
        };
        format!("{long} ({short})")
    }
}

/// "February 26, 2013".
pub fn date_with_year(date: NaiveDate) -> String {
    date.format("%B %-d, %Y").to_string()
}

/// "February 2013", `month` being 1 to 12.
pub fn month(year: i32, month: u32) -> String {
    NaiveDate::from_ymd_opt(year, month, 1).map_or_else(
        || format!("{year:04}-{month:02}"),
        |date| date.format("%B %Y").to_string(),
    )
}

/// The machine-readable form: "2013-02-26T09:15:00Z".
pub fn machine(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A duration in its two largest units: "2 h 5 min", "3 days", "1 day 4 h". Less than a minute is
/// "less than a minute".
pub fn duration(length: Duration) -> String {
    let minutes = length.num_minutes();
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let day_word = if days == 1 { "day" } else { "days" };
    match (days, hours, minutes) {
        (..=0, ..=0, ..=0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} {day_word}"),
        (days, hours, _) => format!("{days} {day_word} {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn denver() -> Frame {
        Frame {
            zone: Tz::America__Denver,
            clock: HourClock::Twelve,
            as_of: at("2013-02-26T10:00:00Z"),
        }
    }

    #[test]
    fn a_year_is_written_where_it_isnt_this_one() {
        let check = |instant: &str, said: &str| assert_eq!(denver().instant(at(instant)), said);
        check("2013-02-26T09:15:00Z", "February 26 at 2:15 am MST");
        check("2013-07-04T18:05:59Z", "July 4 at 12:05 pm MDT");
        check("2013-01-01T06:59:00Z", "December 31, 2012 at 11:59 pm MST");
        check("2014-02-26T07:00:00Z", "February 26, 2014 at 12:00 am MST");
        let moment = |precision| denver().moment(at("2013-02-26T09:15:00Z"), precision);
        assert_eq!(moment(Precision::Day), "February 26");
        assert_eq!(moment(Precision::None), "February 26");
        assert_eq!(moment(Precision::Minute), "February 26 at 2:15 am MST");
    }

    #[test]
    fn a_window_says_its_days_and_its_zone_as_often_as_needed() {
        let check = |starts: &str, ends: &str, said: Option<&str>| {
            let parse = |text: &str| (!text.is_empty()).then(|| at(text));
            assert_eq!(denver().window(parse(starts), parse(ends)).as_deref(), said);
        };
        check(
            "2013-03-03T05:00:00Z",
            "2013-03-03T07:00:00Z",
            Some("Saturday, March 2 · 10:00 pm – midnight MST"),
        );
        check(
            "2013-03-03T01:00:00Z",
            "2013-03-03T03:30:00Z",
            Some("Saturday, March 2 · 6:00 pm – 8:30 pm MST"),
        );
        check(
            "2013-03-03T05:00:00Z",
            "2013-03-03T11:00:00Z",
            Some("Saturday, March 2, 10:00 pm – Sunday, March 3, 4:00 am MST"),
        );
        check(
            "2013-03-10T08:00:00Z",
            "2013-03-10T10:00:00Z",
            Some("Sunday, March 10 · 1:00 am MST – 4:00 am MDT"),
        );
        check(
            "2013-03-03T05:00:00Z",
            "",
            Some("Saturday, March 2 · from 10:00 pm MST"),
        );
        check(
            "",
            "2013-03-03T05:00:00Z",
            Some("until Saturday, March 2 · 10:00 pm MST"),
        );
        check("", "", None);
    }

    #[test]
    fn durations_have_two_units_at_most() {
        let check = |minutes, said: &str| assert_eq!(duration(Duration::minutes(minutes)), said);
        check(0, "less than a minute");
        check(5, "5 min");
        check(60, "1 h");
        check(125, "2 h 5 min");
        check(1440, "1 day");
        check(4320 + 59, "3 days");
        check(1440 + 240, "1 day 4 h");
    }

    #[test]
    fn zones_are_called_what_people_call_them() {
        let check = |zone, said: &str| {
            let as_of = at("2013-02-26T10:00:00Z");
            assert_eq!(
                Frame {
                    zone,
                    clock: HourClock::Twelve,
                    as_of
                }
                .zone_name(),
                said
            );
        };
        check(Tz::America__Denver, "Mountain Time (MST)");
        check(Tz::Europe__Berlin, "Central European Time (CET)");
        check(Tz::UTC, "Coordinated Universal Time (UTC)");
        check(Tz::Asia__Kolkata, "Kolkata time (IST)");
        check(Tz::America__Sao_Paulo, "Sao Paulo time (UTC-03)");
        check(Tz::Asia__Kathmandu, "Kathmandu time (UTC+0545)");
        assert_eq!(
            machine(at("2013-02-26T09:15:00.123Z")),
            "2013-02-26T09:15:00Z"
        );
        assert_eq!(month(2013, 2), "February 2013");
    }
}
