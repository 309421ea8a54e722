//! Updates components' histories after something new was said about them.

use chrono::{DateTime, Utc};

use super::change::{Change, Unsettled};
use super::error::ActionError;
use crate::domain::claims::{Base, HistoryEntry, LastClaims};
use crate::domain::component::StateChange;
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::store::history::{
    find_last_claims, find_latest, find_sources, insert_history, set_history_since, set_last_claims,
};
use crate::store::states;

impl Change {
    /// Works out the history of each component about which something new is said. Committing does
    /// it, too; an action whose answer reports the changes does it earlier.
    pub(super) async fn settle(&mut self) -> Result<(), ActionError> {
        while let Some((component, unsettled)) = self.unsettled.pop_first() {
            settle_component(self, &component, unsettled).await?;
        }
        if !self.states_are_checked {
            self.check_state_permission().await?;
            self.states_are_checked = true;
        }
        Ok(())
    }
}

/// Works out a component's history, and rewrites it from where it differs from the stored one.
async fn settle_component(
    change: &mut Change,
    component: &Slug,
    unsettled: Unsettled,
) -> Result<(), ActionError> {
    if let Some(added) = &unsettled.added
        && append(change, added).await?
    {
        return Ok(());
    }
    let sources = find_sources(&mut change.tx, component, unsettled.since).await?;
    let known = States::with_own(states::list_own_states(&mut change.tx).await?);
    let due = sources.history(&known);
    set_last_claims(&mut change.tx, component, due.last.as_ref()).await?;
    let due = due.entries;
    let Some(differs) = first_difference(&sources.standing, &due) else {
        return Ok(());
    };
    // Rows of the same instant are written together.
    let from =
        |entries: &[HistoryEntry]| entries.partition_point(|entry| entry.change.at < differs);
    let (left, entered) = (
        &sources.standing[from(&sources.standing)..],
        &due[from(&due)..],
    );
    set_history_since(&mut change.tx, component, differs, entered).await?;
    let now = change.now;
    let state = |entries: &[HistoryEntry]| {
        let latest = entries.iter().rev().find(|entry| entry.change.at <= now);
        latest.map(|entry| entry.change.state.clone())
    };
    if state(&sources.standing) != state(&due) {
        change.shifted(component);
    }
    // Pages show changes that an incident's beginning or end brings together with the incident.
    for entry in left.iter().chain(entered) {
        if let Some(incident) = &entry.change.incident
            && entry.change.origin.is_derived()
        {
            change.touch_incident(incident);
        }
    }
    change.touch_component_since(component, Some(differs));
    Ok(())
}

/// Appends the state that an update sets to the history, if that is correct without reading what
/// was said before. Returns whether it was.
async fn append(change: &mut Change, set: &StateChange) -> Result<bool, ActionError> {
    let known = find_last_claims(&mut change.tx, &set.component).await?;
    let Some(known) = known.filter(|known| known.allow(set)) else {
        return Ok(false);
    };
    let last = LastClaims {
        until: set.at,
        ..known
    };
    set_last_claims(&mut change.tx, &set.component, Some(&last)).await?;
    let latest = find_latest(&mut change.tx, &set.component, set.at).await?;
    let was = latest.map_or_else(Base::default, |latest| Base {
        state: latest.state,
        note: latest.note,
    });
    if (&was.state, &was.note) != (&set.state, &set.note) {
        let entry = HistoryEntry {
            change: set.clone(),
            quiet: false,
        };
        insert_history(&mut change.tx, &[entry]).await?;
        if was.state != set.state && set.at <= change.now {
            change.shifted(&set.component);
        }
        change.touch_component_since(&set.component, Some(set.at));
    }
    Ok(true)
}

/// The first instant at which two histories differ.
fn first_difference(before: &[HistoryEntry], after: &[HistoryEntry]) -> Option<DateTime<Utc>> {
    let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let next = [before.get(same), after.get(same)];
    next.into_iter()
        .flatten()
        .map(|entry| entry.change.at)
        .min()
}
