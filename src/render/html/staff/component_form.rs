//! The form that adds a component or edits its description, and the link to retire it.

use maud::{Markup, html};

use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::component::Component;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the name.
pub const NAME: &str = "name";
/// The field for the group's heading.
pub const GROUP: &str = "group";
/// The field for the line that customers read.
pub const DESCRIPTION: &str = "description";
/// The field for the day since which the component exists.
pub const SINCE: &str = "since";
/// The field for the slug.
pub const SLUG: &str = "slug";

/// The existing values to choose from.
#[derive(Debug)]
pub struct Choices<'a> {
    /// The headings.
    pub groups: &'a [String],
    /// The components whose order can be changed, in that order.
    pub movable: &'a [Component],
}

/// The field for the component that this one is placed before.
pub const BEFORE: &str = "before";

/// Renders the page; `component` is the existing one, if the form edits one.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    component: Option<&Component>,
    known: &Choices<'_>,
    form_state: &FormState,
) -> Markup {
    let heading = match component {
        Some(component) => component.name.as_str(),
        None => "Add a component",
    };
    let action = component.map_or_else(
        || urls::STAFF_NEW_COMPONENT.to_owned(),
        |component| urls::staff_component(&component.slug),
    );
    let content = html! {
        h1 dir="auto" { (heading) }
        @if let Some(component) = component {
            p.lead { "At " a href=(urls::component(&component.slug)) { (urls::component(&component.slug)) } }
        }
        (form::summary(form_state, "Not saved yet"))
        form method="post" action=(action) {
            (form::key(form_state))
            (fields(form_state, component.is_none(), known))
            (form::buttons(if component.is_some() { "Save" } else { "Add component" }, &[]))
        }
        @if let Some(component) = component { (retire(component, form_state)) }
    };
    let title = Page::title_of(heading, form_state);
    let page = Page {
        title: &title,
        nav: Nav::Components,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

fn fields(form_state: &FormState, is_new: bool, known: &Choices<'_>) -> Markup {
    let name = Ask {
        name: NAME,
        label: "Name",
        hint: "As customers know it: “Selma”, “Mail delivery”.",
        first: is_new,
    };
    let group = Ask {
        name: GROUP,
        label: "Group",
        hint: "The heading it is listed under. Optional.",
        ..Ask::default()
    };
    let description = Ask {
        name: DESCRIPTION,
        label: "Description",
        hint: "One line for customers: what is it for? Optional.",
        ..Ask::default()
    };
    let since = Ask {
        name: SINCE,
        label: "In service since",
        hint: "Uptime is counted from this day. If empty, from the day it was added.",
        ..Ask::default()
    };
    let slug = Ask {
        name: SLUG,
        label: "Address",
        hint: "Lower-case letters, digits and hyphens. If empty, it is made from the name. It can’t \
               be changed later.",
        ..Ask::default()
    };
    let before = Ask {
        name: BEFORE,
        label: "Position",
        hint: "In the list and within its group. Components from site.toml come first.",
        ..Ask::default()
    };
    let last = [(String::new(), "Last".to_owned())];
    let others = known.movable.iter();
    let others = others.map(|it| (it.slug.to_string(), format!("Before {}", it.name)));
    let positions: Vec<_> = last.into_iter().chain(others).collect();
    let is_open =
        form_state.fields.nonblank(SLUG).is_some() || form_state.wrong_with(SLUG).is_some();
    html! {
        (form::line(form_state, &name, "text"))
        (form::suggested(form_state, &group, known.groups))
        (form::line(form_state, &description, "text"))
        (form::line(form_state, &since, "date"))
        @if is_new && !known.movable.is_empty() { (form::choice(form_state, &before, &positions)) }
        @if is_new {
            details.more open[is_open] {
                summary { "Choose the address" }
                (form::line(form_state, &slug, "text"))
            }
        }
    }
}

fn retire(component: &Component, form_state: &FormState) -> Markup {
    let key = form_state.fields.first(super::fields::Fields::KEY);
    html! {
        details.more {
            summary { "Retire it" }
            form.one method="post" action=(urls::staff_retire_component(&component.slug)) {
                (form::hidden(super::fields::Fields::KEY, &format!("{key}.retire")))
                p {
                    "It disappears from the page. Its history, its address and the posts about it "
                    "stay, and you can bring it back."
                }
                p.buttons {
                    button.danger type="submit" { "Retire " bdi { (component.name) } }
                }
            }
        }
    }
}
