//! Maintenances: those that aren't over, for the clock and for planning another one; and how often
//! each has changed, for calendars.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::incident_rows::{incident_as_said, incident_rows, to_stored_incident};
use super::packed::{packed_number, packed_text};
use super::row::{instant, instant_or_none, int, text};
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

/// How often something has changed, and when it did last, if that was noted. What follows for an
/// incident from what others say doesn't count.
pub type Revisions = (i64, Option<DateTime<Utc>>);

/// How often each maintenance has changed, by id.
pub async fn list_revised(tx: &mut Tx) -> Result<Vec<(String, Revisions)>, StoreError> {
    let rows = sqlx::query(
        "select c.id, count(*) as times, max(c.at_ms) as at_ms from incidents i \
         join changes c on c.id = i.id and c.kind = 'incident' \
         where (i.kind = 'maintenance' or i.starts_ms is not null) and c.since_ms is null \
         group by c.id",
    )
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter()
        .map(|row| Ok((text(row, "id")?, revisions(row)?)))
        .collect()
}

/// How often an incident has changed.
pub async fn find_revised(tx: &mut Tx, id: &str) -> Result<Revisions, StoreError> {
    let row = sqlx::query(
        "select count(*) as times, max(at_ms) as at_ms from changes \
         where id = $1 and kind = 'incident' and since_ms is null",
    )
    .bind(id)
    .fetch_one(&mut tx.inner)
    .await?;
    revisions(&row)
}

fn revisions(row: &AnyRow) -> Result<Revisions, StoreError> {
    Ok((int(row, "times")?, instant_or_none(row, "at_ms")?))
}

/// The maintenances that are withdrawn, drafts included, and what was a maintenance once.
pub async fn list_withdrawn_maintenance(tx: &mut Tx) -> Result<Vec<StoredIncident>, StoreError> {
    let rows = sqlx::query(concat!(
        incident_rows!(),
        "where (i.kind = 'maintenance' and i.withdrawn_at_ms is not null) \
         or (i.kind <> 'maintenance' and i.starts_ms is not null) order by i.id"
    ))
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_stored_incident).collect()
}
