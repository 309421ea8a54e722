//! Windows: when a maintenance takes place or is planned.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A start and an end, each if it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// When it opens.
    #[serde(with = "chrono::serde::ts_milliseconds_option")]
    pub starts: Option<DateTime<Utc>>,
    /// When it closes.
    #[serde(with = "chrono::serde::ts_milliseconds_option")]
    pub ends: Option<DateTime<Utc>>,
}

impl Window {
    /// Whether nothing is known about it.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// This window, with what another one states in its place.
    #[must_use]
    pub fn moved_by(self, other: Self) -> Self {
        Self {
            starts: other.starts.or(self.starts),
            ends: other.ends.or(self.ends),
        }
    }

    /// Whether the two overlap. A window without a start never opens; one without an end never
    /// closes.
    pub fn overlaps(self, other: Self) -> bool {
        let (Some(starts), Some(other_starts)) = (self.starts, other.starts) else {
            return false;
        };
        let before = |ends: Option<DateTime<Utc>>, at| ends.is_some_and(|ends| ends <= at);
        !before(self.ends, other_starts) && !before(other.ends, starts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(starts: Option<i64>, ends: Option<i64>) -> Window {
        let at = |hour: i64| DateTime::from_timestamp(hour * 3600, 0).expect("in range");
        Window {
            starts: starts.map(at),
            ends: ends.map(at),
        }
    }

    #[test]
    fn windows_overlap_if_an_instant_is_in_both() {
        let check = |one, other, wanted: bool| {
            assert_eq!(Window::overlaps(one, other), wanted, "{one:?} {other:?}");
            assert_eq!(Window::overlaps(other, one), wanted, "{other:?} {one:?}");
        };
        let night = window(Some(22), Some(24));
        check(night, window(Some(23), Some(25)), true);
        check(night, window(Some(20), Some(30)), true);
        check(night, night, true);
        check(night, window(Some(24), Some(26)), false);
        check(night, window(Some(20), Some(22)), false);
        check(night, window(Some(20), None), true);
        check(night, window(Some(24), None), false);
        check(night, window(None, Some(23)), false);
    }

    #[test]
    fn a_move_changes_what_it_says() {
        let night = window(Some(22), Some(24));
        assert_eq!(
            night.moved_by(window(None, Some(25))),
            window(Some(22), Some(25))
        );
        assert_eq!(night.moved_by(Window::default()), night);
        assert!(Window::default().is_empty() && !night.is_empty());
    }
}
