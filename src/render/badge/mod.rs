//! Badges: how the site, a group or a component is now, in a few words, for other sites.

use crate::domain::coverage::Coverage;
use crate::domain::state::{StateKey, Tone};
use crate::render::feeds::plain;
use crate::render::html::open;
use crate::render::{headline_of, messages};
use crate::snapshot::Snapshot;

pub mod data;
pub mod svg;
mod width;

/// What a badge says. Its texts are plain, on one line, without characters that XML forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// What it is about.
    pub label: String,
    /// How that is, in a word or two.
    pub message: String,
    /// How the word looks.
    pub tone: Tone,
    /// The same as a sentence, for those who don't see it.
    pub title: String,
}

/// The badge of what `covered` covers; `None` if there is no such part of the site.
pub fn badge(snapshot: &Snapshot, covered: &Coverage) -> Option<Badge> {
    let records = snapshot.covered(covered)?;
    let states = records.iter().map(|it| it.history.state_at(snapshot.until));
    let worst = states.max_by_key(|state| snapshot.states.severity(state));
    let (message, tone) = match (covered, worst) {
        (Coverage::Site, worst) => of_site(snapshot, worst),
        (Coverage::Group(_) | Coverage::Component(_), Some(state)) => of_state(snapshot, state),
        (Coverage::Group(_) | Coverage::Component(_), None) => return None,
    };
    let label = match covered {
        Coverage::Site => snapshot.site.name.as_str(),
        Coverage::Group(slug) => &snapshot.find_group(slug)?.name,
        Coverage::Component(slug) => snapshot.component_name(slug),
    };
    let (label, message) = (plain(label), plain(&message));
    let title = match covered {
        Coverage::Site => {
            messages::badge_title(&label, &messages::headline(&headline_of(snapshot)))
        }
        Coverage::Group(_) | Coverage::Component(_) => messages::badge_title(&label, &message),
    };
    Some(Badge {
        title: plain(&title),
        label,
        message,
        tone,
    })
}

fn of_state(snapshot: &Snapshot, state: &StateKey) -> (String, Tone) {
    let label = snapshot.states.label(state);
    (label.to_owned(), snapshot.states.tone(state))
}

/// The worst state of any component. If an open incident looks worse, how far along that is: while
/// one is open, it never says that everything works.
fn of_site(snapshot: &Snapshot, worst: Option<&StateKey>) -> (String, Tone) {
    let state = worst.map(|state| of_state(snapshot, state));
    let open = snapshot.open_incidents();
    let sorted = open::worst_first(snapshot, &open).into_iter();
    let toned = sorted.map(|(worst, incident)| (open::tone(snapshot, incident, worst), incident));
    // Of several equals the last one wins; that is the first one here.
    let incident = toned.rev().max_by_key(|(tone, _)| *tone);
    let incident = incident.map(|(tone, incident)| {
        let phase = incident.phase(snapshot.until);
        (phase.label().to_owned(), tone)
    });
    match (state, incident) {
        (Some(state), Some(incident)) if incident.1 > state.1 => incident,
        (Some(state), _) => state,
        (None, Some(incident)) => incident,
        (None, None) => (messages::no_problems().to_owned(), Tone::Ok),
    }
}
