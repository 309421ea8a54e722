//! A mail server that can't be reached is left alone for a while.

use std::time::Duration;

use tokio::time::Instant;

use super::email::Refusal;

/// How long to leave a mail server alone that can't be reached.
const PAUSE: Duration = Duration::from_secs(15);

/// Until when the mail server is left alone.
#[derive(Debug, Default)]
pub(super) struct ServerRest {
    until: Option<Instant>,
}

impl ServerRest {
    /// Whether it is left alone now.
    pub(super) fn is_on(&self) -> bool {
        self.until.is_some_and(|until| until > Instant::now())
    }

    /// Learns from how a message fared.
    pub(super) fn note(&mut self, result: &Result<(), Refusal>) {
        match result {
            Err(Refusal::Server(why)) => {
                if !self.is_on() {
                    tracing::error!("the mail server takes nothing; it is tried again: {why}");
                }
                self.until = Some(Instant::now() + PAUSE);
            }
            Ok(()) => {
                if self.until.take().is_some() {
                    tracing::info!("the mail server takes messages again");
                }
            }
            Err(Refusal::Later { .. } | Refusal::Never(_)) => self.until = None,
            Err(Refusal::Unwritable(_)) => {}
        }
    }
}
