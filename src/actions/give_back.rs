//! Keeps what resolved incidents give back true, after a component's history or the phase of an
//! incident that names it has changed.

use uuid::Uuid;

use super::{ActionError, Change};
use crate::domain::component::{Origin, StateChange};
use crate::domain::restore::give_back;
use crate::domain::slug::Slug;
use crate::store::bulk::{list_history, list_involved};
use crate::store::states;

/// Derives a component's give-backs anew and writes them if they differ from what stands.
pub(super) async fn settle_component(
    change: &mut Change,
    component: &Slug,
) -> Result<(), ActionError> {
    let all = list_history(&mut change.tx, component).await?;
    let (mut standing, mut explicit): (Vec<StateChange>, Vec<StateChange>) = all
        .into_iter()
        .partition(|found| found.origin == Origin::Restore);
    for changes in [&mut standing, &mut explicit] {
        changes.sort_by_key(|found| (found.at, found.seq));
    }
    let involved = list_involved(&mut change.tx, component).await?;
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
