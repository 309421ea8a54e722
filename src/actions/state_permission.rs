//! Who may change states. What counts is what changes, not how: a field, an UPDATE entry in a text,
//! a correction, a draft that is published, an incident that ends.

use super::change::Change;
use super::error::ActionError;
use crate::domain::claims::Involved;
use crate::domain::component::StateChange;
use crate::domain::incident::Kind;
use crate::domain::permission::Permission;
use crate::domain::update::Phase;
use crate::store::components::find_component;
use crate::store::history::{Sources, find_sources, find_sources_after};

impl Change {
    /// Refuses the change if it alters any component's past, present or planned states, and the
    /// actor may not change states. Drafts and other things that nobody sees alter none.
    pub(super) async fn check_state_permission(&mut self) -> Result<(), ActionError> {
        if self.actor.may(Permission::SetStates) {
            return Ok(());
        }
        let touched = self.spoken_of.clone();
        if touched.is_empty() {
            return Ok(());
        }
        // Other writers wait for this transaction, so what is committed is what it began with.
        let mut before = self.store.read().await?;
        let mut changed = Vec::new();
        for (slug, since) in touched {
            let mut was = find_sources(&mut before, &slug, since).await?;
            let mut is = find_sources(&mut self.tx, &slug, since).await?;
            // Compare both from the same instant on.
            if was.after < is.after {
                is = find_sources_after(&mut self.tx, &slug, was.after).await?;
            } else if is.after < was.after {
                was = find_sources_after(&mut before, &slug, is.after).await?;
            }
            if says(&was) != says(&is) {
                let component = find_component(&mut self.tx, &slug).await?;
                changed.push(component.map_or_else(|| slug.to_string(), |it| it.name));
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        Err(ActionError::Forbidden(format!(
            "this changes the states of {}, and the token {:?} lacks the scope {}, so nothing was \
             done; use a token that has it, leave the states out, or end the incident with \
             \"restore\": false, which leaves every state as it is",
            changed.join(", "),
            self.actor.name(),
            Permission::SetStates.scope().named(),
        )))
    }
}

/// What is said about a component's states: each change, the history that follows, and the window
/// of each maintenance that isn't over and sets or plans states, because it decides when they hold.
fn says(
    sources: &Sources,
) -> (
    Vec<impl PartialEq + use<>>,
    Vec<impl PartialEq + use<>>,
    Vec<impl PartialEq + use<>>,
) {
    let mut said: Vec<_> = sources.said.iter().collect();
    said.sort_by_key(|change| (change.at, change.seq));
    let entries = sources.standing.iter().map(|entry| stated(&entry.change));
    let windows = sources.involved.iter().filter_map(|incident| {
        let id = Some(&incident.id);
        let sets = sources
            .said
            .iter()
            .any(|change| change.incident.as_ref() == id);
        if incident.kind != Kind::Maintenance || !sets || is_over(incident) {
            return None;
        }
        let steps = || incident.steps.iter().rev();
        let starts = steps().find_map(|step| step.window.starts);
        let ends = steps().find_map(|step| step.window.ends);
        let window = (
            starts.or(incident.window.starts),
            ends.or(incident.window.ends),
        );
        Some((incident.id.clone(), window))
    });
    (
        said.into_iter().map(stated).collect(),
        entries.collect(),
        windows.collect(),
    )
}

fn stated(change: &StateChange) -> impl PartialEq + use<> {
    let (state, note) = (change.state.clone(), change.note.clone());
    (change.at, state, note, change.incident.clone())
}

/// Whether a maintenance is completed or cancelled.
fn is_over(incident: &Involved) -> bool {
    let said = incident.steps.iter().rev().find_map(|step| step.phase);
    let phase = said.or(incident.stated_phase);
    phase.is_some_and(Phase::is_final)
}
