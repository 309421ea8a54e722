//! The dashboard: what customers see now, and what staff can do about it.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::incident::Incident;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::render::html::{listing, open, parts};
use crate::render::{self, markdown, messages};
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// How much of the newest update is shown, in characters.
const SAID_CHARS: usize = 200;
/// How many closed incidents are listed.
const RECENT: usize = 5;

/// An unpublished incident.
#[derive(Debug)]
pub struct Draft<'a> {
    /// Its slug.
    pub slug: &'a Slug,
    /// Its title.
    pub title: &'a str,
}

/// A withdrawn incident.
#[derive(Debug)]
pub struct Withdrawn {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// When it was withdrawn.
    pub withdrawn_at: DateTime<Utc>,
}

/// Renders the page; `messages_waiting` is its section about messages to subscribers, `flash` says
/// what was just done.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    drafts: &[Draft<'_>],
    withdrawn: &[Withdrawn],
    messages_waiting: &Markup,
    flash: Option<&str>,
) -> Markup {
    let headline = render::headline_of(snapshot);
    let may_write = viewer.may(Permission::WriteIncidents);
    let incidents = snapshot.open_incidents();
    let is_calm = incidents.is_empty();
    let content = html! {
        @if let Some(flash) = flash { p.told role="status" { (flash) } }
        @if may_write {
            p.buttons.first {
                a.button.(if is_calm { "main" } else { "" }) href=(urls::STAFF_NEW_INCIDENT) { "New incident" }
            }
        }
        p.over { "What customers see now" }
        (parts::title(&messages::headline(&headline)))
        @if headline.rest_is_working { p.lead { (messages::rest_is_working()) } }
        @for (worst, incident) in open::worst_first(snapshot, &incidents) {
            (card(snapshot, incident, worst, may_write))
        }
        (messages_waiting)
        (drafts_list(drafts))
        (planned(snapshot))
        (components(snapshot, viewer))
        (recent(snapshot))
        (withdrawn_list(snapshot, viewer, withdrawn))
    };
    let page = Page {
        title: "Dashboard",
        nav: Nav::Dashboard,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// An open incident: its latest update, and links to post another.
fn card(
    snapshot: &Snapshot,
    incident: &Incident,
    worst: Option<&StateKey>,
    may_write: bool,
) -> Markup {
    let frame = render::frame_of(snapshot);
    let tone = open::tone(snapshot, incident, worst);
    let last = incident.updates.last();
    let said = last.map_or_else(
        || listing::summary(snapshot, incident),
        |update| markdown::first_sentences(&messages::text_of(update), SAID_CHARS),
    );
    html! {
        article.card.(tone.as_str()) {
            p.meta { (open::standing(snapshot, incident, worst)) (listing::affects(snapshot, incident)) }
            h2 { a href=(urls::staff_incident(&incident.slug)) dir="auto" { (incident.title) } }
            @if let Some(window) = parts::window(frame, incident) { p.meta { (window) } }
            p.said dir="auto" {
                (parts::instant(frame, last.map_or(incident.published_at, |update| update.at)))
                @if !said.is_empty() { "\u{a0}— " (said) }
            }
            @if may_write {
                p.buttons {
                    a.button.main href=(urls::staff_post_update(&incident.slug)) {
                        "Post an update" span.unseen { " to " (incident.title) }
                    }
                }
            }
        }
    }
}

fn drafts_list(drafts: &[Draft<'_>]) -> Markup {
    html! {
        @if !drafts.is_empty() {
            section {
                h2 { "Drafts" }
                ul.box {
                    @for draft in drafts {
                        li { a.way href=(urls::staff_incident(draft.slug)) dir="auto" { (draft.title) } }
                    }
                }
            }
        }
    }
}

/// The withdrawn incidents: title, time of withdrawal, and a link to the activity log.
fn withdrawn_list(snapshot: &Snapshot, viewer: &Actor, withdrawn: &[Withdrawn]) -> Markup {
    let frame = render::frame_of(snapshot);
    let may_look = viewer.may(Permission::ReadActivity);
    html! {
        @if !withdrawn.is_empty() {
            details.more {
                summary { "Withdrawn incidents (" (withdrawn.len()) ")" }
                ul.box {
                    @for incident in withdrawn {
                        @let log = urls::query(&[("incident", &incident.id)]);
                        li {
                            @if may_look {
                                a.way href={ (urls::STAFF_ACTIVITY_LOG) (log) } dir="auto" { (incident.title) }
                            } @else {
                                span dir="auto" { (incident.title) }
                            }
                            p.meta { "Withdrawn " (parts::instant(frame, incident.withdrawn_at)) }
                        }
                    }
                }
                p.hint {
                    "Withdrawn for good. The activity log keeps their text, so you can post it again."
                }
            }
        }
    }
}

fn planned(snapshot: &Snapshot) -> Markup {
    let frame = render::frame_of(snapshot);
    let planned = snapshot.planned_maintenance();
    html! {
        @if !planned.is_empty() {
            section {
                h2 { "Planned maintenance" }
                ul.box {
                    @for incident in planned {
                        li {
                            a.way href=(urls::staff_incident(&incident.slug)) dir="auto" { (incident.title) }
                            @if let Some(window) = parts::window(frame, &incident) {
                                p.meta { (window) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn components(snapshot: &Snapshot, viewer: &Actor) -> Markup {
    let may_set = viewer.may(Permission::SetStates);
    let records: Vec<_> = snapshot.active_components().collect();
    html! {
        @if !records.is_empty() {
            section {
                h2 { "Components" }
                ul.box { @for record in records { (component(snapshot, record, may_set)) } }
            }
        }
    }
}

fn component(snapshot: &Snapshot, record: &ComponentHistory, may_set: bool) -> Markup {
    let component = &record.component;
    let standing = snapshot.standing(record);
    html! {
        li.standing {
            div {
                strong dir="auto" { (snapshot.component_name(&component.slug)) }
                " " (parts::state_badge(&snapshot.states, &standing.state))
                @if let Some(note) = &standing.note { p.note dir="auto" { (note) } }
            }
            @if may_set {
                a.button href=(urls::staff_component_state(&component.slug)) {
                    "Change" span.unseen { " the state of " (snapshot.component_name(&component.slug)) }
                }
            }
        }
    }
}

fn recent(snapshot: &Snapshot) -> Markup {
    let posts: Vec<_> = snapshot
        .posts
        .iter()
        .filter(|post| !post.is_open() && !post.is_planned())
        .take(RECENT)
        .collect();
    let frame = render::frame_of(snapshot);
    html! {
        @if !posts.is_empty() {
            section {
                h2 { "Recent posts" }
                ul.box {
                    @for post in posts {
                        li {
                            a.way href=(urls::staff_incident(&post.slug)) dir="auto" { (post.title) }
                            p.meta { (parts::day_with_year(frame, post.started)) }
                        }
                    }
                }
            }
        }
    }
}
