//! The time of an entry, in words, in the site's zone.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::domain::update::Precision;

/// "February 26, 2013 at 2:15 MST", "February 26, 2013", or nothing, as exactly as it is known.
pub(super) fn in_words(at: DateTime<Utc>, precision: Precision, zone: Tz) -> Option<String> {
    let local = at.with_timezone(&zone);
    match precision {
        Precision::Minute => {
            let abbreviation = local.format("%Z").to_string();
            // Zones without letters of their own are called by their offset: "-03".
            let prefix = if abbreviation.starts_with(['+', '-']) {
                "UTC"
            } else {
                ""
            };
            let time = local.format("%B %-d, %Y at %-H:%M");
            Some(format!("{time} {prefix}{abbreviation}"))
        }
        Precision::Day => Some(local.format("%B %-d, %Y").to_string()),
        Precision::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_as_exactly_as_it_is_known() {
        let at = "2013-02-26T09:15:00Z".parse().expect("an instant");
        let check = |precision, zone: Tz, words: Option<&str>| {
            assert_eq!(in_words(at, precision, zone).as_deref(), words);
        };
        let denver = chrono_tz::America::Denver;
        check(
            Precision::Minute,
            denver,
            Some("February 26, 2013 at 2:15 MST"),
        );
        check(Precision::Day, denver, Some("February 26, 2013"));
        check(Precision::None, denver, None);
        check(
            Precision::Minute,
            chrono_tz::America::Argentina::Salta,
            Some("February 26, 2013 at 6:15 UTC-03"),
        );
    }
}
