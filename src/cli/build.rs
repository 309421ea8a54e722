//! `lightship build`: writes the whole public site as static files.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use tokio::sync::watch as signal;

use super::serve::{until_stopped, warn_of_base_url};
use crate::app::static_site::StaticSite;
use crate::clock::Clock;
use crate::config::Config;
use crate::telemetry;

/// Write the whole public site as static files, to be served when this server can't be reached
///
/// Give it the same --database, --content and --base-url as the server. It only reads the database,
/// so the server may be running. Files that haven't changed stay untouched, and files that an
/// earlier build wrote and the site no longer has are deleted. docs/static.md says how to serve the folder.
#[derive(Debug, Clone, Args)]
pub(super) struct BuildArgs {
    /// The folder to write to: a new or an empty one, or that of an earlier build.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Stay, and write what changes as soon as it does.
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    config: Box<Config>,
}

/// Writes the site, and with `--watch` keeps it up to date until the stop signal.
pub(super) async fn build(args: BuildArgs) -> anyhow::Result<()> {
    let config = &args.config;
    telemetry::start(config.log_format, config.log.clone());
    let stop = until_stopped()?;
    let (stopping, stopped) = signal::channel(false);
    tokio::spawn(async move {
        stop.await;
        let _ = stopping.send(true);
    });
    let mut asked = stopped.clone();
    let mut site = tokio::select! {
        site = StaticSite::open(config, Clock::System, &args.folder) => site?,
        _ = asked.wait_for(|stop| *stop) => bail!(STOPPED),
    };
    warn_of_base_url(&site.base_url(), &config.listen.to_string());
    match site.write(&stopped).await? {
        Some(report) => anstream::println!("{report}"),
        None if args.watch => return Ok(()),
        None => bail!(STOPPED),
    }
    if args.watch {
        site.watch(stopped).await?;
    }
    site.close().await;
    Ok(())
}

/// What is said if the stop signal comes too early.
const STOPPED: &str = "stopped before everything was written; every file is whole, and the next \
                       build goes on";
