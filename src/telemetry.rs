//! Logs: their format, and what is logged.

use std::io::IsTerminal;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// Starts logging to standard error. The filter decides what is logged.
pub fn start(format: LogFormat, filter: Targets) {
    let mut lines = fmt::layer().with_target(false).with_writer(std::io::stderr);
    // On a terminal, the library heeds `NO_COLOR`; elsewhere nobody wants colours.
    if !std::io::stderr().is_terminal() {
        lines = lines.with_ansi(false);
    }
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Text => registry.with(lines).try_init(),
        LogFormat::Json => registry.with(lines.json()).try_init(),
    };
    match started {
        // A panic becomes a line of the log, with the span of its request.
        Ok(()) => std::panic::set_hook(Box::new(
            |panic| tracing::error!(%panic, "a fault in Lightship"),
        )),
        Err(_) => tracing::debug!("logging was already started"),
    }
}
