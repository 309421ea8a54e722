//! The list of components: their order, their groups, and the controls that change them.

use maud::{Markup, html};

use super::fields::FormState;
use super::form;
use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::component::Component;
use crate::domain::component_order::{Direction, Group, component_moved, group_moved, groups};
use crate::domain::slug::Slug;
use crate::render;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// The buttons that move a component or a group; [`Moved`] makes their value.
pub const MOVE: &str = "move";

/// A component or group that was moved, or that a button moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// A component.
    Component(Direction, Slug),
    /// A group; the group without a name is empty.
    Group(Direction, String),
}

impl Moved {
    /// The value of its button.
    pub fn as_text(&self) -> String {
        let word = |direction: &Direction| match direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        match self {
            Self::Component(direction, slug) => format!("{}.{slug}", word(direction)),
            Self::Group(direction, name) => format!("group-{}.{name}", word(direction)),
        }
    }

    /// Parses the value of a button.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, name) = text.split_once('.')?;
        let component = |direction| Some(Self::Component(direction, Slug::parse(name).ok()?));
        match word {
            "up" => component(Direction::Up),
            "down" => component(Direction::Down),
            "group-up" => Some(Self::Group(Direction::Up, name.to_owned())),
            "group-down" => Some(Self::Group(Direction::Down, name.to_owned())),
            _ => None,
        }
    }
}

/// Renders the page. `flash` says what was just done. `moved` is what was just moved: its button
/// keeps the focus, so that it can be pressed again.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    components: &[Component],
    form_state: &FormState,
    moved: Option<&Moved>,
    flash: Option<&str>,
) -> Markup {
    let groups = groups(components);
    let retired: Vec<_> = components
        .iter()
        .filter(|it| it.retired_at.is_some())
        .collect();
    let has_stated = groups.iter().flat_map(|it| &it.components).any(is_stated);
    let content = html! {
        h1 { "Components" }
        p.lead { "What customers depend on, in the order they see it." }
        @if let Some(flash) = flash { p.told role="status" { (flash) } }
        (form::summary(form_state, "Nothing was moved"))
        p.buttons { a.button.main href=(urls::STAFF_NEW_COMPONENT) { "Add a component" } }
        @if has_stated {
            p.hint {
                "Those marked “in site.toml” come before the others. Edit and order them in that file "
                "of the content folder, under " code { "[[components]]" } "."
            }
        }
        @if !groups.is_empty() {
            form method="post" action=(urls::STAFF_COMPONENTS) {
                (form::key(form_state))
                @for group in &groups { (group_of(snapshot, &groups, group, moved)) }
            }
        }
        (retired_list(snapshot, &retired, form_state))
    };
    let page = Page {
        title: &Page::title_of("Components", form_state),
        nav: Nav::Components,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

fn is_stated(component: &&Component) -> bool {
    component.from_file && component.retired_at.is_none()
}

fn group_of(
    snapshot: &Snapshot,
    groups: &[Group<'_>],
    group: &Group<'_>,
    moved: Option<&Moved>,
) -> Markup {
    let nameless = if groups.len() > 1 {
        "Other"
    } else {
        "Components"
    };
    let name = group.name.unwrap_or(nameless);
    let ways = [Direction::Up, Direction::Down].map(|direction| {
        let way = Moved::Group(direction, group.name.unwrap_or_default().to_owned());
        (way, group_moved(groups, group.name, direction).is_some())
    });
    html! {
        section {
            div.standing {
                h2 dir="auto" { (name) }
                (arrows(&ways, &format!("the group {name}"), moved))
            }
            ul.box {
                @for component in &group.components { (row(snapshot, groups, component, moved)) }
            }
        }
    }
}

fn row(
    snapshot: &Snapshot,
    groups: &[Group<'_>],
    component: &Component,
    moved: Option<&Moved>,
) -> Markup {
    let ways = [Direction::Up, Direction::Down].map(|direction| {
        let way = Moved::Component(direction, component.slug.clone());
        let can = component_moved(groups, &component.slug, direction).is_some();
        (way, can)
    });
    html! {
        li.standing {
            (described(snapshot, component))
            @if component.from_file {
                span.meta { "in site.toml" }
            } @else {
                div.beside {
                    (arrows(&ways, &component.name, moved))
                    a.button href=(urls::staff_component(&component.slug)) {
                        "Edit" span.unseen { " " (component.name) }
                    }
                }
            }
        }
    }
}

fn described(snapshot: &Snapshot, component: &Component) -> Markup {
    let standing = snapshot
        .find_component(&component.slug)
        .map(|record| snapshot.standing(record));
    html! {
        div {
            strong dir="auto" { (component.name) }
            @if let Some(standing) = standing {
                " " (parts::state_badge(&snapshot.states, &standing.state))
            }
            @if let Some(text) = &component.description { p.note dir="auto" { (text) } }
        }
    }
}

/// Two buttons. The one just pressed has the focus, or the other one if it can't go further.
fn arrows(ways: &[(Moved, bool); 2], what: &str, moved: Option<&Moved>) -> Markup {
    let was_pressed = |index: usize| moved == Some(&ways[index].0);
    html! {
        @if ways.iter().any(|(_, can)| *can) {
            span.arrows {
                @for (index, (way, can)) in ways.iter().enumerate() {
                    @let (sign, word) = if index == 0 { ("↑", "up") } else { ("↓", "down") };
                    @let other = 1 - index;
                    button type="submit" name=(MOVE) value=(way.as_text()) disabled[!can]
                        aria-label={ "Move " (what) " " (word) }
                        autofocus[*can && (was_pressed(index) || was_pressed(other) && !ways[other].1)] {
                        (sign)
                    }
                }
            }
        }
    }
}

fn retired_list(snapshot: &Snapshot, retired: &[&Component], form_state: &FormState) -> Markup {
    let frame = render::frame_of(snapshot);
    html! {
        @if !retired.is_empty() {
            section {
                h2 { "Retired" }
                ul.box {
                    @for component in retired {
                        li.standing {
                            div {
                                strong dir="auto" { (component.name) }
                                @if let Some(at) = component.retired_at {
                                    p.meta { "Since " (parts::day_with_year(frame, at)) }
                                }
                            }
                            form.one method="post" action=(urls::staff_bring_back_component(&component.slug)) {
                                (form::hidden(super::fields::Fields::KEY, &format!("{}.{}", form_state.fields.first(super::fields::Fields::KEY), component.slug)))
                                button type="submit" {
                                    "Bring back" span.unseen { " " (component.name) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
