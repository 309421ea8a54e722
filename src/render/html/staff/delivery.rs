//! Messages to subscribers, as staff see them: what waits, what is held, what was given up.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::fields::Fields;
use super::form;
use crate::domain::actor::Actor;
use crate::domain::hold::HeldBecause;
use crate::domain::permission::Permission;
use crate::render;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// Something that waits to go out to subscribers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMessage {
    /// The number of its dispatch.
    pub seq: i64,
    /// What it is about.
    pub title: String,
    /// Its first words, or what it is.
    pub words: String,
    /// How many subscribers get it.
    pub subscribers: i64,
    /// How many channels get it.
    pub channels: usize,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedMessage {
    /// Who should have got it.
    pub address: String,
    /// What it is about; empty if that isn't public any more.
    pub title: String,
    /// When it was given up.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
}

/// What couldn't be sent yet, and is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckMessages {
    /// How many messages wait.
    pub waiting: i64,
    /// Why one of them couldn't be sent.
    pub why: String,
    /// When the next attempt is due.
    pub next_at: DateTime<Utc>,
}

/// What isn't sent until staff decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldMessages {
    /// How many messages are held.
    pub count: i64,
    /// Why.
    pub why: HeldBecause,
}

/// Everything about messages that staff should know of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    /// What waits, in order.
    pub waiting: Vec<WaitingMessage>,
    /// What is held, if anything is.
    pub held: Option<HeldMessages>,
    /// What couldn't be sent yet.
    pub stuck: Option<StuckMessages>,
    /// What was given up, newest first.
    pub failed: Vec<FailedMessage>,
    /// Channels that take nothing.
    pub troubled: Vec<TroubledChannel>,
}

/// A channel that takes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubledChannel {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
    /// Whether it was disabled for it.
    pub is_disabled: bool,
}

/// The section of the dashboard; nothing if there is nothing to know. `key` makes each button work
/// only once.
pub fn section(
    snapshot: &Snapshot,
    viewer: &Actor,
    outbox: &Outbox,
    now: DateTime<Utc>,
    key: &str,
) -> Markup {
    let may_decide = viewer.may(Permission::ManageDelivery);
    let may_stop = viewer.may(Permission::WriteIncidents);
    let troubled = match viewer.may(Permission::ManageChannels) {
        true => outbox.troubled.as_slice(),
        false => &[],
    };
    let is_calm = outbox.held.is_none() && outbox.stuck.is_none() && troubled.is_empty();
    let is_empty = is_calm && outbox.waiting.is_empty() && outbox.failed.is_empty();
    html! {
        @if !is_empty {
            section {
                h2 { "Messages to subscribers" }
                @if let Some(messages) = &outbox.held {
                    (held(messages, may_decide, key))
                }
                @if let Some(stuck) = &outbox.stuck { (is_stuck(snapshot, stuck)) }
                @for channel in troubled {
                    p.error {
                        "The channel "
                        a href=(urls::staff_channel(&channel.id)) { bdi { (channel.name) } }
                        @if channel.is_disabled { " was disabled: " } @else { " takes nothing: " }
                        (channel.why) "."
                    }
                }
                @if !outbox.waiting.is_empty() {
                    ul.box {
                        @for message in &outbox.waiting {
                            (waiting(message, outbox.held.is_some(), may_stop, now, key))
                        }
                    }
                }
                @if !outbox.failed.is_empty() {
                    (failed(snapshot, &outbox.failed, may_decide, key))
                }
            }
        }
    }
}

fn waiting(
    message: &WaitingMessage,
    is_held: bool,
    may_stop: bool,
    now: DateTime<Utc>,
    key: &str,
) -> Markup {
    let secs = (message.due_at - now).num_seconds().max(0);
    let subscribers = usize::try_from(message.subscribers).unwrap_or(0);
    let subscribers = parts::count(subscribers, "subscriber");
    let channels = parts::count(message.channels, "channel");
    let readers = match (message.subscribers, message.channels) {
        (_, 0) => subscribers,
        (0, _) => channels,
        (_, _) => format!("{subscribers} and {channels}"),
    };
    html! {
        li {
            h3 dir="auto" { (message.title) }
            @if !message.words.is_empty() { p.said dir="auto" { (message.words) } }
            p.meta {
                "Goes to " (readers)
                @if !is_held { " in " (secs / 60) ":" (format!("{:02}", secs % 60)) }
            }
            @if may_stop {
                form.one method="post" action=(urls::staff_decide_delivery(message.seq)) {
                    (form::hidden(Fields::KEY, &format!("{key}.{}", message.seq)))
                    p.buttons {
                        @if !is_held {
                            button type="submit" name=(Fields::BUTTON) value="send" {
                                "Send now" span.unseen { ": " (message.title) }
                            }
                        }
                        button type="submit" name=(Fields::BUTTON) value="drop" {
                            "Don’t send" span.unseen { ": " (message.title) }
                        }
                    }
                }
            }
        }
    }
}

fn is_stuck(snapshot: &Snapshot, stuck: &StuckMessages) -> Markup {
    let frame = render::frame_of(snapshot);
    let messages = parts::count(usize::try_from(stuck.waiting).unwrap_or(0), "message");
    html! {
        div.card.warn {
            p { strong { (messages) " couldn’t be sent yet." } }
            p { "The next attempt is at " (parts::instant(frame, stuck.next_at)) ". The last answer: " }
            p { bdi { (stuck.why) } }
        }
    }
}

fn held(held: &HeldMessages, may_decide: bool, key: &str) -> Markup {
    let messages = parts::count(usize::try_from(held.count).unwrap_or(0), "message");
    html! {
        div.card.warn {
            p { strong { (messages) " held." } }
            p {
                @match &held.why {
                    HeldBecause::Restored => {
                        "This database was restored from a backup. Subscribers may have been told \
                         already what waits here. Nothing is sent until you decide."
                    }
                    HeldBecause::DeliversFor(former) => {
                        "This database has sent messages for " code { (former) } ". If this is a \
                         copy, drop what waits, so that nobody gets it twice. If the address has \
                         changed, send it."
                    }
                }
            }
            @if may_decide {
                form.one method="post" action=(urls::STAFF_DELIVERY_HELD) {
                    (form::hidden(Fields::KEY, &format!("{key}.held")))
                    p.buttons {
                        @if held.count == 0 {
                            button type="submit" name=(Fields::BUTTON) value="send" {
                                "Send from now on"
                            }
                        } @else {
                            button type="submit" name=(Fields::BUTTON) value="send" {
                                "Send " (messages)
                            }
                            button.danger type="submit" name=(Fields::BUTTON) value="drop" {
                                "Drop " (messages)
                            }
                        }
                    }
                }
            } @else {
                p.hint { "Somebody with the scope admin has to decide." }
            }
        }
    }
}

fn failed(snapshot: &Snapshot, failed: &[FailedMessage], may_decide: bool, key: &str) -> Markup {
    let frame = render::frame_of(snapshot);
    html! {
        details.more {
            summary { "Gave up (" (failed.len()) ")" }
            ul.box {
                @for message in failed {
                    li {
                        h3 { bdi { (message.address) } }
                        @if !message.title.is_empty() { p dir="auto" { (message.title) } }
                        p.meta { (parts::instant(frame, message.at)) }
                        p { (message.why) }
                    }
                }
            }
            @if may_decide {
                form.one method="post" action=(urls::STAFF_DELIVERY_RETRY) {
                    (form::hidden(Fields::KEY, &format!("{key}.retry")))
                    p.buttons { button type="submit" { "Try again" } }
                }
            }
        }
    }
}
