//! A histogram of durations.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the buckets, in milliseconds, and as the label says them, in seconds.
pub(super) const BOUNDS: [(u64, &str); 12] = [
    (5, "0.005"),
    (10, "0.01"),
    (25, "0.025"),
    (50, "0.05"),
    (100, "0.1"),
    (250, "0.25"),
    (500, "0.5"),
    (1_000, "1"),
    (2_500, "2.5"),
    (5_000, "5"),
    (10_000, "10"),
    (30_000, "30"),
];

/// How many durations there were, by size.
#[derive(Debug, Default)]
pub struct Histogram {
    /// How many fell into each bucket and into none before it; the last one has no bound.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    sum_micros: AtomicU64,
}

/// The content of a histogram at an instant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Distribution {
    /// How many durations weren't longer than each bound, in the order of [`BOUNDS`].
    pub(super) cumulative: [u64; BOUNDS.len()],
    /// How many there were.
    pub(super) count: u64,
    /// Their sum.
    pub(super) sum: Duration,
}

impl Histogram {
    /// Adds a duration.
    pub fn observe(&self, duration: Duration) {
        let fits = |(bound, _): &(u64, &str)| duration <= Duration::from_millis(*bound);
        let bucket = BOUNDS.iter().position(fits).unwrap_or(BOUNDS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.sum_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// What it contains.
    pub(super) fn read(&self) -> Distribution {
        let mut count = 0;
        let mut add = |bucket: &AtomicU64| {
            count += bucket.load(Ordering::Relaxed);
            count
        };
        let cumulative = std::array::from_fn(|bucket| add(&self.buckets[bucket]));
        let count = add(&self.buckets[BOUNDS.len()]);
        Distribution {
            cumulative,
            count,
            sum: Duration::from_micros(self.sum_micros.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_is_not_longer_than_its_bound() {
        let histogram = Histogram::default();
        for millis in [0, 5, 6, 1_000, 1_001, 90_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let found = histogram.read();
        assert_eq!(found.cumulative, [2, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5]);
        assert_eq!(found.count, 6);
        assert_eq!(found.sum, Duration::from_millis(92_012));
    }

    #[test]
    fn bounds_say_their_value_and_grow() {
        for (millis, text) in BOUNDS {
            let secs: f64 = text.parse().expect("a number");
            assert_eq!(Duration::from_secs_f64(secs), Duration::from_millis(millis));
        }
        assert!(BOUNDS.is_sorted_by_key(|(millis, _)| *millis));
    }
}
