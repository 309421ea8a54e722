//! Sessions of the staff pages: only the hash of a cookie is ever stored.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::row::{instant, text, text_or_none};
use super::tx::Tx;
use crate::domain::staff::{KeptForm, Session};

/// The sessions opened with this token, or with any token, last used first.
pub async fn list_sessions(
    tx: &mut Tx,
    token_id: Option<&str>,
) -> Result<Vec<Session>, StoreError> {
    let rows = match token_id {
        Some(token_id) => {
            sqlx::query(
                "select * from sessions where token_id = $1 order by seen_at_ms desc, id desc",
            )
            .bind(token_id)
            .fetch_all(&mut tx.inner)
            .await?
        }
        None => {
            sqlx::query("select * from sessions order by seen_at_ms desc, id desc")
                .fetch_all(&mut tx.inner)
                .await?
        }
    };
    rows.iter().map(to_session).collect()
}

/// The session whose cookie has this hash (SHA-256, hexadecimal).
pub async fn find_session_by_hash(tx: &mut Tx, hash: &str) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query("select * from sessions where hash = $1")
        .bind(hash)
        .fetch_optional(&mut tx.inner)
        .await?;
    row.as_ref().map(to_session).transpose()
}

/// A session by its id.
pub async fn find_session(tx: &mut Tx, id: &str) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query("select * from sessions where id = $1")
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    row.as_ref().map(to_session).transpose()
}

/// Adds a session.
pub async fn insert_session(tx: &mut Tx, session: &Session, hash: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into sessions (id, hash, token_id, device, created_at_ms, seen_at_ms, kept_form) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&session.id)
    .bind(hash)
    .bind(&session.token_id)
    .bind(session.device.as_deref())
    .bind(session.created_at.timestamp_millis())
    .bind(session.seen_at.timestamp_millis())
    .bind(written(&session.kept))
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Notes that a session was used.
pub async fn set_session_seen(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("update sessions set seen_at_ms = $1 where id = $2 and seen_at_ms < $1")
        .bind(at.timestamp_millis())
        .bind(id)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Replaces the forms that a session keeps.
pub async fn set_kept(tx: &mut Tx, id: &str, kept: &[KeptForm]) -> Result<(), StoreError> {
    sqlx::query("update sessions set kept_path = null, kept_form = $1 where id = $2")
        .bind(written(kept))
        .bind(id)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Ends a session.
pub async fn delete_session(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where id = $1")
        .bind(id)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Ends the sessions that haven't been used since `before`.
pub async fn delete_idle_sessions(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where seen_at_ms <= $1")
        .bind(before.timestamp_millis())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Ends every session that was opened with a token.
pub async fn delete_sessions_of(tx: &mut Tx, token_id: &str) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where token_id = $1")
        .bind(token_id)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

fn to_session(row: &AnyRow) -> Result<Session, StoreError> {
    Ok(Session {
        id: text(row, "id")?,
        token_id: text(row, "token_id")?,
        device: text_or_none(row, "device")?,
        created_at: instant(row, "created_at_ms")?,
        seen_at: instant(row, "seen_at_ms")?,
        kept: kept_in(row)?,
    })
}

/// The forms as JSON; null for none.
fn written(kept: &[KeptForm]) -> Option<String> {
    serde_json::to_string(kept)
        .ok()
        .filter(|_| !kept.is_empty())
}

fn kept_in(row: &AnyRow) -> Result<Vec<KeptForm>, StoreError> {
    let Some(form) = text_or_none(row, "kept_form")? else {
        return Ok(Vec::new());
    };
    Ok(match text_or_none(row, "kept_path")? {
        // Earlier versions kept one form, and its path beside it.
        Some(path) => vec![KeptForm {
            path,
            key: None,
            form,
        }],
        None => serde_json::from_str(&form).unwrap_or_default(),
    })
}
