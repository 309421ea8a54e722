//! Keeps what resolved incidents give back true, after a component's history or the phase of an
//! incident that names it has changed.

use uuid::Uuid;

use super::{ActionError, Change};
use crate::domain::component::{Origin, StateChange};
use crate::domain::restore::{Involved, Step, give_back};
use crate::domain::slug::Slug;
use crate::store::incidents::{self, StoredIncident};
use crate::store::{states, updates};

/// Derives a component's give-backs anew and writes them if they differ from what stands.
pub(super) async fn settle_component(
    change: &mut Change,
    component: &Slug,
) -> Result<(), ActionError> {
    let all = states::list_changes_of_component(&mut change.tx, component).await?;
    let (standing, explicit): (Vec<StateChange>, Vec<StateChange>) = all
        .into_iter()
        .partition(|found| found.origin == Origin::Restore);
    let mut involved = Vec::new();
    for id in updates::list_incident_ids_naming(&mut change.tx, component).await? {
        let found = incidents::find_incident(&mut change.tx, &id).await?;
        involved.extend(
            found
                .filter(StoredIncident::is_public)
                .map(|stored| to_involved(&stored)),
        );
    }
    let due = give_back(&explicit, &involved);
    if due == standing {
        return Ok(());
    }
    states::delete_restored(&mut change.tx, component).await?;
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

fn to_involved(stored: &StoredIncident) -> Involved {
    let incident = &stored.incident;
    let first_said = incident.updates.first().map(|update| update.at);
    Involved {
        id: incident.id.clone(),
        kind: incident.kind,
        published_at: incident.published_at,
        started: first_said.map_or(incident.published_at, |at| at.min(incident.published_at)),
        seq: stored.seq,
        public_at: incident.public_at,
        stated_phase: incident.stated_phase,
        steps: incident
            .updates
            .iter()
            .map(|update| Step {
                update: update.id.clone(),
                at: update.at,
                seq: update.seq,
                public_at: update.public_at,
                phase: update.phase,
                restore: update.restore,
            })
            .collect(),
    }
}
