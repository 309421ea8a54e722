//! The record: who did what and when, and the texts that edits replaced.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::row::{instant, text, text_or_none};
use super::{StoreError, Tx};

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its identity; entries sort by it.
    pub id: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The sort of actor: `token`, `host`, `file`.
    pub actor_kind: String,
    /// The actor's id, where it has one.
    pub actor_id: Option<String>,
    /// The actor's name.
    pub actor_name: String,
    /// What was done: the action's name.
    pub action: String,
    /// What it was done to: `component`, `incident`, `update`, `token`, `site`.
    pub kind: String,
    /// The id of that.
    pub entity_id: String,
    /// Its name for people.
    pub label: String,
    /// What it was, as JSON.
    pub before: Option<String>,
    /// What it became, as JSON.
    pub after: Option<String>,
}

/// Adds a line.
pub async fn insert_entry(tx: &mut Tx, entry: &AuditEntry) -> Result<(), StoreError> {
    sqlx::query(
        "insert into audit (id, at_ms, actor_kind, actor_id, actor_name, action, kind, entity_id, \
         label, before_json, after_json) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&entry.id)
    .bind(entry.at.timestamp_millis())
    .bind(&entry.actor_kind)
    .bind(entry.actor_id.as_deref())
    .bind(&entry.actor_name)
    .bind(&entry.action)
    .bind(&entry.kind)
    .bind(&entry.entity_id)
    .bind(&entry.label)
    .bind(entry.before.as_deref())
    .bind(entry.after.as_deref())
    .execute(&mut *tx.inner)
    .await?;
    Ok(())
}

/// The newest lines, newest first; `before` is the id of the last one already seen.
pub async fn list_entries(
    tx: &mut Tx,
    limit: i64,
    before: Option<&str>,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows =
        sqlx::query("select * from audit where $1 = '' or id < $1 order by id desc limit $2")
            .bind(before.unwrap_or(""))
            .bind(limit)
            .fetch_all(&mut *tx.inner)
            .await?;
    rows.iter().map(to_entry).collect()
}

/// Keeps what an edit replaced; `body` is JSON.
pub async fn insert_version(tx: &mut Tx, entry: &AuditEntry, body: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into versions (id, kind, entity_id, at_ms, actor_kind, actor_name, body) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&entry.id)
    .bind(&entry.kind)
    .bind(&entry.entity_id)
    .bind(entry.at.timestamp_millis())
    .bind(&entry.actor_kind)
    .bind(&entry.actor_name)
    .bind(body)
    .execute(&mut *tx.inner)
    .await?;
    Ok(())
}

fn to_entry(row: &AnyRow) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: text(row, "id")?,
        at: instant(row, "at_ms")?,
        actor_kind: text(row, "actor_kind")?,
        actor_id: text_or_none(row, "actor_id")?,
        actor_name: text(row, "actor_name")?,
        action: text(row, "action")?,
        kind: text(row, "kind")?,
        entity_id: text(row, "entity_id")?,
        label: text(row, "label")?,
        before: text_or_none(row, "before_json")?,
        after: text_or_none(row, "after_json")?,
    })
}
