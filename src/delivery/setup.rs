//! What delivery needs from the rest of the program.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;

use super::dkim::Signer;
use crate::clock::Clock;
use crate::config::SmtpServer;
use crate::metrics::Metrics;
use crate::snapshot::Snapshot;
use crate::store::Store;

/// What delivery needs from the rest.
#[derive(Clone)]
pub struct DeliverySetup {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The mail server.
    pub server: SmtpServer,
    /// Signs messages, if a key is configured.
    pub signer: Option<Arc<Signer>>,
    /// How many connections to it to use.
    pub connections: u32,
    /// The most messages to hand over in a second.
    pub rate: Option<u32>,
    /// Everything public now.
    pub snapshot: Arc<dyn Fn() -> Arc<Snapshot> + Send + Sync>,
    /// Counts what is sent.
    pub metrics: Arc<Metrics>,
    /// Notified when there may be something to send.
    pub nudge: Arc<Notify>,
}

impl fmt::Debug for DeliverySetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliverySetup")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}
