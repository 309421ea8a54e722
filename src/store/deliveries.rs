//! Deliveries: how far each subscriber was told of a thread, who is sending to whom, and what
//! failed.

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::channel_queue::{drop_messages, free_messages};
use super::error::StoreError;
use super::letters::free_letters;
use super::row::{instant, instant_or_none, int, text, text_or_none, word};
use super::tx::Tx;
use crate::domain::dispatch::Thread;
use crate::domain::email_address::EmailAddress;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// Who gets it.
    pub subscriber_id: String,
    /// Their address.
    pub address: EmailAddress,
    /// What it is about.
    pub thread: Thread,
    /// How far the subscriber was told.
    pub told_seq: i64,
    /// How far the message tells.
    pub until_seq: i64,
    /// How often it was tried before.
    pub attempts: i64,
    /// When the first attempt failed.
    pub failing_since: Option<DateTime<Utc>>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken, or there was nothing left to say.
    Done,
    /// It is tried again at an instant. If it may have arrived nevertheless, it stays the same
    /// message; else it tells all that there is by then.
    Later {
        next_at: DateTime<Utc>,
        why: String,
        may_have_arrived: bool,
    },
    /// It isn't tried again by itself.
    GaveUp { why: String },
}

/// Claims for a sender ($1) what is due at an instant ($2), at most so much ($3).
// PostgreSQL looks at `claimed_by` once more when another sender has just taken the row.
pub const CLAIM: &str = "update deliveries set claimed_by = $1, claimed_seq = coalesce(claimed_seq, due_seq) \
     where claimed_by is null and (subscriber_id, thread) in \
     (select subscriber_id, thread from deliveries where next_at_ms <= $2 \
     and claimed_by is null order by next_at_ms, subscriber_id limit $3) \
     returning *, (select s.address from subscribers s where s.id = subscriber_id) as address";

/// Claims messages that are due, at most `limit`, for the sender `claim`. What was claimed before
/// and not finished tells as far as it did then, so that it stays the same message.
pub async fn claim_deliveries(
    tx: &mut Tx,
    claim: &str,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ClaimedDelivery>, StoreError> {
    let rows = sqlx::query(CLAIM)
        .bind(claim)
        .bind(now.timestamp_millis())
        .bind(limit)
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter().map(to_claimed).collect()
}

/// Notes what became of messages that `claim` had claimed. What another sender has taken over in
/// the meantime is left alone.
pub async fn finish_deliveries(
    tx: &mut Tx,
    claim: &str,
    now: DateTime<Utc>,
    finished: &[(ClaimedDelivery, Outcome)],
) -> Result<(), StoreError> {
    let done: Vec<&ClaimedDelivery> = finished
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Done)
        .map(|(delivery, _)| delivery)
        .collect();
    for part in done.chunks(ROWS) {
        let places = (0..part.len()).map(|row| format!("(${}, ${})", 2 * row + 3, 2 * row + 4));
        let places: Vec<String> = places.collect();
        let statement = format!(
            "update deliveries set told_seq = claimed_seq, claimed_seq = null, claimed_by = null, \
             attempts = 0, failing_since_ms = null, gave_up_at_ms = null, failure = null, \
             next_at_ms = case when due_seq > claimed_seq then $2 else null end \
             where claimed_by = $1 and (subscriber_id, thread) in ({})",
            places.join(", ")
        );
        // The statement holds only placeholders.
        let mut query = sqlx::query(AssertSqlSafe(statement))
            .bind(claim)
            .bind(now.timestamp_millis());
        for delivery in part {
            query = query
                .bind(delivery.subscriber_id.clone())
                .bind(delivery.thread.to_text());
        }
        query.execute(&mut tx.inner).await?;
    }
    for (delivery, outcome) in finished {
        let (next_at, gave_up_at, why, stays) = match outcome {
            Outcome::Done => continue,
            Outcome::Later {
                next_at,
                why,
                may_have_arrived,
            } => (Some(*next_at), None, why, *may_have_arrived),
            Outcome::GaveUp { why } => (None, Some(now), why, false),
        };
        sqlx::query(
            "update deliveries set claimed_by = null, attempts = attempts + 1, next_at_ms = $1, \
             gave_up_at_ms = $2, failure = $3, \
             failing_since_ms = coalesce(failing_since_ms, $4), \
             claimed_seq = case when $8 = 'yes' then claimed_seq else null end \
             where claimed_by = $5 and subscriber_id = $6 and thread = $7",
        )
        .bind(next_at.map(|at| at.timestamp_millis()))
        .bind(gave_up_at.map(|at| at.timestamp_millis()))
        .bind(why)
        .bind(now.timestamp_millis())
        .bind(claim)
        .bind(&delivery.subscriber_id)
        .bind(delivery.thread.to_text())
        .bind(if stays { "yes" } else { "no" })
        .execute(&mut tx.inner)
        .await?;
    }
    Ok(())
}

/// The most rows in one statement.
const ROWS: usize = 100;

/// Frees everything that a sender had claimed, and forgets the sender.
pub async fn free_claims(tx: &mut Tx, claim: &str) -> Result<(), StoreError> {
    sqlx::query("update deliveries set claimed_by = null where claimed_by = $1")
        .bind(claim)
        .execute(&mut tx.inner)
        .await?;
    free_letters(tx, claim).await?;
    free_messages(tx, claim).await?;
    sqlx::query("delete from senders where id = $1")
        .bind(claim)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Shows that a sender is alive.
pub async fn beat(tx: &mut Tx, sender: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into senders (id, beat) values ($1, 1) \
         on conflict (id) do update set beat = senders.beat + 1",
    )
    .bind(sender)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Every sender, with how often it has shown that it is alive.
pub async fn list_senders(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = sqlx::query("select id, beat from senders order by id")
        .fetch_all(&mut tx.inner)
        .await?;
    let senders = rows.iter();
    senders
        .map(|row| Ok((text(row, "id")?, int(row, "beat")?)))
        .collect()
}

/// Notes that a subscriber counts as told of a thread up to `seq`.
pub async fn set_told(
    tx: &mut Tx,
    subscriber_id: &str,
    thread: &Thread,
    seq: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into deliveries (subscriber_id, thread, told_seq, due_seq, attempts) \
         values ($1, $2, $3, $3, 0) on conflict (subscriber_id, thread) do update set \
         told_seq = excluded.told_seq, due_seq = excluded.due_seq, next_at_ms = null \
         where deliveries.due_seq < excluded.due_seq and deliveries.claimed_by is null",
    )
    .bind(subscriber_id)
    .bind(thread.to_text())
    .bind(seq)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// A message that isn't tried again by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDelivery {
    /// Who should have got it.
    pub subscriber_id: String,
    /// Their address.
    pub address: EmailAddress,
    /// What it is about.
    pub thread: Thread,
    /// When it was given up.
    pub at: DateTime<Utc>,
    /// Why, in the words of whoever refused it.
    pub why: String,
}

/// The messages that were given up, newest first, at most `limit`.
pub async fn list_failed(tx: &mut Tx, limit: i64) -> Result<Vec<FailedDelivery>, StoreError> {
    let rows = sqlx::query(
        "select d.*, s.address from deliveries d join subscribers s on s.id = d.subscriber_id \
         where d.gave_up_at_ms is not null order by d.gave_up_at_ms desc limit $1",
    )
    .bind(limit)
    .fetch_all(&mut tx.inner)
    .await?;
    let failed = rows.iter().map(|row| {
        Ok(FailedDelivery {
            subscriber_id: text(row, "subscriber_id")?,
            address: word(row, "address", |text| EmailAddress::parse(text).ok())?,
            thread: word(row, "thread", Thread::parse)?,
            at: instant(row, "gave_up_at_ms")?,
            why: text_or_none(row, "failure")?.unwrap_or_default(),
        })
    });
    failed.collect()
}

/// Tries everything again that was given up.
pub async fn retry_failed(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "update deliveries set next_at_ms = $1, gave_up_at_ms = null, failing_since_ms = $1, \
         attempts = 0 where gave_up_at_ms is not null",
    )
    .bind(now.timestamp_millis())
    .execute(&mut tx.inner)
    .await?;
    Ok(done.rows_affected())
}

/// Whether there is a message to claim at `now`.
pub async fn has_due(tx: &mut Tx, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "select thread from deliveries where next_at_ms <= $1 and claimed_by is null limit 1",
    )
    .bind(now.timestamp_millis())
    .fetch_optional(&mut tx.inner)
    .await?;
    Ok(row.is_some())
}

/// How many messages wait to be sent, those in progress included.
pub async fn count_due(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = sqlx::query("select count(*) as many from deliveries where next_at_ms is not null")
        .fetch_one(&mut tx.inner)
        .await?;
    int(&row, "many")
}

/// What couldn't be sent yet, and is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckDeliveries {
    /// How many messages wait, those that weren't tried yet included.
    pub waiting: i64,
    /// How many of them failed at least once.
    pub failing: i64,
    /// Why one of these failed.
    pub why: String,
    /// When the next attempt is due.
    pub next_at: DateTime<Utc>,
}

/// What couldn't be sent yet; `None` if nothing has failed.
pub async fn find_stuck(tx: &mut Tx) -> Result<Option<StuckDeliveries>, StoreError> {
    let row = sqlx::query(
        "select count(*) as failing, max(failure) as failure, min(next_at_ms) as next_at_ms \
         from deliveries where next_at_ms is not null and failing_since_ms is not null \
         and failure is not null",
    )
    .fetch_one(&mut tx.inner)
    .await?;
    let failing = int(&row, "failing")?;
    let Some(next_at) = instant_or_none(&row, "next_at_ms")? else {
        return Ok(None);
    };
    Ok(Some(StuckDeliveries {
        waiting: count_due(tx).await?,
        failing,
        why: text_or_none(&row, "failure")?.unwrap_or_default(),
        next_at,
    }))
}

/// Forgets everything that waits to be sent.
pub async fn drop_due(tx: &mut Tx) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "update deliveries set told_seq = due_seq, next_at_ms = null, claimed_seq = null \
         where next_at_ms is not null and claimed_by is null",
    )
    .execute(&mut tx.inner)
    .await?;
    Ok(done.rows_affected() + drop_messages(tx).await?)
}

fn to_claimed(row: &AnyRow) -> Result<ClaimedDelivery, StoreError> {
    Ok(ClaimedDelivery {
        subscriber_id: text(row, "subscriber_id")?,
        address: word(row, "address", |text| EmailAddress::parse(text).ok())?,
        thread: word(row, "thread", Thread::parse)?,
        told_seq: int(row, "told_seq")?,
        until_seq: int(row, "claimed_seq")?,
        attempts: int(row, "attempts")?,
        failing_since: instant_or_none(row, "failing_since_ms")?,
    })
}
