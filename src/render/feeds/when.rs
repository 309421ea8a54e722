//! The time of an entry, in words, in the site's zone.

use chrono::{DateTime, Utc};

use crate::domain::time_style::TimeStyle;
use crate::domain::update::Precision;
use crate::domain::window::Window;

/// "February 26, 2013 at 2:15 am MST", "February 26, 2013", or nothing, depending on the precision.
pub(super) fn in_words(
    at: DateTime<Utc>,
    precision: Precision,
    style: TimeStyle,
) -> Option<String> {
    let local = at.with_timezone(&style.zone);
    match precision {
        Precision::Minute => {
            let day = local.format("%B %-d, %Y");
            Some(format!("{day} at {}", style.clock(at)))
        }
        Precision::Day => Some(local.format("%B %-d, %Y").to_string()),
        Precision::None => None,
    }
}

/// "Planned from February 26, 2013 at 2:15 am MST to …", or "Now planned …" if an update moves the
/// window. `None` if there is no window.
pub(super) fn planned(window: Window, is_moved: bool, style: TimeStyle) -> Option<String> {
    let instant = |at: Option<DateTime<Utc>>| in_words(at?, Precision::Minute, style);
    let when = match (instant(window.starts), instant(window.ends)) {
        (Some(starts), Some(ends)) => format!("from {starts} to {ends}"),
        (Some(starts), None) => format!("from {starts}"),
        (None, Some(ends)) => format!("until {ends}"),
        (None, None) => return None,
    };
    let opening = if is_moved { "Now planned" } else { "Planned" };
    Some(format!("{opening} {when}"))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::time_style::HourClock;

    fn style(zone: Tz) -> TimeStyle {
        TimeStyle {
            zone,
            clock: HourClock::Twelve,
        }
    }

    #[test]
    fn a_window_is_said_as_far_as_it_is_known() {
        let at = |text: &str| Some(text.parse().expect("an instant"));
        let (starts, ends) = (at("2013-02-26T05:00:00Z"), at("2013-02-26T09:15:00Z"));
        let check = |starts, ends, is_moved, words: Option<&str>| {
            let window = Window { starts, ends };
            let said = planned(window, is_moved, style(chrono_tz::America::Denver));
            assert_eq!(said.as_deref(), words);
        };
        let both =
            "Planned from February 25, 2013 at 10:00 pm MST to February 26, 2013 at 2:15 am MST";
        check(starts, ends, false, Some(both));
        let start = "Planned from February 25, 2013 at 10:00 pm MST";
        check(starts, None, false, Some(start));
        let end = "Now planned until February 26, 2013 at 2:15 am MST";
        check(None, ends, true, Some(end));
        check(None, None, true, None);
    }

    #[test]
    fn a_time_is_said_as_exactly_as_it_is_known() {
        let at = "2013-02-26T09:15:00Z".parse().expect("an instant");
        let check = |precision, zone: Tz, words: Option<&str>| {
            assert_eq!(in_words(at, precision, style(zone)).as_deref(), words);
        };
        let denver = chrono_tz::America::Denver;
        check(
            Precision::Minute,
            denver,
            Some("February 26, 2013 at 2:15 am MST"),
        );
        check(Precision::Day, denver, Some("February 26, 2013"));
        check(Precision::None, denver, None);
        check(
            Precision::Minute,
            chrono_tz::America::Argentina::Salta,
            Some("February 26, 2013 at 6:15 am UTC-03"),
        );
    }
}
