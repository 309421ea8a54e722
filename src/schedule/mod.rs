//! What the clock does: it opens and closes maintenance windows and reminds of them, each through
//! an action.
//!
//! It sleeps until the next one is due. At the start it catches up, in order, with what was missed
//! while no server ran.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch as signal};

use crate::actions::follow_clock::{find_next_transition, follow_clock};
use crate::actions::remind::{find_next_reminder, remind};
use crate::actions::{ActionError, Change};
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::store::{Store, StoreError, Tx};

/// How often to look at the clock, however far off the next window is, because the clock may be set
/// and the machine may sleep. This doesn't query the database.
const GLANCE: Duration = Duration::from_secs(30);

/// How long to wait after a failure.
const TRY_AGAIN: chrono::Duration = chrono::Duration::seconds(5);

/// Keeps maintenances in step with the clock.
#[derive(Debug)]
pub struct Schedule {
    store: Store,
    clock: Clock,
}

/// The result of keeping in step.
#[derive(Debug, Clone, Copy)]
pub struct InStep {
    /// The new revision, if anything public changed.
    pub revision: Option<i64>,
    /// When the next window opens or closes, or is to be reminded of.
    pub next: Option<DateTime<Utc>>,
}

impl Schedule {
    /// A schedule for a database.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Does what is due. Several processes may run it at once, and each step is taken only once.
    ///
    /// # Errors
    /// The database's; nothing is done then.
    pub async fn keep(&self) -> Result<InStep, ActionError> {
        let mut tx = self.store.read().await?;
        let next = find_next(&mut tx, self.clock.now()).await?;
        drop(tx);
        let is_due = next.is_some_and(|at| at <= self.clock.now());
        if !is_due {
            return Ok(InStep {
                revision: None,
                next,
            });
        }
        let mut change = Change::begin(&self.store, &self.clock, Actor::clock()).await?;
        change.tx().be_patient().await?;
        follow_clock(&mut change).await?;
        let has_reminded = remind(&mut change).await?;
        let now = change.now();
        let next = find_next(change.tx(), now).await?;
        let mut revision = None;
        // If nothing was due, nothing is written.
        if change.has_touched() || has_reminded {
            revision = change.commit().await?;
        }
        Ok(InStep { revision, next })
    }

    /// Keeps in step until the stop signal. `changed` is notified when the database has changed;
    /// this notifies `nudge` when it has changed the database.
    pub async fn run(
        self,
        changed: Arc<Notify>,
        nudge: Arc<Notify>,
        mut stopped: signal::Receiver<bool>,
    ) {
        loop {
            let next = match self.keep().await {
                Ok(kept) => {
                    if kept.revision.is_some() {
                        nudge.notify_one();
                    }
                    kept.next
                }
                Err(error) => {
                    tracing::error!(%error, "maintenance windows can't be followed; they are tried again");
                    Some(self.clock.now() + TRY_AGAIN)
                }
            };
            tokio::select! {
                () = changed.notified() => {}
                () = until(&self.clock, next) => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
        }
    }
}

async fn find_next(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let turn = find_next_transition(tx).await?;
    let reminder = find_next_reminder(tx, now).await?;
    Ok(turn.into_iter().chain(reminder).min())
}

/// Waits until the clock reaches `next`; without one, forever.
async fn until(clock: &Clock, next: Option<DateTime<Utc>>) {
    let Some(next) = next else {
        return std::future::pending().await;
    };
    loop {
        let left = next - clock.now();
        let Ok(left) = left.to_std() else { return };
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(GLANCE)).await;
    }
}
