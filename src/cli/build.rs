//! `lightship build`: writes the whole public site as static files, into a folder or a bucket.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use tokio::sync::watch as signal;

use super::serve::{until_stopped, warn_of_base_url};
use crate::app::static_site::{StaticSite, Target};
use crate::clock::Clock;
use crate::config::Config;
use crate::telemetry;

/// Write the whole public site as static files, to be served when this server can't be reached
///
/// Give it the same --database, --content and --base-url as the server. It only reads the database,
/// so the server may be running. Files that haven't changed stay untouched, and files that an
/// earlier build wrote and the site no longer has are deleted. docs/static.md says how to serve
/// them.
#[derive(Debug, Clone, Args)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Stay, and write what changes as soon as it does.
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    config: Box<Config>,
}

/// Where to write to.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
struct PlaceArgs {
    /// The folder to write to: a new or an empty one, or that of an earlier build.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Write to a bucket of S3, or of a store that speaks its protocol, instead of a folder
    ///
    /// The usual variables say which store and as whom: AWS_REGION, AWS_ENDPOINT_URL,
    /// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY. Needs a lightship that was built with the feature
    /// s3, such as that of the container image.
    #[arg(long, value_name = "s3://BUCKET/PREFIX")]
    to: Option<String>,
}

/// Writes the site, and with `--watch` keeps it up to date until the stop signal.
pub(super) async fn build(args: BuildArgs) -> anyhow::Result<()> {
    let config = &args.config;
    // A request that is tried again is no news.
    let log = config.log.clone();
    let log = log.with_target("object_store", tracing::Level::WARN);
    telemetry::start(config.log_format, log);
    let stop = until_stopped()?;
    let (stopping, stopped) = signal::channel(false);
    tokio::spawn(async move {
        stop.await;
        let _ = stopping.send(true);
    });
    let mut asked = stopped.clone();
    let target = match (args.place.to, args.place.folder) {
        (Some(address), _) => Target::Bucket(address),
        (None, Some(folder)) => Target::Folder(folder),
        (None, None) => bail!("name a folder, or a bucket with --to"),
    };
    let mut site = tokio::select! {
        site = StaticSite::open(config, Clock::System, &target) => site?,
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
