//! The form for a new incident.

use maud::{Markup, html};

use super::components::{self, Left};
use super::correct::{self, TITLE};
use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::telling;
use super::update::{self, PHASE, TEXT};
use crate::domain::actor::Actor;
use crate::domain::incident::{Incident, Kind};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Update};
use crate::render;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the kind.
pub const KIND: &str = "kind";
/// The button that saves a draft.
pub const DRAFT: &str = "draft";

/// What the form shows besides its fields.
#[derive(Debug, Default)]
pub struct NewIncidentContext<'a> {
    /// The templates to start from: name and title of each, best match first.
    pub templates: &'a [(Slug, String)],
    /// The chosen template, if the component that it is about is still to be chosen.
    pub asks_component: Option<&'a Slug>,
    /// A preview of the incident, with its first update.
    pub preview: Option<(&'a Incident, Option<&'a Update>)>,
}

/// Renders the page.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    context: &NewIncidentContext<'_>,
    form_state: &FormState,
) -> Markup {
    let title = Ask {
        name: TITLE,
        label: "Headline",
        hint: "What is happening, in a few words: “Selma is down”.",
        first: context.templates.is_empty()
            && context.asks_component.is_none()
            && context.preview.is_none(),
    };
    let text = Ask {
        name: TEXT,
        label: "What do customers need to know now?",
        hint: "Markdown. It becomes the first update.",
        ..Ask::default()
    };
    let phase = Ask {
        name: PHASE,
        label: "Status",
        ..Ask::default()
    };
    let phases = Kind::Disruption.phases().iter();
    // A new incident can't have a postmortem yet.
    let phases = phases.filter(|phase| **phase != Phase::Postmortem);
    let phases: Vec<_> = phases
        .map(|phase| (phase.as_str(), phase.label()))
        .collect();
    let zone = render::frame_of(snapshot).zone_name();
    let content = html! {
        h1 { "New incident" }
        (form::summary(form_state, "Not posted yet"))
        (templates(urls::STAFF_NEW_INCIDENT, context.templates))
        (which(snapshot, urls::STAFF_NEW_INCIDENT, context.asks_component))
        form method="post" action=(urls::STAFF_NEW_INCIDENT) {
            (form::key(form_state))
            (form::line(form_state, &title, "text"))
            (form::text_area(form_state, &text, 5))
            (form::pills(form_state, &phase, &phases))
            @if viewer.may(Permission::SetStates) {
                (components::list(snapshot, form_state, &[], Left::Out))
            } @else {
                (components::refused())
            }
            (more(form_state))
            (update::earlier(form_state, &zone))
            (form::preview(context.preview.map(|(incident, first)| preview(snapshot, incident, first))))
            (telling::of_post(snapshot, form_state))
            (form::buttons("Post incident", &[("preview", "Preview"), (DRAFT, "Save as draft")]))
            p.hint { "Goes to the page and the feeds at once. Only staff can see a draft." }
        }
    };
    let title = Page::title_of("New incident", form_state);
    let page = Page {
        title: &title,
        nav: Nav::Dashboard,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// A preview of the incident, rendered by the code of the public page.
pub fn preview(snapshot: &Snapshot, incident: &Incident, first: Option<&Update>) -> Markup {
    html! {
        @match first {
            Some(update) => {
                (update::preview(snapshot, incident, update))
                p.meta { "Under the headline “" bdi { (incident.title) } "”." }
            }
            None => {
                h2 { "Preview: not posted yet" }
                p { strong dir="auto" { (incident.title) } }
            }
        }
    }
}

/// The templates that the form at `form` can start from.
pub(super) fn templates(form: &str, offered: &[(Slug, String)]) -> Markup {
    html! {
        @if !offered.is_empty() {
            nav.begin aria-label="Templates" {
                p.over { "Start from" }
                ul {
                    @for (name, title) in offered {
                        li { a.button href=(urls::staff_template(form, name, None)) dir="auto" { (title) } }
                    }
                }
            }
        }
    }
}

/// Asks which component a template is about. Each choice links to the form, filled in.
pub(super) fn which(snapshot: &Snapshot, form: &str, template: Option<&Slug>) -> Markup {
    html! {
        @if let Some(template) = template {
            nav.begin aria-label="Which component?" {
                p.over { "Which component?" }
                ul {
                    @for record in snapshot.active_components() {
                        @let component = &record.component;
                        li {
                            a.button href=(urls::staff_template(form, template, Some(&component.slug))) dir="auto" {
                                (snapshot.component_name(&component.slug))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn more(form_state: &FormState) -> Markup {
    let kind = Ask {
        name: KIND,
        label: "Kind",
        hint: "A notice is for information: nothing is affected right now.",
        ..Ask::default()
    };
    let kinds = [
        ("disruption".to_owned(), "Disruption".to_owned()),
        ("notice".to_owned(), "Notice".to_owned()),
    ];
    let is_set = |name: &str, usual: &str| {
        form_state
            .fields
            .nonblank(name)
            .is_some_and(|value| value != usual)
            || form_state.wrong_with(name).is_some()
    };
    html! {
        details.more open[is_set(KIND, "disruption") || is_set(correct::IMPACT, "")] {
            summary { "Severity and kind" }
            (correct::impact(form_state))
            (form::choice(form_state, &kind, &kinds))
        }
    }
}
