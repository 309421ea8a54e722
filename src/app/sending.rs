//! Sends what subscribers are to be told, while the server runs.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use tokio::sync::watch as signal;

use crate::config::{Config, SmtpServer};
use crate::delivery::dkim::Signer;
use crate::delivery::{DeliverySetup, Worker};
use crate::domain::site::SiteSettings;
use crate::web::state::AppState;

/// The mail server, and how it is used.
pub(super) struct Sending {
    pub(super) server: SmtpServer,
    pub(super) signer: Option<Arc<Signer>>,
    pub(super) connections: u32,
    pub(super) rate: Option<u32>,
}

/// What signs messages, if a key is configured.
///
/// # Errors
/// Why the key can't be used.
pub(super) fn signer_of(config: &Config) -> anyhow::Result<Option<Arc<Signer>>> {
    let Some(file) = &config.dkim_key else {
        return Ok(None);
    };
    let shown = file.display();
    let pem = std::fs::read_to_string(file).with_context(|| format!("reading {shown}"))?;
    let signer = Signer::new(&pem, &config.dkim_selector);
    let signer = signer.map_err(|why| anyhow!("{shown}: {why}"))?;
    Ok(Some(Arc::new(signer)))
}

/// Says where messages to subscribers go, or what is missing.
pub(super) fn log(server: Option<&SmtpServer>, site: &SiteSettings) {
    match (server, &site.delivery.from) {
        (Some(server), Some(from)) => {
            tracing::info!(%server, from, "subscribers are told by mail");
        }
        (Some(_), None) => tracing::warn!(
            "a mail server is configured, but no sender: site.toml needs [delivery] and from = \
             \"status@…\"; until then, no subscriber is told"
        ),
        (None, Some(_)) => tracing::warn!(
            "site.toml names a sender for mail, but no mail server is configured (--smtp or \
             LIGHTSHIP_SMTP); until then, no subscriber is told"
        ),
        (None, None) => {}
    }
}

/// Sends until it is told to stop. Whenever new pages are served, it looks for something to send.
pub(super) async fn keep_sending(worker: Worker, state: AppState, stopped: signal::Receiver<bool>) {
    let (site, nudge) = (state.site.clone(), state.outbox.clone());
    let mut until = stopped.clone();
    let nudging = async move {
        let mut revision = site.current().snapshot().revision;
        loop {
            revision = site.served_after(revision).await;
            nudge.notify_one();
        }
    };
    let working = worker.run(stopped);
    tokio::pin!(working);
    tokio::select! {
        () = &mut working => return,
        () = nudging => {}
        _ = until.wait_for(|stop| *stop) => {}
    }
    // What is in progress ends first.
    working.await;
}

/// What sends messages.
///
/// # Errors
/// If there can't be a thread for it.
pub(super) fn worker(state: &AppState, sending: Sending) -> anyhow::Result<Worker> {
    let site = state.site.clone();
    let worker = Worker::new(DeliverySetup {
        store: state.store.clone(),
        clock: state.clock.clone(),
        server: sending.server,
        signer: sending.signer,
        connections: sending.connections,
        rate: sending.rate,
        snapshot: Arc::new(move || site.current().share_snapshot()),
        metrics: state.metrics.clone(),
        nudge: state.outbox.clone(),
    });
    worker.context("starting a thread for messages to subscribers")
}
