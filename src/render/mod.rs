//! Values to text. Pure: no store, no HTTP, no clock; the same snapshot gives the same bytes.

use std::borrow::Cow;

use crate::domain::headline::{Headline, Open, Part, headline};
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, Tone};
use crate::snapshot::{ComponentHistory, Snapshot};

pub mod activity_log_csv;
pub mod badge;
pub mod brand;
pub mod chat;
pub mod feeds;
pub mod html;
pub mod json;
pub mod mail;
pub mod markdown;
pub mod messages;
pub mod number;
pub mod statuspage;
pub mod subscriber_table;
pub mod time;
pub mod xml;

/// A component with its state at the snapshot's instant.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// The component.
    pub record: &'a ComponentHistory,
    /// Its state.
    pub state: &'a StateKey,
    /// The state's tone.
    pub tone: Tone,
}

/// The components that are not retired, in the order of the page, with their states.
pub fn list_present(snapshot: &Snapshot) -> Vec<Present<'_>> {
    let mut present = Vec::with_capacity(snapshot.components.len());
    present.extend(snapshot.active_components().map(|record| {
        let state = record.history.state_at(snapshot.until);
        Present {
            record,
            state,
            tone: snapshot.states.tone(state),
        }
    }));
    present
}

/// The overall status; [`messages::headline`] puts it into words.
pub fn headline_of(snapshot: &Snapshot) -> Headline {
    headline_with(
        snapshot,
        &list_present(snapshot),
        &snapshot.open_incidents(),
    )
}

/// Like [`headline_of`], for callers that already have the components and the open incidents.
pub fn headline_with(snapshot: &Snapshot, present: &[Present<'_>], open: &[Incident]) -> Headline {
    let parts = present.iter().map(|present| {
        let component = &present.record.component;
        let known = snapshot.states.find(present.state);
        Part {
            slug: &component.slug,
            name: snapshot.component_name(&component.slug),
            reads: known.map_or_else(
                || Cow::Owned(messages::unknown_state(present.state)),
                |known| Cow::Borrowed(known.reads.as_str()),
            ),
            tone: present.tone,
            severity: snapshot.states.severity(present.state),
        }
    });
    let parts: Vec<_> = parts.collect();
    let named: Vec<(_, Vec<&Slug>)> = open
        .iter()
        .map(|incident| (incident, incident.components()))
        .collect();
    let open: Vec<_> = named
        .iter()
        .map(|(incident, components)| Open {
            title: &incident.title,
            kind: incident.kind,
            phase: incident.phase(snapshot.until),
            components,
        })
        .collect();
    headline(&parts, &open)
}

/// The format of times: in the site's zone, as of the snapshot's instant.
pub fn frame_of(snapshot: &Snapshot) -> time::Frame {
    time::Frame {
        zone: snapshot.site.zone,
        clock: snapshot.site.time_style().clock,
        as_of: snapshot.as_of,
    }
}
