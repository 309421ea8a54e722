//! The outbox goes out: what is due is spread to subscribers' queues (`spread`), claimed, composed
//! as it stands at that moment (`compose`), handed over (`lanes`, `email`), and noted as done.
//!
//! Several processes share the work (`lease`). Delivery's own transactions are short and leave the
//! revision alone, so that staff hardly wait for them.

mod compose;
pub mod email;
pub mod header;
mod hold;
mod lanes;
mod lease;
mod letters;
mod retry;
mod spread;
mod worker;

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::config::SmtpServer;
use crate::snapshot::Snapshot;
use crate::store::Store;

pub use self::spread::audience_of;
pub use self::worker::Worker;

/// What delivery needs from the rest.
#[derive(Clone)]
pub struct Delivery {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The mail server.
    pub server: SmtpServer,
    /// How many connections to it to use.
    pub connections: u32,
    /// The most messages to hand over in a second.
    pub rate: Option<u32>,
    /// Everything public now.
    pub snapshot: Arc<dyn Fn() -> Arc<Snapshot> + Send + Sync>,
    /// Notified when there may be something to send.
    pub nudge: Arc<Notify>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}
