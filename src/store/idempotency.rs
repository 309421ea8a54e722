//! Answers already given to requests with an `Idempotency-Key`, so that repeating one does nothing.

use chrono::{DateTime, Duration, Utc};

use super::error::StoreError;
use super::row::{int, text, text_or_none};
use super::tx::Tx;

/// A key and its answer are remembered for this long.
pub const REMEMBERED: Duration = Duration::days(7);

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// SHA-256 of the request's method, path and body, in hexadecimal.
    pub request_hash: String,
    /// The HTTP status.
    pub status: i64,
    /// The `Location` header, if there was one.
    pub location: Option<String>,
    /// The body.
    pub body: String,
}

/// The answer given to this token's request with this key.
pub async fn find_answer(
    tx: &mut Tx,
    token_id: &str,
    key: &str,
) -> Result<Option<StoredAnswer>, StoreError> {
    let row = sqlx::query("select * from idempotency where token_id = $1 and key = $2")
        .bind(token_id)
        .bind(key)
        .fetch_optional(&mut tx.inner)
        .await?;
    row.map(|row| {
        Ok(StoredAnswer {
            request_hash: text(&row, "request_hash")?,
            status: int(&row, "status")?,
            location: text_or_none(&row, "location")?,
            body: text(&row, "body")?,
        })
    })
    .transpose()
}

/// Stores an answer. `Conflict` if one is stored already.
pub async fn insert_answer(
    tx: &mut Tx,
    token_id: &str,
    key: &str,
    answer: &StoredAnswer,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into idempotency (token_id, key, request_hash, status, location, body, created_at_ms) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token_id)
    .bind(key)
    .bind(&answer.request_hash)
    .bind(answer.status)
    .bind(answer.location.as_deref())
    .bind(&answer.body)
    .bind(now.timestamp_millis())
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Deletes the answers given before `before`.
pub async fn delete_answers(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("delete from idempotency where created_at_ms < $1")
        .bind(before.timestamp_millis())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}
