//! Letters: messages about a subscription itself, which wait until they are sent.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::row::{instant, int, text, text_or_none, unreadable, word};
use super::tx::Tx;
use crate::domain::email_address::EmailAddress;
use crate::domain::subscriber::Following;

/// A message about a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its identity.
    pub id: String,
    /// Who gets it.
    pub address: EmailAddress,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// How often it was tried to send it.
    pub attempts: i64,
}

/// What a letter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody typed the address into the form, and wants this. What is sent depends on whether
    /// the address is known, which isn't looked up before.
    Signup(Following),
    /// The subscriber with this id has confirmed.
    Welcome(String),
}

/// Adds a letter; it is due at once.
pub async fn insert_letter(tx: &mut Tx, letter: &Letter) -> Result<(), StoreError> {
    let (kind, following, subscriber) = match &letter.purpose {
        Purpose::Signup(following) => ("signup", serde_json::to_string(following).ok(), None),
        Purpose::Welcome(id) => ("welcome", None, Some(id)),
    };
    sqlx::query(
        "insert into letters (id, kind, address, following, subscriber_id, created_at_ms, \
         next_at_ms, attempts) values ($1, $2, $3, $4, $5, $6, $6, $7)",
    )
    .bind(&letter.id)
    .bind(kind)
    .bind(letter.address.as_str())
    .bind(following)
    .bind(subscriber)
    .bind(letter.created_at.timestamp_millis())
    .bind(letter.attempts)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Whether there is a letter to claim at `now`.
pub async fn has_due_letter(tx: &mut Tx, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "select id from letters where next_at_ms <= $1 and claimed_by is null \
         and kind in ('signup', 'welcome')",
    )
    .bind(now.timestamp_millis())
    .fetch_optional(&mut tx.inner)
    .await?;
    Ok(row.is_some())
}

/// Claims letters that are due, at most `limit`, for the sender `claim`. Those of a kind that only a
/// newer version knows are left to it.
pub async fn claim_letters(
    tx: &mut Tx,
    claim: &str,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Letter>, StoreError> {
    let rows = sqlx::query(
        "update letters set claimed_by = $1 where claimed_by is null and id in \
         (select id from letters where claimed_by is null and next_at_ms <= $2 \
         and kind in ('signup', 'welcome') \
         order by next_at_ms, id limit $3) returning *",
    )
    .bind(claim)
    .bind(now.timestamp_millis())
    .bind(limit)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_letter).collect()
}

/// Deletes a letter: it was sent, or can't be.
pub async fn delete_letter(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    sqlx::query("delete from letters where id = $1")
        .bind(id)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Puts a letter back, to be tried again at `next_at`.
pub async fn postpone_letter(
    tx: &mut Tx,
    id: &str,
    next_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update letters set claimed_by = null, next_at_ms = $1, attempts = attempts + 1 \
         where id = $2",
    )
    .bind(next_at.timestamp_millis())
    .bind(id)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Forgets every letter that isn't being sent.
pub async fn drop_letters(tx: &mut Tx) -> Result<u64, StoreError> {
    let done = sqlx::query("delete from letters where claimed_by is null")
        .execute(&mut tx.inner)
        .await?;
    Ok(done.rows_affected())
}

/// Frees the letters that a sender had claimed.
pub(super) async fn free_letters(tx: &mut Tx, claim: &str) -> Result<(), StoreError> {
    sqlx::query("update letters set claimed_by = null where claimed_by = $1")
        .bind(claim)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

fn to_letter(row: &AnyRow) -> Result<Letter, StoreError> {
    let purpose = match text(row, "kind")?.as_str() {
        "signup" => {
            let following = text_or_none(row, "following")?.unwrap_or_default();
            let read = serde_json::from_str(&following);
            Purpose::Signup(read.map_err(|_| unreadable("following", &following))?)
        }
        "welcome" => Purpose::Welcome(text(row, "subscriber_id")?),
        other => return Err(unreadable("kind", other)),
    };
    Ok(Letter {
        id: text(row, "id")?,
        address: word(row, "address", |text| EmailAddress::parse(text).ok())?,
        purpose,
        created_at: instant(row, "created_at_ms")?,
        attempts: int(row, "attempts")?,
    })
}
