//! Staff go first: while they post, delivery's own work with the database takes only a small part of
//! the time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::store::Store;

/// For how long after they have posted staff may be about to post again.
const WHILE: Duration = Duration::from_secs(2);
/// How many times as long as a piece of work the pause after it is.
const TIMES: u32 = 12;
/// The longest pause, so that a slow database doesn't stop everything.
const LONGEST: Duration = Duration::from_millis(500);

/// A piece of work that began at `begun` has ended. If anybody posts just now, waits.
pub(super) async fn give_way(store: &Store, begun: Instant) {
    if let Some(pause) = pause_after(begun.elapsed(), store.has_written_within(WHILE)) {
        sleep(pause).await;
    }
}

fn pause_after(worked: Duration, anybody_posts: bool) -> Option<Duration> {
    anybody_posts.then(|| (worked * TIMES).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_staff_post_work_takes_less_than_a_tenth_of_the_time_and_still_goes_on() {
        let worked = Duration::from_millis(9);
        assert_eq!(pause_after(worked, false), None);
        let pause = pause_after(worked, true).expect("a pause");
        assert!(worked * 10 < worked + pause, "{pause:?}");
        assert_eq!(pause_after(Duration::from_secs(60), true), Some(LONGEST));
    }
}
