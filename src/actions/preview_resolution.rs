//! What resolving an incident now would give back, without doing it.

use chrono::{DateTime, Utc};

use super::ActionError;
use super::give_back::{History, gather};
use crate::domain::component::{StateChange, standing};
use crate::domain::restore::{SEQ_STEP, Step, give_back};
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::window::Window;
use crate::store::Tx;
use crate::store::incidents::StoredIncident;
use crate::store::states::list_own_states;

/// What becomes of a component as its incident is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returning {
    /// The component.
    pub component: Slug,
    /// What it is now.
    pub from: StateKey,
    /// What it would be; the same if it stays as it is.
    pub to: StateKey,
}

/// What each component that an incident names would become if it were resolved (a maintenance:
/// completed) at `now`, in the order in which it names them. To leave one as it is, resolve with
/// its present state among the update's components.
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
        let history = gather(tx, component).await?;
        let from = standing(&history.whole(), now).state;
        let to = standing(&resolved(&history, stored, now, &states), now).state;
        found.push(Returning {
            component: component.clone(),
            from,
            to,
        });
    }
    Ok(found)
}

/// The history as it would be.
fn resolved(
    history: &History,
    stored: &StoredIncident,
    now: DateTime<Utc>,
    states: &States,
) -> Vec<StateChange> {
    let incident = &stored.incident;
    let made = incident.updates.iter().map(|update| update.seq).max();
    let mut involved = history.involved.clone();
    for own in involved.iter_mut().filter(|own| own.id == incident.id) {
        own.steps.push(Step {
            update: "preview".to_owned(),
            at: now,
            seq: made.unwrap_or(stored.seq) + SEQ_STEP,
            public_at: now,
            phase: Some(incident.kind.resolving_phase()),
            window: Window::default(),
            restore: true,
        });
    }
    let derived = give_back(&history.explicit, &involved, states);
    let mut whole = history.explicit.clone();
    whole.extend(derived);
    whole.sort_by_key(|change| (change.at, change.seq));
    whole
}
