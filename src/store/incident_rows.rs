//! An incident and everything that belongs to it as one row, because each row and each round trip
//! costs time.

use std::collections::HashMap;

use sqlx::any::AnyRow;

use super::error::StoreError;
use super::packed::Packed;
use super::row::{
    instant, instant_or_none, int, long_text, text, text_or_none, word, word_or_none,
};
use super::states::slug;
use super::stored_incident::StoredIncident;
use crate::domain::component::{Origin, StateChange};
use crate::domain::fact::Fact;
use crate::domain::incident::{Impact, Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::domain::window::Window;

/// The word for an incident whose first update is its feed item.
pub(super) const FIRST_UPDATE: &str = "update";

/// The SQL columns of an incident `i`, with its updates, mentions and the changes of state that it
/// states, packed. [`to_incident_as_said`] reads such a row.
macro_rules! incident_as_said {
    () => {
        concat!(
            "i.*, (select string_agg(concat(",
            packed_text!("u.id"),
            ", ",
            packed_number!("u.at_ms"),
            ", ",
            packed_number!("u.seq"),
            ", ",
            packed_text!("u.precision"),
            ", ",
            packed_text!("u.as_written"),
            ", ",
            packed_text!("u.phase"),
            ", ",
            packed_text!("u.author"),
            ", ",
            packed_text!("u.markdown"),
            ", ",
            packed_text!("u.fact"),
            ", ",
            packed_text!("u.restore"),
            ", ",
            packed_number!("u.edited_at_ms"),
            ", ",
            packed_number!("u.public_at_ms"),
            ", ",
            packed_text!("u.source"),
            ", ",
            packed_number!("u.starts_ms"),
            ", ",
            packed_number!("u.ends_ms"),
            "), '') from updates u where u.incident_id = i.id and u.withdrawn_at_ms is null) \
             as packed_updates, (select string_agg(concat(",
            packed_text!("m.update_id"),
            ", ",
            packed_number!("m.position"),
            ", ",
            packed_text!("m.component"),
            "), '') from mentions m where m.incident_id = i.id) as packed_mentions, \
             (select string_agg(concat(",
            packed_text!("c.update_id"),
            ", ",
            packed_text!("c.component"),
            ", ",
            packed_number!("c.at_ms"),
            ", ",
            packed_number!("c.seq"),
            ", ",
            packed_text!("c.state"),
            ", ",
            packed_text!("c.note"),
            ", ",
            packed_text!("c.origin"),
            ", ",
            packed_number!("c.public_at_ms"),
            "), '') from state_changes c where c.incident_id = i.id and c.withdrawn_at_ms is null) \
             as packed_changes"
        )
    };
}

/// The SQL up to the conditions: incidents `i`, as said, and with the changes of state that their
/// beginning and end brought. [`to_stored_incident`] reads such a row.
macro_rules! incident_rows {
    () => {
        concat!(
            "select ",
            incident_as_said!(),
            ", (select string_agg(concat(",
            packed_text!("h.update_id"),
            ", ",
            packed_text!("h.component"),
            ", ",
            packed_number!("h.at_ms"),
            ", ",
            packed_number!("h.seq"),
            ", ",
            packed_text!("h.state"),
            ", ",
            packed_text!("h.note"),
            ", ",
            packed_text!("h.origin"),
            ", ",
            packed_number!("h.public_at_ms"),
            "), '') from state_history h where h.incident_id = i.id \
             and h.origin in ('restore', 'begin')) as packed_transitions from incidents i "
        )
    };
}

pub(super) use {incident_as_said, incident_rows};

/// Reads a row of [`incident_rows`]. It has no withdrawn updates, and nothing that they said.
pub(super) fn to_stored_incident(row: &AnyRow) -> Result<StoredIncident, StoreError> {
    let mut stored = to_incident_as_said(row)?;
    for change in changes_of(
        row,
        ("state_history", "packed_transitions"),
        &stored.incident.id,
    )? {
        stored.incident.add_change(change);
    }
    Ok(stored)
}

/// Reads a row of [`incident_as_said`].
pub(super) fn to_incident_as_said(row: &AnyRow) -> Result<StoredIncident, StoreError> {
    let mut stored = to_incident(row)?;
    let incident = &mut stored.incident;
    let mut changes: HashMap<String, Vec<StateChange>> = HashMap::new();
    for change in changes_of(row, ("state_changes", "packed_changes"), &incident.id)? {
        let update = change.update.clone().unwrap_or_default();
        changes.entry(update).or_default().push(change);
    }
    let mut mentions = mentions_of(row)?;
    incident.changes = changes.remove("").unwrap_or_default();
    incident.mentions = mentions.remove("").unwrap_or_default();
    let updates = long_text(row, "packed_updates")?;
    let mut packed = Packed::new("updates", updates);
    while packed.has_more() {
        let mut update = unpack_update(&mut packed)?;
        update.changes = changes.remove(&update.id).unwrap_or_default();
        update.mentions = mentions.remove(&update.id).unwrap_or_default();
        incident.updates.push(update);
    }
    incident
        .updates
        .sort_by_key(|update| (update.at, update.seq));
    Ok(stored)
}

/// Reads the columns of the table of incidents itself.
fn to_incident(row: &AnyRow) -> Result<StoredIncident, StoreError> {
    let slug_column = if text_or_none(row, "slug")?.is_some() {
        "slug"
    } else {
        "former_slug"
    };
    Ok(StoredIncident {
        incident: Incident {
            id: text(row, "id")?,
            slug: slug(row, slug_column)?,
            title: text(row, "title")?,
            kind: word(row, "kind", Kind::parse)?,
            stated_phase: word_or_none(row, "stated_phase", Phase::parse)?,
            stated_impact: word_or_none(row, "stated_impact", Impact::parse)?,
            author: text_or_none(row, "author")?,
            published_at: instant(row, "published_at_ms")?,
            precision: word(row, "published_precision", Precision::parse)?,
            starts: instant_or_none(row, "starts_ms")?,
            ends: instant_or_none(row, "ends_ms")?,
            summary: text_or_none(row, "summary")?,
            markdown: text(row, "markdown")?,
            mentions: Vec::new(),
            changes: Vec::new(),
            updates: Vec::new(),
            edited_at: instant_or_none(row, "edited_at_ms")?,
            public_at: instant(row, "public_at_ms")?,
            source: word(row, "source", Source::parse)?,
            draft: instant_or_none(row, "draft_since_ms")?.is_some(),
            own_item: text_or_none(row, "item")?.as_deref() != Some(FIRST_UPDATE),
        },
        seq: int(row, "seq")?,
        withdrawn_at: instant_or_none(row, "withdrawn_at_ms")?,
        hidden_at: instant_or_none(row, "hidden_at_ms")?,
        file: text_or_none(row, "file")?,
        fingerprint: text_or_none(row, "fingerprint")?,
        stated: text_or_none(row, "stated")?.unwrap_or_default(),
        never_public: instant_or_none(row, "draft_since_ms")?
            == Some(instant(row, "created_at_ms")?),
    })
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
        fact: packed.word_or_none(Fact::parse)?,
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

/// What the post (under the empty string) and each update name, in order.
fn mentions_of(row: &AnyRow) -> Result<HashMap<String, Vec<Slug>>, StoreError> {
    let all = long_text(row, "packed_mentions")?;
    let mut packed = Packed::new("mentions", all);
    let mut found = Vec::new();
    while packed.has_more() {
        let (update, position) = (packed.text()?, packed.number()?);
        found.push((
            position,
            update,
            packed.word(|text| Slug::parse(text).ok())?,
        ));
    }
    found.sort();
    let mut mentions: HashMap<String, Vec<Slug>> = HashMap::new();
    for (_, update, component) in found {
        mentions.entry(update).or_default().push(component);
    }
    Ok(mentions)
}

/// The changes of state of the post and of its updates, by time.
fn changes_of(
    row: &AnyRow,
    (table, column): (&'static str, &str),
    incident: &str,
) -> Result<Vec<StateChange>, StoreError> {
    let mut found = Vec::new();
    let mut packed = Packed::new(table, long_text(row, column)?);
    while packed.has_more() {
        found.push(StateChange {
            update: packed.text_or_none()?,
            component: packed.word(|text| Slug::parse(text).ok())?,
            at: packed.instant()?,
            seq: packed.number()?,
            state: StateKey::new(packed.text()?),
            note: packed.text_or_none()?,
            origin: packed.word(Origin::parse)?,
            public_at: packed.instant()?,
            incident: Some(incident.to_owned()),
        });
    }
    found.sort_by_key(|change| (change.at, change.seq));
    Ok(found)
}
