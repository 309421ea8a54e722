//! Changes of state as people read them: from what, to what.

use maud::{Markup, html};

use crate::domain::component::{Origin, StateChange};
use crate::domain::state::StateKey;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// What the component was just before a change.
pub(super) fn state_before(snapshot: &Snapshot, change: &StateChange) -> StateKey {
    snapshot
        .find_component(&change.component)
        .map_or_else(StateKey::operational, |record| {
            record.history.state_before(change)
        })
}

/// A row of chips, one for each change; nothing for none.
pub(super) fn chips(snapshot: &Snapshot, changes: &[StateChange]) -> Markup {
    html! {
        @if !changes.is_empty() {
            ul.chips aria-label="Changes" {
                @for change in changes { li { (chip(snapshot, change)) } }
            }
        }
    }
}

fn chip(snapshot: &Snapshot, change: &StateChange) -> Markup {
    let name = snapshot.component_name(&change.component);
    let states = &snapshot.states;
    let before = state_before(snapshot, change);
    html! {
        a href=(urls::component(&change.component)) dir="auto" { (name) }
        @match change.origin {
            Origin::Restore => " is back to ",
            Origin::Post
            | Origin::Update
            | Origin::Request
            | Origin::Plan
            | Origin::Begin => ": ",
        }
        @if before != change.state && !matches!(change.origin, Origin::Restore | Origin::Plan) {
            (states.label(&before)) " → "
        }
        (parts::state_badge(states, &change.state))
    }
}
