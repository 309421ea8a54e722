//! `lightship serve`: runs the server until the stop signal.

use std::io::IsTerminal;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use super::token::first_token;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::telemetry;

/// Serves until SIGINT, SIGTERM or SIGHUP, then lets running requests finish.
pub(super) async fn serve(config: Config) -> anyhow::Result<()> {
    telemetry::start(config.log_format, config.log.clone());
    // From the very start: a hanging start in a container must react to signals, too.
    let mut stop = Box::pin(until_stopped()?);
    let app = tokio::select! {
        app = App::build(config, Clock::System) => app?,
        () = &mut stop => return Ok(()),
    };
    let address = app.address()?;
    let state = app.state();
    let base_url = state.site.current().snapshot().site.base_url.clone();
    warn_of_base_url(&base_url, &address.to_string());
    if let Some(address) = app.metrics_address() {
        tracing::info!(%address, "serving metrics at /metrics");
    }
    if std::io::stdout().is_terminal() {
        let secret = match state.store.is_open() {
            true => first_token(&state.store, &state.clock).await?,
            false => None,
        };
        if let Some(secret) = secret {
            anstream::println!(
                "This is the first start. Your admin token, shown only once:\n\n    \
                 {secret}\n\n`lightship login` saves it for you; `lightship token create NAME` \
                 makes more.\n"
            );
        }
        anstream::println!("The page is up: http://{address}/  (Ctrl-C stops it)");
    } else {
        tracing::info!(%address, "serving; `lightship token create NAME --scope admin` makes a token");
    }
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop.await;
        let _ = stopping.send(());
    };
    tokio::select! {
        ended = app.run(stop) => ended,
        // A second signal means that the user doesn't want to wait.
        () = asked_again(stopped) => {
            tracing::warn!("asked to stop again: stopped at once");
            Ok(())
        }
    }
}

/// Warns if nothing says under which URL readers reach the page.
pub(super) fn warn_of_base_url(base_url: &str, address: &str) {
    if base_url == format!("http://{address}") {
        tracing::warn!(
            "links and feeds use the address {base_url}; set base_url in site.toml, or \
             --base-url, before anybody subscribes, or every subscriber gets everything again"
        );
    }
}

/// Completes at the second request to stop.
async fn asked_again(stopped: tokio::sync::oneshot::Receiver<()>) {
    let _ = stopped.await;
    match until_stopped() {
        Ok(again) => again.await,
        Err(_) => std::future::pending().await,
    }
}

/// Completes at SIGINT, SIGTERM or SIGHUP, which a closed terminal or a service manager may send.
pub(super) fn until_stopped() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let listen = |kind, name| signal(kind).with_context(|| format!("listening for {name}"));
    let mut interrupted = listen(SignalKind::interrupt(), "SIGINT")?;
    let mut terminated = listen(SignalKind::terminate(), "SIGTERM")?;
    let mut hung_up = listen(SignalKind::hangup(), "SIGHUP")?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
            _ = hung_up.recv() => {}
        }
    })
}
