//! `lightship serve`: the server, until it is told to stop.

use std::io::IsTerminal;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use super::token::first_token;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::telemetry;

/// Serves until SIGINT or SIGTERM, then lets running requests finish.
pub(super) async fn serve(config: Config) -> anyhow::Result<()> {
    telemetry::start(config.log_format, config.log.clone());
    let app = App::build(config, Clock::System).await?;
    let address = app.address()?;
    let state = app.state();
    let base_url = state.site.current().snapshot().site.base_url.clone();
    if base_url == format!("http://{address}") {
        tracing::warn!(
            "readers and feeds are given the address {base_url}; say base_url in site.toml, \
             or --base-url, before anybody subscribes, or each gets everything again"
        );
    }
    if std::io::stdout().is_terminal() {
        if let Some(secret) = first_token(&state.store, &state.clock).await? {
            anstream::println!(
                "This is the first start. Your admin token, shown this once:\n\n    {secret}\n\n\
                 `lightship login` keeps it for you; `lightship token create NAME` makes others.\n"
            );
        }
        anstream::println!("The page is up: http://{address}/  (Ctrl-C stops it)");
    } else {
        tracing::info!(%address, "serving; `lightship token create NAME --scope admin` makes a token");
    }
    app.run(until_stopped()?).await
}

/// Ends with SIGINT or SIGTERM.
pub(super) fn until_stopped() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminated = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
    })
}
