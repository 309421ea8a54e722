//! Sends what channels are to be told, while the server runs.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::{Notify, watch as signal};

use crate::delivery::{ChannelSetup, ChannelWorker, Resolver};
use crate::web::state::AppState;

/// What sends messages to channels.
///
/// # Errors
/// If there can't be a thread for it, or there is no TLS.
pub(super) fn worker(state: &AppState, resolver: Resolver) -> anyhow::Result<ChannelWorker> {
    let site = state.site.clone();
    let worker = ChannelWorker::new(ChannelSetup {
        store: state.store.clone(),
        clock: state.clock.clone(),
        snapshot: Arc::new(move || site.current().share_snapshot()),
        metrics: state.metrics.clone(),
        nudge: Arc::new(Notify::new()),
        resolver,
        rules: state.outgoing,
    });
    worker.context("starting a thread for messages to channels")
}

/// Sends until it is told to stop. Whenever new pages are served, it looks for something to send.
pub(super) async fn keep_sending(
    worker: ChannelWorker,
    state: AppState,
    stopped: signal::Receiver<bool>,
) {
    let (site, nudge) = (state.site.clone(), worker.nudge());
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
