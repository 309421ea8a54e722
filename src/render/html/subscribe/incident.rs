//! The form to follow a single incident.

use maud::{Markup, html};

use super::form::{self, Form, INCIDENT};
use crate::domain::incident::Incident;
use crate::render::html::layout::{self, Nav, Page};
use crate::snapshot::Snapshot;
use crate::urls;

/// Whether more is to be heard of an incident: it is open, or a maintenance that is still planned.
pub fn goes_on(snapshot: &Snapshot, incident: &Incident) -> bool {
    incident.is_open(snapshot.until) || incident.is_planned(snapshot.until)
}

/// Renders the page. It has no form if the incident is over.
pub fn page(snapshot: &Snapshot, incident: &Incident, form: &Form) -> Markup {
    let is_over = !goes_on(snapshot, incident);
    let title = match is_over {
        true => "This incident is over",
        false => "Get updates on this incident",
    };
    let page = Page {
        title: Some(&form.titled(title)),
        description: &incident.title,
        path: None,
        nav: Nav::Subscribe,
        feeds: None,
        content: html! {
            h1 { (title) }
            p.lead dir="auto" {
                a href=(urls::incident(&incident.slug)) { (incident.title) }
            }
            @if is_over {
                p.earlier {
                    "There is nothing more to come. "
                    a href=(urls::SUBSCRIBE) { "Subscribe" }
                    " to hear of the next one."
                }
            } @else {
                (form::summary(form, "Not subscribed yet"))
                form method="post" action=(urls::SUBSCRIBE) {
                    input type="hidden" name=(INCIDENT) value=(incident.slug);
                    (form::address(form))
                    (form::trap())
                    (form::subscribe_button())
                }
                p.ways {
                    "You hear of this incident only, until it is over. "
                    a href=(urls::SUBSCRIBE) { "Choose what else you want to hear about" }
                }
            }
        },
    };
    layout::form_page(snapshot, &page)
}
