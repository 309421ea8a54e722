//! What all connections share, and how patient we are with them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::places::Places;
use crate::app::access_log::AccessLog;
use crate::clock::Clock;
use crate::web::front::Front;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) front: Front,
    pub(super) clock: Clock,
    /// Where connections are served that were handed over, and answers made that aren't ready.
    pub(super) main: Handle,
    /// Whether connections are to end once they are idle.
    pub(super) stopping: AtomicBool,
    /// Says that `stopping` has changed.
    pub(super) stop: Notify,
    pub(super) patience: Patience,
    pub(super) places: Arc<Places>,
    pub(super) access_log: Option<AccessLog>,
}

/// How long who is at the other end may keep us waiting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// A connection on which nothing comes or goes for so long is closed; longer than proxies keep
    /// theirs, so that none of them sends a request just as we close.
    pub(super) quiet: Duration,
    /// The head of a request must have come within this time, and the first of its body.
    pub(super) head: Duration,
}

/// What readers meet.
pub(super) const PATIENCE: Patience = Patience {
    quiet: Duration::from_secs(75),
    head: Duration::from_secs(15),
};
