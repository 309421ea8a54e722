//! Keeps the pages up to date while the server runs, and reports whether they are.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch as signal};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::domain::incident::CLOCK_TOLERANCE;
use crate::metrics::Metrics;
use crate::site::refresh::Refresher;
use crate::store::StoreError;
use crate::web::readiness::Readiness;

/// How often to ask the database whether another process has changed it.
pub(super) const POLL: Duration = Duration::from_secs(1);

/// The longest time for making new pages, even if everything is read.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// Makes new pages if necessary, and notes the result. Returns whether there are new ones.
pub(super) async fn refresh_once(
    refresher: &mut Refresher,
    readiness: &Readiness,
    metrics: &Metrics,
) -> anyhow::Result<bool> {
    let made = timeout(PATIENCE, refresher.refresh()).await;
    let made = made.unwrap_or(Err(StoreError::Unanswered));
    if made.is_err() && refresher.admit_staleness() {
        tracing::warn!(
            since = %refresher.confirmed().at(),
            "the pages say that they may be out of date"
        );
    }
    let noted = made.as_ref().map(|_| ());
    readiness.note_pages(noted.map_err(|error| format!("the database: {}", error.in_short())));
    note_clock(refresher, readiness);
    if let Some(latency) = refresher.take_latency() {
        metrics.publish_latency.observe(latency);
    }
    Ok(made?)
}

/// The clock may be a little behind what was made here. More than that is a fault.
fn note_clock(refresher: &Refresher, readiness: &Readiness) {
    let ahead = refresher.ahead();
    let trouble = (ahead > CLOCK_TOLERANCE).then(|| {
        format!(
            "it is {} minutes behind the latest post",
            ahead.num_minutes()
        )
    });
    let is_wrong = trouble.is_some();
    if readiness.note_clock(trouble) && is_wrong {
        tracing::error!(
            minutes = ahead.num_minutes(),
            "the clock is behind the latest post; what was posted stays public, but set the clock \
             right"
        );
    }
}

/// Makes new pages whenever something has changed, until the stop signal.
pub(super) async fn keep_fresh(
    mut refresher: Refresher,
    nudge: Arc<Notify>,
    changed: Arc<Notify>,
    (readiness, metrics): (Arc<Readiness>, Arc<Metrics>),
    mut stopped: signal::Receiver<bool>,
) {
    let site = refresher.site();
    let mut packing: Option<JoinHandle<()>> = None;
    let mut has_failed = false;
    loop {
        let is_quiet = tokio::select! {
            () = nudge.notified() => false,
            () = tokio::time::sleep(POLL) => true,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        // Nobody waits for this, so it runs when nothing else is to be done, one run at a time.
        if is_quiet && packing.as_ref().is_none_or(JoinHandle::is_finished) {
            let current = site.current();
            packing = Some(tokio::task::spawn_blocking(move || current.improve()));
        }
        let made = tokio::select! {
            made = refresh_once(&mut refresher, &readiness, &metrics) => made,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        match made {
            Ok(is_new) => {
                if std::mem::take(&mut has_failed) {
                    tracing::info!("the pages are up to date again");
                }
                if is_new {
                    tracing::debug!("new pages are served");
                    if refresher.has_other_maintenance() {
                        changed.notify_one();
                    }
                }
            }
            // Logged once, not every second.
            Err(error) => {
                if !std::mem::replace(&mut has_failed, true) {
                    tracing::error!(%error, "new pages can't be made; the last ones stay");
                }
            }
        }
    }
}
