//! What all connections share, and the time limits for clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::connection_limit::ConnectionLimit;
use crate::app::access_log::AccessLog;
use crate::clock::Clock;
use crate::web::front::Front;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) front: Front,
    pub(super) clock: Clock,
    /// The runtime that serves connections handed over, and makes responses that aren't ready.
    pub(super) main: Handle,
    /// Whether connections close once they are idle.
    pub(super) stopping: AtomicBool,
    /// Notified when `stopping` has changed.
    pub(super) stop: Notify,
    pub(super) patience: Patience,
    pub(super) connection_limit: Arc<ConnectionLimit>,
    pub(super) access_log: Option<AccessLog>,
    /// The most streams to open pages at once.
    pub(super) max_streams: usize,
}

impl Shared {
    /// Completes at the stop signal.
    pub(super) async fn stop_requested(&self) {
        let notified = self.stop.notified();
        // Checked after subscribing, so that a notification in between isn't missed.
        if !self.stopping.load(Ordering::Acquire) {
            notified.await;
        }
    }
}

/// How long a client may keep us waiting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// The time after which a connection without traffic is closed. It is longer than proxies keep
    /// theirs, so that none of them sends a request just as we close.
    pub(super) quiet: Duration,
    /// The time limit for a request's head, and for the first bytes of its body.
    pub(super) head: Duration,
}

/// The limits outside of tests.
pub(super) const PATIENCE: Patience = Patience {
    quiet: Duration::from_secs(75),
    head: Duration::from_secs(15),
};
