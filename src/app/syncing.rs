//! Keeps the database in step with the content folder while the server runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch as signal};
use tokio::time::{Instant, timeout};

use super::content_sync::{GONE_AFTER, remember_authority, sync_and_tell, sync_first};
use super::sync_log::SyncLog;
use super::watch::FolderWatch;
use crate::config::Config;
use crate::content::stillness::Stillness;
use crate::web::state::AppState;

/// Editors write a file in several steps. The folder is read this long after the last one.
const SETTLE: Duration = Duration::from_millis(150);

/// The folder is read this long after the first step, however many follow.
const SETTLE_AT_MOST: Duration = Duration::from_millis(700);

/// How often to check that the watch is still on the right folder.
const GLANCE: Duration = Duration::from_secs(1);

/// How often the folder is read without a reported change, because some file systems report none.
const LOOK_ANYWAY: Duration = Duration::from_secs(30);

/// How soon to look again at files that are still being written.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How long to wait after a failure.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Syncs whenever a file changes, until the stop signal. With `is_behind`, it also syncs at
/// once.
pub(super) async fn keep_synced(
    state: AppState,
    config: Config,
    (mut log, is_behind): (SyncLog, bool),
    mut stopped: signal::Receiver<bool>,
) {
    let source = &config.source;
    if source.folder().is_none() {
        let _ = stopped.wait_for(|stop| *stop).await;
        return;
    }
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
    // A file that vanished before the start counts as gone only if it still is a moment later.
    let mut look_at = Instant::now() + GONE_AFTER;
    loop {
        state.readiness.note_folder(log.refusal.clone());
        let is_notified = tokio::select! {
            () = changed.notified() => true,
            () = tokio::time::sleep(GLANCE.min(look_at.saturating_duration_since(Instant::now()))) => false,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        let is_lost = watch.is_lost();
        let is_time = Instant::now() >= look_at;
        if !is_notified && !is_lost && !is_time {
            continue;
        }
        if is_lost || is_time {
            watch.renew();
        }
        if is_notified || is_lost {
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

/// The missing files, each with the time when it was first missed.
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
