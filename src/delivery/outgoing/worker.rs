//! The worker for channels: spreads, claims, sends and notes what is due.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::client::Client;
use super::kinds::{Telling, request};
use super::lanes::{Job, Lanes, Sent, start_lanes};
use super::resolver::Resolver;
use super::results::{Note, note_result};
use super::spread::spread_one;
use crate::clock::Clock;
use crate::delivery::courtesy::give_way;
use crate::delivery::database_failures::Failures;
use crate::delivery::hold::is_held;
use crate::delivery::lease::{BEAT, GONE_AFTER, Leases};
use crate::domain::added_channel::{AddedChannel, KEPT_FOR, OutgoingRules};
use crate::metrics::Metrics;
use crate::snapshot::Snapshot;
use crate::store::channel_attempts::delete_old_attempts;
use crate::store::channel_queue::{Health, claim_messages, delete_old_messages, has_due_message};
use crate::store::channel_references::find_references;
use crate::store::channels::{has_channels, list_channels};
use crate::store::deliveries::{beat, free_claims};
use crate::store::outbox::delete_old_shifts;
use crate::store::{Store, StoreError};

/// How many messages it holds at most: in the lanes, before them, and as results.
const BATCH: usize = 96;
/// How many of them may be for channels that failed the last time.
const FAILING_BATCH: usize = 24;
/// After how long results are noted, however few there are.
const SOON: Duration = Duration::from_millis(100);
/// How often to look for something due, if nobody says that there is.
const LOOK: Duration = Duration::from_secs(1);
/// How often to forget what is too old.
const TIDY: Duration = Duration::from_secs(60 * 60);
/// How long messages in progress may take when the server stops.
const LAST: Duration = Duration::from_secs(1);

/// What the worker needs from the rest of the program.
#[derive(Clone)]
pub struct ChannelSetup {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// Everything public now.
    pub snapshot: Arc<dyn Fn() -> Arc<Snapshot> + Send + Sync>,
    /// Counts what is sent.
    pub metrics: Arc<Metrics>,
    /// Notified when there may be something to send.
    pub nudge: Arc<Notify>,
    /// Finds the addresses of receivers.
    pub resolver: Resolver,
    /// What requests may reach.
    pub rules: OutgoingRules,
}

impl fmt::Debug for ChannelSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelSetup").finish_non_exhaustive()
    }
}

/// Sends what is due to channels, until it is stopped.
#[derive(Debug)]
pub struct ChannelWorker {
    setup: ChannelSetup,
    /// The name under which this process claims messages.
    claim: String,
    leases: Leases,
    lanes: Lanes<Note>,
    in_progress: usize,
    /// How many of those are for channels that failed the last time.
    failing_in_progress: usize,
    finished: Vec<Sent<Note>>,
    /// Whether there were channels when it last looked.
    has_channels: bool,
    /// Whether something may be claimed that nobody sends, because the database failed in between.
    has_strays: bool,
}

impl ChannelWorker {
    /// A worker; nothing is sent before it runs.
    ///
    /// # Errors
    /// If the lanes can't have a thread, or there is no TLS.
    pub fn new(setup: ChannelSetup) -> io::Result<Self> {
        let claim = Uuid::now_v7().to_string();
        let client = Client::new(setup.resolver.clone(), setup.rules)?;
        Ok(Self {
            leases: Leases::new(claim.clone(), GONE_AFTER),
            claim,
            lanes: start_lanes(client)?,
            in_progress: 0,
            failing_in_progress: 0,
            finished: Vec::new(),
            has_channels: false,
            has_strays: false,
            setup,
        })
    }

    /// Notified when there may be something to send.
    pub fn nudge(&self) -> Arc<Notify> {
        self.setup.nudge.clone()
    }

    /// Sends whatever is due, until it is stopped.
    pub async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let now = Instant::now();
        let (mut look, mut renew, mut tidy, mut note) = (now, now, now, None::<Instant>);
        let mut failed = Failures::default();
        loop {
            let now = Instant::now();
            if now >= renew {
                renew = now + BEAT;
                failed.note(self.leases.renew(&self.setup.store).await.map(|_| ()));
            }
            if now >= tidy {
                tidy = now + TIDY;
                failed.note(self.tidy().await);
            }
            let worked = Instant::now();
            if note.is_some_and(|at| now >= at) || self.finished.len() >= BATCH {
                let noted = self.note_finished().await;
                // If it failed, the results are kept, and noted later.
                note = noted.is_err().then(|| now + LOOK);
                if noted.is_ok() {
                    // The channels that are free now may have more.
                    look = now;
                }
                failed.note(noted);
            }
            if now >= look {
                let looked = self.look().await;
                let has_more = looked.as_ref().is_ok_and(|more| *more);
                let now = Instant::now();
                look = if has_more { now } else { now + LOOK };
                failed.note(looked.map(|_| ()));
                give_way(&self.setup.store, worked).await;
            }
            let next = [look, renew, tidy].into_iter().chain(note);
            let next = next.min().unwrap_or(now);
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stop| *stop) => break,
                sent = self.lanes.next_result() => {
                    self.keep(sent);
                    note.get_or_insert(Instant::now() + SOON);
                }
                // Where there are no channels, a post costs nothing for their sake. A new one is
                // noticed when it is looked anyway.
                () = self.setup.nudge.notified() => if self.has_channels { look = Instant::now() },
                () = sleep_until(next) => {}
            }
        }
        self.end().await;
    }

    /// Sends everything that is due now, and waits until it is noted. For tests and for once.
    ///
    /// # Errors
    /// The database's.
    pub async fn send_due(&mut self) -> Result<(), StoreError> {
        loop {
            let looked = self.look().await?;
            let is_idle = self.in_progress == 0;
            while self.in_progress > 0 {
                let sent = self.lanes.next_result().await;
                self.keep(sent);
            }
            self.note_finished().await?;
            if !looked && is_idle {
                return Ok(());
            }
        }
    }

    fn keep(&mut self, sent: Sent<Note>) {
        self.in_progress = self.in_progress.saturating_sub(1);
        if sent.note.channel.failing_since.is_some() {
            self.failing_in_progress = self.failing_in_progress.saturating_sub(1);
        }
        self.finished.push(sent);
    }

    /// Does what is due, unless something is still to be put right. Returns whether there may be
    /// more.
    async fn look(&mut self) -> Result<bool, StoreError> {
        if self.has_strays {
            // Only what is in nobody's hands may be freed.
            if self.in_progress > 0 || !self.finished.is_empty() {
                return Ok(false);
            }
            let mut tx = self.setup.store.begin_delivery().await?;
            free_claims(&mut tx, &self.claim).await?;
            beat(&mut tx, &self.claim).await?;
            tx.commit().await?;
            self.has_strays = false;
        }
        let given = self.give_due().await;
        self.has_strays = given.is_err();
        given
    }

    /// Spreads, claims and gives to the lanes what is due. Returns whether there may be more.
    async fn give_due(&mut self) -> Result<bool, StoreError> {
        let store = self.setup.store.clone();
        let mut tx = store.read().await?;
        self.has_channels = has_channels(&mut tx).await?;
        drop(tx);
        if !self.has_channels {
            return Ok(false);
        }
        let snapshot = (self.setup.snapshot)();
        let now = self.setup.clock.now();
        if is_held(&store, &snapshot.site.base_url).await? {
            return Ok(false);
        }
        if spread_one(&store, &snapshot, now).await? {
            return Ok(true);
        }
        let working = self.give_some(&snapshot, Health::Working, now).await?;
        let failing = self.give_some(&snapshot, Health::Failing, now).await?;
        Ok(working || failing)
    }

    /// Claims messages for channels that fare so, and gives them to the lanes. Returns whether there
    /// may be more.
    async fn give_some(
        &mut self,
        snapshot: &Arc<Snapshot>,
        health: Health,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let held = self.in_progress + self.finished.len();
        let room = room_for(health, held, self.failing_in_progress);
        if room == 0 {
            return Ok(false);
        }
        // Nothing is written for the sake of looking.
        let mut tx = self.setup.store.read().await?;
        let has_due = has_due_message(&mut tx, health, now).await?;
        drop(tx);
        if !has_due {
            return Ok(false);
        }
        let mut tx = self.setup.store.begin_delivery().await?;
        let claimed = claim_messages(&mut tx, &self.claim, health, now, room).await?;
        let channels = list_channels(&mut tx).await?.into_iter();
        let mut with_references = Vec::with_capacity(claimed.len());
        for message in claimed {
            let references = find_references(&mut tx, &message).await?;
            with_references.push((message, references));
        }
        tx.commit().await?;
        let channels: HashMap<String, Arc<AddedChannel>> = channels
            .map(|channel| (channel.id.clone(), Arc::new(channel)))
            .collect();
        let count = with_references.len();
        for (message, references) in with_references {
            // A channel is removed together with its messages.
            let Some(channel) = channels.get(&message.channel_id) else {
                continue;
            };
            let telling = Telling {
                snapshot: snapshot.clone(),
                channel: channel.clone(),
                message: Arc::new(message),
                references,
                now,
            };
            let note = Note {
                message: telling.message.clone(),
                channel: channel.clone(),
            };
            self.in_progress += 1;
            if channel.failing_since.is_some() {
                self.failing_in_progress += 1;
            }
            let draft = Box::new(move || request(&telling));
            self.lanes.give(Job { draft, note }).await;
        }
        Ok(count == room)
    }

    /// Notes how the finished messages fared.
    async fn note_finished(&mut self) -> Result<(), StoreError> {
        if self.finished.is_empty() {
            return Ok(());
        }
        let now = self.setup.clock.now();
        let mut tx = self.setup.store.begin_delivery().await?;
        let mut counted = Vec::with_capacity(self.finished.len());
        for sent in &self.finished {
            let result = note_result(&mut tx, &self.claim, sent, now).await?;
            counted.extend(result.map(|result| (sent.note.channel.kind, result)));
        }
        tx.commit().await?;
        for (kind, result) in counted {
            self.setup.metrics.deliveries.add(kind, result);
        }
        self.finished.clear();
        Ok(())
    }

    /// Forgets what is older than a week.
    async fn tidy(&self) -> Result<(), StoreError> {
        let before = self.setup.clock.now() - KEPT_FOR;
        let mut tx = self.setup.store.begin_delivery().await?;
        delete_old_attempts(&mut tx, before).await?;
        delete_old_messages(&mut tx, before).await?;
        delete_old_shifts(&mut tx, before).await?;
        tx.commit().await
    }

    /// Lets messages in progress end, and frees what was claimed.
    async fn end(mut self) {
        let last = self.lanes.finish(LAST).await;
        self.finished.extend(last);
        if let Err(error) = self.note_finished().await {
            tracing::error!(%error, "the last results of sending to channels weren't stored");
            return;
        }
        let freed = async {
            let mut tx = self.setup.store.begin_delivery().await?;
            free_claims(&mut tx, &self.claim).await?;
            tx.commit().await
        };
        if let Err(error) = freed.await {
            tracing::error!(%error, "what was claimed for channels is free only in a minute");
        }
    }
}

/// How many more messages may be claimed for channels that fare so, if `held` are held, of which
/// `failing` are on their way to channels that failed the last time.
fn room_for(health: Health, held: usize, failing: usize) -> usize {
    let room = BATCH.saturating_sub(held);
    match health {
        Health::Working => room,
        Health::Failing => room.min(FAILING_BATCH.saturating_sub(failing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_that_fail_take_a_quarter_of_the_room_at_most() {
        assert_eq!(room_for(Health::Working, 0, 0), 96);
        assert_eq!(room_for(Health::Failing, 0, 0), 24);
        assert_eq!(room_for(Health::Failing, 60, 20), 4);
        assert_eq!(room_for(Health::Failing, 94, 10), 2);
        assert_eq!(room_for(Health::Failing, 24, 24), 0);
        assert_eq!(room_for(Health::Working, 24, 24), 72);
        assert_eq!(room_for(Health::Working, 120, 24), 0);
    }
}
