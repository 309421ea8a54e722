//! The activity log: who did what and when, and what it changed, in words.

use maud::{Markup, html};

use super::audit_words::{by, changed, done, said_elsewhere};
use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::component::Component;
use crate::domain::event::deed::Deed;
use crate::domain::field_change::field_changes;
use crate::render;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;
use crate::wire::audit::AuditBody;

/// The field for the actor.
pub const ACTOR: &str = "actor";
/// The field for the component.
pub const COMPONENT: &str = "component";
/// The field for the incident.
pub const INCIDENT: &str = "incident";
/// The field for the first day.
pub const FROM: &str = "from";
/// The field for the last day.
pub const TO: &str = "to";

/// The choices of the filter, and the entries found.
#[derive(Debug)]
pub struct AuditPage<'a> {
    /// The names of all actors in the log.
    pub actors: &'a [String],
    /// All components.
    pub components: &'a [Component],
    /// The entries, newest first.
    pub entries: &'a [AuditBody],
    /// The URL of the next page, with older entries.
    pub older: Option<&'a str>,
    /// The URL of the whole result as a table.
    pub table: &'a str,
}

/// Renders the page.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    found: &AuditPage<'_>,
    form_state: &FormState,
) -> Markup {
    let is_asked = [ACTOR, COMPONENT, INCIDENT, FROM, TO]
        .iter()
        .any(|name| form_state.fields.nonblank(name).is_some());
    let content = html! {
        h1 { "Activity log" }
        p.lead { "Who did what, and when. Only staff see this." }
        (form::summary(form_state, "Nothing was searched"))
        details.more open[is_asked] {
            summary { "Search" }
            (search(found, form_state))
        }
        @if form_state.wrong.is_empty() {
            section aria-label="Entries" {
                @if found.entries.is_empty() {
                    p { "No matching entries in the activity log." }
                } @else {
                    ol.box.record { @for entry in found.entries { (line(snapshot, entry)) } }
                }
            }
            p.buttons {
                @if let Some(older) = found.older { a.button href=(older) { "Older" } }
                @if !found.entries.is_empty() {
                    a.button href=(found.table) download="activity-log.csv" { "Download as CSV" }
                }
            }
        }
    };
    let title = Page::title_of("Activity log", form_state);
    let page = Page {
        title: &title,
        nav: Nav::ActivityLog,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

fn search(found: &AuditPage<'_>, form_state: &FormState) -> Markup {
    let ask = |name, label, hint| Ask {
        name,
        label,
        hint,
        ..Ask::default()
    };
    let anybody = [(String::new(), "Anyone".to_owned())];
    let sorts = [
        ("file", "Files"),
        ("host", "The command line on the host"),
        ("clock", "The clock"),
    ];
    let sorts = sorts.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let names = found.actors.iter().map(|name| (name.clone(), name.clone()));
    let actors: Vec<_> = anybody.into_iter().chain(names).chain(sorts).collect();
    let any = [(String::new(), "Any".to_owned())];
    let known = found.components.iter();
    let known = known.map(|it| (it.slug.to_string(), it.name.clone()));
    let components: Vec<_> = any.into_iter().chain(known).collect();
    let incident = "Part of its headline, or the end of its address: “Selma”, selma-is-down.";
    html! {
        form.search method="get" action=(urls::STAFF_ACTIVITY_LOG) {
            (form::choice(form_state, &ask(ACTOR, "Who", ""), &actors))
            (form::choice(form_state, &ask(COMPONENT, "Component", ""), &components))
            (form::line(form_state, &ask(INCIDENT, "Incident", incident), "text"))
            div.two {
                (form::line(form_state, &ask(FROM, "From", ""), "date"))
                (form::line(form_state, &ask(TO, "To", ""), "date"))
            }
            p.buttons {
                button.main type="submit" { "Search" }
                a.button href=(urls::STAFF_ACTIVITY_LOG) { "Show everything" }
            }
        }
    }
}

fn line(snapshot: &Snapshot, entry: &AuditBody) -> Markup {
    let changes: Vec<_> = field_changes(entry.before.as_ref(), entry.after.as_ref())
        .into_iter()
        .filter(|change| !said_elsewhere(change))
        .collect();
    let is_short = entry.deed() == Some(Deed::SetComponentState);
    let is_edit = is_short || entry.before.is_some() && entry.after.is_some();
    let way = match entry.actor.kind.as_str() {
        "token" => " · via the API",
        _ => "",
    };
    html! {
        li {
            p {
                strong { (by(entry)) } " " (done(entry)) " " strong dir="auto" { (entry.label) }
            }
            p.meta { (parts::instant(render::frame_of(snapshot), entry.at)) (way) }
            @if is_edit {
                (changed(snapshot, &changes))
            } @else if !changes.is_empty() {
                details { summary { "What it said" } (changed(snapshot, &changes)) }
            }
        }
    }
}
