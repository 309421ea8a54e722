//! Makes new pages as soon as another process has changed something, where the database says so.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch as signal};
use tokio::time::sleep;

use crate::store::{Store, StoreError};

/// How long to wait before listening again. Meanwhile, the database is asked as usual.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens until the stop signal, and nudges whoever makes the pages.
pub(super) async fn keep_listening(
    store: Store,
    nudge: Arc<Notify>,
    mut stopped: signal::Receiver<bool>,
) {
    let mut has_failed = false;
    let listening = async {
        loop {
            match listen(&store, &nudge, &mut has_failed).await {
                // There is nothing to hear.
                Ok(()) => std::future::pending().await,
                Err(error) => {
                    // Logged once, not every second.
                    if !std::mem::replace(&mut has_failed, true) {
                        tracing::warn!(
                            %error,
                            "changes by other processes appear within a second, not at once; \
                             listening is tried again"
                        );
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = listening => {}
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

/// Listens for as long as the connection lasts.
async fn listen(store: &Store, nudge: &Notify, has_failed: &mut bool) -> Result<(), StoreError> {
    let Some(mut listener) = store.listen().await? else {
        return Ok(());
    };
    if std::mem::take(has_failed) {
        tracing::info!("changes by other processes appear at once again");
    }
    loop {
        // What was said before may have been missed.
        nudge.notify_one();
        listener.next().await?;
    }
}
