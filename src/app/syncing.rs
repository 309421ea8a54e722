//! Keeps the database in step with the content folder as long as the server runs.

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

/// Syncs whenever a file changes, until it is told to stop; `is_behind`: at once, too.
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
