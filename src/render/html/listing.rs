//! Incidents in lists: a title that leads to the post, and what matters most of it.

use maud::{Markup, html};

use crate::domain::incident::{Incident, Kind};
use crate::render;
use crate::render::html::parts;
use crate::render::markdown;
use crate::snapshot::Snapshot;
use crate::urls;

/// Longest summary, in characters.
const SUMMARY_CHARS: usize = 240;

/// How many components a line names before it counts.
const NAMED: usize = 5;

/// What a list shows of its incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Title, phase, date.
    Brief,
    /// And the components and the summary.
    Full,
}

/// One or two sentences: those of the author, else the first of the post or of its first update.
pub(super) fn summary(incident: &Incident) -> String {
    if let Some(summary) = &incident.summary {
        return summary.clone();
    }
    let of_post = markdown::first_sentences(&incident.markdown, SUMMARY_CHARS);
    if !of_post.is_empty() {
        return of_post;
    }
    incident.updates.first().map_or_else(String::new, |update| {
        markdown::first_sentences(&update.markdown, SUMMARY_CHARS)
    })
}

/// Incidents one below the other, each under a heading of the third level.
pub(super) fn list(snapshot: &Snapshot, incidents: &[&Incident], detail: Detail) -> Markup {
    html! {
        ul.posts {
            @for incident in incidents { li { (entry(snapshot, incident, detail)) } }
        }
    }
}

fn entry(snapshot: &Snapshot, incident: &Incident, detail: Detail) -> Markup {
    let frame = render::frame_of(snapshot);
    let phase = incident.phase(snapshot.as_of);
    html! {
        h3 { a href=(urls::incident(&incident.slug)) dir="auto" { (incident.title) } }
        p.meta {
            @match incident.kind {
                Kind::Notice => "Notice",
                Kind::Disruption | Kind::Maintenance => (parts::phase_badge(phase)),
            }
            "\u{a0}· "
            @match parts::window(frame, incident).filter(|_| incident.kind == Kind::Maintenance) {
                Some(window) => (window),
                None => (parts::day_with_year(frame, incident.started())),
            }
            @if !incident.updates.is_empty() {
                "\u{a0}· " (parts::count(incident.updates.len(), "update"))
            }
            @if detail == Detail::Full { (affects(snapshot, incident)) }
        }
        @if detail == Detail::Full {
            @let text = summary(incident);
            @if !text.is_empty() { p dir="auto" { (text) } }
        }
    }
}

/// " · affects Selma, Nelson"; of many, the first ones. Nothing if it names none.
pub(super) fn affects(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let components = parts::components_of(snapshot, incident);
    let named = if components.len() > NAMED {
        NAMED - 1
    } else {
        NAMED
    };
    let names: Vec<_> = components
        .iter()
        .take(named)
        .map(|slug| snapshot.component_name(slug))
        .collect();
    let verb = match incident.kind {
        Kind::Disruption | Kind::Maintenance => "affects",
        Kind::Notice => "about",
    };
    let more = components.len() - names.len();
    html! {
        @if !names.is_empty() {
            "\u{a0}· " (verb) " "
            @for (place, name) in names.iter().enumerate() {
                @if place > 0 { ", " }
                bdi { (name) }
            }
            @if more > 0 { " and " (more) " more" }
        }
    }
}
