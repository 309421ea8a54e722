//! An incident as staff see it: all that was said, and what can be done with each.

use maud::{Markup, html};

use super::drafts;
use super::frame::{self, Nav, Page};
use crate::domain::incident::{Incident, Kind};
use crate::domain::staff::{Scope, Token};
use crate::domain::update::{Source, Update};
use crate::render::html::{incident as public, parts};
use crate::snapshot::Snapshot;
use crate::urls;

/// The whole page. `file` is the file that states the incident, if one does;
/// `key` makes each button work once.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Token,
    incident: &Incident,
    file: Option<&str>,
    key: &str,
) -> Markup {
    let may_write = viewer.allows(Scope::IncidentsWrite);
    let content = html! {
        (parts::title(&incident.title))
        p.lead { (parts::phase_badge(incident.phase(snapshot.as_of))) }
        @if incident.draft {
            p.told { strong { "A draft." } " Nobody but staff sees it." }
            @if may_write && file.is_none() { (drafts::ways(incident, key)) }
        }
        @if may_write {
            p.buttons {
                a.button.main href=(urls::staff_post_update(&incident.slug)) { "Post an update" }
                @if incident.kind == Kind::Maintenance && !incident.draft {
                    a.button href=(urls::staff_maintenance(&incident.slug)) { "Begin, end or move it" }
                }
            }
        }
        @if !incident.updates.is_empty() {
            section {
                h2 { "Updates" }
                ol.updates {
                    @for update in incident.updates.iter().rev() {
                        (public::entry(snapshot, incident, update))
                        @if may_write { (ways(incident, update)) }
                    }
                }
            }
        }
        section {
            h2 { "The post" }
            @match file {
                Some(file) => p.hint {
                    "The file " code { (file) } " states the post and its own entries; edit them there, "
                    "or post an update."
                },
                None => @if may_write {
                    p.buttons {
                        a.button href=(urls::staff_correct_incident(&incident.slug)) { "Correct the post" }
                    }
                },
            }
            @if !incident.markdown.is_empty() {
                details.more {
                    summary { "Read it" }
                    div.text dir="auto" { (parts::raw(&public::text(incident))) }
                }
            }
        }
        @if !incident.draft {
            p.more { a href=(urls::incident(&incident.slug)) { "See it as customers do" } }
        }
    };
    let page = Page {
        title: &incident.title,
        nav: Nav::Desk,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// What can be done with an update that isn't a file's.
fn ways(incident: &Incident, update: &Update) -> Markup {
    let path = urls::staff_correct_update(&incident.slug, &update.id);
    html! {
        @match update.source {
            Source::File => {},
            Source::Api | Source::Clock => li.ways-of {
                a href=(path) { "Correct" span.unseen { " this update" } }
            },
        }
    }
}
