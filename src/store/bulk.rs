//! Reads much at once: parts of all incidents, and whole histories as one row each, since rows are
//! what costs.

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::incidents::{Parts, to_incident};
use super::packed::{Packed, packed_number, packed_text};
use super::row::{text, text_or_none, unreadable};
use super::states::to_change;
use super::updates::{StoredUpdate, to_mention};
use super::{StoreError, Tx};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::domain::window::Window;

/// The incidents that customers may see whose ids come after `after`, by id, at most `limit`.
pub async fn list_public_incidents_after(
    tx: &mut Tx,
    after: &str,
    limit: i64,
) -> Result<Vec<Incident>, StoreError> {
    let rows = sqlx::query(
        "select * from incidents where id > $1 and withdrawn_at_ms is null \
         and hidden_at_ms is null and draft_since_ms is null order by id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(&mut *tx.inner)
    .await?;
    let Some(last) = rows.last() else {
        return Ok(Vec::new());
    };
    let last = text(last, "id")?;
    let mut parts = Parts::default();
    for update in list_updates_after(tx, after, &last).await? {
        parts.add_update(update);
    }
    let mentions = sqlx::query(
        "select * from mentions where incident_id > $1 and incident_id <= $2 \
         order by incident_id, update_id, position",
    )
    .bind(after)
    .bind(&last)
    .fetch_all(&mut *tx.inner)
    .await?;
    for row in &mentions {
        parts.add_mention(to_mention(row)?);
    }
    let changes = sqlx::query(
        "select * from state_changes where incident_id > $1 and incident_id <= $2 \
         and withdrawn_at_ms is null order by incident_id, at_ms, seq",
    )
    .bind(after)
    .bind(&last)
    .fetch_all(&mut *tx.inner)
    .await?;
    for row in &changes {
        parts.add_change(to_change(row)?);
    }
    rows.iter()
        .map(|row| Ok(parts.join(to_incident(row)?).incident))
        .collect()
}

/// The updates of the incidents after `after` up to `last`, by incident and time.
async fn list_updates_after(
    tx: &mut Tx,
    after: &str,
    last: &str,
) -> Result<Vec<StoredUpdate>, StoreError> {
    let rows = sqlx::query(concat!(
        "select incident_id, string_agg(",
        packed_text!("id"),
        " || ",
        packed_number!("at_ms"),
        " || ",
        packed_number!("seq"),
        " || ",
        packed_text!("precision"),
        " || ",
        packed_text!("as_written"),
        " || ",
        packed_text!("phase"),
        " || ",
        packed_text!("author"),
        " || ",
        packed_text!("markdown"),
        " || ",
        packed_text!("restore"),
        " || ",
        packed_number!("edited_at_ms"),
        " || ",
        packed_number!("public_at_ms"),
        " || ",
        packed_text!("source"),
        " || ",
        packed_number!("starts_ms"),
        " || ",
        packed_number!("ends_ms"),
        ", '') as packed from updates where incident_id > $1 and incident_id <= $2 \
         and withdrawn_at_ms is null group by incident_id order by incident_id"
    ))
    .bind(after)
    .bind(last)
    .fetch_all(&mut *tx.inner)
    .await?;
    let mut updates = Vec::new();
    for row in &rows {
        let (incident_id, packed) = (text(row, "incident_id")?, text(row, "packed")?);
        let mut packed = Packed::new("updates", &packed);
        let first = updates.len();
        while packed.has_more() {
            let update = unpack_update(&mut packed)?;
            updates.push(StoredUpdate {
                incident_id: incident_id.clone(),
                update,
                withdrawn_at: None,
            });
        }
        updates[first..].sort_by_key(|stored| (stored.update.at, stored.update.seq));
    }
    Ok(updates)
}

fn unpack_update(packed: &mut Packed<'_>) -> Result<Update, StoreError> {
    Ok(Update {
        id: packed.text()?,
        at: packed.instant()?,
        seq: packed.number()?,
        precision: packed.word(Precision::parse)?,
        as_written: packed.text_or_none()?,
        phase: packed.word_or_none(Phase::parse)?,
        author: packed.text_or_none()?,
        markdown: packed.text()?,
        changes: Vec::new(),
        mentions: Vec::new(),
        restore: packed.text()? != "no",
        edited_at: packed.instant_or_none()?,
        public_at: packed.instant()?,
        source: packed.word(Source::parse)?,
        window: Window {
            starts: packed.instant_or_none()?,
            ends: packed.instant_or_none()?,
        },
    })
}

/// Stand between the fields of a change, and between changes: no text holds them.
const FIELD: char = '\u{1f}';
const RECORD: char = '\u{1e}';

/// Every change of a component's state that holds, in no order.
pub async fn list_history(tx: &mut Tx, component: &Slug) -> Result<Vec<StateChange>, StoreError> {
    let row = sqlx::query(
        "select string_agg(at_ms || '\u{1f}' || seq || '\u{1f}' || public_at_ms || '\u{1f}' || state \
         || '\u{1f}' || origin || '\u{1f}' || coalesce(incident_id, '') || '\u{1f}' \
         || coalesce(update_id, '') || '\u{1f}' \
         || replace(replace(coalesce(note, ''), '\u{1f}', ' '), '\u{1e}', ' '), '\u{1e}') as packed \
         from effective_changes where component = $1",
    )
    .bind(component.as_str())
    .fetch_one(&mut *tx.inner)
    .await?;
    let Some(packed) = text_or_none(&row, "packed")? else {
        return Ok(Vec::new());
    };
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
