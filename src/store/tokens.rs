//! Tokens: only the hash of a secret is ever stored.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::Store;
use super::error::StoreError;
use super::guarded_connection::Guarded;
use super::newer::leave_alone;
use super::row::{instant, instant_or_none, text, text_or_none};
use super::tx::Tx;
use crate::domain::scope::Scope;
use crate::domain::staff::Token;

/// Every token, even revoked ones, oldest first.
pub async fn list_tokens(tx: &mut Tx) -> Result<Vec<Token>, StoreError> {
    let rows = sqlx::query("select * from tokens order by created_at_ms, id")
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter().map(to_token).collect()
}

/// The token whose secret has this hash (SHA-256, hexadecimal). Every request by staff begins with
/// it; a single statement needs no transaction.
pub async fn find_token_by_hash(store: &Store, hash: &str) -> Result<Option<Token>, StoreError> {
    store.check_open()?;
    let row = sqlx::query("select * from tokens where hash = $1")
        .bind(hash)
        .fetch_optional(&mut Guarded::single(&store.connected.pool).await?)
        .await?;
    row.as_ref().map(to_token).transpose()
}

/// A token by its id.
pub async fn find_token(tx: &mut Tx, id: &str) -> Result<Option<Token>, StoreError> {
    let row = sqlx::query("select * from tokens where id = $1")
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    row.as_ref().map(to_token).transpose()
}

/// Adds a token with the hash of its secret.
pub async fn insert_token(tx: &mut Tx, token: &Token, hash: &str) -> Result<(), StoreError> {
    let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    sqlx::query(
        "insert into tokens (id, name, display_name, hash, scopes, created_at_ms, expires_at_ms) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&token.id)
    .bind(&token.name)
    .bind(token.display_name.as_deref())
    .bind(hash)
    .bind(scopes.join(" "))
    .bind(token.created_at.timestamp_millis())
    .bind(token.expires_at.map(|at| at.timestamp_millis()))
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Revokes a token.
pub async fn set_token_revoked(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("update tokens set revoked_at_ms = $1 where id = $2 and revoked_at_ms is null")
        .bind(at.timestamp_millis())
        .bind(id)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Notes that a token was used. An earlier use doesn't replace a later one.
pub async fn set_token_used(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query(
        "update tokens set last_used_at_ms = $1 where id = $2 \
         and (last_used_at_ms is null or last_used_at_ms < $1)",
    )
    .bind(at.timestamp_millis())
    .bind(id)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

fn to_token(row: &AnyRow) -> Result<Token, StoreError> {
    let words = text(row, "scopes")?;
    let words = words.split_whitespace();
    let scopes = words.filter_map(|word| {
        let known = Scope::parse(word);
        if known.is_none() {
            leave_alone("tokens.scopes", word);
        }
        known
    });
    Ok(Token {
        id: text(row, "id")?,
        name: text(row, "name")?,
        display_name: text_or_none(row, "display_name")?,
        scopes: scopes.collect(),
        created_at: instant(row, "created_at_ms")?,
        expires_at: instant_or_none(row, "expires_at_ms")?,
        last_used_at: instant_or_none(row, "last_used_at_ms")?,
        revoked_at: instant_or_none(row, "revoked_at_ms")?,
    })
}
