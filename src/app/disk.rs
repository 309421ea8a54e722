//! Reads from a disk that may not respond.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::timeout;

/// If reading a folder takes longer than this, its disk counts as not responding.
const READ_WITHIN: Duration = Duration::from_secs(60);

/// Runs work that reads files on a blocking thread, with a time limit.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<T> {
    let done = timeout(READ_WITHIN, tokio::task::spawn_blocking(work)).await;
    let done = done.context("the content folder's disk isn't responding")?;
    Ok(done?)
}
