//! The earlier versions of a post or update. Customers see only that it was edited.

use maud::{Markup, html};

use super::audit_words::{by, changed, said_elsewhere};
use crate::domain::event::deed::Deed;
use crate::domain::field_change::field_changes;
use crate::render;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::wire::audit::AuditBody;

/// The anchor of the earlier versions.
pub const ANCHOR: &str = "earlier";

/// The earlier versions, newest first, folded away; empty if there are none. `versions` are the
/// entries of the activity log that replaced them.
pub fn earlier(snapshot: &Snapshot, versions: &[AuditBody]) -> Markup {
    html! {
        @if !versions.is_empty() {
            section #(ANCHOR) {
                details.more {
                    summary { "Earlier versions (" (versions.len()) ")" }
                    p.hint { "Only staff can see this." }
                    ol.box.record { @for version in versions { (one(snapshot, version)) } }
                }
            }
        }
    }
}

/// What ended a version, as a predicate about "it".
fn done(version: &AuditBody) -> &'static str {
    match version.deed() {
        Some(Deed::WithdrawIncident { .. } | Deed::WithdrawUpdate) => "withdrew it",
        Some(
            Deed::CreateIncident { .. }
            | Deed::EditIncident { .. }
            | Deed::SyncIncident { .. }
            | Deed::HideIncident
            | Deed::AddUpdate { .. }
            | Deed::CorrectUpdate
            | Deed::BringBackUpdate
            | Deed::SyncUpdate { .. }
            | Deed::SetComponentState
            | Deed::PutComponent { .. }
            | Deed::DescribeComponent { .. }
            | Deed::RetireComponent
            | Deed::BringBackComponent
            | Deed::MoveComponent
            | Deed::SetTemplate
            | Deed::RemoveTemplate
            | Deed::DecideDelivery(_)
            | Deed::IssueToken
            | Deed::RevokeToken
            | Deed::SignIn
            | Deed::EndSession
            | Deed::AddSubscriber { .. }
            | Deed::ImportSubscribers
            | Deed::EditSubscriber
            | Deed::RemoveSubscriber
            | Deed::SuppressSubscriber
            | Deed::AllowSubscriber
            | Deed::AddChannel
            | Deed::EditChannel
            | Deed::RotateChannelSecret
            | Deed::RemoveChannel,
        )
        | None => "changed it",
    }
}

fn one(snapshot: &Snapshot, version: &AuditBody) -> Markup {
    let before = version.before.as_ref();
    let text = |field: &str| {
        before
            .and_then(|before| before[field].as_str())
            .filter(|text| !text.trim().is_empty())
    };
    let changes: Vec<_> = field_changes(before, version.after.as_ref())
        .into_iter()
        .filter(|change| change.field != "markdown" && version.after.is_some())
        .filter(|change| !said_elsewhere(change))
        .collect();
    html! {
        li {
            p.meta {
                "Until " (parts::instant(render::frame_of(snapshot), version.at))
                ", when " (by(version)) " " (done(version))
            }
            @if let Some(title) = text("title") { p { strong dir="auto" { (title) } } }
            @match text("markdown") {
                Some(markdown) => p.was dir="auto" { (markdown) },
                None => p.hint { "It had no text." },
            }
            (changed(snapshot, &changes))
        }
    }
}
