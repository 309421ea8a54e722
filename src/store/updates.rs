//! Updates, and the components that posts and updates name.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::row::{instant, instant_or_none, int, text, text_or_none, word, word_or_none};
use super::tx::Tx;
use crate::domain::fact::Fact;
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::domain::window::Window;

/// An update, with what only the activity log needs. Its changes and mentions aren't read with it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredUpdate {
    /// The id of its incident.
    pub incident_id: String,
    /// The update.
    pub update: Update,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// An update by its id, even a withdrawn one.
pub async fn find_update(tx: &mut Tx, id: &str) -> Result<Option<StoredUpdate>, StoreError> {
    let row = sqlx::query("select * from updates where id = $1")
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    row.as_ref().map(to_stored).transpose()
}

/// The updates of one incident, even withdrawn ones, by time.
pub async fn list_updates_of_incident(
    tx: &mut Tx,
    incident_id: &str,
) -> Result<Vec<StoredUpdate>, StoreError> {
    let rows = sqlx::query("select * from updates where incident_id = $1 order by at_ms, seq")
        .bind(incident_id)
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter().map(to_stored).collect()
}

/// Adds an update, or replaces everything about it except when it was created.
pub async fn set_update(
    tx: &mut Tx,
    stored: &StoredUpdate,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let update = &stored.update;
    sqlx::query(
        "insert into updates (id, incident_id, at_ms, seq, precision, as_written, phase, author, \
         markdown, restore, edited_at_ms, public_at_ms, source, created_at_ms, withdrawn_at_ms, \
         starts_ms, ends_ms, fact) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         on conflict (id) do update set at_ms = excluded.at_ms, seq = excluded.seq, \
         precision = excluded.precision, as_written = excluded.as_written, phase = excluded.phase, \
         author = excluded.author, markdown = excluded.markdown, restore = excluded.restore, \
         edited_at_ms = excluded.edited_at_ms, public_at_ms = excluded.public_at_ms, \
         source = excluded.source, withdrawn_at_ms = excluded.withdrawn_at_ms, \
         starts_ms = excluded.starts_ms, ends_ms = excluded.ends_ms, \
         fact = excluded.fact",
    )
    .bind(&update.id)
    .bind(&stored.incident_id)
    .bind(update.at.timestamp_millis())
    .bind(update.seq)
    .bind(update.precision.as_str())
    .bind(update.as_written.as_deref())
    .bind(update.phase.map(Phase::as_str))
    .bind(update.author.as_deref())
    .bind(&update.markdown)
    .bind(if update.restore { "yes" } else { "no" })
    .bind(update.edited_at.map(|at| at.timestamp_millis()))
    .bind(update.public_at.timestamp_millis())
    .bind(update.source.as_str())
    .bind(now.timestamp_millis())
    .bind(stored.withdrawn_at.map(|at| at.timestamp_millis()))
    .bind(update.window.starts.map(|at| at.timestamp_millis()))
    .bind(update.window.ends.map(|at| at.timestamp_millis()))
    .bind(update.fact.as_ref().map(Fact::to_text))
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Replaces what a post (`update_id` is `None`) or an update names.
pub async fn set_mentions(
    tx: &mut Tx,
    incident_id: &str,
    update_id: Option<&str>,
    components: &[Slug],
) -> Result<(), StoreError> {
    let update_id = update_id.unwrap_or("");
    sqlx::query("delete from mentions where incident_id = $1 and update_id = $2")
        .bind(incident_id)
        .bind(update_id)
        .execute(&mut tx.inner)
        .await?;
    insert_mentions(tx, incident_id, Some(update_id), components).await
}

/// Writes what a post (`update_id` is `None`) or an update names, if nothing is written yet.
pub async fn insert_mentions(
    tx: &mut Tx,
    incident_id: &str,
    update_id: Option<&str>,
    components: &[Slug],
) -> Result<(), StoreError> {
    for (position, component) in (0_i64..).zip(components) {
        sqlx::query(
            "insert into mentions (incident_id, update_id, component, position) \
             values ($1, $2, $3, $4) on conflict do nothing",
        )
        .bind(incident_id)
        .bind(update_id.unwrap_or(""))
        .bind(component.as_str())
        .bind(position)
        .execute(&mut tx.inner)
        .await?;
    }
    Ok(())
}

fn to_stored(row: &AnyRow) -> Result<StoredUpdate, StoreError> {
    Ok(StoredUpdate {
        incident_id: text(row, "incident_id")?,
        update: Update {
            id: text(row, "id")?,
            at: instant(row, "at_ms")?,
            seq: int(row, "seq")?,
            precision: word(row, "precision", Precision::parse)?,
            as_written: text_or_none(row, "as_written")?,
            phase: word_or_none(row, "phase", Phase::parse)?,
            author: text_or_none(row, "author")?,
            markdown: text(row, "markdown")?,
            fact: word_or_none(row, "fact", Fact::parse)?,
            changes: Vec::new(),
            mentions: Vec::new(),
            restore: text(row, "restore")? != "no",
            window: Window {
                starts: instant_or_none(row, "starts_ms")?,
                ends: instant_or_none(row, "ends_ms")?,
            },
            edited_at: instant_or_none(row, "edited_at_ms")?,
            public_at: instant(row, "public_at_ms")?,
            source: word(row, "source", Source::parse)?,
        },
        withdrawn_at: instant_or_none(row, "withdrawn_at_ms")?,
    })
}
