//! The words of the activity log: what was done, which fields it changed, and their values.

use std::borrow::Cow;

use chrono::DateTime;
use maud::{Markup, html};
use serde_json::Value;

use super::text_change::{self, Piece};
use crate::domain::dispatch::Decision;
use crate::domain::event::deed::Deed;
use crate::domain::field_change::{FieldChange, value_in_words};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::render;
use crate::snapshot::Snapshot;
use crate::wire::audit::AuditBody;

/// Who did it.
pub(super) fn by(entry: &AuditBody) -> Markup {
    match entry.actor.kind.as_str() {
        "file" => html! { "The file " bdi { (entry.actor.name) } },
        "host" => html! { "The command line on the host" },
        "clock" => html! { "The clock" },
        _ => html! { bdi { (entry.actor.name) } },
    }
}

/// What was done: the words between the actor and the object.
pub(super) fn done(entry: &AuditBody) -> Cow<'static, str> {
    match entry.deed() {
        Some(deed) => Cow::Borrowed(deed_in_words(deed)),
        None => Cow::Owned(format!("did “{}”:", entry.action.replace('_', " "))),
    }
}

fn deed_in_words(deed: Deed) -> &'static str {
    match deed {
        Deed::CreateIncident { is_draft: true } => "saved a draft of",
        Deed::CreateIncident { is_draft: false } | Deed::SyncIncident { is_new: true } => "posted",
        Deed::EditIncident { publishes: true } => "published",
        Deed::EditIncident { publishes: false } => "corrected",
        Deed::SyncIncident { is_new: false } => "corrected the post of",
        Deed::SyncUpdate { is_new: true } => "added an update to",
        Deed::SyncUpdate { is_new: false } | Deed::CorrectUpdate => "corrected an update to",
        Deed::HideIncident => "was removed, and with it",
        Deed::WithdrawIncident { was_draft: true } => "discarded the draft of",
        Deed::WithdrawIncident { was_draft: false } => "withdrew",
        Deed::AddUpdate { is_draft: true, .. } => "added an update to the draft of",
        Deed::AddUpdate { phase, moves, .. } => step(phase, moves),
        Deed::WithdrawUpdate => "withdrew an update to",
        Deed::BringBackUpdate => "brought back an update to",
        Deed::SetComponentState => "changed the state of",
        Deed::PutComponent { is_new: true } | Deed::DescribeComponent { is_new: true } => {
            "added the component"
        }
        Deed::PutComponent { is_new: false } | Deed::DescribeComponent { is_new: false } => {
            "edited the component"
        }
        Deed::RetireComponent => "retired the component",
        Deed::BringBackComponent => "brought back the component",
        Deed::MoveComponent => "moved the component",
        Deed::SetTemplate => "set the template",
        Deed::RemoveTemplate => "was removed, and with it the template",
        Deed::DecideDelivery(Decision::SendNow) => "told subscribers at once of",
        Deed::DecideDelivery(Decision::DontSend) => "told no subscribers of",
        Deed::DecideDelivery(Decision::RetryFailed) => "tried again to send",
        Deed::DecideDelivery(Decision::SendHeld) => "released",
        Deed::DecideDelivery(Decision::DropHeld) => "dropped",
        Deed::DecideDelivery(Decision::Hold) => "held, after a restore,",
        Deed::IssueToken => "issued the token",
        Deed::RevokeToken => "revoked the token",
        Deed::SignIn => "signed in with the token",
        Deed::EndSession => "ended a session of the token",
        Deed::AddSubscriber { is_asked: true } => "sent a request to confirm to",
        Deed::AddSubscriber { is_asked: false } => "added the subscriber",
        Deed::ImportSubscribers => "imported",
        Deed::EditSubscriber => "changed what is sent to",
        Deed::RemoveSubscriber => "removed the subscriber",
        Deed::SuppressSubscriber => "suppressed the subscriber",
        Deed::AllowSubscriber => "allowed again the subscriber",
        Deed::AddChannel => "added the channel",
        Deed::EditChannel => "changed the channel",
        Deed::RotateChannelSecret => "made a new secret for the channel",
        Deed::RemoveChannel => "removed the channel",
    }
}

/// What an update did to its incident, or else that it was posted.
fn step(phase: Option<Phase>, moves: bool) -> &'static str {
    match phase {
        Some(Phase::Resolved) => "resolved",
        Some(Phase::InProgress) => "started",
        Some(Phase::Completed) => "completed",
        Some(Phase::Cancelled) => "cancelled",
        Some(Phase::Postmortem) => "posted a postmortem for",
        None if moves => "rescheduled",
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

/// Whether the entry's own line already tells a change of a field.
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
        "why" => "Reason",
        "changes" => "Changes of state",
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

/// A value for people: times in the site's zone, states and statuses by their labels.
fn in_words(snapshot: &Snapshot, field: &str, value: &Value) -> String {
    let frame = render::frame_of(snapshot);
    match (field, value) {
        ("position", Value::Number(position)) => position.as_i64().map_or_else(
            || position.to_string(),
            |position| (position + 1).to_string(),
        ),
        ("state", Value::String(word)) => snapshot
            .states
            .label(&StateKey::new(word.as_str()))
            .to_owned(),
        ("phase", Value::String(word)) => {
            Phase::parse(word).map_or_else(|| word.clone(), |phase| phase.label().to_owned())
        }
        ("components", Value::Object(set)) => {
            let lines = set
                .iter()
                .map(|(slug, value)| component(snapshot, slug, value));
            lines.collect::<Vec<_>>().join("\n")
        }
        ("kind" | "impact", Value::String(word)) => capital(word),
        (_, Value::String(text)) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => frame.instant(at.to_utc()),
            Err(_) => text.clone(),
        },
        (_, value) => value_in_words(value),
    }
}
