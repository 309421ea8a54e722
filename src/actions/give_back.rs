//! Keeps what follows from incidents true, what resolved ones give back and what begun ones take, after a component's history or the phase of an
//! incident that names it has changed.

use uuid::Uuid;

use super::{ActionError, Change};
use crate::domain::component::{Origin, StateChange};
use crate::domain::restore::{Involved, Step, give_back};
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::domain::window::Window;
use crate::store::bulk::list_history;
use crate::store::incidents::{self, StoredIncident};
use crate::store::{StoreError, Tx, states, updates};

/// What giving back must know of a component.
pub(super) struct History {
    /// The changes that somebody made.
    pub(super) explicit: Vec<StateChange>,
    /// Those that follow, as they stand.
    pub(super) derived: Vec<StateChange>,
    /// The public incidents that name it.
    pub(super) involved: Vec<Involved>,
}

impl History {
    /// Every change, by time.
    pub(super) fn whole(&self) -> Vec<StateChange> {
        let mut whole: Vec<_> = self.explicit.iter().chain(&self.derived).cloned().collect();
        whole.sort_by_key(|change| (change.at, change.seq));
        whole
    }
}

/// Reads what giving back must know of a component.
pub(super) async fn gather(tx: &mut Tx, component: &Slug) -> Result<History, StoreError> {
    let mut all = list_history(tx, component).await?;
    all.sort_by_key(|found| (found.at, found.seq));
    let (derived, explicit): (Vec<StateChange>, Vec<StateChange>) =
        all.into_iter().partition(|found| found.origin.is_derived());
    let mut involved = Vec::new();
    for id in updates::list_incident_ids_naming(tx, component).await? {
        let found = incidents::find_incident(tx, &id).await?;
        involved.extend(
            found
                .filter(StoredIncident::is_public)
                .map(|stored| to_involved(&stored, component)),
        );
    }
    Ok(History {
        explicit,
        derived,
        involved,
    })
}

/// Derives a component's changes anew that follow from incidents, and writes them if they differ
/// from what stands.
pub(super) async fn settle_component(
    change: &mut Change,
    component: &Slug,
) -> Result<(), ActionError> {
    let history = gather(&mut change.tx, component).await?;
    let standing = &history.derived;
    let known = States::with_own(states::list_own_states(&mut change.tx).await?);
    let due = give_back(&history.explicit, &history.involved, &known);
    if due == *standing {
        return Ok(());
    }
    states::delete_derived(&mut change.tx, component).await?;
    for given in standing.iter().chain(&due) {
        if let Some(incident) = &given.incident {
            change.touch_incident(incident);
        }
    }
    for given in &due {
        let id = Uuid::now_v7().to_string();
        states::insert_change(&mut change.tx, &id, given, change.now).await?;
    }
    change.touch_component(component);
    Ok(())
}

fn to_involved(stored: &StoredIncident, component: &Slug) -> Involved {
    let incident = &stored.incident;
    let first_said = incident.updates.first().map(|update| update.at);
    let planned = incident.changes.iter().rev();
    let plan = planned
        .filter(|found| found.origin == Origin::Plan)
        .find(|found| found.component == *component)
        .map(|found| (found.state.clone(), found.note.clone()));
    Involved {
        id: incident.id.clone(),
        component: component.clone(),
        kind: incident.kind,
        published_at: incident.published_at,
        started: first_said.map_or(incident.published_at, |at| at.min(incident.published_at)),
        seq: stored.seq,
        public_at: incident.public_at,
        stated_phase: incident.stated_phase,
        window: Window {
            starts: incident.starts,
            ends: incident.ends,
        },
        plan,
        steps: incident
            .updates
            .iter()
            .map(|update| Step {
                update: update.id.clone(),
                at: update.at,
                seq: update.seq,
                public_at: update.public_at,
                phase: update.phase,
                window: update.window,
                restore: update.restore,
            })
            .collect(),
    }
}
