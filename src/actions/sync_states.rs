//! The part of the sync that handles what a post or an entry says about components.

use uuid::Uuid;

use super::change::Change;
use super::error::ActionError;
use super::stated_states::{Owner, When, withdraw_states};
use crate::content::update_entries::StateLine;
use crate::domain::component::{Origin, StateChange};
use crate::domain::slug::Slug;
use crate::store::{states, updates};

/// The stored changes and mentions of a post or an update.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Standing<'a> {
    pub(super) changes: &'a [StateChange],
    pub(super) mentions: &'a [Slug],
}

/// Makes the changes of state and the mentions of a post or an update match its lines. Returns
/// whether anything changed.
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
        .map(|((line, state), number)| {
            owner.change(when, number, &line.component, (state, line.note.as_deref()))
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
        .filter(|found| !found.origin.is_derived() && found.origin != Origin::Request);
    if own.eq(wanted.iter()) {
        return Ok(names_others);
    }
    withdraw_states(change, owner).await?;
    for found in &wanted {
        let id = Uuid::now_v7().to_string();
        states::insert_change(&mut change.tx, &id, found, change.now).await?;
    }
    Ok(true)
}

/// Whether the lines say what is stored about components.
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
