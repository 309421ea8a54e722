//! Feeds the database from the content folder: once at start, then whenever a file changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch as signal};
use tokio::time::{Instant, timeout};

use super::watch::FolderWatch;
use crate::actions::ActionError;
use crate::actions::sync_content::{SyncOptions, SyncReport, sync_content};
use crate::actions::sync_seal::{find_unchanged, is_in_step, seal_content};
use crate::clock::Clock;
use crate::config::{Config, SourceConfig};
use crate::content::problem::{Problem, Severity};
use crate::content::{Content, KnownSite, digest_folder, read_folder};
use crate::snapshot::load::{AUTHORITY, host_of};
use crate::store::components::list_components;
use crate::store::settings::{find_meta, list_site_settings, set_meta};
use crate::store::states::list_own_states;
use crate::store::{Store, StoreError};

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

/// After a failure it is read again this much later.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// What the log has said of the content folder, so that it says nothing twice.
#[derive(Debug, Default)]
pub struct Told {
    problems: BTreeSet<String>,
    refusal: Option<String>,
}

/// Reads the folder; components and states that exist only in the database count as known.
pub async fn read(store: &Store, clock: &Clock, folder: &Path) -> anyhow::Result<Content> {
    let known = known_site(store).await?;
    let (folder, now) = (folder.to_owned(), clock.now());
    let reading = tokio::task::spawn_blocking(move || read_folder(&folder, &known, now));
    Ok(reading.await?)
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
    let content = read(store, clock, folder).await?;
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
    let digesting = tokio::task::spawn_blocking(move || digest_folder(&folder, now));
    Ok(digesting.await?)
}

/// What the database knows of the site.
pub async fn known_site(store: &Store) -> Result<KnownSite, StoreError> {
    let mut tx = store.read().await?;
    let components = list_components(&mut tx).await?;
    Ok(KnownSite {
        components: components
            .into_iter()
            .map(|component| (component.slug, component.name))
            .collect(),
        states: list_own_states(&mut tx).await?,
    })
}

/// The first sync. A folder that can't be used is reported and leaves what the database has.
pub async fn sync_at_start(store: &Store, clock: &Clock, config: &Config) -> anyhow::Result<Told> {
    let mut told = Told::default();
    let options = options(&config.source, BTreeSet::new());
    let (content, outcome) = look(store, clock, &config.source.content, &options).await?;
    match outcome {
        Ok(report) => {
            let problems = content.problems.iter().chain(&report.problems);
            told.tell_problems(problems, |file| what_is_shown(&report, file));
            tell_sync(&report);
        }
        Err(ActionError::Store(error)) => return Err(error.into()),
        Err(error) => {
            told.tell_problems(&content.problems, |_| "nothing was changed");
            told.tell_refusal(&error.to_string());
        }
    }
    remember_authority(store, config).await?;
    Ok(told)
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
    source: SourceConfig,
    mut told: Told,
    nudge: Arc<Notify>,
    mut stopped: signal::Receiver<bool>,
) {
    let changed = Arc::new(Notify::new());
    let mut watch = FolderWatch::start(&source.content, changed.clone());
    let mut missing: BTreeMap<String, Instant> = BTreeMap::new();
    // What vanished while nobody watched counts as gone only if it still is a moment later.
    let mut look_at = Instant::now() + GONE_AFTER;
    loop {
        let is_told = tokio::select! {
            () = changed.notified() => true,
            () = tokio::time::sleep(GLANCE) => false,
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
        let gone = missing
            .iter()
            .filter(|(_, since)| since.elapsed() >= GONE_AFTER)
            .map(|(name, _)| name.clone())
            .collect();
        let wait = match sync_and_tell(&store, &clock, &source, gone, &mut told).await {
            Ok(report) => {
                if report.revision.is_some() {
                    nudge.notify_one();
                }
                missing = since_when(&report.missing, &missing);
                if missing.is_empty() {
                    LOOK_ANYWAY
                } else {
                    GONE_AFTER
                }
            }
            Err(error) => {
                told.tell_refusal(&format!("{error:#}"));
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
    sync_and_tell(store, clock, source, gone, &mut Told::default()).await
}

async fn sync_and_tell(
    store: &Store,
    clock: &Clock,
    source: &SourceConfig,
    gone: BTreeSet<String>,
    told: &mut Told,
) -> anyhow::Result<SyncReport> {
    let options = options(source, gone);
    let (content, outcome) = look(store, clock, &source.content, &options).await?;
    match outcome {
        Ok(report) => {
            let problems = content.problems.iter().chain(&report.problems);
            told.tell_problems(problems, |file| what_is_shown(&report, file));
            told.refusal = None;
            if report.revision.is_some() {
                tell_sync(&report);
            }
            Ok(report)
        }
        Err(error) => {
            told.tell_problems(&content.problems, |_| "nothing was changed");
            Err(error.into())
        }
    }
}

impl Told {
    /// Logs the problems that were not there the last time. `instead` says what is shown of a
    /// file that has an error.
    fn tell_problems<'a>(
        &mut self,
        problems: impl IntoIterator<Item = &'a Problem>,
        instead: impl Fn(&str) -> &'static str,
    ) {
        let mut now = BTreeSet::new();
        for problem in problems {
            let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
            let text = format!("{place} {}", problem.message);
            if !self.problems.contains(&text) {
                tell_problem(problem, &place, instead(&problem.file));
            }
            now.insert(text);
        }
        self.problems = now;
    }

    fn tell_refusal(&mut self, why: &str) {
        if self.refusal.as_deref() != Some(why) {
            tracing::error!(error = %why, "the content folder was not synced; the page stays as it is");
            self.refusal = Some(why.to_owned());
        }
    }
}

/// What is shown of a file that can't be read for certain.
fn what_is_shown(report: &SyncReport, file: &str) -> &'static str {
    if report.unread.contains(file) {
        "it is not shown until that is mended"
    } else {
        "the last good version stays"
    }
}

fn tell_problem(problem: &Problem, place: &str, instead: &str) {
    let help = problem.help.as_deref().unwrap_or_default();
    match problem.severity {
        Severity::Error => tracing::error!(%place, help, "{}; {instead}", problem.message),
        Severity::Warning => tracing::warn!(%place, help, "{}", problem.message),
        Severity::Hint => {}
    }
}

fn tell_sync(report: &SyncReport) {
    tracing::info!(
        added = report.added,
        changed = report.changed,
        hidden = report.hidden,
        "the content folder is synced"
    );
}
