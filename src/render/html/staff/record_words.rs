//! The words of the record: what was done, which fields it changed, and how their values read.

use std::borrow::Cow;

use chrono::DateTime;
use maud::{Markup, html};
use serde_json::Value;

use super::text_change::{self, Piece};
use crate::domain::record::{FieldChange, value_in_words};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::render;
use crate::render::json::audit::AuditBody;
use crate::snapshot::Snapshot;

/// Who did it.
pub(super) fn by(entry: &AuditBody) -> Markup {
    match entry.actor.kind.as_str() {
        "file" => html! { "The file " bdi { (entry.actor.name) } },
        "host" => html! { "The command line on the host" },
        "clock" => html! { "The clock" },
        _ => html! { bdi { (entry.actor.name) } },
    }
}

/// What was done, between who and what.
pub(super) fn deed(entry: &AuditBody) -> Cow<'static, str> {
    let is_draft = |value: &Option<Value>| {
        value
            .as_ref()
            .is_some_and(|it| it["draft"] == Value::Bool(true))
    };
    let words = match entry.action.as_str() {
        "create_incident" if is_draft(&entry.after) => "saved a draft of",
        "create_incident" => "posted",
        "edit_incident" if is_draft(&entry.before) && !is_draft(&entry.after) => "published",
        "edit_incident" => "corrected",
        "sync_incident" if entry.before.is_none() => "posted",
        "sync_incident" => "corrected the post of",
        "sync_update" if entry.before.is_none() => "added an update to",
        "sync_update" => "corrected an update to",
        "hide_incident" => "was removed, and with it",
        "withdraw_incident" if is_draft(&entry.before) => "discarded the draft of",
        "withdraw_incident" => "withdrew",
        "add_update" if is_draft(&entry.after) => "added an update to the draft of",
        "add_update" => step(entry.after.as_ref()),
        "correct_update" => "corrected an update to",
        "withdraw_update" => "withdrew an update to",
        "bring_back_update" => "brought back an update to",
        "set_component_state" => "changed the state of",
        "put_component" | "describe_component" if entry.before.is_none() => "added the component",
        "put_component" | "describe_component" => "edited the component",
        "retire_component" => "retired the component",
        "bring_back_component" => "brought back the component",
        "move_component" => "moved the component",
        "set_template" => "set the template",
        "remove_template" => "was removed, and with it the template",
        "issue_token" => "issued the token",
        "revoke_token" => "revoked the token",
        "sign_in" => "signed in with the token",
        "end_session" => "ended a session of the token",
        other => return Cow::Owned(format!("did “{}”:", other.replace('_', " "))),
    };
    Cow::Borrowed(words)
}

/// What an update did to its incident, if it did more than to say something.
fn step(after: Option<&Value>) -> &'static str {
    let Some(after) = after else {
        return "posted an update to";
    };
    let phase = after["phase"].as_str().and_then(Phase::parse);
    let is_moved = !after["starts"].is_null() || !after["ends"].is_null();
    match phase {
        Some(Phase::Resolved) => "resolved",
        Some(Phase::InProgress) => "started",
        Some(Phase::Completed) => "completed",
        Some(Phase::Cancelled) => "cancelled",
        Some(Phase::Postmortem) => "posted a postmortem for",
        None if is_moved => "rescheduled",
        Some(
            Phase::Scheduled
            | Phase::Verifying
            | Phase::Investigating
            | Phase::Identified
            | Phase::Monitoring,
        )
        | None => "posted an update to",
    }
}

/// Whether a change of a field is told by the line itself.
pub(super) fn said_elsewhere(change: &FieldChange) -> bool {
    let is_nothing = |value: &Value| value_in_words(value).is_empty();
    ["slug", "created_at", "retired_at"].contains(&change.field.as_str())
        || is_nothing(&change.before) && is_nothing(&change.after)
}

pub(super) fn changed(snapshot: &Snapshot, changes: &[FieldChange]) -> Markup {
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
        "impact" => "Severity",
        "phase" => "Status",
        "author" => "Author",
        "draft" => "Draft",
        "from_file" => "In site.toml",
        "position" => "Position",
        "since" => "In service since",
        "expires_at" => "Works until",
        "device" => "Browser",
        "file" => "File",
        "starts" => "Starts",
        "ends" => "Ends",
        "state" => "State",
        "note" => "Note",
        other => return Cow::Owned(capital(&other.replace('_', " "))),
    })
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// "Selma: Degraded (Mail is slow.)", or only the name.
fn component(snapshot: &Snapshot, slug: &str, value: &Value) -> String {
    let name = Slug::parse(slug).map_or_else(
        |_| slug.to_owned(),
        |slug| snapshot.component_name(&slug).to_owned(),
    );
    let label = |word: &str| snapshot.states.label(&StateKey::new(word)).to_owned();
    match value {
        Value::String(word) => format!("{name}: {}", label(word)),
        Value::Object(set) => {
            let text = |field: &str| set.get(field).and_then(Value::as_str).unwrap_or_default();
            format!("{name}: {} ({})", label(text("state")), text("note"))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => name,
    }
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
        ("components", Value::Object(set)) => {
            let told = set
                .iter()
                .map(|(slug, value)| component(snapshot, slug, value));
            told.collect::<Vec<_>>().join("\n")
        }
        ("kind" | "impact", Value::String(word)) => capital(word),
        (_, Value::String(text)) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => frame.instant(at.to_utc()),
            Err(_) => text.clone(),
        },
        (_, value) => value_in_words(value),
    }
}
