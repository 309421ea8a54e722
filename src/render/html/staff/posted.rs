//! After an update was posted: what is public now, and the way to mend it.

use maud::{Markup, html};

use super::frame::{self, Nav, Page};
use crate::domain::incident::Incident;
use crate::domain::staff::Token;
use crate::domain::update::{Source, Update};
use crate::render;
use crate::render::html::incident as public;
use crate::snapshot::Snapshot;
use crate::urls;

/// The whole page.
pub fn page(snapshot: &Snapshot, viewer: &Token, incident: &Incident, update: &Update) -> Markup {
    let headline = render::headline_of(snapshot);
    let is_ours = update.source != Source::File;
    let content = html! {
        @if incident.draft {
            h1 { "It is in the draft" }
            p.lead { "Nobody else sees it until the incident is published." }
        } @else {
            h1 { "It is public" }
            p.lead { "Customers now see: " strong dir="auto" { (headline.sentence) } }
        }
        section.preview.out aria-label="The update" {
            ol.updates { (public::entry(snapshot, incident, update)) }
        }
        p.buttons {
            @if is_ours {
                a.button href=(urls::staff_correct_update(&incident.slug, &update.id)) { "Correct it" }
            }
            @if !incident.draft {
                a.button href=(urls::update(&incident.slug, &update.id)) { "See it as customers do" }
            }
            a.button href=(urls::STAFF) { "To the desk" }
        }
    };
    let page = Page {
        title: if incident.draft {
            "In the draft"
        } else {
            "It is public"
        },
        nav: Nav::Desk,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}
