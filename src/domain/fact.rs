//! What an update states without a text, with all that its words need, as it was then. So the words
//! stay the same when a component is renamed or a year passes. `render` writes them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::time_style::{HourClock, StatedTimes, TimeStyle};

/// Something that happened to a maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What happened.
    pub became: Became,
    /// The names of those of the maintenance's components that are named.
    pub components: Vec<String>,
    /// How many more components there are.
    pub more: usize,
    /// When it was stated: times in the same year are shown without the year.
    pub said_at: DateTime<Utc>,
    /// The name of the site's zone.
    pub zone: String,
    /// The word for the clock on which the site wrote times.
    pub clock: String,
}

/// What can happen to a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// It has begun.
    Begun,
    /// It is complete.
    Completed,
    /// It won't take place, or it was stopped.
    Cancelled,
    /// Its end has been changed.
    Extended {
        /// The new end.
        until: DateTime<Utc>,
        /// It is later than the old one.
        is_later: bool,
    },
    /// Its time has been changed.
    Moved {
        /// Its start, if that is known.
        starts: Option<DateTime<Utc>>,
        /// Its end, if that is known.
        ends: Option<DateTime<Utc>>,
    },
}

impl Fact {
    /// The fact in its stored form.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Fact::to_text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// How the site wrote times then.
    pub fn style(&self) -> TimeStyle {
        StatedTimes {
            zone: self.zone.parse().unwrap_or(Tz::UTC),
            date_order: None,
            clock: HourClock::parse(&self.clock),
        }
        .style()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_reads_back_the_same() {
        let at: DateTime<Utc> = "2013-03-02T20:00:00.25Z".parse().expect("an instant");
        for became in [
            Became::Begun,
            Became::Completed,
            Became::Cancelled,
            Became::Extended {
                until: at,
                is_later: false,
            },
            Became::Moved {
                starts: Some(at),
                ends: None,
            },
        ] {
            let fact = Fact {
                became,
                components: vec!["Selma".to_owned(), "Mail \"&\" more".to_owned()],
                more: 3,
                said_at: at,
                zone: "America/Denver".to_owned(),
                clock: "12h".to_owned(),
            };
            assert_eq!(Fact::parse(&fact.to_text()), Some(fact));
        }
    }

    #[test]
    fn times_are_written_as_the_site_wrote_them_then() {
        let check = |zone: &str, clock: &str, wanted: TimeStyle| {
            let fact = Fact {
                became: Became::Begun,
                components: Vec::new(),
                more: 0,
                said_at: DateTime::UNIX_EPOCH,
                zone: zone.to_owned(),
                clock: clock.to_owned(),
            };
            assert_eq!(fact.style(), wanted, "{zone} {clock}");
        };
        let style = |zone, clock| TimeStyle { zone, clock };
        check(
            "America/Denver",
            "24h",
            style(Tz::America__Denver, HourClock::TwentyFour),
        );
        check(
            "Europe/Berlin",
            "12h",
            style(Tz::Europe__Berlin, HourClock::Twelve),
        );
        // What isn't known any more is taken as a site that says nothing has it.
        check(
            "America/Denver",
            "13h",
            style(Tz::America__Denver, HourClock::Twelve),
        );
        check("Nowhere", "", style(Tz::UTC, HourClock::TwentyFour));
    }
}
