//! The form that changes a component's state without an update.

use maud::{Markup, html};

use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::telling;
use crate::domain::actor::Actor;
use crate::render::html::parts;
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// The field for the state.
pub const STATE: &str = "state";
/// The field for the note.
pub const NOTE: &str = "note";
/// The field that identifies the state that the writer saw.
pub const SEEN: &str = "seen";
/// The field with the state and the note that the writer confirmed as belonging together.
pub const HOLDS: &str = "holds";

/// Renders the page; `is_other` says that the component changed while the form was open.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    record: &ComponentHistory,
    is_other: bool,
    form_state: &FormState,
) -> Markup {
    let component = &record.component;
    let standing = snapshot.standing(record);
    let states: Vec<(&str, &str)> = snapshot
        .states
        .iter()
        .filter(|state| !state.dropped)
        .map(|state| (state.key.as_str(), state.label.as_str()))
        .collect();
    let state = Ask {
        name: STATE,
        label: "State",
        ..Ask::default()
    };
    let note = Ask {
        name: NOTE,
        label: "Note for customers",
        hint: "One line, shown beside the state. Optional.",
        ..Ask::default()
    };
    let content = html! {
        h1 { "Change the state" }
        p.lead {
            bdi { (snapshot.component_name(&component.slug)) } " is "
            (parts::state_badge(&snapshot.states, &standing.state)) "."
        }
        (form::summary(form_state, "Not changed yet"))
        @if is_other {
            section.told aria-labelledby="wrong" {
                h2 #wrong tabindex="-1" autofocus { "The state changed while you were here" }
                p { "Its current state is shown above. Your change isn’t public yet: if it still applies, send it again." }
                @if let Some(note) = &standing.note { p.note dir="auto" { (note) } }
            }
        }
        form method="post" action=(urls::staff_component_state(&component.slug)) {
            (form::key(form_state))
            (form::hidden(SEEN, form_state.fields.first(SEEN)))
            @if form_state.fields.has(HOLDS) { (form::hidden(HOLDS, form_state.fields.first(HOLDS))) }
            (form::pills(form_state, &state, &states))
            (form::line(form_state, &note, "text"))
            (telling::of_post(snapshot, form_state))
            (form::buttons("Change state", &[]))
            p.hint {
                "Goes to the page and the component’s feeds. To say what happened, "
                a href=(urls::STAFF) { "post an update" } " instead."
            }
        }
    };
    let title = Page::title_of("Change the state", form_state);
    let page = Page {
        title: &title,
        nav: Nav::Dashboard,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}
