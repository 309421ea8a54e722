//! Keeps what components are true to what was said of them, after that has changed.

use chrono::{DateTime, Utc};

use super::{ActionError, Change};
use crate::domain::claims::Held;
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::store::history::{find_sources, set_history_since};
use crate::store::states;

/// Works a component's history out anew from `since` on, and writes it from where it differs from
/// what stands.
pub(super) async fn settle_component(
    change: &mut Change,
    component: &Slug,
    since: DateTime<Utc>,
) -> Result<(), ActionError> {
    let sources = find_sources(&mut change.tx, component, since).await?;
    let known = States::with_own(states::list_own_states(&mut change.tx).await?);
    let due = sources.history(&known);
    let Some(differs) = first_difference(&sources.standing, &due) else {
        return Ok(());
    };
    // Rows of the same instant are written together.
    let from = |held: &[Held]| held.partition_point(|held| held.change.at < differs);
    let (left, entered) = (
        &sources.standing[from(&sources.standing)..],
        &due[from(&due)..],
    );
    set_history_since(&mut change.tx, component, differs, entered).await?;
    // What an incident's beginning and end bring is shown with it.
    for held in left.iter().chain(entered) {
        if let Some(incident) = &held.change.incident
            && held.change.origin.is_derived()
        {
            change.touch_incident(incident);
        }
    }
    change.touch_component_since(component, Some(differs));
    Ok(())
}

/// When two histories begin to differ.
fn first_difference(before: &[Held], after: &[Held]) -> Option<DateTime<Utc>> {
    let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let next = [before.get(same), after.get(same)];
    next.into_iter().flatten().map(|held| held.change.at).min()
}
