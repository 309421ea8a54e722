//! Maintenances that aren't over, for the clock and for who plans another.

use chrono::{DateTime, Utc};

use super::incidents::{StoredIncident, find_incident};
use super::row::{instant, text};
use super::{StoreError, Tx};

/// The maintenances that customers may see and that aren't over.
pub async fn list_running_maintenance(tx: &mut Tx) -> Result<Vec<StoredIncident>, StoreError> {
    let rows = sqlx::query(
        "select i.id from incidents i where i.kind = 'maintenance' and i.withdrawn_at_ms is null \
         and i.hidden_at_ms is null and i.draft_since_ms is null \
         and coalesce((select u.phase from updates u where u.incident_id = i.id \
              and u.withdrawn_at_ms is null and u.phase is not null \
              order by u.at_ms desc, u.seq desc limit 1), i.stated_phase, 'scheduled') \
             not in ('completed', 'cancelled') order by i.id",
    )
    .fetch_all(&mut *tx.inner)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.extend(find_incident(tx, &text(&row, "id")?).await?);
    }
    Ok(found)
}

/// When an incident was first heard of here.
pub async fn find_created_at(tx: &mut Tx, id: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let row = sqlx::query("select created_at_ms from incidents where id = $1")
        .bind(id)
        .fetch_optional(&mut *tx.inner)
        .await?;
    row.map(|row| instant(&row, "created_at_ms")).transpose()
}
