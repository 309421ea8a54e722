//! Who may change states. Decided on what changes, not on the way in which it is said: a field, an
//! UPDATE entry in a text, a correction, a draft that is published, an incident that ends.

use std::collections::BTreeSet;

use super::give_back::{History, gather};
use super::{ActionError, Change};
use crate::domain::incident::Kind;
use crate::domain::restore::Involved;
use crate::domain::slug::Slug;
use crate::domain::staff::Scope;
use crate::domain::update::Phase;
use crate::store::changes::ChangeKind;
use crate::store::components::find_component;

impl Change {
    /// Refuses the change if any component's states, past, present or planned, are others by it, and
    /// the actor may not change states. What nobody sees, such as a draft, changes none.
    pub(super) async fn refuse_states(&mut self) -> Result<(), ActionError> {
        if self.actor.may(Scope::StatesWrite) {
            return Ok(());
        }
        let touched: BTreeSet<Slug> = self
            .touched
            .keys()
            .filter(|(kind, _)| *kind == ChangeKind::Component)
            .filter_map(|(_, slug)| Slug::parse(slug).ok())
            .collect();
        if touched.is_empty() {
            return Ok(());
        }
        // Whoever else writes waits for us, so that this is as it was when we began.
        let mut before = self.store.read().await?;
        let mut changed = Vec::new();
        for slug in touched {
            let was = gather(&mut before, &slug).await?;
            let is = gather(&mut self.tx, &slug).await?;
            if says(&was) != says(&is) {
                let component = find_component(&mut self.tx, &slug).await?;
                changed.push(component.map_or_else(|| slug.to_string(), |it| it.name));
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        Err(ActionError::Forbidden(format!(
            "this changes the states of {}, and the token {:?} has no scope {}, so nothing was \
             done; use a token that has it, leave the states out, or end the incident with \
             \"restore\": false, which leaves every state as it is",
            changed.join(", "),
            self.actor.name(),
            Scope::StatesWrite.as_str(),
        )))
    }
}

/// What a history says of states: each change, and the window of each maintenance that isn't over and
/// sets or plans any, since that says when they begin and end.
fn says(history: &History) -> (Vec<impl PartialEq + use<>>, Vec<impl PartialEq + use<>>) {
    let changes = history.whole().into_iter();
    let changes: Vec<_> = changes
        .map(|change| (change.at, change.state, change.note, change.incident))
        .collect();
    let windows = history.involved.iter().filter_map(|incident| {
        let id = Some(&incident.id);
        let sets = changes.iter().any(|(_, _, _, of)| of.as_ref() == id);
        let counts = incident.kind == Kind::Maintenance && (sets || incident.plan.is_some());
        if !counts || is_over(incident) {
            return None;
        }
        let steps = || incident.steps.iter().rev();
        let starts = steps().find_map(|step| step.window.starts);
        let ends = steps().find_map(|step| step.window.ends);
        let window = (
            starts.or(incident.window.starts),
            ends.or(incident.window.ends),
        );
        Some((incident.id.clone(), incident.plan.clone(), window))
    });
    let windows = windows.collect();
    (changes, windows)
}

/// Whether a maintenance is completed or cancelled.
fn is_over(incident: &Involved) -> bool {
    let said = incident.steps.iter().rev().find_map(|step| step.phase);
    let phase = said.or(incident.stated_phase);
    phase.is_some_and(Phase::is_final)
}
