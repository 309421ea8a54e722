//! Reads much at once: parts of all incidents, and whole histories as one row each, since rows are
//! what costs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::packed::{packed_number, packed_text};
use super::row::{long_text, text, unreadable};
use super::whole::{to_whole, whole_incidents};
use super::{StoreError, Tx};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;

/// The incidents that customers may see whose ids come after `after`, by id, at most `limit`.
pub async fn list_public_incidents_after(
    tx: &mut Tx,
    after: &str,
    limit: i64,
) -> Result<Vec<Incident>, StoreError> {
    let rows = sqlx::query(concat!(
        whole_incidents!(),
        "where i.id > $1 and i.withdrawn_at_ms is null and i.hidden_at_ms is null \
         and i.draft_since_ms is null order by i.id limit $2"
    ))
    .bind(after)
    .bind(limit)
    .fetch_all(&mut *tx.inner)
    .await?;
    rows.iter().map(|row| Ok(to_whole(row)?.incident)).collect()
}

/// Stand between the fields of a change, and between changes: no text holds them.
const FIELD: char = '\u{1f}';
const RECORD: char = '\u{1e}';

/// Every change of a component's state that holds, in no order.
pub async fn list_history(tx: &mut Tx, component: &Slug) -> Result<Vec<StateChange>, StoreError> {
    let row = sqlx::query(
        "select string_agg(concat_ws('\u{1f}', at_ms, seq, public_at_ms, state, origin, \
         coalesce(incident_id, ''), coalesce(update_id, ''), \
         coalesce(replace(replace(note, '\u{1f}', ' '), '\u{1e}', ' '), '')), '\u{1e}') as packed \
         from effective_changes where component = $1",
    )
    .bind(component.as_str())
    .fetch_one(&mut *tx.inner)
    .await?;
    let packed = long_text(&row, "packed")?;
    if packed.is_empty() {
        return Ok(Vec::new());
    }
    let count = packed.split(RECORD).count();
    let mut changes = Vec::with_capacity(count);
    for record in packed.split(RECORD) {
        let change = unpack(component, record);
        changes.push(change.ok_or_else(|| unreadable("state_changes", record))?);
    }
    Ok(changes)
}

fn unpack(component: &Slug, record: &str) -> Option<StateChange> {
    let mut fields = record.split(FIELD);
    let mut next = || fields.next();
    let at = instant(next()?)?;
    let seq = next()?.parse().ok()?;
    let public_at = instant(next()?)?;
    let state = StateKey::new(next()?);
    let origin = Origin::parse(next()?)?;
    let mut said = || next().map(|text| (!text.is_empty()).then(|| text.to_owned()));
    Some(StateChange {
        component: component.clone(),
        at,
        seq,
        state,
        origin,
        public_at,
        incident: said()?,
        update: said()?,
        note: said()?,
    })
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(text.parse().ok()?)
}

/// The public incidents that are dated after `at`: what they say holds later.
pub async fn list_public_ids_after(
    tx: &mut Tx,
    at: DateTime<Utc>,
) -> Result<BTreeSet<String>, StoreError> {
    let rows = sqlx::query(
        "select id from incidents where published_at_ms > $1 and withdrawn_at_ms is null \
         and hidden_at_ms is null and draft_since_ms is null",
    )
    .bind(at.timestamp_millis())
    .fetch_all(&mut *tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "id")).collect()
}

/// How many incidents customers may see.
pub async fn find_public_incident_count(tx: &mut Tx) -> Result<usize, StoreError> {
    let row = sqlx::query(
        "select count(*) from incidents where withdrawn_at_ms is null \
         and hidden_at_ms is null and draft_since_ms is null",
    )
    .fetch_one(&mut *tx.inner)
    .await?;
    let count: i64 = row.try_get(0)?;
    Ok(usize::try_from(count).unwrap_or_default())
}
