//! When a message that a channel didn't take is tried again: soon at first, then for five days.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};

use super::disabling::is_given_up;

/// The pauses after the first attempts, in seconds; the last one repeats.
const PAUSES_SECS: [i64; 8] = [5, 30, 120, 600, 1800, 3600, 7200, 14_400];

/// When to try again, after `attempts` that failed before this one, the first of them at `since`.
/// The receiver may ask for a longer pause. `fraction` is a random number below one. `None` to give
/// up.
pub(super) fn next_attempt(
    attempts: i64,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    asked: Option<StdDuration>,
    fraction: f64,
) -> Option<DateTime<Utc>> {
    if is_given_up(since, now) {
        return None;
    }
    let last = PAUSES_SECS.len() - 1;
    let place = usize::try_from(attempts).unwrap_or(0).min(last);
    let millis = PAUSES_SECS[place] * 1000;
    // Between 80 and 120 percent.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "hours in milliseconds are far below what a float holds exactly"
    )]
    let spread = (millis as f64 * (0.8 + 0.4 * fraction)) as i64;
    let asked = asked.and_then(|it| Duration::from_std(it).ok());
    let pause = Duration::milliseconds(spread).max(asked.unwrap_or_default());
    Some(now + pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_after_five_days() {
        let at = |secs: i64| DateTime::from_timestamp(secs, 0).expect("an instant");
        let pause = |attempts, since, now, asked: Option<u64>, fraction| {
            let asked = asked.map(StdDuration::from_secs);
            let next = next_attempt(attempts, Some(at(since)), at(now), asked, fraction);
            next.map(|next| (next - at(now)).num_seconds())
        };
        assert_eq!(pause(0, 0, 0, None, 0.5), Some(5));
        assert_eq!(pause(0, 0, 0, None, 0.0), Some(4));
        assert_eq!(pause(1, 0, 5, None, 0.5), Some(30));
        assert_eq!(pause(1, 0, 5, Some(90), 0.5), Some(90));
        assert_eq!(pause(1, 0, 5, Some(1), 0.5), Some(30));
        assert_eq!(pause(7, 0, 5, None, 0.5), Some(14_400));
        assert_eq!(pause(i64::MAX, 0, 5, None, 0.5), Some(14_400));
        assert_eq!(pause(30, 0, 5 * 86_400 - 1, None, 0.5), Some(14_400));
        assert_eq!(pause(30, 0, 5 * 86_400, None, 0.5), None);
    }
}
