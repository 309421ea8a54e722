//! State changes as people read them: from which state to which.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::Incident;
use crate::domain::state::StateKey;
use crate::render;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// The component's state just before a change.
pub(in crate::render) fn state_before(snapshot: &Snapshot, change: &StateChange) -> StateKey {
    snapshot
        .find_component(&change.component)
        .map_or_else(StateKey::operational, |record| {
            record.history.state_before(change)
        })
}

/// A row of chips, one for each change that a post or an update at the instant `at` made. A change
/// with another instant shows it. Empty if there are no changes.
pub(super) fn chips<'a>(
    snapshot: &Snapshot,
    at: DateTime<Utc>,
    changes: impl Iterator<Item = &'a StateChange>,
) -> Markup {
    let mut changes = changes.peekable();
    html! {
        @if changes.peek().is_some() {
            ul.chips aria-label="Changes" {
                @for change in changes { li { (chip(snapshot, at, change)) } }
            }
        }
    }
}

fn chip(snapshot: &Snapshot, at: DateTime<Utc>, change: &StateChange) -> Markup {
    let name = snapshot.component_name(&change.component);
    let states = &snapshot.states;
    let record = snapshot.find_component(&change.component);
    let before = state_before(snapshot, change);
    let after = record.map(|record| record.history.state_after(change));
    // Another incident may claim a worse state, or a draft may not be published yet.
    let overall = after.filter(|after| *after != change.state);
    let is_plan = change.origin == Origin::Plan;
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
        @if before != change.state && overall.is_none() && !is_plan
            && change.origin != Origin::Restore
        {
            (states.label(&before)) " → "
        }
        (parts::state_badge(states, &change.state))
        @if let Some(overall) = overall.filter(|_| before != StateKey::operational() && !is_plan) {
            " (overall " (states.label(&overall)) ")"
        }
        @if change.at != at && !is_plan {
            ", " (parts::instant(render::frame_of(snapshot), change.at))
        }
    }
}

/// The changes of the post itself. A maintenance's plan is shown until it takes effect.
pub(in crate::render) fn of_post(incident: &Incident) -> Vec<&StateChange> {
    let has_begun = |planned: &StateChange| {
        let mut all = incident.all_changes();
        all.any(|change| change.origin == Origin::Begin && change.component == planned.component)
    };
    let own = incident.changes.iter();
    own.filter(|change| change.origin != Origin::Plan || !has_begun(change))
        .collect()
}
