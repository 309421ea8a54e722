//! Runs what the host itself does, rather than a server that is asked.

use std::time::Duration;

use super::failure::chain;

/// What is still under way when a command is done gets so long.
pub(super) const SHUTDOWN: Duration = Duration::from_secs(1);

/// Runs a command of the host itself; an error becomes one line.
pub(super) fn on_host(command: impl Future<Output = anyhow::Result<()>>) -> u8 {
    let outcome = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let outcome = runtime.block_on(command);
            // A read of a disk that doesn't answer, say, isn't waited for.
            runtime.shutdown_timeout(SHUTDOWN);
            outcome
        });
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            anstream::eprintln!("error: {}", chain(&error));
            1
        }
    }
}
