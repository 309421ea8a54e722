//! How a site reads dates and writes times of day: on the 12-hour or the 24-hour clock, in its
//! zone.

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::date_order::{DateOrder, default_date_order};

/// The clock on which times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HourClock {
    /// "2:15 am".
    Twelve,
    /// "02:15".
    TwentyFour,
}

impl HourClock {
    /// The word used in `site.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Twelve => "12h",
            Self::TwentyFour => "24h",
        }
    }

    /// The clock that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Twelve, Self::TwentyFour]
            .into_iter()
            .find(|clock| clock.as_str() == word)
    }

    /// The usual clock of people who write dates in this order.
    pub fn of_dates(order: DateOrder) -> Self {
        match order {
            DateOrder::Mdy => Self::Twelve,
            DateOrder::Dmy => Self::TwentyFour,
        }
    }
}

/// What a site states about its times; what it doesn't state follows from the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedTimes {
    /// The zone in which times are shown and, unless they name another, read.
    pub zone: Tz,
    /// How numeric dates are read.
    pub date_order: Option<DateOrder>,
    /// The clock on which times are written.
    pub clock: Option<HourClock>,
}

impl StatedTimes {
    /// How numeric dates are read: as stated, else month first if the zone is in the United States,
    /// else day first.
    pub fn date_order(self) -> DateOrder {
        self.date_order
            .unwrap_or_else(|| default_date_order(self.zone))
    }

    /// How times are written: in the zone, on the stated clock, else on the 12-hour clock if dates
    /// have the month first.
    pub fn style(self) -> TimeStyle {
        TimeStyle {
            zone: self.zone,
            clock: self
                .clock
                .unwrap_or_else(|| HourClock::of_dates(self.date_order())),
        }
    }
}

/// The zone and the clock in which times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeStyle {
    /// The zone.
    pub zone: Tz,
    /// The clock.
    pub clock: HourClock,
}

impl TimeStyle {
    /// The time of day: "2:15 am", or "02:15".
    pub fn hour(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        match self.clock {
            HourClock::TwentyFour => local.format("%H:%M").to_string(),
            HourClock::Twelve => {
                let (is_pm, hour) = local.hour12();
                let half = if is_pm { "pm" } else { "am" };
                format!("{hour}:{:02} {half}", local.minute())
            }
        }
    }

    /// The time of day with the zone: "2:15 am MST".
    pub fn clock(self, at: DateTime<Utc>) -> String {
        format!("{} {}", self.hour(at), self.abbreviation(at))
    }

    /// "February 26", or "February 26, 2013" if that isn't the year of `as_of`.
    pub fn day(self, at: DateTime<Utc>, as_of: DateTime<Utc>) -> String {
        let [day, today] = [at, as_of].map(|it| it.with_timezone(&self.zone).date_naive());
        if day.year() == today.year() {
            day.format("%B %-d").to_string()
        } else {
            day.format("%B %-d, %Y").to_string()
        }
    }

    /// "February 26 at 2:15 am MST", with the year as for [`TimeStyle::day`].
    pub fn instant(self, at: DateTime<Utc>, as_of: DateTime<Utc>) -> String {
        format!("{} at {}", self.day(at, as_of), self.clock(at))
    }

    /// The zone's abbreviation at an instant: "MST", or "UTC-03" if it has only digits. Feed items
    /// already published use this form, so it must not change.
    pub fn abbreviation(self, at: DateTime<Utc>) -> String {
        let name = at.with_timezone(&self.zone).format("%Z").to_string();
        if name.starts_with(['+', '-']) {
            format!("UTC{name}")
        } else {
            name
        }
    }

    /// The end of a day: "midnight", or "24:00".
    pub fn day_end(self) -> &'static str {
        match self.clock {
            HourClock::Twelve => "midnight",
            HourClock::TwentyFour => "24:00",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_clock_says_each_hour_in_one_way() {
        let check = |time: &str, twelve: &str, twenty_four: &str| {
            let at = format!("2013-02-26T{time}:00Z")
                .parse()
                .expect("an instant");
            for (clock, said) in [
                (HourClock::Twelve, twelve),
                (HourClock::TwentyFour, twenty_four),
            ] {
                let style = TimeStyle {
                    zone: Tz::UTC,
                    clock,
                };
                assert_eq!(style.hour(at), said);
            }
        };
        check("00:05", "12:05 am", "00:05");
        check("02:15", "2:15 am", "02:15");
        check("12:00", "12:00 pm", "12:00");
        check("22:30", "10:30 pm", "22:30");
    }

    #[test]
    fn a_zone_without_a_name_is_called_by_its_offset() {
        let check = |zone, said: &str| {
            let style = TimeStyle {
                zone,
                clock: HourClock::Twelve,
            };
            let at = "2013-07-26T09:15:00Z".parse().expect("an instant");
            assert_eq!(style.clock(at), said);
        };
        check(Tz::America__Denver, "3:15 am MDT");
        check(Tz::America__Argentina__Salta, "6:15 am UTC-03");
        check(Tz::Asia__Kathmandu, "3:00 pm UTC+0545");
        check(Tz::Atlantic__Azores, "9:15 am UTC+00");
        check(Tz::UTC, "9:15 am UTC");
    }

    #[test]
    fn without_a_word_the_clock_follows_from_the_dates() {
        let (denver, berlin) = (Tz::America__Denver, Tz::Europe__Berlin);
        for (zone, date_order, stated, clock) in [
            (denver, None, None, HourClock::Twelve),
            (berlin, None, None, HourClock::TwentyFour),
            (berlin, Some(DateOrder::Mdy), None, HourClock::Twelve),
            (
                denver,
                None,
                Some(HourClock::TwentyFour),
                HourClock::TwentyFour,
            ),
        ] {
            let times = StatedTimes {
                zone,
                date_order,
                clock: stated,
            };
            assert_eq!(times.style(), TimeStyle { zone, clock });
        }
    }

    #[test]
    fn without_a_word_dates_have_the_month_first_in_the_united_states() {
        let check = |zone: &str, order: DateOrder| {
            let times = StatedTimes {
                zone: zone.parse().expect("a zone"),
                date_order: None,
                clock: None,
            };
            assert_eq!(times.date_order(), order, "{zone}");
        };
        for zone in [
            "America/Denver",
            "America/Indiana/Knox",
            "US/Pacific",
            "PST8PDT",
        ] {
            check(zone, DateOrder::Mdy);
        }
        for zone in [
            "America/Toronto",
            "America/Sao_Paulo",
            "Europe/Berlin",
            "UTC",
        ] {
            check(zone, DateOrder::Dmy);
        }
    }

    #[test]
    fn clocks_and_orders_are_read_as_they_are_written() {
        for (word, clock) in [("12h", HourClock::Twelve), ("24h", HourClock::TwentyFour)] {
            assert_eq!(
                (clock.as_str(), HourClock::parse(word)),
                (word, Some(clock))
            );
        }
        for (word, order) in [("mdy", DateOrder::Mdy), ("dmy", DateOrder::Dmy)] {
            assert_eq!(
                (order.as_str(), DateOrder::parse(word)),
                (word, Some(order))
            );
            assert_eq!(serde_json::json!(order), word);
        }
    }

    #[test]
    fn a_day_of_another_year_in_the_zone_is_said_with_it() {
        let instant = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        let style = TimeStyle {
            zone: Tz::America__Denver,
            clock: HourClock::Twelve,
        };
        // Still December 31 in Denver.
        let as_of = instant("2014-01-01T05:00:00Z");
        let check = |at: &str, said: &str| assert_eq!(style.instant(instant(at), as_of), said);
        check("2013-02-06T09:15:00Z", "February 6 at 2:15 am MST");
        check("2014-01-02T09:15:00Z", "January 2, 2014 at 2:15 am MST");
        check("2012-02-26T09:15:00Z", "February 26, 2012 at 2:15 am MST");
        assert_eq!(style.day_end(), "midnight");
        let clock = HourClock::TwentyFour;
        assert_eq!(TimeStyle { clock, ..style }.day_end(), "24:00");
    }
}
