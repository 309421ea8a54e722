//! How the mail server is. One that can't be reached is left alone for a while.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::email::Refusal;
use crate::metrics::{MailServer, Metrics};

/// How long to leave a mail server alone that can't be reached.
const PAUSE: Duration = Duration::from_secs(15);

/// Until when the mail server is left alone.
#[derive(Debug)]
pub(super) struct ServerRest {
    until: Option<Instant>,
    metrics: Arc<Metrics>,
}

impl ServerRest {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            until: None,
            metrics,
        }
    }

    /// Whether the mail server is left alone now.
    pub(super) fn is_on(&self) -> bool {
        self.until.is_some_and(|until| until > Instant::now())
    }

    /// Notes how the mail server treated a message. Logs when it begins to take nothing, and when
    /// it takes messages again.
    pub(super) fn note(&mut self, result: &Result<(), Refusal>) {
        match result {
            // It wasn't asked.
            Err(Refusal::Unwritable(_)) => {}
            Err(Refusal::Server(why)) => {
                if !self.is_on() {
                    tracing::error!("the mail server takes nothing; it is tried again: {why}");
                }
                self.until = Some(Instant::now() + PAUSE);
                self.metrics.mail.set_server(MailServer::TakesNothing);
            }
            Ok(()) | Err(Refusal::Later { .. } | Refusal::Never(_)) => {
                if self.until.take().is_some() && result.is_ok() {
                    tracing::info!("the mail server takes messages again");
                }
                self.metrics.mail.set_server(MailServer::Takes);
            }
        }
    }
}
