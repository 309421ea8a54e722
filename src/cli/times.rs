//! Times as typed on the command line: in the site's zone, in words, or relative to now.

use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use chrono_tz::Tz;

use super::console::Console;
use super::failure::Failure;
use crate::client::Client;
pub(super) use crate::content::update_entries::Lean;
use crate::content::update_entries::{SpokenContext, SpokenTime, read_spoken};
use crate::domain::time_style::{HourClock, StatedTimes};
use crate::domain::zone;
use crate::render::time::Frame;

/// What is needed to read and write times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clockwork {
    pub(super) zone: Tz,
    /// The site's 12-hour or 24-hour clock.
    pub(super) clock: HourClock,
    /// The current time, truncated to the second, as are all times derived from it.
    pub(super) now: DateTime<Utc>,
}

impl Clockwork {
    /// The clockwork of the client's site.
    pub(super) fn of(client: &Client, console: &Console) -> Result<Self, Failure> {
        let site = client.site()?;
        let zone = zone::by_name(&site.time_zone).unwrap_or(Tz::UTC);
        let stated = StatedTimes {
            zone,
            date_order: None,
            clock: HourClock::parse(&site.clock),
        };
        Ok(Self {
            zone,
            clock: stated.style().clock,
            now: now(console),
        })
    }

    /// The clockwork of the client's site, or UTC if the site can't be read.
    pub(super) fn or_utc(client: &Client, console: &Console) -> Self {
        Self::of(client, console).unwrap_or(Self {
            zone: Tz::UTC,
            clock: HourClock::TwentyFour,
            now: now(console),
        })
    }

    /// An instant for a list, in the site's zone and in UTC: `2013-02-26 02:15 MST (09:15 UTC)`.
    pub(super) fn stamp(self, at: DateTime<Utc>) -> String {
        let here = at.with_timezone(&self.zone);
        let name = zone::abbreviation(self.zone, at);
        let local = here.format("%Y-%m-%d %H:%M");
        if name == "UTC" {
            return format!("{local} UTC");
        }
        let utc = if here.date_naive() == at.date_naive() {
            at.format("%H:%M")
        } else {
            at.format("%m-%d %H:%M")
        };
        format!("{local} {name} ({utc} UTC)")
    }

    /// Parses a time; "+2h" is relative to `base`.
    pub(super) fn read(
        self,
        text: &str,
        lean: Lean,
        base: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, String> {
        let lower = text.trim().to_lowercase();
        if let Some(length) = lower.strip_prefix('+') {
            return Ok(base + duration(length)?);
        }
        if let Some(length) = lower.strip_prefix(['-', '−']) {
            return Ok(base - duration(length)?);
        }
        let ground = SpokenContext {
            zone: self.zone,
            now: self.now,
            lean,
        };
        let forms = self.forms();
        match read_spoken(text, ground).map_err(|why| format!("{why}; {forms}"))? {
            SpokenTime::Once(at) => Ok(at),
            SpokenTime::Skipped(local) => {
                let (day, clock) = (local.date(), local.format("%-H:%M"));
                Err(format!(
                    "on {day} the clocks in {} skip {clock}; give a time before or after that",
                    self.zone
                ))
            }
            SpokenTime::Twice(local, first, second) => {
                let (day, clock) = (local.date(), local.format("%-H:%M"));
                let offset = |at: DateTime<Utc>| at.with_timezone(&self.zone).to_rfc3339();
                Err(format!(
                    "on {day} the clocks in {} show {clock} twice; say which: {} or {}",
                    self.zone,
                    offset(first),
                    offset(second)
                ))
            }
        }
    }

    /// The accepted formats, with tomorrow as the example.
    fn forms(self) -> String {
        let here = self.now.with_timezone(&self.zone) + Duration::days(1);
        let day = here.format("%Y-%m-%d");
        let offset = here.format("%:z");
        format!(
            "write it as \"{day} 22:00\", \"10pm\", \"tomorrow 22:00\", \"saturday 10pm\", \"+2h\", \
             \"20 minutes ago\" or {day}T22:00:00{offset}"
        )
    }

    /// A time as it was understood, in the site's zone and in UTC.
    pub(super) fn said(self, at: DateTime<Utc>) -> String {
        let here = Frame {
            zone: self.zone,
            clock: self.clock,
            as_of: self.now,
        };
        let weekday = here.date(at).format("%A");
        if self.zone == Tz::UTC {
            return format!("{weekday}, {}", here.instant(at));
        }
        format!(
            "{weekday}, {} ({})",
            here.instant(at),
            here.in_utc().instant(at)
        )
    }
}

fn now(console: &Console) -> DateTime<Utc> {
    console.clock.now().trunc_subsecs(0)
}

/// The time of an option, if it is given. Unless it is RFC 3339, it is read in the site's zone, and
/// the user is told how it was understood.
pub(super) fn option(
    name: &str,
    text: Option<&String>,
    lean: Lean,
    client: &Client,
    console: &mut Console,
) -> Result<Option<DateTime<Utc>>, Failure> {
    let Some(text) = text else {
        return Ok(None);
    };
    if let Ok(at) = DateTime::parse_from_rfc3339(text.trim()) {
        return Ok(Some(at.to_utc()));
    }
    let clockwork = Clockwork::of(client, console)?;
    let at = clockwork
        .read(text, lean, clockwork.now)
        .map_err(|why| Failure::Usage(format!("{name}: {why}")))?;
    console.eprint(&format!("{name}: {}", clockwork.said(at)));
    Ok(Some(at))
}

/// The time of `--at`, if it is given.
pub(super) fn at(
    text: Option<&String>,
    client: &Client,
    console: &mut Console,
) -> Result<Option<DateTime<Utc>>, Failure> {
    option("--at", text, Lean::Back, client, console)
}

/// Parses a duration: "2h", "90m", "1h30m", "2d".
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a length of time; write 2h, 90m, 1h30m or 2d");
    let text = text.trim().to_lowercase();
    let mut total = Duration::zero();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: i64 = rest[..end].parse().map_err(|_| wrong())?;
        let after = rest[end..].trim_start();
        let unit_end = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let minutes = match &after[..unit_end] {
            "m" | "min" => 1,
            "h" => 60,
            "d" => 24 * 60,
            _ => return Err(wrong()),
        };
        let length = number
            .checked_mul(minutes)
            .filter(|total| *total <= 10 * 366 * 24 * 60);
        total += Duration::minutes(length.ok_or_else(wrong)?);
        rest = after[unit_end..].trim_start();
    }
    if total.is_zero() {
        return Err(wrong());
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::update_entries::spoken_times::SPOKEN_TIMES;
    use crate::render::time::machine;

    /// It is Tuesday, 2:15 in Denver.
    fn denver() -> Clockwork {
        Clockwork {
            zone: Tz::America__Denver,
            clock: HourClock::Twelve,
            now: "2013-02-26T09:15:00Z".parse().unwrap(),
        }
    }

    #[track_caller]
    fn check(text: &str, lean: Lean, wanted: &str) {
        let clockwork = denver();
        let read = clockwork.read(text, lean, clockwork.now).unwrap();
        assert_eq!(machine(read), wanted, "{text}");
    }

    #[test]
    fn a_time_is_read_as_everywhere_and_in_the_sites_zone() {
        for (text, lean, wanted) in SPOKEN_TIMES {
            check(text, *lean, wanted);
        }
    }

    #[test]
    fn lengths_are_counted_from_a_base() {
        check("+2h", Lean::Ahead, "2013-02-26T11:15:00Z");
        check("+1h 30m", Lean::Ahead, "2013-02-26T10:45:00Z");
        check("-20m", Lean::Back, "2013-02-26T08:55:00Z");
        assert_eq!(duration("2d").unwrap(), Duration::days(2));
        for bad in ["", "2", "h", "2 weeks", "0h", "99999999999h", "-2h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_zone_has_twice_or_never_is_not_guessed() {
        let refused = |text: &str| {
            let clockwork = denver();
            clockwork
                .read(text, Lean::Ahead, clockwork.now)
                .unwrap_err()
        };
        assert!(refused("2013-03-10 02:30").contains("skip 2:30"));
        let twice = refused("2013-11-03 01:30");
        assert!(
            twice.contains("01:30:00-06:00") && twice.contains("01:30:00-07:00"),
            "{twice}"
        );
        for bad in ["soon", "25:00", "2013-02-30 22:00", "", "in may 22:00"] {
            let why = refused(bad);
            assert!(why.contains("\"2013-02-27 22:00\""), "{bad}: {why}");
        }
    }

    #[test]
    fn a_list_says_times_in_both_zones() {
        let check = |at: &str, wanted: &str| {
            assert_eq!(denver().stamp(at.parse().unwrap()), wanted);
        };
        check("2013-02-26T09:15:00Z", "2013-02-26 02:15 MST (09:15 UTC)");
        check(
            "2013-07-26T05:15:00Z",
            "2013-07-25 23:15 MDT (07-26 05:15 UTC)",
        );
        let utc = Clockwork {
            zone: Tz::UTC,
            ..denver()
        };
        let at = "2013-02-26T09:15:00Z".parse().unwrap();
        assert_eq!(utc.stamp(at), "2013-02-26 09:15 UTC");
    }

    #[test]
    fn what_was_understood_is_said_in_both_zones() {
        let said = denver().said("2013-03-03T05:00:00Z".parse().unwrap());
        assert_eq!(
            said,
            "Saturday, March 2 at 10:00 pm MST (March 3 at 05:00 UTC)"
        );
    }
}
