//! The page that asks for confirmation before an incident is withdrawn.

use maud::{Markup, html};

use super::fields::Fields;
use super::form;
use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::incident::Incident;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// Renders the page. `key` makes the button work only once.
pub fn page(snapshot: &Snapshot, viewer: &Actor, incident: &Incident, key: &str) -> Markup {
    let updates = incident.updates.len();
    let sets_states = incident.all_changes().next().is_some();
    let content = html! {
        h1 { "Withdraw this incident?" }
        p.lead dir="auto" { strong { (incident.title) } }
        div.text {
            p {
                "It disappears from the page and the feeds"
                @if updates > 0 { ", with its " (parts::count(updates, "update")) }
                ". Its address stops working. The activity log keeps everything."
            }
            @if sets_states {
                p { "The states it set go too: its components become what they would be without it." }
            }
            p {
                "If it is over, resolve it instead, so that customers see how it ended. If something "
                "in it is wrong, correct it. Withdraw only what never happened."
            }
        }
        form method="post" action=(urls::staff_withdraw_incident(&incident.slug)) {
            (form::hidden(Fields::KEY, key))
            p.buttons {
                button.danger type="submit" { "Yes, withdraw it" }
                a.button href=(urls::staff_incident(&incident.slug)) { "No, keep it" }
            }
        }
    };
    let page = Page {
        title: "Withdraw an incident",
        nav: Nav::Dashboard,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}
