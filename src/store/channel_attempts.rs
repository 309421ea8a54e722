//! Attempts to send messages to channels: those of the last week, for staff.

use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::row::{instant, int, text, text_or_none};
use super::tx::Tx;
use crate::domain::attempt::Attempt;

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

/// The attempts for a channel since `since`, newest first, at most `limit`.
pub async fn list_attempts(
    tx: &mut Tx,
    channel_id: &str,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Attempt>, StoreError> {
    let rows = sqlx::query(
        "select * from channel_attempts where channel_id = $1 and at_ms >= $2 \
         order by at_ms desc, id desc limit $3",
    )
    .bind(channel_id)
    .bind(since.timestamp_millis())
    .bind(limit)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_attempt).collect()
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
