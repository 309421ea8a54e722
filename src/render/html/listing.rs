//! Incidents in lists: a title that leads to the post, and what matters most of it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::render;
use crate::render::html::parts;
use crate::render::markdown;
use crate::snapshot::Snapshot;
use crate::snapshot::post::Post;
use crate::urls;

/// Longest summary, in characters.
const SUMMARY_CHARS: usize = 240;

/// How many components a line names before it counts.
const NAMED: usize = 5;

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

/// Incidents one below the other, each under a heading of the third level: title, phase, date. They
/// aren't read for that, as long as what lists know of them says it all.
pub(super) fn brief<'a>(
    snapshot: &Snapshot,
    posts: impl IntoIterator<Item = &'a Arc<Post>>,
) -> Markup {
    html! {
        ul.posts {
            @for post in posts { li { (heading(snapshot, &Known::of(snapshot, post), None)) } }
        }
    }
}

/// The same with the components and the summary of each.
pub(super) fn full(snapshot: &Snapshot, incidents: &[Incident]) -> Markup {
    html! {
        ul.posts {
            @for incident in incidents {
                li {
                    (heading(snapshot, &Known::of_whole(snapshot, incident), Some(incident)))
                    @let text = summary(incident);
                    @if !text.is_empty() { p dir="auto" { (text) } }
                }
            }
        }
    }
}

/// What is told of every incident in a list.
struct Known<'a> {
    slug: &'a Slug,
    title: &'a str,
    kind: Kind,
    phase: Phase,
    started: DateTime<Utc>,
    updates: usize,
    /// When a maintenance takes place.
    window: Option<Markup>,
}

impl<'a> Known<'a> {
    fn of(snapshot: &Snapshot, post: &'a Post) -> Self {
        let is_maintenance = post.kind == Kind::Maintenance;
        let frame = render::frame_of(snapshot);
        Self {
            slug: &post.slug,
            title: &post.title,
            kind: post.kind,
            phase: post.phase,
            started: post.started,
            updates: post.updates,
            window: is_maintenance
                .then(|| parts::window(frame, &post.read()))
                .flatten(),
        }
    }

    fn of_whole(snapshot: &Snapshot, incident: &'a Incident) -> Self {
        let is_maintenance = incident.kind == Kind::Maintenance;
        let frame = render::frame_of(snapshot);
        Self {
            slug: &incident.slug,
            title: &incident.title,
            kind: incident.kind,
            phase: incident.phase(snapshot.as_of),
            started: incident.started(),
            updates: incident.updates.len(),
            window: is_maintenance
                .then(|| parts::window(frame, incident))
                .flatten(),
        }
    }
}

fn heading(snapshot: &Snapshot, known: &Known<'_>, whole: Option<&Incident>) -> Markup {
    html! {
        h3 { a href=(urls::incident(known.slug)) dir="auto" { (known.title) } }
        p.meta {
            @match known.kind {
                Kind::Notice => "Notice",
                Kind::Disruption | Kind::Maintenance => (parts::phase_badge(known.phase)),
            }
            "\u{a0}· "
            @match &known.window {
                Some(window) => (window),
                None => (parts::day_with_year(render::frame_of(snapshot), known.started)),
            }
            @if known.updates > 0 { "\u{a0}· " (parts::count(known.updates, "update")) }
            @if let Some(incident) = whole { (affects(snapshot, incident)) }
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
