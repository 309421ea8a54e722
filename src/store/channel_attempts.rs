//! Attempts to send messages to channels: those of the last week, for staff.

use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::row::{instant, int, text, text_or_none};
use super::tx::Tx;
use crate::domain::attempt::{Attempt, AttemptAbout};
use crate::domain::dispatch::{News, Thread};

/// Stores an attempt.
pub async fn insert_attempt(tx: &mut Tx, attempt: &Attempt) -> Result<(), StoreError> {
    // The channel may have been removed in the meantime.
    sqlx::query(
        "insert into channel_attempts (id, channel_id, seq, event, attempt, status, failure, \
         at_ms, duration_ms) select $1, c.id, $3, $4, $5, $6, $7, $8, $9 from channels c \
         where c.id = $2",
    )
    .bind(&attempt.id)
    .bind(&attempt.channel_id)
    .bind(attempt.seq)
    .bind(&attempt.event)
    .bind(attempt.attempt)
    .bind(attempt.status)
    .bind(attempt.failure.as_deref())
    .bind(attempt.at.timestamp_millis())
    .bind(attempt.duration_ms)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Which attempts are wanted.
#[derive(Debug, Clone, Copy)]
pub struct AttemptFilter<'a> {
    /// Those for this channel.
    pub channel_id: &'a str,
    /// Only those since then.
    pub since: DateTime<Utc>,
    /// Only those before the attempt with this id.
    pub before: Option<&'a str>,
    /// How many at most.
    pub limit: i64,
}

/// The attempts that a filter lets through, newest first.
pub async fn list_attempts(
    tx: &mut Tx,
    filter: &AttemptFilter<'_>,
) -> Result<Vec<AttemptAbout>, StoreError> {
    let rows = sqlx::query(
        "select a.*, m.thread, m.kind, m.subject from channel_attempts a left join channel_messages m \
         on m.channel_id = a.channel_id and m.seq = a.seq \
         where a.channel_id = $1 and a.at_ms >= $2 \
         and ($3 = '' or (a.at_ms, a.id) < (select b.at_ms, b.id from channel_attempts b \
             where b.channel_id = $1 and b.id = $3)) \
         order by a.at_ms desc, a.id desc limit $4",
    )
    .bind(filter.channel_id)
    .bind(filter.since.timestamp_millis())
    .bind(filter.before.unwrap_or_default())
    .bind(filter.limit)
    .fetch_all(&mut tx.inner)
    .await?;
    let with_thread = |row: &AnyRow| {
        let column = |name| Ok::<_, StoreError>(text_or_none(row, name)?.unwrap_or_default());
        // A test is no news.
        let news = News::parse(&column("kind")?, &column("subject")?);
        let thread = Thread::parse(&column("thread")?);
        Ok(AttemptAbout {
            attempt: to_attempt(row)?,
            thread: thread.filter(|_| news.is_some()),
        })
    };
    rows.iter().map(with_thread).collect()
}

/// Whether a channel has an attempt with this id.
pub async fn has_attempt(tx: &mut Tx, channel_id: &str, id: &str) -> Result<bool, StoreError> {
    let row = sqlx::query("select id from channel_attempts where channel_id = $1 and id = $2")
        .bind(channel_id)
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    Ok(row.is_some())
}

/// The newest attempt to send a message; `None` if there is none.
pub async fn find_last_attempt(
    tx: &mut Tx,
    channel_id: &str,
    seq: i64,
) -> Result<Option<Attempt>, StoreError> {
    let row = sqlx::query(
        "select * from channel_attempts where channel_id = $1 and seq = $2 \
         order by attempt desc, at_ms desc limit 1",
    )
    .bind(channel_id)
    .bind(seq)
    .fetch_optional(&mut tx.inner)
    .await?;
    row.as_ref().map(to_attempt).transpose()
}

/// Deletes the attempts from before `before`.
pub async fn delete_old_attempts(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("delete from channel_attempts where at_ms < $1")
        .bind(before.timestamp_millis())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

fn to_attempt(row: &AnyRow) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        id: text(row, "id")?,
        channel_id: text(row, "channel_id")?,
        seq: int(row, "seq")?,
        event: text(row, "event")?,
        attempt: int(row, "attempt")?,
        status: row.try_get::<Option<i64>, _>("status")?,
        failure: text_or_none(row, "failure")?,
        at: instant(row, "at_ms")?,
        duration_ms: int(row, "duration_ms")?,
    })
}
