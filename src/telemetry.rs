//! Logs: their format and what is logged.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Starts logging to standard error. `RUST_LOG` chooses what is logged, else everything from
/// `info` on.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let mut builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_writer(std::io::stderr);
    // On a terminal, the library heeds `NO_COLOR`; elsewhere nobody wants colours.
    if !std::io::stderr().is_terminal() {
        builder = builder.with_ansi(false);
    }
    let started = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    match started {
        // A panic is a line of the log like others, with what is known of the request.
        Ok(()) => std::panic::set_hook(Box::new(
            |panic| tracing::error!(%panic, "a fault in Lightship"),
        )),
        Err(_) => tracing::debug!("logging had been started already"),
    }
}
