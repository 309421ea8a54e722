//! Reading from a disk that may not answer.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::timeout;

/// A folder that can't be read to its end within this time is on a disk that doesn't answer.
const READ_WITHIN: Duration = Duration::from_secs(60);

/// Does what reads files, apart from everything else, and not without an end.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<T> {
    let done = timeout(READ_WITHIN, tokio::task::spawn_blocking(work)).await;
    let done = done.context("the content folder's disk isn't responding")?;
    Ok(done?)
}
