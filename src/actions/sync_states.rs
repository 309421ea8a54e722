//! The part of the sync that is about what a post or an entry does to components.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ActionError, Change};
use crate::content::update_entries::StateLine;
use crate::domain::component::{Origin, StateChange};
use crate::domain::slug::Slug;
use crate::store::{states, updates};

/// Whose changes of state: an incident's post's or one of its updates'.
pub(super) struct Owner<'a> {
    pub(super) incident: &'a str,
    pub(super) update: Option<&'a str>,
    pub(super) origin: Origin,
}

/// When changes of state take place, in which order, and since when they are public.
pub(super) struct When {
    pub(super) at: DateTime<Utc>,
    pub(super) seq: i64,
    pub(super) public_at: DateTime<Utc>,
}

/// What a post or an update did and named so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Standing<'a> {
    pub(super) changes: &'a [StateChange],
    pub(super) mentions: &'a [Slug],
}

/// Makes the changes of state and the mentions of a post or an update those that its lines say.
/// Returns whether they weren't.
pub(super) async fn sync_states(
    change: &mut Change,
    owner: &Owner<'_>,
    lines: &[StateLine],
    standing: Standing<'_>,
    when: &When,
) -> Result<bool, ActionError> {
    let wanted: Vec<StateChange> = lines
        .iter()
        .filter_map(|line| line.state.as_ref().map(|state| (line, state)))
        .zip(1..)
        .map(|((line, state), place)| StateChange {
            component: line.component.clone(),
            at: when.at,
            seq: when.seq + place,
            state: state.clone(),
            note: line.note.clone(),
            incident: Some(owner.incident.to_owned()),
            update: owner.update.map(str::to_owned),
            origin: owner.origin,
            public_at: when.public_at,
        })
        .collect();
    let mentions: Vec<Slug> = lines
        .iter()
        .filter(|line| line.state.is_none())
        .map(|line| line.component.clone())
        .collect();
    let names_others = mentions != standing.mentions;
    if names_others {
        updates::set_mentions(&mut change.tx, owner.incident, owner.update, &mentions).await?;
    }
    let own = standing
        .changes
        .iter()
        .filter(|found| found.origin == owner.origin);
    if own.eq(wanted.iter()) {
        return Ok(names_others);
    }
    states::set_changes_withdrawn(
        &mut change.tx,
        owner.incident,
        owner.update,
        owner.origin,
        change.now,
    )
    .await?;
    for found in &wanted {
        let id = Uuid::now_v7().to_string();
        states::insert_change(&mut change.tx, &id, found, change.now).await?;
    }
    Ok(true)
}

/// Whether lines say of components what stands.
pub(super) fn says_the_same(lines: &[StateLine], standing: Standing<'_>, origin: Origin) -> bool {
    let said = lines
        .iter()
        .filter_map(|line| Some((&line.component, line.state.as_ref()?, line.note.as_deref())));
    let stands = standing
        .changes
        .iter()
        .filter(|found| found.origin == origin)
        .map(|found| (&found.component, &found.state, found.note.as_deref()));
    said.eq(stands)
}
