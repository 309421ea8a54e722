//! Feeds the database from the content folder: once at start, then whenever a file changes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::{Notify, watch as signal};
use tokio::time::{Instant, timeout};

use super::sync_log::{SyncLog, tell_sync};
use super::watch::FolderWatch;
use crate::actions::ActionError;
use crate::actions::sync_announced::find_announced;
use crate::actions::sync_content::{SyncOptions, sync_content};
use crate::actions::sync_report::SyncReport;
use crate::actions::sync_seal::{find_unchanged, is_in_step, seal_content};
use crate::clock::Clock;
use crate::config::{Config, SourceConfig};
use crate::content::stillness::Stillness;
use crate::content::{Content, KnownSite, digest_folder, read_folder_but};
use crate::domain::component_name::folded;
use crate::snapshot::load::{AUTHORITY, host_of};
use crate::store::components::list_components;
use crate::store::settings::{find_meta, list_site_settings, set_meta};
use crate::store::states::list_own_states;
use crate::store::{Store, StoreError};
use crate::web::state::AppState;

/// A file counts as gone if it still is this much later.
pub const GONE_AFTER: Duration = Duration::from_secs(2);

/// Editors write a file in several steps; this long after the last one it is read.
const SETTLE: Duration = Duration::from_millis(150);

/// However many steps there are, it is read this long after the first.
const SETTLE_AT_MOST: Duration = Duration::from_millis(700);

/// Whether the watch still holds is looked at this often.
const GLANCE: Duration = Duration::from_secs(1);

/// The folder is read this often even if the system reported no change: some file systems don't.
const LOOK_ANYWAY: Duration = Duration::from_secs(30);

/// What is still being written is looked at again this soon.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// After a failure it is read again this much later.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// A folder that can't be read to its end within this time is on a disk that doesn't answer.
const READ_WITHIN: Duration = Duration::from_secs(60);

/// Reads the folder; components and states that exist only in the database count as known. Posts in
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

/// Does what reads files, apart from everything else, and not without an end.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<T> {
    let done = timeout(READ_WITHIN, tokio::task::spawn_blocking(work)).await;
    let done = done.context("the content folder's disk isn't responding")?;
    Ok(done?)
}

/// Reads the folder and syncs it; if neither it nor what it states has changed since both were in
/// step, the files aren't even parsed, and the content says only what is wrong in them.
///
/// # Errors
/// The database's, or what reading the folder met. The inner error is why nothing was changed.
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
        // Else it changed while it was read.
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

/// What the database knows of the site.
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
                // Whoever writes the name of a retired one means its successor, if there is one.
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

/// Whether the database holds a site: pages can be made of it without reading the folder.
pub(super) async fn has_site(store: &Store) -> Result<bool, StoreError> {
    let mut tx = store.read().await?;
    Ok(!list_site_settings(&mut tx).await?.is_empty())
}

/// The first sync. A folder that can't be used is reported and leaves what the database has.
pub(super) async fn sync_at_start(
    store: &Store,
    clock: &Clock,
    config: &Config,
    log: &mut SyncLog,
) -> anyhow::Result<()> {
    sync_first(store, clock, config, log, BTreeSet::new()).await
}

async fn sync_first(
    store: &Store,
    clock: &Clock,
    config: &Config,
    log: &mut SyncLog,
    moving: BTreeSet<String>,
) -> anyhow::Result<()> {
    if log.is_absent(store, &config.source).await? {
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

/// Feed ids carry the host of the first start, so that moving to another repeats nothing.
async fn remember_authority(store: &Store, config: &Config) -> anyhow::Result<()> {
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

fn options(source: &SourceConfig, gone: BTreeSet<String>) -> SyncOptions {
    SyncOptions {
        feeder: source.feeder(),
        gone,
        ..SyncOptions::default()
    }
}

/// Syncs whenever a file changes, until log to stop; `is_behind`: at once, too.
pub(super) async fn keep_synced(
    state: AppState,
    config: Config,
    (mut log, is_behind): (SyncLog, bool),
    mut stopped: signal::Receiver<bool>,
) {
    let source = &config.source;
    let changed = Arc::new(Notify::new());
    let mut watch = FolderWatch::start(&source.content, changed.clone());
    let mut stillness = Stillness::default();
    let mut missing: BTreeMap<String, Instant> = BTreeMap::new();
    let moving = stillness.look(&source.content);
    if is_behind && !moving.is_ground {
        let first = sync_first(&state.store, &state.clock, &config, &mut log, moving.posts);
        let synced = tokio::select! {
            synced = first => synced,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        if let Err(error) = synced {
            log.tell_refusal(&format!("{error:#}"));
        }
        state.nudge.notify_one();
    }
    let mut is_remembered = false;
    // What vanished while nobody watched counts as gone only if it still is a moment later.
    let mut look_at = Instant::now() + GONE_AFTER;
    loop {
        state.readiness.note_folder(log.refusal.clone());
        let is_told = tokio::select! {
            () = changed.notified() => true,
            () = tokio::time::sleep(GLANCE.min(look_at.saturating_duration_since(Instant::now()))) => false,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        let is_lost = watch.is_lost();
        let is_time = Instant::now() >= look_at;
        if !is_told && !is_lost && !is_time {
            continue;
        }
        if is_lost || is_time {
            watch.renew();
        }
        if is_told || is_lost {
            settle(&changed).await;
        }
        let moving = stillness.look(&source.content);
        if moving.is_ground {
            look_at = Instant::now() + LOOK_AGAIN;
            continue;
        }
        let is_moving = moving.is_any();
        let gone = missing
            .iter()
            .filter(|(_, since)| since.elapsed() >= GONE_AFTER)
            .map(|(name, _)| name.clone())
            .collect();
        let synced = tokio::select! {
            synced = sync_and_tell(&state.store, &state.clock, source, (gone, moving.posts), &mut log) => synced,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        let wait = match synced {
            Ok(report) => {
                if report.revision.is_some() {
                    state.nudge.notify_one();
                }
                is_remembered =
                    is_remembered || remember_authority(&state.store, &config).await.is_ok();
                missing = since_when(&report.missing, &missing);
                match missing.is_empty() {
                    _ if is_moving => LOOK_AGAIN,
                    true => LOOK_ANYWAY,
                    false => GONE_AFTER,
                }
            }
            Err(error) => {
                log.tell_refusal(&format!("{error:#}"));
                TRY_AGAIN
            }
        };
        look_at = Instant::now() + wait;
    }
}

/// Waits until nothing has changed for a moment.
async fn settle(changed: &Notify) {
    let start = Instant::now();
    while start.elapsed() < SETTLE_AT_MOST && timeout(SETTLE, changed.notified()).await.is_ok() {}
}

/// The files that are missing, each with when it was first missed.
fn since_when(
    missing: &BTreeSet<String>,
    before: &BTreeMap<String, Instant>,
) -> BTreeMap<String, Instant> {
    let since = |name: &String| before.get(name).copied().unwrap_or_else(Instant::now);
    missing
        .iter()
        .map(|name| (name.clone(), since(name)))
        .collect()
}

/// One sync. Of the files that are missing, those in `gone` count as gone.
pub async fn sync_once(
    store: &Store,
    clock: &Clock,
    source: &SourceConfig,
    gone: BTreeSet<String>,
) -> anyhow::Result<SyncReport> {
    let files = (gone, BTreeSet::new());
    sync_and_tell(store, clock, source, files, &mut SyncLog::default()).await
}

async fn sync_and_tell(
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
