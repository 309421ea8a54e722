//! The page after an update was posted: what is public now, and a link to correct it.

use maud::{Markup, html};

use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::component::Origin;
use crate::domain::incident::Incident;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Source, Update};
use crate::render::html::{incident as public, parts};
use crate::render::{self, messages};
use crate::snapshot::Snapshot;
use crate::urls;

/// Renders the page.
pub fn page(snapshot: &Snapshot, viewer: &Actor, incident: &Incident, update: &Update) -> Markup {
    let headline = messages::headline(&render::headline_of(snapshot));
    let is_ours = update.source != Source::File;
    let content = html! {
        @if incident.draft {
            h1 { "Added to the draft" }
            p.lead { "Only staff can see it until the incident is published." }
        } @else {
            h1 { "Update posted" }
            p.lead { "Customers now see: " strong dir="auto" { (headline) } }
        }
        section.preview.out aria-label="The update" {
            ol.updates { (public::entry(snapshot, incident, update)) }
        }
        @if !incident.draft && update.phase.is_some_and(Phase::is_final) {
            (what_came_back(snapshot, viewer, incident, update))
        }
        p.buttons {
            @if is_ours {
                a.button href=(urls::staff_correct_update(&incident.slug, &update.id)) { "Correct it" }
            }
            @if !incident.draft {
                a.button href=(urls::update(&incident.slug, &update.id)) { "See it as customers do" }
            }
            a.button href=(urls::STAFF) { "Go to the dashboard" }
        }
    };
    let page = Page {
        title: if incident.draft {
            "Added to the draft"
        } else {
            "Update posted"
        },
        nav: Nav::Dashboard,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// For a closed incident: the current states of its components, and for those that aren't working,
/// a link to change them.
fn what_came_back(
    snapshot: &Snapshot,
    viewer: &Actor,
    incident: &Incident,
    update: &Update,
) -> Markup {
    let changes = update.changes.iter();
    let back: Vec<_> = changes
        .filter(|change| change.origin == Origin::Restore)
        .collect();
    let is_back = |slug: &Slug| {
        let mut back = back.iter();
        back.any(|change| change.component == *slug && change.state.is_operational())
    };
    let left = incident.components();
    let left = left.into_iter().filter(|slug| !is_back(slug));
    html! {
        @if back.is_empty() { p { "No component changed its state." } }
        @for change in &back {
            p {
                bdi { (snapshot.component_name(&change.component)) } " is back to "
                (parts::state_badge(&snapshot.states, &change.state)) "."
            }
        }
        @for slug in left {
            @if let Some(record) = snapshot.find_component(slug) {
                @let state = snapshot.standing(record).state;
                @if !state.is_operational() && record.component.retired_at.is_none() {
                    p {
                        bdi { (snapshot.component_name(slug)) } " is still "
                        (parts::state_badge(&snapshot.states, &state)) ". "
                        @if viewer.may(Permission::SetStates) {
                            a href=(urls::staff_component_state(slug)) {
                                "Change that" span.unseen { " of " (snapshot.component_name(slug)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
