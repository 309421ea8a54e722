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
    if store.has_written_within(WHILE) {
        sleep((begun.elapsed() * TIMES).min(LONGEST)).await;
    }
}
