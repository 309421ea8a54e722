//! The form that plans a maintenance.

use maud::{Markup, html};

use super::components::{self, Left};
use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::new_incident::{templates, which};
use super::telling;
use super::window::{self, ENDS, STARTS};
use crate::domain::actor::Actor;
use crate::domain::incident::Incident;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::window::Window;
use crate::render;
use crate::render::html::{incident as public, parts};
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the title.
pub const TITLE: &str = "title";
/// The field for the text.
pub const TEXT: &str = "markdown";

/// What the form shows besides its fields.
#[derive(Debug, Default)]
pub struct PlanMaintenanceContext<'a> {
    /// The templates to start from: name and title of each, best match first.
    pub templates: &'a [(Slug, String)],
    /// The chosen template, if the component that it is about is still to be chosen.
    pub asks_component: Option<&'a Slug>,
    /// A preview of the maintenance.
    pub preview: Option<&'a Incident>,
}

/// Renders the page.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    form_state: &FormState,
    context: &PlanMaintenanceContext<'_>,
) -> Markup {
    let preview = context.preview;
    let title = Ask {
        name: TITLE,
        label: "Headline",
        hint: "What will be done, in a few words: “New disks for Selma”.",
        first: context.templates.is_empty() && preview.is_none(),
    };
    let text = Ask {
        name: TEXT,
        label: "What will customers notice?",
        hint: "Markdown. Optional.",
        ..Ask::default()
    };
    let zone = render::frame_of(snapshot).zone_name();
    let starts_hint = format!("In {zone}.");
    let content = html! {
        h1 { "Plan maintenance" }
        (form::summary(form_state, "Not planned yet"))
        (templates(urls::STAFF_NEW_MAINTENANCE, context.templates))
        (which(snapshot, urls::STAFF_NEW_MAINTENANCE, context.asks_component))
        form method="post" action=(urls::STAFF_NEW_MAINTENANCE) {
            (form::key(form_state))
            (form::line(form_state, &title, "text"))
            div.two {
                (window::field(form_state, STARTS, "Starts", &starts_hint))
                (window::field(form_state, ENDS, "Ends", ""))
            }
            (window::overlap(form_state))
            @if viewer.may(Permission::SetStates) {
                (components::list(snapshot, form_state, &[], Left::Out))
                p.hint { "They take these states when it starts and go back to their own when it ends." }
            } @else {
                (components::refused())
            }
            (form::text_area(form_state, &text, 4))
            (form::preview(preview.map(|incident| preview_of(snapshot, incident))))
            (telling::of_post(snapshot, form_state))
            (form::buttons("Plan maintenance", &[("preview", "Preview")]))
            p.hint {
                "It is announced on the page and in the feeds at once. It starts and ends by "
                "itself, and posts an update each time."
            }
        }
    };
    let title = Page::title_of("Plan maintenance", form_state);
    let page = Page {
        title: &title,
        nav: Nav::Maintenance,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// The window alone, while it is being typed.
pub fn window_part(snapshot: &Snapshot, window: Window) -> Markup {
    html! {
        h2 { "Not planned yet" }
        (window::times(render::frame_of(snapshot), window))
    }
}

fn preview_of(snapshot: &Snapshot, incident: &Incident) -> Markup {
    html! {
        h2 { "Preview: not planned yet" }
        p { strong dir="auto" { (incident.title) } }
        (window::times(render::frame_of(snapshot), incident.window()))
        @if !incident.changes.is_empty() {
            ul {
                @for change in &incident.changes {
                    li {
                        bdi { (snapshot.component_name(&change.component)) } ": "
                        (parts::state_badge(&snapshot.states, &change.state))
                    }
                }
            }
        }
        @if !incident.markdown.is_empty() {
            div.text dir="auto" { (parts::raw(&public::text(incident))) }
        }
    }
}
