//! What isn't public: drafts, the dates that their publication sets, and withdrawn incidents.

use chrono::{DateTime, Utc};

use super::error::StoreError;
use super::row::{instant, text};
use super::tx::Tx;

/// Whether a post is dated when it was made, so that nobody gave it another date.
pub async fn find_post_undated(tx: &mut Tx, incident_id: &str) -> Result<bool, StoreError> {
    let row =
        sqlx::query("select 1 from incidents where id = $1 and published_at_ms = created_at_ms")
            .bind(incident_id)
            .fetch_optional(&mut tx.inner)
            .await?;
    Ok(row.is_some())
}

/// Dates those updates, and their changes of state, that nobody gave a date other than when they
/// were made.
pub async fn set_updates_dated(
    tx: &mut Tx,
    incident_id: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    for statement in [
        "update state_changes set at_ms = $1 where incident_id = $2 and origin = 'update' \
         and update_id in (select id from updates where incident_id = $2 \
                           and at_ms = created_at_ms)",
        "update updates set at_ms = $1 where incident_id = $2 and at_ms = created_at_ms",
    ] {
        sqlx::query(statement)
            .bind(at.timestamp_millis())
            .bind(incident_id)
            .execute(&mut tx.inner)
            .await?;
    }
    Ok(())
}

/// The incidents that were published and later withdrawn, last withdrawn first: id, title and when.
pub async fn list_withdrawn(
    tx: &mut Tx,
    limit: i64,
) -> Result<Vec<(String, String, DateTime<Utc>)>, StoreError> {
    let rows = sqlx::query(
        "select id, title, withdrawn_at_ms from incidents where withdrawn_at_ms is not null \
         and draft_since_ms is null order by withdrawn_at_ms desc, id desc limit $1",
    )
    .bind(limit)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter()
        .map(|row| {
            let withdrawn_at = instant(row, "withdrawn_at_ms")?;
            Ok((text(row, "id")?, text(row, "title")?, withdrawn_at))
        })
        .collect()
}
