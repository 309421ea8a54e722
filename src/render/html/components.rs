//! All components with their current states, for sites that have too many for the home page.

use maud::{Markup, html};

use crate::render::html::layout::{self, Nav, Page};
use crate::render::html::parts;
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// Renders the page.
pub fn page(snapshot: &Snapshot) -> Markup {
    let all: Vec<&ComponentHistory> = snapshot.active_components().collect();
    let page = Page {
        title: Some("Components"),
        description: &format!(
            "Every component of {} and its current state.",
            snapshot.site.name
        ),
        path: Some(urls::COMPONENTS),
        nav: Nav::Elsewhere,
        feeds: None,
        content: html! {
            h1 { "Components" }
            p.lead {
                @match all.len() {
                    0 => "Nothing is listed here yet.",
                    some => { (parts::count(some, "component")) " and their current state." }
                }
            }
            @for (group, records) in groups(snapshot, &all) {
                section {
                    h2 dir="auto" { (group) }
                    ul.box { @for record in records { li { (row(snapshot, record)) } } }
                }
            }
        },
    };
    layout::page(snapshot, &page)
}

fn row(snapshot: &Snapshot, record: &ComponentHistory) -> Markup {
    let component = &record.component;
    let standing = snapshot.standing(record);
    html! {
        div.row {
            h3 { a href=(urls::component(&component.slug)) dir="auto" { (component.name) } }
            (parts::state_badge(&snapshot.states, &standing.state))
        }
        @if let Some(note) = standing.note.as_ref() { p.note dir="auto" { (note) } }
    }
}

/// Components under their groups' headings, in the order of the page.
pub(super) fn groups<'a>(
    snapshot: &'a Snapshot,
    records: &[&'a ComponentHistory],
) -> Vec<(&'a str, Vec<&'a ComponentHistory>)> {
    let has_groups = snapshot
        .active_components()
        .any(|record| record.component.group.is_some());
    let nameless = if has_groups { "Other" } else { "Components" };
    let mut groups: Vec<(&str, Vec<&ComponentHistory>)> = Vec::new();
    for record in records {
        let name = record.component.group.as_deref().unwrap_or(nameless);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, records)) => records.push(record),
            None => groups.push((name, vec![record])),
        }
    }
    groups
}
