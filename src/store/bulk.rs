//! Bulk reads: ranges of incidents, and whole histories as one row each, because the cost is per
//! row.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::error::StoreError;
use super::incident_rows::{incident_as_said, to_incident_as_said};
use super::packed::{Packed, packed_number, packed_text};
use super::row::{text, unreadable};
use super::states::slug;
use super::tx::Tx;
use super::visibility::{is_present, is_public};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;

/// The id of the first incident of each batch of `size` that customers may see, in order of id.
pub async fn list_public_incident_ids(tx: &mut Tx, size: i64) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(concat!(
        "select numbered.id from (select i.id, row_number() over (order by i.id) as place \
             from incidents i where ",
        is_public!("i"),
        ") as numbered where (numbered.place - 1) % $1 = 0 order by numbered.id"
    ))
    .bind(size)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "id")).collect()
}

/// The incidents that customers may see, from the id `first` up to but without `end`, or to the
/// last. The changes of state that their beginning and end brought are left out: they are in the
/// histories.
pub async fn list_public_incidents_from(
    tx: &mut Tx,
    first: &str,
    end: Option<&str>,
) -> Result<Vec<Incident>, StoreError> {
    macro_rules! from_first {
        ($to_end:literal) => {
            concat!(
                "select ",
                incident_as_said!(),
                " from incidents i where i.id >= $1 and ",
                $to_end,
                is_public!("i")
            )
        };
    }
    // Two statements: with one for both cases, the database would read the index to its end each
    // time.
    let query = match end {
        Some(end) => sqlx::query(from_first!("i.id < $2 and "))
            .bind(first)
            .bind(end),
        None => sqlx::query(from_first!("")).bind(first),
    };
    let rows = query.fetch_all(&mut tx.inner).await?;
    rows.iter()
        .map(|row| Ok(to_incident_as_said(row)?.incident))
        .collect()
}

/// The SQL of a component's changes of state, packed into one text. A column that is mostly null
/// costs one character per row. Words contain no comma.
macro_rules! packed_changes {
    () => {
        concat!(
            "coalesce(string_agg(concat(",
            packed_number!("at_ms"),
            ", ",
            packed_number!("seq"),
            ", ",
            packed_number!("public_at_ms - at_ms"),
            ", ",
            packed_text!("state"),
            ", origin, ',', case when incident_id is null and update_id is null \
             then '--' else concat(",
            packed_text!("incident_id"),
            ", ",
            packed_text!("update_id"),
            ") end, case when note is null then '-' else concat(",
            packed_text!("note"),
            ") end), ''), '') as packed"
        )
    };
}

/// A component's changes of state, packed as the database returned them.
#[derive(Debug)]
pub struct PackedChanges {
    /// The component.
    pub component: Slug,
    packed: String,
}

/// A change of a component's state, borrowed from the packed text.
#[derive(Debug, Clone, Copy)]
pub struct PackedChange<'a> {
    /// When the component took the state, in milliseconds since 1970.
    pub at_ms: i64,
    /// The order in which changes of the same instant were made.
    pub seq: i64,
    /// When it became public, in milliseconds since 1970.
    pub public_at_ms: i64,
    /// The state's key.
    pub state: &'a str,
    /// Who or what made it.
    pub origin: Origin,
    /// Id of the incident that the change belongs to.
    pub incident: Option<&'a str>,
    /// Id of the update that the change belongs to.
    pub update: Option<&'a str>,
    /// A line for customers.
    pub note: Option<&'a str>,
}

impl PackedChange<'_> {
    /// The change on its own, if an incident's beginning or end brought it.
    ///
    /// # Errors
    /// `Unreadable`, if its time is out of range.
    pub fn transition_change(&self, component: &Slug) -> Result<Option<StateChange>, StoreError> {
        if !matches!(self.origin, Origin::Begin | Origin::Restore) || self.incident.is_none() {
            return Ok(None);
        }
        Ok(Some(StateChange {
            component: component.clone(),
            at: instant_of(self.at_ms)?,
            seq: self.seq,
            state: StateKey::new(self.state),
            note: self.note.map(str::to_owned),
            incident: self.incident.map(str::to_owned),
            update: self.update.map(str::to_owned),
            origin: self.origin,
            public_at: instant_of(self.public_at_ms)?,
        }))
    }
}

fn instant_of(millis: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis)
        .ok_or_else(|| unreadable("state_history", &millis.to_string()))
}

impl PackedChanges {
    /// Every change, in no order.
    ///
    /// # Errors
    /// `Unreadable`, if the database holds something that no version wrote.
    pub fn read(&self) -> Result<Vec<PackedChange<'_>>, StoreError> {
        let mut packed = Packed::new("state_history", &self.packed);
        let mut changes = Vec::new();
        while packed.has_more() {
            let at_ms = packed.number()?;
            changes.push(PackedChange {
                at_ms,
                seq: packed.number()?,
                public_at_ms: at_ms.saturating_add(packed.number()?),
                state: packed.borrowed_text()?.unwrap_or_default(),
                origin: packed.short_word(Origin::parse)?,
                incident: packed.borrowed_text()?,
                update: packed.borrowed_text()?,
                note: packed.borrowed_text()?,
            });
        }
        Ok(changes)
    }
}

/// A component's whole history, packed.
pub async fn find_packed_changes(
    tx: &mut Tx,
    component: &Slug,
) -> Result<PackedChanges, StoreError> {
    let row = sqlx::query(concat!(
        "select ",
        packed_changes!(),
        " from state_history where component = $1"
    ))
    .bind(component.as_str())
    .fetch_one(&mut tx.inner)
    .await?;
    Ok(PackedChanges {
        component: component.clone(),
        packed: text(&row, "packed")?,
    })
}

/// The histories of all components from the slug `first` to `last`. A component without a history
/// is left out.
pub async fn list_packed_changes(
    tx: &mut Tx,
    first: &Slug,
    last: &Slug,
) -> Result<Vec<PackedChanges>, StoreError> {
    let rows = sqlx::query(concat!(
        "select component, ",
        packed_changes!(),
        " from state_history where component >= $1 and component <= $2 group by component"
    ))
    .bind(first.as_str())
    .bind(last.as_str())
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(PackedChanges {
                component: slug(row, "component")?,
                packed: text(row, "packed")?,
            })
        })
        .collect()
}

/// The public incidents that are dated later than the instant `at`, by id.
pub async fn list_to_come(tx: &mut Tx, at: DateTime<Utc>) -> Result<HashSet<String>, StoreError> {
    let rows = sqlx::query(concat!(
        "select i.id from incidents i where i.published_at_ms > $1 and ",
        is_public!("i")
    ))
    .bind(at.timestamp_millis())
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "id")).collect()
}
