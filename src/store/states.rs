//! The site's own states and every change of a component's state.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::row::{instant, instant_or_none, int, text, text_or_none, unreadable, word};
use super::tx::Tx;
use crate::domain::component::{Origin, StateChange};
use crate::domain::slug::Slug;
use crate::domain::state::{State, StateKey, Tone};

/// The site's own states, even dropped ones, in the order of `site.toml`.
pub async fn list_own_states(tx: &mut Tx) -> Result<Vec<State>, StoreError> {
    let rows = sqlx::query("select * from states order by position, key")
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter().map(to_state).collect()
}

/// Writes one of the site's own states.
pub async fn set_own_state(
    tx: &mut Tx,
    position: i64,
    state: &State,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into states (key, label, reads, tone, down_permille, statuspage, position, dropped_at_ms) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) \
         on conflict (key) do update set label = excluded.label, reads = excluded.reads, \
         tone = excluded.tone, down_permille = excluded.down_permille, \
         statuspage = excluded.statuspage, position = excluded.position, \
         dropped_at_ms = excluded.dropped_at_ms",
    )
    .bind(state.key.as_str())
    .bind(&state.label)
    .bind(&state.reads)
    .bind(state.tone.as_str())
    .bind(i64::from(state.down_permille))
    .bind(&state.statuspage)
    .bind(position)
    .bind(state.dropped.then(|| now.timestamp_millis()))
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Removes one of the site's own states that was never used.
pub async fn delete_own_state(tx: &mut Tx, key: &StateKey) -> Result<(), StoreError> {
    sqlx::query("delete from states where key = $1")
        .bind(key.as_str())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// What was said about a component in public after an instant, plans too, unordered.
pub async fn list_said_after(
    tx: &mut Tx,
    component: &Slug,
    after: Option<DateTime<Utc>>,
) -> Result<Vec<StateChange>, StoreError> {
    let rows = sqlx::query("select * from said_changes where component = $1 and at_ms > $2")
        .bind(component.as_str())
        .bind(after.map_or(i64::MIN, |at| at.timestamp_millis()))
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter().map(to_change).collect()
}

/// The changes of state that an incident and its updates make, by time; those of drafts and hidden
/// incidents too. Replaced ones and those of withdrawn updates are left out.
pub async fn list_changes_of_incident(
    tx: &mut Tx,
    incident_id: &str,
) -> Result<Vec<StateChange>, StoreError> {
    let rows = sqlx::query(
        "select * from state_changes where incident_id = $1 and withdrawn_at_ms is null \
         order by at_ms, seq",
    )
    .bind(incident_id)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_change).collect()
}

/// Adds a change of state.
pub async fn insert_change(
    tx: &mut Tx,
    id: &str,
    change: &StateChange,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into state_changes (id, component, at_ms, seq, state, note, incident_id, update_id, \
         origin, public_at_ms, created_at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id)
    .bind(change.component.as_str())
    .bind(change.at.timestamp_millis())
    .bind(change.seq)
    .bind(change.state.as_str())
    .bind(change.note.as_deref())
    .bind(change.incident.as_deref())
    .bind(change.update.as_deref())
    .bind(change.origin.as_str())
    .bind(change.public_at.timestamp_millis())
    .bind(now.timestamp_millis())
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Withdraws the changes that a post (`update_id` is `None`) or an update made. They stay in the
/// activity log.
pub async fn set_changes_withdrawn(
    tx: &mut Tx,
    incident_id: &str,
    update_id: Option<&str>,
    origin: Origin,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update state_changes set withdrawn_at_ms = $1 where incident_id = $2 \
         and coalesce(update_id, '') = $3 and origin = $4 and withdrawn_at_ms is null",
    )
    .bind(now.timestamp_millis())
    .bind(incident_id)
    .bind(update_id.unwrap_or(""))
    .bind(origin.as_str())
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// A component that was ever set to this state, if there is one.
pub async fn find_component_ever_in_state(
    tx: &mut Tx,
    key: &StateKey,
) -> Result<Option<Slug>, StoreError> {
    let row = sqlx::query("select component from state_changes where state = $1 limit 1")
        .bind(key.as_str())
        .fetch_optional(&mut tx.inner)
        .await?;
    row.map(|row| slug(&row, "component")).transpose()
}

/// A slug.
pub(super) fn slug(row: &AnyRow, column: &str) -> Result<Slug, StoreError> {
    word(row, column, |found| Slug::parse(found).ok())
}

fn to_state(row: &AnyRow) -> Result<State, StoreError> {
    let permille = int(row, "down_permille")?;
    Ok(State {
        key: StateKey::new(text(row, "key")?),
        label: text(row, "label")?,
        reads: text(row, "reads")?,
        tone: word(row, "tone", Tone::parse)?,
        down_permille: u16::try_from(permille)
            .map_err(|_| unreadable("down_permille", &permille.to_string()))?,
        statuspage: text(row, "statuspage")?,
        dropped: instant_or_none(row, "dropped_at_ms")?.is_some(),
    })
}

pub(super) fn to_change(row: &AnyRow) -> Result<StateChange, StoreError> {
    Ok(StateChange {
        component: slug(row, "component")?,
        at: instant(row, "at_ms")?,
        seq: int(row, "seq")?,
        state: StateKey::new(text(row, "state")?),
        note: text_or_none(row, "note")?,
        incident: text_or_none(row, "incident_id")?,
        update: text_or_none(row, "update_id")?,
        origin: word(row, "origin", Origin::parse)?,
        public_at: instant(row, "public_at_ms")?,
    })
}
