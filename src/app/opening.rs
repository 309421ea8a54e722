//! Opens the database, also if that is away at the start: then the pages are those of the copy on disk
//! until it is there.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot, watch as signal};
use tokio::time::sleep;

use super::disk_copying::DiskCopy;
use crate::snapshot::Snapshot;
use crate::snapshot::load::Deployment;
use crate::store::{Store, StoreError};

/// How often opening the database is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Opens the database. If it is away and there is a copy of the pages, returns that, with the time
/// when it was last up to date.
pub(super) async fn open_or_copy(
    store: &Store,
    copy: Option<&DiskCopy>,
    deployment: &Deployment,
) -> anyhow::Result<Option<(Snapshot, DateTime<Utc>)>> {
    let Err(error) = store.finish_opening().await else {
        return Ok(None);
    };
    let Some(copy) = copy.filter(|_| error.is_outage()) else {
        return Err(error.into());
    };
    match copy.read(deployment) {
        Ok(Some((snapshot, confirmed_at))) => {
            tracing::error!(
                %error,
                since = %confirmed_at,
                "the database is away; the last pages are served, and nothing can be posted"
            );
            Ok(Some((snapshot, confirmed_at)))
        }
        Ok(None) => Err(error.into()),
        Err(unreadable) => {
            tracing::warn!(error = %unreadable, "the copy in --state-dir can't be used");
            Err(error.into())
        }
    }
}

/// Opens a database that was away at the start, then waits for the stop signal.
pub(super) async fn keep_opening(
    store: Store,
    nudge: Arc<Notify>,
    mut stopped: signal::Receiver<bool>,
) {
    let opening = async {
        while !store.is_open() {
            sleep(TRY_AGAIN).await;
            match finish_opening(store.clone()).await {
                Ok(()) => {
                    tracing::info!("the database is there");
                    nudge.notify_one();
                }
                Err(error) => log_unless_away(&error),
            }
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = opening => {}
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

/// Opens it on a thread of its own, because a migration can't move from one thread to another.
async fn finish_opening(store: Store) -> Result<(), StoreError> {
    let (runtime, (done, opened)) = (Handle::current(), oneshot::channel());
    std::thread::spawn(move || {
        let _ = done.send(runtime.block_on(store.finish_opening()));
    });
    opened.await.unwrap_or(Err(StoreError::Interrupted))
}

fn log_unless_away(error: &StoreError) {
    match error.is_outage() {
        true => tracing::debug!(%error, "the database is still away"),
        false => tracing::error!(%error, "the database is there, but can't be used"),
    }
}
