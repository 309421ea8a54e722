//! Tests whether the database takes writes, at intervals and after each failure, for
//! `/readyz`.

use std::time::Duration;

use tokio::sync::watch as signal;
use tokio::time::{Instant, sleep};

use super::queue_counting::count_queue;
use crate::store::StoreError;
use crate::store::probe::Probe;
use crate::web::readiness::Readiness;
use crate::web::state::AppState;

/// The time between tests. It is shorter during a fault, so that its end is noticed soon.
const EVERY: Duration = Duration::from_secs(10);
const EVERY_WHILE_IT_FAILS: Duration = Duration::from_secs(2);

/// The shortest time between tests, however many writes fail.
const AT_MOST: Duration = Duration::from_secs(1);

/// How often an SQLite file is read whole to check that it is intact, and when that is first done
/// after the start.
const WHOLE_EVERY: Duration = Duration::from_secs(3600);
const WHOLE_AFTER: Duration = Duration::from_secs(30);

/// Tests until the stop signal.
pub(super) async fn keep_probing(state: AppState, mut stopped: signal::Receiver<bool>) {
    let probe = Probe::new(state.store.clone());
    let mut whole_at = Instant::now() + WHOLE_AFTER;
    loop {
        let every = match try_once(&probe, &state).await {
            true => EVERY,
            false => EVERY_WHILE_IT_FAILS,
        };
        if Instant::now() >= whole_at {
            let (probe, readiness) = (probe.clone(), state.readiness.clone());
            // The check may take longer than the time until the next test.
            tokio::spawn(async move {
                if let Err(error) = probe.check_whole().await {
                    note_damage(&error, &readiness);
                }
            });
            whole_at = Instant::now() + WHOLE_EVERY;
        }
        let next = async {
            sleep(AT_MOST).await;
            tokio::select! {
                () = state.store.has_failed() => {}
                () = sleep(every - AT_MOST) => {}
            }
        };
        tokio::select! {
            () = next => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// Tests once and notes the result. Logs when writes begin to fail, and when they work again.
/// Returns whether the test succeeded. Also counts what waits for subscribers.
pub(super) async fn try_once(probe: &Probe, state: &AppState) -> bool {
    let readiness = &state.readiness;
    let tried = probe.write(state.clock.now()).await;
    if tried.is_ok()
        && let Err(error) = count_queue(state).await
    {
        tracing::debug!(%error, "what waits for subscribers can't be counted");
    }
    let short = match &tried {
        Ok(()) => Ok(()),
        Err(error) => Err(error.in_short().to_owned()),
    };
    let is_news = readiness.note_database(short);
    let is_well = tried.is_ok();
    match tried {
        Err(error) if error.is_damage() && is_news => note_damage(&error, readiness),
        Err(error) if is_news => {
            tracing::error!(%error, "the database accepts no writes; pages are served, but \
                                     nothing can be posted");
        }
        Err(_) => {}
        Ok(()) if is_news => tracing::info!("the database accepts writes again"),
        Ok(()) => {}
    }
    is_well
}

fn note_damage(error: &StoreError, readiness: &Readiness) {
    tracing::error!(%error, "the database's file is damaged; stop Lightship and restore a backup");
    readiness.note_damage("its file is damaged".to_owned());
}
