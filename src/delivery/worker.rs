//! The worker: looks what is due, gives it to the lanes, and notes how it fared.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::compose::{Composed, Workshop, compose, sender_of};
use super::courtesy::give_way;
use super::database_failures::Failures;
use super::hold::is_held;
use super::lanes::{Job, Lanes, Sent, start_lanes};
use super::lease::{BEAT, GONE_AFTER, Leases};
use super::letters::{Ready, prepare};
use super::results::{Note, count_impossible, note_results};
use super::server_rest::ServerRest;
use super::setup::DeliverySetup;
use super::spread::{Next, spread_part};
use crate::domain::subscriber::Subscriber;
use crate::domain::subscription_link::{CONFIRM_WITHIN, LinkKey};
use crate::random;
use crate::store::StoreError;
use crate::store::deliveries::{
    Outcome, beat, claim_deliveries, finish_deliveries, free_claims, has_due,
};
use crate::store::letters::{claim_letters, delete_letter, has_due_letter};
use crate::store::subscribers::{
    delete_links, delete_unconfirmed, keep_link_key, list_subscribers_by_id,
};

/// How many results are noted in one transaction.
const BATCH: usize = 100;
/// After how long results are noted, however few there are.
const SOON: Duration = Duration::from_millis(250);
/// How often to look for something due, if nobody says that there is.
const LOOK: Duration = Duration::from_secs(1);
/// How often to forget what is too old.
const TIDY: Duration = Duration::from_secs(60 * 60);
/// How long messages in progress may take when the server stops.
const LAST: Duration = Duration::from_secs(1);
/// How many letters are claimed at once.
const LETTERS: i64 = 20;

/// Sends what is due, until it is stopped.
#[derive(Debug)]
pub struct Worker {
    delivery: DeliverySetup,
    /// The name under which this process claims messages.
    claim: String,
    leases: Leases,
    key: Option<LinkKey>,
    lanes: Lanes<Note>,
    in_progress: usize,
    /// Whether there was more to claim when it last looked.
    has_more_due: bool,
    finished: Vec<Sent<Note>>,
    server_rest: ServerRest,
    /// Whether something may be claimed that nobody sends, because the database failed in between.
    has_strays: bool,
}

/// When to do what next.
struct Schedule {
    look: Instant,
    beat: Instant,
    tidy: Instant,
    note: Option<Instant>,
}

impl Worker {
    /// A worker; nothing is sent before it runs.
    ///
    /// # Errors
    /// If the lanes can't have a thread.
    pub fn new(delivery: DeliverySetup) -> io::Result<Self> {
        let claim = Uuid::now_v7().to_string();
        let snapshot = (delivery.snapshot)();
        let host = snapshot.site.authority.clone();
        let lanes = start_lanes(&delivery.server, &host, delivery.connections, delivery.rate)?;
        Ok(Self {
            leases: Leases::new(claim.clone(), GONE_AFTER),
            claim,
            key: None,
            lanes,
            in_progress: 0,
            has_more_due: false,
            finished: Vec::new(),
            server_rest: ServerRest::new(delivery.metrics.clone()),
            has_strays: false,
            delivery,
        })
    }

    /// Sends whatever is due, until it is stopped.
    pub async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let now = Instant::now();
        let mut schedule = Schedule {
            look: now,
            beat: now,
            tidy: now,
            note: None,
        };
        let mut failed = Failures::default();
        loop {
            let now = Instant::now();
            if now >= schedule.beat {
                schedule.beat = now + BEAT;
                let renewed = self.leases.renew(&self.delivery.store).await;
                failed.note(renewed.map(|gone| {
                    for process in gone {
                        tracing::warn!(process, "took over what another process was sending");
                    }
                }));
            }
            if now >= schedule.tidy {
                schedule.tidy = now + TIDY;
                failed.note(self.tidy().await);
            }
            let worked = Instant::now();
            let is_full = self.finished.len() >= BATCH;
            if is_full || schedule.note.is_some_and(|at| now >= at) {
                let noted = self.note_finished().await;
                schedule.note = match noted.is_ok() {
                    true => None,
                    // The results are kept, and noted later.
                    false => Some(now + LOOK),
                };
                failed.note(noted);
            }
            if now >= schedule.look {
                let looked = self.look().await;
                let has_more = looked.as_ref().is_ok_and(|more| *more);
                let now = Instant::now();
                schedule.look = if has_more { now } else { now + LOOK };
                failed.note(looked.map(|_| ()));
                give_way(&self.delivery.store, worked).await;
            }
            let next = [schedule.look, schedule.beat, schedule.tidy];
            let next = next.into_iter().chain(schedule.note).min().unwrap_or(now);
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stop| *stop) => break,
                sent = self.lanes.next_result() => {
                    self.keep(sent);
                    schedule.note.get_or_insert(Instant::now() + SOON);
                    if self.has_more_due && self.in_progress < BATCH {
                        // The lanes must not run dry.
                        schedule.look = Instant::now();
                    }
                }
                () = self.delivery.nudge.notified() => schedule.look = Instant::now(),
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

    /// Spreads everything that is due now, and sends nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn spread_due(&self) -> Result<(), StoreError> {
        let snapshot = (self.delivery.snapshot)();
        let now = self.delivery.clock.now();
        while spread_part(&self.delivery.store, &snapshot, now).await? == Next::Now {}
        Ok(())
    }

    /// Changes after how long another process counts as gone.
    pub fn set_gone_after(&mut self, gone_after: Duration) {
        self.leases = Leases::new(self.claim.clone(), gone_after);
    }

    /// Shows that this process is alive, and takes over from others that are gone.
    ///
    /// # Errors
    /// The database's.
    pub async fn renew_lease(&mut self) -> Result<(), StoreError> {
        self.leases.renew(&self.delivery.store).await?;
        Ok(())
    }

    fn keep(&mut self, sent: Sent<Note>) {
        self.in_progress = self.in_progress.saturating_sub(1);
        self.server_rest.note(&sent.result);
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
            let mut tx = self.delivery.store.begin_delivery().await?;
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
        self.has_more_due = false;
        let snapshot = (self.delivery.snapshot)();
        let now = self.delivery.clock.now();
        if is_held(&self.delivery.store, &snapshot.site.base_url).await? {
            return Ok(false);
        }
        let spread = spread_part(&self.delivery.store, &snapshot, now).await?;
        if spread == Next::Now {
            // What is due at once goes as one message, so all of it is spread first.
            return Ok(true);
        }
        let sender = sender_of(&snapshot.site, self.delivery.signer.clone());
        let Some(sender) = sender.filter(|_| !self.server_rest.is_on()) else {
            return Ok(false);
        };
        let key = self.link_key().await?;
        let workshop = Arc::new(Workshop {
            snapshot,
            sender,
            key,
            now,
        });
        // Nothing is written for the sake of looking.
        let mut tx = self.delivery.store.read().await?;
        let has_letter = has_due_letter(&mut tx, now).await?;
        let has_delivery = has_due(&mut tx, now).await?;
        drop(tx);
        if has_letter {
            self.give_letters(&workshop).await?;
        }
        // Enough for every lane while the next batch is claimed.
        // Results that aren't noted count, too: a process that is killed leaves no more than that.
        if self.in_progress + self.finished.len() > BATCH {
            self.has_more_due = has_delivery;
            return Ok(false);
        }
        if !has_delivery {
            return Ok(false);
        }
        let given = self.give_deliveries(&workshop).await?;
        self.has_more_due = given == BATCH;
        Ok(self.has_more_due)
    }

    async fn link_key(&mut self) -> Result<LinkKey, StoreError> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let secret = random::secret().map_err(|_| StoreError::Unanswered)?;
        let mut tx = self.delivery.store.begin_delivery().await?;
        let key = keep_link_key(&mut tx, &secret).await?;
        tx.commit().await?;
        self.key = Some(key.clone());
        Ok(key)
    }

    async fn give_letters(&mut self, workshop: &Arc<Workshop>) -> Result<(), StoreError> {
        let mut tx = self.delivery.store.begin_delivery().await?;
        let letters = claim_letters(&mut tx, &self.claim, workshop.now, LETTERS).await?;
        tx.commit().await?;
        for letter in letters {
            let ready = prepare(&self.delivery.store, workshop, &letter).await?;
            let Ready { message, link } = ready;
            let Some(message) = message else {
                let mut tx = self.delivery.store.begin_delivery().await?;
                delete_letter(&mut tx, &letter.id).await?;
                tx.commit().await?;
                continue;
            };
            let note = Note::Letter(Box::new(letter), link);
            let draft = Box::new(|| Ok(message));
            self.in_progress += 1;
            self.lanes.give(Job { draft, note }).await;
        }
        Ok(())
    }

    /// Claims a batch, and gives what is to be sent to the lanes. Returns how many were claimed.
    async fn give_deliveries(&mut self, workshop: &Arc<Workshop>) -> Result<usize, StoreError> {
        let store = self.delivery.store.clone();
        let mut tx = store.begin_delivery().await?;
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let claimed = claim_deliveries(&mut tx, &self.claim, workshop.now, limit).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let readers: Vec<&str> = claimed.iter().map(|it| it.subscriber_id.as_str()).collect();
        let subscribers = list_subscribers_by_id(&mut tx, &readers).await?;
        tx.commit().await?;
        let subscribers: HashMap<String, Arc<Subscriber>> = subscribers
            .into_iter()
            .map(|subscriber| (subscriber.id.clone(), Arc::new(subscriber)))
            .collect();
        let mut tx = store.read().await?;
        let composed = compose(&mut tx, workshop, &claimed, &subscribers).await?;
        drop(tx);
        let count = claimed.len();
        let mut settled = Vec::new();
        for (delivery, composed) in claimed.into_iter().zip(composed) {
            let reader = subscribers.get(&delivery.subscriber_id);
            match (composed, reader) {
                (Composed::Message(draft), Some(subscriber)) => {
                    let note = Note::Delivery(Box::new(delivery), subscriber.clone());
                    self.in_progress += 1;
                    self.lanes.give(Job { draft, note }).await;
                }
                (Composed::Impossible(why), _) => {
                    settled.push((delivery, Outcome::GaveUp { why }));
                }
                (Composed::Nothing | Composed::Message(_), _) => {
                    settled.push((delivery, Outcome::Done));
                }
            }
        }
        if !settled.is_empty() {
            let mut tx = store.begin_delivery().await?;
            finish_deliveries(&mut tx, &self.claim, workshop.now, &settled).await?;
            tx.commit().await?;
            count_impossible(&settled, &self.delivery.metrics);
        }
        Ok(count)
    }

    /// Notes how the finished messages fared.
    async fn note_finished(&mut self) -> Result<(), StoreError> {
        if self.finished.is_empty() {
            return Ok(());
        }
        let now = self.delivery.clock.now();
        let mut tx = self.delivery.store.begin_delivery().await?;
        let counted = note_results(&mut tx, &self.claim, &self.finished, now).await?;
        tx.commit().await?;
        for counted in counted {
            counted.add_to(&self.delivery.metrics);
        }
        self.finished.clear();
        Ok(())
    }

    /// Forgets who never confirmed, and links that don't work any more.
    async fn tidy(&self) -> Result<(), StoreError> {
        let before = self.delivery.clock.now() - CONFIRM_WITHIN;
        let mut tx = self.delivery.store.begin_delivery().await?;
        delete_unconfirmed(&mut tx, before).await?;
        delete_links(&mut tx, before).await?;
        tx.commit().await
    }

    /// Lets messages in progress end, and frees what was claimed.
    async fn end(mut self) {
        let last = self.lanes.finish(LAST).await;
        self.finished.extend(last);
        if let Err(error) = self.note_finished().await {
            tracing::error!(%error, "the last results of sending weren't stored");
            return;
        }
        let freed = async {
            let mut tx = self.delivery.store.begin_delivery().await?;
            free_claims(&mut tx, &self.claim).await?;
            tx.commit().await
        };
        if let Err(error) = freed.await {
            tracing::error!(%error, "what was claimed for sending is free only in a minute");
        }
    }
}
