//! Runs commands on the host itself, without a server.

use std::time::Duration;

use super::failure::chain;

/// How long background work may continue after a command is done.
pub(super) const SHUTDOWN: Duration = Duration::from_secs(1);

/// Runs a command on the host; an error becomes one line.
pub(super) fn on_host(command: impl Future<Output = anyhow::Result<()>>) -> u8 {
    let outcome = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let outcome = runtime.block_on(command);
            // Work that hangs, such as reading from a broken disk, isn't waited for.
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
