//! The record: who did what and when, and what it changed, in words.

use std::borrow::Cow;

use chrono::DateTime;
use maud::{Markup, html};
use serde_json::Value;

use super::fields::Filled;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::text_change::{self, Piece};
use crate::domain::component::Component;
use crate::domain::record::{FieldChange, field_changes, value_in_words};
use crate::domain::staff::Token;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::render;
use crate::render::html::parts;
use crate::render::json::audit::AuditBody;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field with who did it.
pub const ACTOR: &str = "actor";
/// The field with the component it concerns.
pub const COMPONENT: &str = "component";
/// The field with the incident it concerns.
pub const INCIDENT: &str = "incident";
/// The field with the day.
pub const DAY: &str = "day";

/// What there is to choose from, and what was found.
#[derive(Debug)]
pub struct Found<'a> {
    /// The names of those who did something.
    pub actors: &'a [String],
    /// Every component.
    pub components: &'a [Component],
    /// The lines, newest first.
    pub entries: &'a [AuditBody],
    /// Where the older ones are.
    pub older: Option<&'a str>,
    /// The table of all that was asked for.
    pub table: &'a str,
}

/// The whole page.
pub fn page(snapshot: &Snapshot, viewer: &Token, found: &Found<'_>, filled: &Filled) -> Markup {
    let is_asked = [ACTOR, COMPONENT, INCIDENT, DAY]
        .iter()
        .any(|name| filled.fields.filled(name).is_some());
    let content = html! {
        h1 { "Record" }
        p.lead { "Who did what and when. Only staff read this." }
        (form::summary(filled))
        details.more open[is_asked] {
            summary { "Search" }
            (search(found, filled))
        }
        @if filled.wrong.is_empty() {
            section aria-label="Lines" {
                @if found.entries.is_empty() {
                    p { "Nothing of the kind is in the record." }
                } @else {
                    ol.box.record { @for entry in found.entries { (line(snapshot, entry)) } }
                }
            }
            p.buttons {
                @if let Some(older) = found.older { a.button href=(older) { "Older" } }
                @if !found.entries.is_empty() {
                    a.button href=(found.table) download="record.csv" { "Save as a table (CSV)" }
                }
            }
        }
    };
    let title = Page::title_of("Record", filled);
    let page = Page {
        title: &title,
        nav: Nav::Record,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

fn search(found: &Found<'_>, filled: &Filled) -> Markup {
    let ask = |name, label, hint| Ask {
        name,
        label,
        hint,
        ..Ask::default()
    };
    let anybody = [(String::new(), "Anybody".to_owned())];
    let sorts = [
        ("file", "Files"),
        ("host", "The command line of the host"),
        ("clock", "The clock"),
    ];
    let sorts = sorts.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let names = found.actors.iter().map(|name| (name.clone(), name.clone()));
    let actors: Vec<_> = anybody.into_iter().chain(names).chain(sorts).collect();
    let any = [(String::new(), "Any".to_owned())];
    let known = found.components.iter();
    let known = known.map(|it| (it.slug.to_string(), it.name.clone()));
    let components: Vec<_> = any.into_iter().chain(known).collect();
    let incident = "The end of its address, such as selma-is-down.";
    html! {
        form.search method="get" action=(urls::STAFF_RECORD) {
            (form::choice(filled, &ask(ACTOR, "Who", ""), &actors))
            (form::choice(filled, &ask(COMPONENT, "Component", ""), &components))
            (form::line(filled, &ask(INCIDENT, "Incident", incident), "text"))
            (form::line(filled, &ask(DAY, "Day", ""), "date"))
            p.buttons {
                button.main type="submit" { "Search" }
                a.button href=(urls::STAFF_RECORD) { "Show everything" }
            }
        }
    }
}

fn line(snapshot: &Snapshot, entry: &AuditBody) -> Markup {
    let changes: Vec<_> = field_changes(entry.before.as_ref(), entry.after.as_ref())
        .into_iter()
        .filter(|change| !said_elsewhere(change))
        .collect();
    let is_short = entry.action == "set_component_state";
    let is_edit = is_short || entry.before.is_some() && entry.after.is_some();
    let actor = match entry.actor.kind.as_str() {
        "file" => html! { "The file " bdi { (entry.actor.name) } },
        "host" => html! { "The command line of the host" },
        "clock" => html! { "The clock" },
        _ => html! { bdi { (entry.actor.name) } },
    };
    let by = match entry.actor.kind.as_str() {
        "token" => " · by the API",
        _ => "",
    };
    html! {
        li {
            p {
                strong { (actor) } " " (deed(entry)) " " strong dir="auto" { (entry.label) }
            }
            p.meta { (parts::instant(render::frame_of(snapshot), entry.at)) (by) }
            @if is_edit {
                (changed(snapshot, &changes))
            } @else if !changes.is_empty() {
                details { summary { "What it said" } (changed(snapshot, &changes)) }
            }
        }
    }
}

/// What was done, between who and what.
fn deed(entry: &AuditBody) -> Cow<'static, str> {
    let is_draft = |value: &Option<Value>| {
        value
            .as_ref()
            .is_some_and(|it| it["draft"] == Value::Bool(true))
    };
    let words = match entry.action.as_str() {
        "create_incident" if is_draft(&entry.after) => "kept a draft of",
        "create_incident" => "posted",
        "edit_incident" if is_draft(&entry.before) && !is_draft(&entry.after) => "published",
        "edit_incident" => "corrected",
        "sync_incident" => "says",
        "hide_incident" => "is gone, and with it",
        "withdraw_incident" if is_draft(&entry.before) => "threw away the draft of",
        "withdraw_incident" => "withdrew",
        "add_update" => "posted an update to",
        "correct_update" => "corrected an update to",
        "withdraw_update" => "withdrew an update to",
        "bring_back_update" => "brought back an update to",
        "set_component_state" => "changed the state of",
        "put_component" | "describe_component" if entry.before.is_none() => "added the component",
        "put_component" | "describe_component" => "described the component",
        "retire_component" => "retired the component",
        "bring_back_component" => "brought back the component",
        "move_component" => "moved the component",
        "set_template" => "states the template",
        "remove_template" => "is gone, and with it the template",
        "issue_token" => "issued the token",
        "revoke_token" => "revoked the token",
        "sign_in" => "signed in with the token",
        "end_session" => "ended a session of the token",
        other => return Cow::Owned(format!("did “{}”:", other.replace('_', " "))),
    };
    Cow::Borrowed(words)
}

/// Whether a change of a field is told by the line itself.
fn said_elsewhere(change: &FieldChange) -> bool {
    let is_nothing = |value: &Value| value_in_words(value).is_empty();
    ["slug", "created_at", "retired_at"].contains(&change.field.as_str())
        || is_nothing(&change.before) && is_nothing(&change.after)
}

fn changed(snapshot: &Snapshot, changes: &[FieldChange]) -> Markup {
    html! {
        dl.changes {
            @for change in changes {
                div {
                    dt { (field_in_words(&change.field)) }
                    dd dir="auto" {
                        @let before = in_words(snapshot, &change.field, &change.before);
                        @let after = in_words(snapshot, &change.field, &change.after);
                        @for piece in text_change::pieces(&before, &after) {
                            @match piece {
                                Piece::Same(text) => (text),
                                Piece::Gone(text) => del { span.unseen { "Before: " } (text) },
                                Piece::New(text) => ins { span.unseen { " Now: " } (text) },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn field_in_words(field: &str) -> Cow<'_, str> {
    Cow::Borrowed(match field {
        "at" | "published_at" => "Time",
        "markdown" => "Text",
        "title" => "Headline",
        "phase" => "Status",
        "author" => "Signed",
        "draft" => "Draft",
        "from_file" => "In site.toml",
        "position" => "Place",
        "since" => "In service since",
        "expires_at" => "Works until",
        "device" => "Browser",
        "file" => "File",
        other => {
            let mut chars = other.chars();
            let first = chars.next().into_iter().flat_map(char::to_uppercase);
            let text: String = first.chain(chars).collect();
            return Cow::Owned(text.replace('_', " "));
        }
    })
}

/// A value as people read it: times in the site's zone, states and statuses by their labels.
fn in_words(snapshot: &Snapshot, field: &str, value: &Value) -> String {
    let frame = render::frame_of(snapshot);
    match (field, value) {
        ("position", Value::Number(place)) => place
            .as_i64()
            .map_or_else(|| place.to_string(), |place| (place + 1).to_string()),
        ("state", Value::String(word)) => snapshot
            .states
            .label(&StateKey::new(word.as_str()))
            .to_owned(),
        ("phase", Value::String(word)) => {
            Phase::parse(word).map_or_else(|| word.clone(), |phase| phase.label().to_owned())
        }
        (_, Value::String(text)) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => frame.instant(at.to_utc()),
            Err(_) => text.clone(),
        },
        (_, value) => value_in_words(value),
    }
}
