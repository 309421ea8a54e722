//! Changes of state: as lines of a message, and in its subject.

use chrono::{DateTime, Utc};

use super::block::ChangeLine;
use crate::domain::component::{Origin, StateChange};
use crate::domain::headline::named_of;
use crate::domain::state::StateKey;
use crate::render;
use crate::render::html::changes::state_before;
use crate::render::messages::mail as messages;
use crate::snapshot::Snapshot;

/// A line for each change that an entry at an instant made.
pub(in crate::render) fn lines(
    snapshot: &Snapshot,
    at: DateTime<Utc>,
    changes: &[&StateChange],
) -> Vec<ChangeLine> {
    let lines = changes.iter().map(|change| line(snapshot, at, change));
    lines.collect()
}

/// A change as the pages show it: with the state before, and with the state that holds if another
/// incident claims a worse one.
pub(in crate::render) fn line(
    snapshot: &Snapshot,
    at: DateTime<Utc>,
    change: &StateChange,
) -> ChangeLine {
    let states = &snapshot.states;
    let name = snapshot.component_name(&change.component);
    let label = states.label(&change.state);
    let before = state_before(snapshot, change);
    let is_plan = change.origin == Origin::Plan;
    let overall = holds_instead(snapshot, change);
    let is_step = before != change.state && overall.is_none() && !is_plan;
    let mut words = match change.origin {
        Origin::Restore => messages::back_to(name, label),
        Origin::Post | Origin::Update | Origin::Request | Origin::Plan | Origin::Begin => {
            messages::change(name, is_step.then(|| states.label(&before)), label)
        }
    };
    if let Some(overall) = &overall {
        words.push_str(&messages::overall(states.label(overall)));
    }
    if change.at != at && !is_plan {
        let when = render::frame_of(snapshot).instant(change.at);
        words.push_str(&messages::changed_at(&when));
    }
    ChangeLine {
        words,
        tone: states.tone(&change.state),
        note: change.note.clone(),
    }
}

/// The state that holds just after a change, if it is another one than the change's.
fn holds_instead(snapshot: &Snapshot, change: &StateChange) -> Option<StateKey> {
    if change.origin == Origin::Plan {
        return None;
    }
    let record = snapshot.find_component(&change.component)?;
    let after = record.history.state_after(change);
    (after != change.state).then_some(after)
}

/// What components have become, for a subject. `None` if nothing was set: a plan sets nothing yet,
/// and what returns follows from the phase.
pub(super) fn in_subject(snapshot: &Snapshot, changes: &[&StateChange]) -> Option<String> {
    let set = changes.iter().filter(|change| match change.origin {
        Origin::Post | Origin::Update | Origin::Request | Origin::Begin => true,
        Origin::Restore | Origin::Plan => false,
    });
    let set: Vec<&StateChange> = set.copied().collect();
    if set.is_empty() {
        return None;
    }
    let shown = named_of(set.len()).min(set.len());
    let mut by_state: Vec<(Vec<String>, String)> = Vec::new();
    for change in &set[..shown] {
        let holds = holds_instead(snapshot, change);
        let state = holds.as_ref().unwrap_or(&change.state);
        let label = snapshot.states.label(state);
        let name = snapshot.component_name(&change.component).to_owned();
        match by_state.iter_mut().find(|(_, other)| other == label) {
            Some((names, _)) => names.push(name),
            None => by_state.push((vec![name], label.to_owned())),
        }
    }
    Some(messages::changes(&by_state, set.len() - shown))
}
