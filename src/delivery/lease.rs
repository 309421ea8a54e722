//! Leases: which processes are alive. Each counts up its own row. What another one had claimed is
//! taken over when its row hasn't moved for a minute by our own monotonic clock, so that nobody's
//! wall clock matters.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::store::deliveries::{beat, free_claims, list_senders};
use crate::store::{Store, StoreError};

/// How often a process shows that it is alive.
pub(super) const BEAT: Duration = Duration::from_secs(10);
/// After how long without a sign a process counts as gone.
pub(super) const GONE_AFTER: Duration = Duration::from_secs(60);

/// The other processes, as far as this one has seen them.
#[derive(Debug)]
pub(super) struct Leases {
    /// This process.
    own: String,
    gone_after: Duration,
    /// The last count of each other one, and since when it hasn't moved.
    seen: HashMap<String, (i64, Instant)>,
}

impl Leases {
    /// The leases as the process `own` sees them.
    pub(super) fn new(own: String, gone_after: Duration) -> Self {
        Self {
            own,
            gone_after,
            seen: HashMap::new(),
        }
    }

    /// Shows that this process is alive, and takes over from those that are gone. Returns those.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn renew(&mut self, store: &Store) -> Result<Vec<String>, StoreError> {
        let mut tx = store.begin_delivery().await?;
        beat(&mut tx, &self.own).await?;
        let senders = list_senders(&mut tx).await?;
        let gone = self.note(&senders, Instant::now());
        for sender in &gone {
            free_claims(&mut tx, sender).await?;
        }
        tx.commit().await?;
        Ok(gone)
    }

    /// Notes how far each process has counted, and returns those that are gone.
    fn note(&mut self, senders: &[(String, i64)], now: Instant) -> Vec<String> {
        self.seen
            .retain(|id, _| senders.iter().any(|(sender, _)| sender == id));
        let mut gone = Vec::new();
        for (id, count) in senders.iter().filter(|(id, _)| *id != self.own) {
            let seen = self.seen.entry(id.clone()).or_insert((*count, now));
            if seen.0 != *count {
                *seen = (*count, now);
            } else if now.duration_since(seen.1) >= self.gone_after {
                gone.push(id.clone());
            }
        }
        for id in &gone {
            self.seen.remove(id);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_gone_once_it_was_seen_still_for_a_minute() {
        let mut leases = Leases::new("own".to_owned(), GONE_AFTER);
        let start = Instant::now();
        let mut check = |secs: u64, senders: &[(&str, i64)], gone: &[&str]| {
            let senders: Vec<_> = senders
                .iter()
                .map(|(id, count)| ((*id).to_owned(), *count))
                .collect();
            let found = leases.note(&senders, start + Duration::from_secs(secs));
            assert_eq!(found, gone, "after {secs} s");
        };
        check(0, &[("own", 1), ("a", 7), ("b", 3)], &[]);
        check(59, &[("own", 1), ("a", 7), ("b", 4)], &[]);
        check(60, &[("own", 1), ("a", 7), ("b", 4)], &["a"]);
        // One that comes back is seen anew.
        check(61, &[("own", 1), ("a", 7), ("b", 4)], &[]);
        check(118, &[("own", 1), ("a", 7), ("b", 4)], &[]);
        check(119, &[("own", 1), ("a", 7), ("b", 4)], &["b"]);
        check(121, &[("own", 1), ("a", 7)], &["a"]);
    }
}
