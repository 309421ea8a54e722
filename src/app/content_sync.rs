//! One sync with the content folder: reads it, and brings the database in step with it.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::time::Duration;

use super::disk::on_disk;
use super::sync_log::{SyncLog, tell_sync};
use crate::actions::ActionError;
use crate::actions::sync_announced::find_announced;
use crate::actions::sync_content::{SyncOptions, sync_content};
use crate::actions::sync_report::SyncReport;
use crate::actions::sync_seal::{find_unchanged, is_in_step, seal_content};
use crate::clock::Clock;
use crate::config::{Config, SourceConfig};
use crate::content::{Content, KnownSite, digest_folder, read_folder_but};
use crate::domain::component_name::folded;
use crate::snapshot::load::{AUTHORITY, host_of};
use crate::store::components::list_components;
use crate::store::settings::{find_meta, list_site_settings, set_meta};
use crate::store::states::list_own_states;
use crate::store::{Store, StoreError};

/// How much later a missing file counts as gone, if it still is.
pub const GONE_AFTER: Duration = Duration::from_secs(2);

/// Whether the database holds a site, so that pages can be made without reading the folder.
pub(super) async fn has_site(store: &Store) -> Result<bool, StoreError> {
    let mut tx = store.read().await?;
    Ok(!list_site_settings(&mut tx).await?.is_empty())
}

/// The first sync. A folder that can't be used is reported, and the database stays as it is.
pub(super) async fn sync_at_start(
    store: &Store,
    clock: &Clock,
    config: &Config,
    log: &mut SyncLog,
) -> anyhow::Result<()> {
    sync_first(store, clock, config, log, BTreeSet::new()).await
}

/// The same, without the posts in `moving`, which are still being written.
pub(super) async fn sync_first(
    store: &Store,
    clock: &Clock,
    config: &Config,
    log: &mut SyncLog,
    moving: BTreeSet<String>,
) -> anyhow::Result<()> {
    if config.source.folder().is_none() || log.is_absent(store, &config.source).await? {
        return remember_authority(store, config).await;
    }
    let options = options(&config.source, BTreeSet::new());
    let folder = &config.source.content;
    let (content, outcome) = look(store, clock, folder, &options, moving).await?;
    match outcome {
        Ok(report) => {
            log.tell_report(&content, &report);
            tell_sync(&report);
        }
        Err(ActionError::Store(error)) => return Err(error.into()),
        Err(error) => {
            log.tell_nothing_changed(&content);
            log.tell_refusal(&error.to_string());
        }
    }
    remember_authority(store, config).await
}

/// One sync. Of the missing files, only those in `gone` count as gone.
pub async fn sync_once(
    store: &Store,
    clock: &Clock,
    source: &SourceConfig,
    gone: BTreeSet<String>,
) -> anyhow::Result<SyncReport> {
    let files = (gone, BTreeSet::new());
    sync_and_tell(store, clock, source, files, &mut SyncLog::default()).await
}

/// The same, without the posts in `moving`. It doesn't log again what is in the log already.
pub(super) async fn sync_and_tell(
    store: &Store,
    clock: &Clock,
    source: &SourceConfig,
    (gone, moving): (BTreeSet<String>, BTreeSet<String>),
    log: &mut SyncLog,
) -> anyhow::Result<SyncReport> {
    if log.is_absent(store, source).await? {
        return Ok(SyncReport::default());
    }
    let options = options(source, gone);
    let (content, outcome) = look(store, clock, &source.content, &options, moving).await?;
    match outcome {
        Ok(report) => {
            log.tell_report(&content, &report);
            log.refusal = None;
            if report.revision.is_some() {
                tell_sync(&report);
            }
            Ok(report)
        }
        Err(error) => {
            log.tell_nothing_changed(&content);
            Err(error.into())
        }
    }
}

/// Reads the folder and syncs it. If neither the folder nor what it states has changed since both
/// were in step, no file is parsed, and the content has only the known problems.
///
/// # Errors
/// The database's, or those of reading the folder. The inner error is why nothing was changed.
pub async fn look(
    store: &Store,
    clock: &Clock,
    folder: &Path,
    options: &SyncOptions,
    moving: BTreeSet<String>,
) -> anyhow::Result<(Content, Result<SyncReport, ActionError>)> {
    let before = digest(clock, folder).await?;
    if let Some(digest) = &before
        && let Some(problems) = find_unchanged(store, digest, &options.feeder).await?
    {
        let content = Content {
            problems,
            ..Content::default()
        };
        return Ok((content, Ok(SyncReport::default())));
    }
    let content = read(store, clock, folder, moving).await?;
    let report = match sync_content(store, clock, &content, options).await {
        Ok(report) => report,
        Err(error) => return Ok((content, Err(error))),
    };
    if is_in_step(&content, &report, clock.now()) {
        let after = digest(clock, folder).await?;
        // Otherwise the folder changed while it was read.
        if let Some(digest) = after.filter(|after| before.as_ref() == Some(after)) {
            seal_content(store, digest, &content, &report).await?;
        }
    }
    Ok((content, Ok(report)))
}

async fn digest(clock: &Clock, folder: &Path) -> anyhow::Result<Option<String>> {
    let (folder, now) = (folder.to_owned(), clock.now());
    on_disk(move || digest_folder(&folder, now)).await
}

/// Reads the folder. Components and states that exist only in the database count as known. Posts in
/// `moving` are left out.
pub async fn read(
    store: &Store,
    clock: &Clock,
    folder: &Path,
    moving: BTreeSet<String>,
) -> anyhow::Result<Content> {
    let known = known_site(store).await?;
    let (folder, now) = (folder.to_owned(), clock.now());
    on_disk(move || read_folder_but(&folder, &known, now, &moving)).await
}

/// What the database knows about the site.
pub async fn known_site(store: &Store) -> Result<KnownSite, StoreError> {
    let mut tx = store.read().await?;
    let components = list_components(&mut tx).await?;
    let active = || components.iter().filter(|it| it.retired_at.is_none());
    let names: HashSet<String> = active().map(|it| folded(&it.name)).collect();
    Ok(KnownSite {
        groups: active()
            .filter_map(|it| Some((it.slug.clone(), it.group.clone()?)))
            .collect(),
        components: components
            .iter()
            .map(|it| {
                // The name of a retired component means its successor, if there is one.
                let is_passed_on = it.retired_at.is_some() && names.contains(&folded(&it.name));
                let name = if is_passed_on {
                    it.slug.as_str()
                } else {
                    &it.name
                };
                (it.slug.clone(), name.to_owned())
            })
            .collect(),
        states: list_own_states(&mut tx).await?,
        announced: find_announced(&mut tx).await?,
    })
}

fn options(source: &SourceConfig, gone: BTreeSet<String>) -> SyncOptions {
    SyncOptions {
        feeder: source.feeder(),
        gone,
        ..SyncOptions::default()
    }
}

/// Feed ids contain the host of the first start, so that readers see no items again after a move.
pub(super) async fn remember_authority(store: &Store, config: &Config) -> anyhow::Result<()> {
    let mut tx = store.read().await?;
    if find_meta(&mut tx, AUTHORITY).await?.is_some() {
        return Ok(());
    }
    drop(tx);
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
