//! Values to text. Pure: the same snapshot gives the same bytes; no store, no HTTP, no clock.

use std::borrow::Cow;

use crate::domain::headline::{Headline, Open, Part, headline};
use crate::domain::slug::Slug;
use crate::snapshot::Snapshot;

pub mod csv;
pub mod feeds;
pub mod html;
pub mod json;
pub mod markdown;
pub mod time;
pub mod xml;

/// The sentence that says how things are.
pub fn headline_of(snapshot: &Snapshot) -> Headline {
    let standings: Vec<_> = snapshot
        .active_components()
        .map(|record| {
            let state = snapshot.state_of(record);
            let reads = snapshot.states.find(&state).map_or_else(
                || Cow::Owned(format!("is in the state “{state}”")),
                |known| Cow::Borrowed(known.reads.as_str()),
            );
            (&record.component, state, reads)
        })
        .collect();
    let parts: Vec<_> = standings
        .iter()
        .map(|(component, state, reads)| Part {
            slug: &component.slug,
            name: &component.name,
            reads,
            tone: snapshot.states.tone(state),
            severity: snapshot.states.severity(state),
        })
        .collect();
    let open = snapshot.open_incidents();
    let named: Vec<(_, Vec<&Slug>)> = open
        .iter()
        .map(|incident| (incident, incident.components()))
        .collect();
    let open: Vec<_> = named
        .iter()
        .map(|(incident, components)| Open {
            title: &incident.title,
            kind: incident.kind,
            phase: incident.phase(snapshot.as_of),
            components,
        })
        .collect();
    headline(&parts, &open)
}

/// How times are written: in the site's zone, as of the snapshot's instant.
pub fn frame_of(snapshot: &Snapshot) -> time::Frame {
    time::Frame {
        zone: snapshot.site.zone,
        as_of: snapshot.as_of,
    }
}
