//! Feeds the database from the content folder: once at start, then whenever a file changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::{Notify, watch as signal};
use tokio::time::Instant;

use crate::actions::ActionError;
use crate::actions::sync_content::{SyncOptions, SyncReport, sync_content};
use crate::clock::Clock;
use crate::config::{Config, SourceConfig};
use crate::content::problem::Severity;
use crate::content::{Content, KnownSite, read_folder};
use crate::snapshot::load::{AUTHORITY, host_of};
use crate::store::components::list_components;
use crate::store::settings::{find_meta, list_site_settings, set_meta};
use crate::store::{Store, StoreError};

/// A file counts as gone if it still is this much later.
pub const GONE_AFTER: Duration = Duration::from_secs(2);

/// Editors write a file in several steps; this long after the last one it is read.
const SETTLE: Duration = Duration::from_millis(150);

/// The folder is read this often even if the system reported no change: some file systems don't.
const LOOK_ANYWAY: Duration = Duration::from_secs(30);

/// Reads the folder; components that exist only in the database count as known.
pub async fn read(store: &Store, clock: &Clock, folder: &Path) -> Result<Content, StoreError> {
    let mut tx = store.read().await?;
    let components = list_components(&mut tx)
        .await?
        .into_iter()
        .map(|component| (component.slug, component.name))
        .collect();
    drop(tx);
    Ok(read_folder(folder, &KnownSite { components }, clock.now()))
}

/// The first sync. A folder that can't be used is reported and leaves what the database has.
pub async fn sync_at_start(store: &Store, clock: &Clock, config: &Config) -> anyhow::Result<()> {
    let content = read(store, clock, &config.source.content).await?;
    report_problems(&content);
    let options = options(&config.source, BTreeSet::new());
    match sync_content(store, clock, &content, &options).await {
        Ok(report) => report_sync(&report),
        Err(ActionError::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "the content folder was not synced; the last good site stays")
        }
    }
    remember_authority(store, config).await?;
    Ok(())
}

/// Feed ids carry the host of the first start, so that moving to another repeats nothing.
async fn remember_authority(store: &Store, config: &Config) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    if find_meta(&mut tx, AUTHORITY).await?.is_some() {
        return Ok(());
    }
    let stated = list_site_settings(&mut tx).await?.remove("base_url");
    if let Some(base_url) = config.base_url.clone().or(stated) {
        set_meta(&mut tx, AUTHORITY, host_of(&base_url)).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn options(source: &SourceConfig, gone: BTreeSet<String>) -> SyncOptions {
    SyncOptions {
        feeder: source.feeder(),
        gone,
        ..SyncOptions::default()
    }
}

/// Syncs whenever a file changes, until told to stop.
pub(super) async fn keep_synced(
    store: Store,
    clock: Clock,
    config: Config,
    nudge: Arc<Notify>,
    mut stopped: signal::Receiver<bool>,
) {
    let changed = Arc::new(Notify::new());
    let _watcher = watch(&config.source.content, changed.clone());
    let mut missing: BTreeMap<String, Instant> = BTreeMap::new();
    let mut last_error = None;
    // What vanished while nobody watched counts as gone only if it still is a moment later.
    let mut wait = GONE_AFTER;
    loop {
        let is_told = tokio::select! {
            () = changed.notified() => true,
            () = tokio::time::sleep(wait) => false,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        if is_told {
            tokio::time::sleep(SETTLE).await;
        }
        let gone = missing
            .iter()
            .filter(|(_, since)| since.elapsed() >= GONE_AFTER)
            .map(|(name, _)| name.clone())
            .collect();
        let outcome = sync_once(&store, &clock, &config.source, gone).await;
        wait = LOOK_ANYWAY;
        match outcome {
            Ok(report) => {
                last_error = None;
                if report.revision.is_some() {
                    report_sync(&report);
                    nudge.notify_one();
                }
                if !report.missing.is_empty() {
                    wait = GONE_AFTER;
                }
                missing = report
                    .missing
                    .into_iter()
                    .map(|name| {
                        let since = missing.get(&name).copied().unwrap_or_else(Instant::now);
                        (name, since)
                    })
                    .collect();
            }
            Err(error) => {
                let text = error.to_string();
                if last_error.as_ref() != Some(&text) {
                    tracing::error!(error = %text, "the content folder was not synced; the last good site stays");
                }
                last_error = Some(text);
            }
        }
    }
}

/// One sync. Of the files that are missing, those in `gone` count as gone.
pub async fn sync_once(
    store: &Store,
    clock: &Clock,
    source: &SourceConfig,
    gone: BTreeSet<String>,
) -> anyhow::Result<SyncReport> {
    let content = read(store, clock, &source.content).await?;
    let report = sync_content(store, clock, &content, &options(source, gone)).await?;
    if report.revision.is_some() {
        report_problems(&content);
    }
    Ok(report)
}

fn watch(folder: &Path, changed: Arc<Notify>) -> Option<RecommendedWatcher> {
    let told = move |event: notify::Result<notify::Event>| {
        let is_reading = event.as_ref().is_ok_and(|event| event.kind.is_access());
        if !is_reading {
            changed.notify_one();
        }
    };
    let watching = notify::recommended_watcher(told).and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    match watching {
        Ok(watcher) => Some(watcher),
        Err(error) => {
            tracing::warn!(%error, folder = %folder.display(), "the content folder can't be watched; it is read every 30 seconds");
            None
        }
    }
}

fn report_problems(content: &Content) {
    for problem in &content.problems {
        let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
        let help = problem.help.as_deref().unwrap_or_default();
        match problem.severity {
            Severity::Error => {
                tracing::error!(%place, help, "{}; the last good version stays", problem.message);
            }
            Severity::Warning => tracing::warn!(%place, help, "{}", problem.message),
            Severity::Hint => {}
        }
    }
}

fn report_sync(report: &SyncReport) {
    for problem in &report.problems {
        tracing::error!(file = %problem.file, "{}", problem.message);
    }
    tracing::info!(
        added = report.added,
        changed = report.changed,
        hidden = report.hidden,
        "the content folder is synced"
    );
}
