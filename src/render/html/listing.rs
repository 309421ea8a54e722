//! Lists of incidents: a title that links to the post, and the most important facts.

use std::sync::Arc;

use maud::{Markup, html};

use crate::domain::ending::Lasted;
use crate::domain::incident::{Incident, Kind};
use crate::domain::update::{Phase, Update};
use crate::render::html::parts;
use crate::render::{self, markdown, messages, time};
use crate::snapshot::Snapshot;
use crate::snapshot::post::Post;
use crate::urls;

/// Maximum length of a summary, in characters.
const SUMMARY_CHARS: usize = 240;

/// How many components a line names; the others are only counted.
const NAMED: usize = 5;

/// One or two sentences: the author's own summary; else, for a closed incident, the last update;
/// else the beginning of the post or of its first update.
pub(super) fn summary(snapshot: &Snapshot, incident: &Incident) -> String {
    if let Some(summary) = &incident.summary {
        return summary.clone();
    }
    // Promises made during the incident no longer apply.
    let is_over = incident.ended(snapshot.until).is_some();
    let last = incident.updates.iter().rev().filter(|_| is_over);
    let last = last.map(first_sentences);
    if let Some(words) = last.into_iter().find(|words| !words.is_empty()) {
        return words;
    }
    let of_post = markdown::first_sentences(&incident.markdown, SUMMARY_CHARS);
    if !of_post.is_empty() {
        return of_post;
    }
    let first = incident.updates.first();
    first.map_or_else(String::new, first_sentences)
}

fn first_sentences(update: &Update) -> String {
    markdown::first_sentences(&messages::text_of(update), SUMMARY_CHARS)
}

/// The summary for places where nothing else shows the phase: it first says how the incident is now.
/// "Monitoring. Mail is up." "Resolved after 2 h 10 min. Mail is up again."
pub(in crate::render) fn preview(snapshot: &Snapshot, incident: &Incident) -> String {
    let now = snapshot.until;
    let phase = incident.phase(now);
    if incident.is_open(now) {
        let mut said = incident.updates.iter().rev().map(first_sentences);
        let said = said.find(|words| !words.is_empty());
        let said = said.unwrap_or_else(|| summary(snapshot, incident));
        return messages::now(phase.label(), &said);
    }
    let text = summary(snapshot, incident);
    if incident.kind == Kind::Notice || incident.ended(now).is_none() {
        return text;
    }
    let word = ended_word(incident.kind, phase);
    let length = incident.lasted(now).and_then(|lasted| lasted.length());
    let end = match length {
        Some(length) => messages::ended_after(word, &time::duration(length)),
        None => word.to_owned(),
    };
    messages::now(&end, &text)
}

/// The word for how it ended. The phase "postmortem" doesn't tell.
fn ended_word(kind: Kind, phase: Phase) -> &'static str {
    match phase {
        Phase::Postmortem => kind.resolving_phase().label(),
        Phase::Resolved
        | Phase::Completed
        | Phase::Cancelled
        | Phase::Investigating
        | Phase::Identified
        | Phase::Monitoring
        | Phase::Scheduled
        | Phase::InProgress
        | Phase::Verifying => phase.label(),
    }
}

/// " after 2 h 10 min", to follow the phase of a closed incident.
fn after(lasted: Option<Lasted>) -> Markup {
    let length = lasted.and_then(|lasted| lasted.length());
    html! { @if let Some(length) = length { " after\u{a0}" (time::duration(length)) } }
}

/// The updates in the order of the page: postmortems first, then newest first.
pub(super) fn newest_first(incident: &Incident) -> Vec<&Update> {
    let mut updates: Vec<&Update> = incident.updates.iter().rev().collect();
    updates.sort_by_key(|update| update.phase != Some(Phase::Postmortem));
    updates
}

/// A list of incidents, each under a third-level heading: title, phase, date. Incidents aren't
/// unpacked for it if the list data suffices.
pub(super) fn brief<'a>(
    snapshot: &Snapshot,
    posts: impl IntoIterator<Item = &'a Arc<Post>>,
) -> Markup {
    html! {
        ul.posts {
            @for post in posts {
                li #(urls::incident_anchor(&post.slug)) { (heading(snapshot, post, None)) }
            }
        }
    }
}

/// A list of incidents with the components and the summary of each.
pub(super) fn full(snapshot: &Snapshot, posts: &[Arc<Post>]) -> Markup {
    html! {
        ul.posts {
            @for post in posts {
                @let incident = post.read();
                li {
                    (heading(snapshot, post, Some(&incident)))
                    @let text = summary(snapshot, &incident);
                    @if !text.is_empty() { p dir="auto" { (text) } }
                }
            }
        }
    }
}

/// Title, phase and date; also the components, if the incident was unpacked.
fn heading(snapshot: &Snapshot, post: &Post, read: Option<&Incident>) -> Markup {
    let frame = render::frame_of(snapshot);
    let window = match read {
        _ if post.kind != Kind::Maintenance => None,
        Some(incident) => parts::window(frame, incident),
        None => parts::window(frame, &post.read()),
    };
    html! {
        h3 { a href=(urls::incident(&post.slug)) dir="auto" { (post.title) } }
        p.meta {
            @match post.kind {
                Kind::Notice => "Notice",
                Kind::Disruption | Kind::Maintenance => {
                    (parts::badge(parts::phase_tone(post.phase), ended_word(post.kind, post.phase)))
                    (after(post.lasted))
                }
            }
            "\u{a0}· "
            @match window {
                Some(window) => (window),
                None => (parts::day_with_year(frame, post.started)),
            }
            @if post.updates > 0 { "\u{a0}· " (parts::count(post.updates, "update")) }
            @if let Some(incident) = read { (affects(snapshot, incident)) }
        }
    }
}

/// " · affects Selma, Nelson"; only the first ones if there are many. Empty if it names none.
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
            @for (index, name) in names.iter().enumerate() {
                @if index > 0 { ", " }
                bdi { (name) }
            }
            @if more > 0 { " and " (more) " more" }
        }
    }
}
