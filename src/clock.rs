//! The only source of "now": the system's clock, or a fixed one that tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};

/// Tells the time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is moved; clones move together.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    /// The instant, to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        let millis = match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the one place that may ask"
            )]
            Self::System => Utc::now().timestamp_millis(),
            Self::Fixed(at) => at.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_millis(millis).unwrap_or_default()
    }

    /// Moves a fixed clock on. The system's can't be moved.
    pub fn advance(&self, by: Duration) {
        match self {
            Self::System => {}
            Self::Fixed(at) => {
                at.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
            }
        }
    }
}
