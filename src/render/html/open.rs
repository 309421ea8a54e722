//! Open incidents: their order, their colour, and their status line.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::domain::component::StateChange;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, Tone};
use crate::domain::worst_state;
use crate::render::Present;
use crate::render::html::parts;
use crate::snapshot::Snapshot;

/// The open incidents, each with the worst state that it claims now. The worst is first; among
/// equals, the newest.
pub(in crate::render) fn worst_first<'a>(
    snapshot: &'a Snapshot,
    open: &'a [Incident],
) -> Vec<(Option<&'a StateKey>, &'a Incident)> {
    let mut cards: Vec<_> = open
        .iter()
        .map(|incident| (worst_state(snapshot, incident), incident))
        .collect();
    let severity = |state: &StateKey| snapshot.states.severity(state);
    cards.sort_by_key(|(worst, incident)| {
        Reverse((worst.map(severity), incident.impact(&snapshot.states)))
    });
    cards
}

fn worst_state<'a>(snapshot: &'a Snapshot, incident: &'a Incident) -> Option<&'a StateKey> {
    let mut set: BTreeMap<&Slug, &StateChange> = BTreeMap::new();
    for change in incident.all_changes() {
        let last = set.entry(&change.component).or_insert(change);
        if (change.at, change.seq) >= (last.at, last.seq) {
            *last = change;
        }
    }
    let pairs = set.into_iter().filter_map(|(slug, change)| {
        let record = snapshot.find_component(slug)?;
        let now = record.history.state_at(snapshot.until);
        let is_active = record.component.retired_at.is_none();
        is_active.then_some([&change.state, now])
    });
    worst_state::worst_state(pairs, &snapshot.states)
}

/// The tone of an open incident: that of the worst state that it claims. If it claims none, only an
/// impact set by staff can be worse than the default for an open incident.
pub(in crate::render) fn tone(
    snapshot: &Snapshot,
    incident: &Incident,
    worst: Option<&StateKey>,
) -> Tone {
    let stated = || {
        incident
            .stated_impact
            .map_or(Tone::Info, |impact| impact.tone().max(Tone::Info))
    };
    worst.map_or_else(stated, |state| snapshot.states.tone(state))
}

/// The tone of an incident's page: that of the incident while it is open.
pub(super) fn tone_now(snapshot: &Snapshot, incident: &Incident) -> Tone {
    match incident.is_open(snapshot.until) {
        true => tone(snapshot, incident, worst_state(snapshot, incident)),
        false => Tone::Ok,
    }
}

/// The worst tone of any component or open incident.
pub(super) fn tone_of_site(
    snapshot: &Snapshot,
    present: &[Present<'_>],
    open: &[Incident],
) -> Tone {
    let components = present.iter().map(|present| present.tone);
    let incidents = open.iter().map(|incident| tone_now(snapshot, incident));
    components.chain(incidents).max().unwrap_or(Tone::Ok)
}

/// "Major outage · Identified"; only the phase if it claims no state.
pub(super) fn standing(
    snapshot: &Snapshot,
    incident: &Incident,
    worst: Option<&StateKey>,
) -> Markup {
    let phase = incident.phase(snapshot.until).label();
    html! {
        @match worst {
            Some(state) => { (parts::state_badge(&snapshot.states, state)) "\u{a0}· " (phase) },
            None => (parts::badge(tone(snapshot, incident, worst), phase)),
        }
    }
}
