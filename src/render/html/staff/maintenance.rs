//! Maintenance as staff see it: what is running, what is planned, what is over.

use maud::{Markup, html};

use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::incident::{Incident, Kind};
use crate::domain::permission::Permission;
use crate::render;
use crate::render::html::{listing, parts};
use crate::snapshot::Snapshot;
use crate::urls;

/// How many completed maintenances are listed.
const RECENT: usize = 20;

/// Renders the page.
pub fn page(snapshot: &Snapshot, viewer: &Actor) -> Markup {
    let running: Vec<_> = snapshot
        .open_incidents()
        .into_iter()
        .filter(|incident| incident.kind == Kind::Maintenance)
        .collect();
    let planned = snapshot.planned_maintenance();
    let over: Vec<_> = snapshot
        .posts
        .iter()
        .filter(|post| post.kind == Kind::Maintenance && !post.is_open() && !post.is_planned())
        .take(RECENT)
        .map(|post| post.read())
        .collect();
    let is_empty = running.is_empty() && planned.is_empty() && over.is_empty();
    let may_write = viewer.may(Permission::WriteIncidents);
    let content = html! {
        h1 { "Maintenance" }
        @if may_write {
            p.buttons { a.button.main href=(urls::STAFF_NEW_MAINTENANCE) { "Plan maintenance" } }
        }
        @if is_empty { p.lead { "No maintenance yet, planned or past." } }
        (list(snapshot, "In progress", &running, may_write))
        (list(snapshot, "Planned", &planned, may_write))
        (list(snapshot, "Past", &over, false))
    };
    let page = Page {
        title: "Maintenance",
        nav: Nav::Maintenance,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

fn list(snapshot: &Snapshot, heading: &str, incidents: &[Incident], may_change: bool) -> Markup {
    let frame = render::frame_of(snapshot);
    html! {
        @if !incidents.is_empty() {
            section {
                h2 { (heading) }
                ul.box {
                    @for incident in incidents {
                        li.standing {
                            div {
                                a.way href=(urls::staff_incident(&incident.slug)) dir="auto" {
                                    (incident.title)
                                }
                                @if let Some(window) = parts::window(frame, incident) {
                                    p.meta { (window) }
                                }
                                p.meta {
                                    (parts::phase_badge(incident.phase(snapshot.until)))
                                    " " (listing::affects(snapshot, incident))
                                }
                            }
                            @if may_change {
                                a.button href=(urls::staff_maintenance(&incident.slug)) {
                                    "Change" span.unseen { " " (incident.title) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
