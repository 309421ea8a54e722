//! When a message that wasn't taken is tried again.

use chrono::{DateTime, Duration, Utc};

/// The first pause.
const FIRST: Duration = Duration::seconds(30);
/// The longest pause.
const LONGEST: Duration = Duration::hours(1);
/// How long it is tried.
const TRIED_FOR: Duration = Duration::days(1);

/// When to try again, after `attempts` that failed before this one, the first of them at `since`.
/// `fraction` is a random number below one, which spreads what failed at once. `None` to give up.
pub(super) fn next_attempt(
    attempts: i64,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    fraction: f64,
) -> Option<DateTime<Utc>> {
    if since.is_some_and(|since| now - since >= TRIED_FOR) {
        return None;
    }
    let doublings = u32::try_from(attempts.clamp(0, 16)).unwrap_or(16);
    let pause = FIRST.num_milliseconds() << doublings;
    let pause = pause.min(LONGEST.num_milliseconds());
    // Between 80 and 120 percent.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "an hour in milliseconds is far below what a float holds exactly"
    )]
    let spread = (pause as f64 * (0.8 + 0.4 * fraction)) as i64;
    Some(now + Duration::milliseconds(spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_spread_and_end_after_a_day() {
        let at = |secs: i64| DateTime::from_timestamp(secs, 0).expect("an instant");
        let pause = |attempts: i64, since: i64, now: i64, fraction: f64| {
            let next = next_attempt(attempts, Some(at(since)), at(now), fraction);
            next.map(|next| (next - at(now)).num_seconds())
        };
        assert_eq!(pause(0, 0, 0, 0.5), Some(30));
        assert_eq!(pause(0, 0, 0, 0.0), Some(24));
        assert_eq!(pause(1, 0, 30, 0.5), Some(60));
        assert_eq!(pause(4, 0, 600, 0.5), Some(480));
        assert_eq!(pause(7, 0, 9000, 0.5), Some(3600));
        assert_eq!(pause(i64::MAX, 0, 9000, 0.5), Some(3600));
        assert_eq!(pause(30, 0, 86_399, 0.5), Some(3600));
        assert_eq!(pause(30, 0, 86_400, 0.5), None);
        let first = next_attempt(0, None, at(0), 0.5);
        assert_eq!(first, Some(at(30)));
    }
}
