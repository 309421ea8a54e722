//! What goes to channels that staff added: each news is a message of its own, and those of a thread
//! go in order.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::newer::{known_channels, known_messages};
use super::outbox::known_dispatches;
use super::row::{instant, instant_or_none, int, text, word};
use super::tx::Tx;
use crate::domain::dispatch::{Dispatch, News, Thread};

/// The kind of a message that staff send to try a channel.
const TEST: &str = "test";
/// The most rows in one statement.
const ROWS: usize = 100;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// The channel that gets it.
    pub channel_id: String,
    /// Its number, unique in its channel.
    pub seq: i64,
    /// What it is about.
    pub thread: Thread,
    /// What there is to say; `None` for a test.
    pub news: Option<News>,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// How often it was tried before.
    pub attempts: i64,
    /// When the first attempt failed.
    pub failing_since: Option<DateTime<Utc>>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageOutcome {
    /// It was taken; its id at the service.
    Done { reference: Option<String> },
    /// Nothing of it is public any more.
    Nothing,
    /// It is tried again at an instant.
    Later { next_at: DateTime<Utc> },
    /// It isn't tried again by itself.
    GaveUp,
}

/// The dispatches that are still to be spread to channels, in order.
pub async fn list_for_channels(tx: &mut Tx) -> Result<Vec<Dispatch>, StoreError> {
    let rows = sqlx::query(
        "select * from outbox where channels = 'waiting' and status <> 'dropped' order by seq",
    )
    .fetch_all(&mut tx.inner)
    .await?;
    known_dispatches(&rows)
}

/// Notes that a dispatch needs no more spreading to channels; `told` says whether it was spread.
pub async fn set_channels_told(tx: &mut Tx, seq: i64, told: bool) -> Result<(), StoreError> {
    sqlx::query("update outbox set channels = $1 where seq = $2")
        .bind(told.then_some("spread"))
        .bind(seq)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Whether channels were told of an update, or, if `id` is empty, of anything of the thread.
pub async fn has_told_channels(tx: &mut Tx, thread: &Thread, id: &str) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "select seq from outbox where thread = $1 and channels = 'spread' \
         and ($2 = '' or (kind = 'update' and subject = $2)) limit 1",
    )
    .bind(thread.to_text())
    .bind(id)
    .fetch_optional(&mut tx.inner)
    .await?;
    Ok(row.is_some())
}

/// The ids of the channels that were told of a thread.
pub async fn list_told(tx: &mut Tx, thread: &Thread) -> Result<BTreeSet<String>, StoreError> {
    let rows = sqlx::query("select channel_id from channel_threads where thread = $1")
        .bind(thread.to_text())
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter().map(|row| text(row, "channel_id")).collect()
}

/// Puts a dispatch into the queues of channels. One that has it already keeps it as it is.
pub async fn queue_messages(
    tx: &mut Tx,
    dispatch: &Dispatch,
    channels: &[&str],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for part in channels.chunks(ROWS) {
        let places =
            (0..part.len()).map(|row| format!("(${}, $1, $2, $3, $4, $5, $6, 0)", row + 7));
        let places = places.collect::<Vec<_>>().join(", ");
        // The statement holds only placeholders.
        let mut query = sqlx::query(AssertSqlSafe(format!(
            "insert into channel_messages (channel_id, seq, thread, kind, subject, created_at_ms, \
             next_at_ms, attempts) values {places} on conflict (channel_id, seq) do nothing"
        )))
        .bind(dispatch.seq)
        .bind(dispatch.thread.to_text())
        .bind(dispatch.news.kind())
        .bind(dispatch.news.subject())
        .bind(dispatch.created_at.timestamp_millis())
        .bind(now.timestamp_millis());
        for id in part {
            query = query.bind((*id).to_owned());
        }
        query.execute(&mut tx.inner).await?;
        let places = (0..part.len()).map(|row| format!("(${}, $1)", row + 2));
        let places = places.collect::<Vec<_>>().join(", ");
        let mut query = sqlx::query(AssertSqlSafe(format!(
            "insert into channel_threads (channel_id, thread) values {places} \
             on conflict (channel_id, thread) do nothing"
        )))
        .bind(dispatch.thread.to_text());
        for id in part {
            query = query.bind((*id).to_owned());
        }
        query.execute(&mut tx.inner).await?;
    }
    Ok(())
}

/// Queues a message that tries a channel.
pub async fn queue_test(
    tx: &mut Tx,
    channel_id: &str,
    seq: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into channel_messages (channel_id, seq, thread, kind, subject, created_at_ms, \
         next_at_ms, attempts) values ($1, $2, $3, $4, '', $5, $5, 0)",
    )
    .bind(channel_id)
    .bind(seq)
    // Tests wait for nothing else, not even for each other.
    .bind(format!("{TEST}/{seq}"))
    .bind(TEST)
    .bind(now.timestamp_millis())
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// How a channel fares. Those that fail wait for each other, so that they hold up nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The last message arrived, or there was none yet.
    Working,
    /// The last one didn't.
    Failing,
}

impl Health {
    fn is_failing(self) -> &'static str {
        match self {
            Self::Working => "no",
            Self::Failing => "yes",
        }
    }
}

/// Whether a channel may be sent to, as `c`, and is failing or not, as $2 says, a message `m` is due
/// at $1, and nothing goes before it: no other message to the channel is on its way, and none of its
/// thread is left.
macro_rules! claimable {
    () => {
        concat!(
            "from channel_messages m join channels c on c.id = m.channel_id \
             where m.next_at_ms <= $1 and m.claimed_by is null \
             and c.paused_at_ms is null and c.disabled_at_ms is null \
             and (c.failing_since_ms is not null) = ($2 = 'yes') \
             and not exists (select 1 from channel_messages b where b.channel_id = m.channel_id \
             and b.claimed_by is not null) and c.kind in ",
            known_channels!(),
            " and m.kind in ",
            known_messages!(),
            " and not exists (select 1 from channel_messages b where b.channel_id = m.channel_id \
             and b.thread = m.thread and b.seq < m.seq and b.next_at_ms is not null)"
        )
    };
}

/// Whether there is a message to claim at `now`.
pub async fn has_due_message(
    tx: &mut Tx,
    health: Health,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = sqlx::query(concat!("select m.seq ", claimable!(), " limit 1"))
        .bind(now.timestamp_millis())
        .bind(health.is_failing())
        .fetch_optional(&mut tx.inner)
        .await?;
    Ok(row.is_some())
}

/// Claims messages that are due for the sender `claim`: at most `limit`, and one for each channel
/// that has none on its way.
pub async fn claim_messages(
    tx: &mut Tx,
    claim: &str,
    health: Health,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<ClaimedMessage>, StoreError> {
    let rows = sqlx::query(concat!(
        "update channel_messages set claimed_by = $3 where claimed_by is null \
         and (channel_id, seq) in (select m.channel_id, min(m.seq) ",
        claimable!(),
        " group by m.channel_id order by min(m.next_at_ms), m.channel_id limit $4) returning *"
    ))
    .bind(now.timestamp_millis())
    .bind(health.is_failing())
    .bind(claim)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_claimed).collect()
}

/// Notes what became of a message that `claim` had claimed. Returns whether it still had it.
pub async fn finish_message(
    tx: &mut Tx,
    claim: &str,
    message: &ClaimedMessage,
    outcome: &MessageOutcome,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let (next_at, is_over, reference) = match outcome {
        MessageOutcome::Done { reference } => (None, true, reference.as_deref()),
        MessageOutcome::Nothing => (None, true, None),
        MessageOutcome::Later { next_at } => (Some(*next_at), false, None),
        MessageOutcome::GaveUp => (None, false, None),
    };
    let done = sqlx::query(
        "update channel_messages set claimed_by = null, next_at_ms = $1, attempts = attempts + 1, \
         failing_since_ms = case when $2 = 'yes' then null else coalesce(failing_since_ms, $3) end, \
         reference = coalesce($4, reference) \
         where claimed_by = $5 and channel_id = $6 and seq = $7",
    )
    .bind(next_at.map(|at| at.timestamp_millis()))
    .bind(if is_over { "yes" } else { "no" })
    .bind(now.timestamp_millis())
    .bind(reference)
    .bind(claim)
    .bind(&message.channel_id)
    .bind(message.seq)
    .execute(&mut tx.inner)
    .await?;
    if let Some(reference) = reference {
        sqlx::query(
            "update channel_threads set reference = $1 \
             where channel_id = $2 and thread = $3 and reference is null",
        )
        .bind(reference)
        .bind(&message.channel_id)
        .bind(message.thread.to_text())
        .execute(&mut tx.inner)
        .await?;
    }
    Ok(done.rows_affected() > 0)
}

/// Makes everything that waits for a channel due: it works again.
pub async fn hurry_messages(
    tx: &mut Tx,
    channel_id: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update channel_messages set next_at_ms = $1 where channel_id = $2 and next_at_ms > $1",
    )
    .bind(now.timestamp_millis())
    .bind(channel_id)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Sends a message once more. Returns whether there is one.
pub async fn resend_message(
    tx: &mut Tx,
    channel_id: &str,
    seq: i64,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update channel_messages set next_at_ms = $1, failing_since_ms = null \
         where channel_id = $2 and seq = $3",
    )
    .bind(now.timestamp_millis())
    .bind(channel_id)
    .bind(seq)
    .execute(&mut tx.inner)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How many messages wait for each channel, by its id.
pub async fn count_waiting_messages(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = sqlx::query(
        "select channel_id, count(*) as many from channel_messages \
         where next_at_ms is not null group by channel_id",
    )
    .fetch_all(&mut tx.inner)
    .await?;
    let counts = rows.iter();
    counts
        .map(|row| Ok((text(row, "channel_id")?, int(row, "many")?)))
        .collect()
}

/// Frees everything that a sender had claimed.
pub(super) async fn free_messages(tx: &mut Tx, claim: &str) -> Result<(), StoreError> {
    sqlx::query("update channel_messages set claimed_by = null where claimed_by = $1")
        .bind(claim)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Forgets everything that waits. Returns how much that was.
pub(super) async fn drop_messages(tx: &mut Tx) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "update channel_messages set next_at_ms = null \
         where next_at_ms is not null and claimed_by is null",
    )
    .execute(&mut tx.inner)
    .await?;
    Ok(done.rows_affected())
}

/// Deletes messages from before `before` that nothing refers to any more.
pub async fn delete_old_messages(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query(
        "delete from channel_messages where created_at_ms < $1 and claimed_by is null \
         and next_at_ms is null and reference is null",
    )
    .bind(before.timestamp_millis())
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

fn to_claimed(row: &AnyRow) -> Result<ClaimedMessage, StoreError> {
    let (kind, subject) = (text(row, "kind")?, text(row, "subject")?);
    let news = match kind == TEST {
        true => None,
        false => Some(word(row, "kind", |kind| News::parse(kind, &subject))?),
    };
    Ok(ClaimedMessage {
        channel_id: text(row, "channel_id")?,
        seq: int(row, "seq")?,
        thread: word(row, "thread", Thread::parse)?,
        news,
        created_at: instant(row, "created_at_ms")?,
        attempts: int(row, "attempts")?,
        failing_since: instant_or_none(row, "failing_since_ms")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_claimed() {
        let kinds = News::KINDS.into_iter().chain([TEST]);
        let kinds: Vec<_> = kinds.map(|kind| format!("'{kind}'")).collect();
        assert_eq!(known_messages!(), format!("({})", kinds.join(", ")));
    }
}
