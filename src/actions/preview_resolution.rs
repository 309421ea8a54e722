//! Previews what resolving an incident now, or withdrawing one of its updates, would change.

use chrono::{DateTime, Utc};

use super::error::ActionError;
use crate::domain::claims::{HistoryEntry, Involved, SEQ_STEP, Step};
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::window::Window;
use crate::store::Tx;
use crate::store::history::{Sources, find_sources};
use crate::store::incidents::StoredIncident;
use crate::store::states::list_own_states;

/// What happens to a component when its incident is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returning {
    /// The component.
    pub component: Slug,
    /// Its present state.
    pub from: StateKey,
    /// The state that it would have; the same if it doesn't change.
    pub to: StateKey,
}

/// The state of each component that an incident names if it were resolved (a maintenance:
/// completed) at `now`, in the order in which it names them. To keep a component's state, resolve
/// with that state among the update's components.
///
/// # Errors
/// The database's.
pub async fn preview_resolution(
    tx: &mut Tx,
    stored: &StoredIncident,
    now: DateTime<Utc>,
) -> Result<Vec<Returning>, ActionError> {
    let states = States::with_own(list_own_states(tx).await?);
    let incident = &stored.incident;
    let mut found = Vec::new();
    for component in incident.components() {
        let mut sources = find_sources(tx, component, now).await?;
        let from = state_at(&sources, &sources.history(&states).entries, now);
        resolve(&mut sources, stored, now);
        let to = state_at(&sources, &sources.history(&states).entries, now);
        found.push(Returning {
            component: component.clone(),
            from,
            to,
        });
    }
    Ok(found)
}

/// The components that would change if one of the incident's updates were withdrawn at `now`.
///
/// # Errors
/// The database's.
pub async fn preview_withdrawal(
    tx: &mut Tx,
    stored: &StoredIncident,
    update: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Returning>, ActionError> {
    let states = States::with_own(list_own_states(tx).await?);
    let mut found = Vec::new();
    for component in stored.incident.components() {
        // The end that the front matter states may then count again, from an earlier entry.
        let mut sources = find_sources(tx, component, stored.incident.earliest()).await?;
        let from = state_at(&sources, &sources.history(&states).entries, now);
        let is_own = |it: &Option<String>| it.as_deref() == Some(update);
        sources.said.retain(|change| !is_own(&change.update));
        for involved in &mut sources.involved {
            involved.steps.retain(|step| step.update != update);
        }
        let to = state_at(&sources, &sources.history(&states).entries, now);
        found.push(Returning {
            component: component.clone(),
            from,
            to,
        });
    }
    found.retain(|returning| returning.from != returning.to);
    Ok(found)
}

/// Adds the update that ends the incident.
fn resolve(sources: &mut Sources, stored: &StoredIncident, now: DateTime<Utc>) {
    let incident = &stored.incident;
    let made = incident.updates.iter().map(|update| update.seq).max();
    let own = |it: &&mut Involved| it.id == incident.id;
    for involved in sources.involved.iter_mut().filter(own) {
        involved.steps.push(Step {
            update: "preview".to_owned(),
            at: now,
            seq: made.unwrap_or(stored.seq) + SEQ_STEP,
            public_at: now,
            phase: Some(incident.kind.resolving_phase()),
            window: Window::default(),
            restore: true,
            is_entry: false,
        });
    }
}

fn state_at(sources: &Sources, history: &[HistoryEntry], at: DateTime<Utc>) -> StateKey {
    let mut newest_first = history.iter().rev().map(|entry| &entry.change);
    let latest = newest_first.find(|change| change.at <= at);
    latest.map_or_else(|| sources.base.state.clone(), |change| change.state.clone())
}
