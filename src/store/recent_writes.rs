//! Whether anybody writes just now, so that work that can wait may wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When the last transaction began that writes something public.
#[derive(Debug)]
pub(super) struct RecentWrites {
    opened: Instant,
    /// In milliseconds since `opened`, plus one; 0 if there was none.
    last_ms: AtomicU64,
}

impl RecentWrites {
    /// None so far.
    pub(super) fn new() -> Self {
        Self {
            opened: Instant::now(),
            last_ms: AtomicU64::new(0),
        }
    }

    /// Notes that one begins now.
    pub(super) fn note(&self) {
        self.last_ms.store(self.elapsed_ms() + 1, Ordering::Relaxed);
    }

    /// Whether one has begun within `time`.
    pub(super) fn is_within(&self, time: Duration) -> bool {
        let last = self.last_ms.load(Ordering::Relaxed);
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        last > 0 && self.elapsed_ms() + 1 - last <= time
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_begun_counts() {
        let writes = RecentWrites::new();
        assert!(!writes.is_within(Duration::MAX));
        writes.note();
        assert!(writes.is_within(Duration::MAX));
        while writes.elapsed_ms() < 2 {
            std::thread::yield_now();
        }
        assert!(!writes.is_within(Duration::ZERO));
    }
}
