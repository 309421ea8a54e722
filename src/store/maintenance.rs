//! Maintenances that aren't over, for the clock and for planning another one.

use chrono::{DateTime, Utc};

use super::error::StoreError;
use super::incident_rows::{incident_as_said, incident_rows, to_stored_incident};
use super::packed::{packed_number, packed_text};
use super::row::instant;
use super::stored_incident::StoredIncident;
use super::tx::Tx;
use super::visibility::{is_present, is_public};

/// The maintenances that customers may see and that aren't over.
pub async fn list_running_maintenance(tx: &mut Tx) -> Result<Vec<StoredIncident>, StoreError> {
    let rows = sqlx::query(concat!(
        incident_rows!(),
        "where i.kind = 'maintenance' and ",
        is_public!("i"),
        " and coalesce((select u.phase from updates u where u.incident_id = i.id \
              and u.withdrawn_at_ms is null and u.phase is not null \
              order by u.at_ms desc, u.seq desc limit 1), i.stated_phase, 'scheduled') \
             not in ('completed', 'cancelled') order by i.id"
    ))
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_stored_incident).collect()
}

/// When an incident was first stored here.
pub async fn find_created_at(tx: &mut Tx, id: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let row = sqlx::query("select created_at_ms from incidents where id = $1")
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    row.map(|row| instant(&row, "created_at_ms")).transpose()
}
