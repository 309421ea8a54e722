//! Failed sign-ins by way.

use std::sync::atomic::{AtomicU64, Ordering};

/// How somebody tried to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInWay {
    /// With a request to the API.
    Api,
    /// On the staff pages.
    Staff,
}

impl SignInWay {
    pub(super) const ALL: [Self; 2] = [Self::Api, Self::Staff];

    /// The word for it in the log and in the metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Staff => "staff",
        }
    }
}

/// How many tokens were refused, by way.
#[derive(Debug, Default)]
pub struct FailedSignIns([AtomicU64; SignInWay::ALL.len()]);

impl FailedSignIns {
    /// Counts one.
    pub fn add(&self, way: SignInWay) {
        self.0[way as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn of(&self, way: SignInWay) -> u64 {
        self.0[way as usize].load(Ordering::Relaxed)
    }
}
