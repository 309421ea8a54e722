//! Keeps what follows from incidents true, what resolved ones give back and what begun ones take,
//! after a component's history or the phase of an incident that names it has changed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ActionError, Change};
use crate::domain::component::StateChange;
use crate::domain::restore::{Involved, give_back};
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::store::bulk::list_history;
use crate::store::involved::{find_turn_since, list_involved};
use crate::store::{StoreError, Tx, states};

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
    let involved = list_involved(tx, component).await?;
    Ok(History {
        explicit,
        derived,
        involved,
    })
}

/// Derives a component's changes anew that follow from incidents, and writes them if they differ
/// from what stands. Its history is another from `since` on; if no incident begins or ends after
/// that, nothing follows.
pub(super) async fn settle_component(
    change: &mut Change,
    component: &Slug,
    since: DateTime<Utc>,
) -> Result<(), ActionError> {
    if !find_turn_since(&mut change.tx, component, since).await? {
        return Ok(());
    }
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
    // What an earlier version derived may differ before `since`, too.
    change.touch_component_since(component, first_difference(standing, &due));
    Ok(())
}

/// When two lists of changes, each by time, begin to differ.
fn first_difference(before: &[StateChange], after: &[StateChange]) -> Option<DateTime<Utc>> {
    let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let next = [before.get(same), after.get(same)];
    next.into_iter().flatten().map(|change| change.at).min()
}
