//! Keeps open pages up to date while the server runs.

use tokio::sync::watch as signal;

use crate::site::live::Live;

/// Tells open pages what changes on them, until the stop signal.
pub(super) async fn keep_telling(live: Live, mut stopped: signal::Receiver<bool>) {
    tokio::select! {
        () = live.run() => {}
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}
