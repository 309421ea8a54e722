//! The list of channels, and the page of one: what it gets, how it fares, what was delivered in the
//! last week, and buttons to try, pause and remove it.

use maud::{Markup, html};

use super::fields::Fields;
use super::form;
use super::frame::{self, Nav, Page};
use super::subscribers::follows;
use crate::domain::actor::Actor;
use crate::domain::added_channel::{AddedChannel, message_id};
use crate::domain::attempt::Attempt;
use crate::render;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the message to send again.
pub const MESSAGE: &str = "message";

/// Renders the list.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    channels: &[AddedChannel],
    told: Option<&str>,
) -> Markup {
    let content = html! {
        h1 { "Channels" }
        p.lead { "Programs and chats that are told what subscribers are told." }
        @if let Some(told) = told { p.told role="status" { (told) } }
        p.buttons { a.button.main href=(urls::STAFF_NEW_CHANNEL) { "Add a channel" } }
        section {
            h2.unseen { "All" }
            @if channels.is_empty() {
                p { "There is no channel yet." }
            } @else {
                ul.box {
                    @for channel in channels {
                        li {
                            h3 {
                                a href=(urls::staff_channel(&channel.id)) { bdi { (channel.name) } }
                            }
                            (facts(snapshot, channel))
                        }
                    }
                }
            }
        }
    };
    let page = Page {
        title: "Channels",
        nav: Nav::Channels,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// What a channel is, what it gets and how it fares.
fn facts(snapshot: &Snapshot, channel: &AddedChannel) -> Markup {
    let frame = render::frame_of(snapshot);
    html! {
        p.meta {
            (channel.kind.label()) " · " (channel.address.masked())
            " · added " (parts::day_with_year(frame, channel.created_at))
        }
        p.meta { (follows(snapshot, &channel.following)) }
        @if let Some(disabled) = &channel.disabled {
            p.error { "Disabled " (parts::instant(frame, disabled.at)) ": " (disabled.why) "." }
        } @else if let Some(at) = channel.paused_at {
            p.meta { "Paused " (parts::instant(frame, at)) }
        } @else if let (Some(since), Some(why)) = (channel.failing_since, &channel.failure) {
            p.error {
                "Nothing has arrived since " (parts::instant(frame, since)) ": " (why)
                ". It is tried again."
            }
        }
    }
}

/// What the page of a channel shows.
#[derive(Debug)]
pub struct ChannelPage<'a> {
    /// The channel.
    pub channel: &'a AddedChannel,
    /// How many messages wait for it.
    pub waiting: i64,
    /// The attempts of the last week, newest first.
    pub attempts: &'a [Attempt],
    /// What makes each button work only once.
    pub key: &'a str,
    /// What was just done.
    pub told: Option<&'a str>,
}

/// Renders the page of a channel.
pub fn one(snapshot: &Snapshot, viewer: &Actor, shown: &ChannelPage<'_>) -> Markup {
    let channel = shown.channel;
    let content = html! {
        h1 { bdi { (channel.name) } }
        @if let Some(told) = shown.told { p.told role="status" { (told) } }
        (facts(snapshot, channel))
        @match shown.waiting {
            0 => {}
            1 => { p { "1 message waits for it." } }
            many => { p { (many) " messages wait for it." } }
        }
        (buttons(shown))
        section {
            h2 { "Deliveries of the last week" }
            @if shown.attempts.is_empty() {
                p { "Nothing was sent to it." }
            } @else {
                ul.box { @for attempt in shown.attempts { (row(snapshot, attempt, shown)) } }
            }
        }
    };
    let page = Page {
        title: &channel.name,
        nav: Nav::Channels,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

fn buttons(shown: &ChannelPage<'_>) -> Markup {
    let channel = shown.channel;
    let id = &channel.id;
    let key = |what: &str| form::hidden(Fields::KEY, &format!("{}.{what}", shown.key));
    html! {
        p.buttons { a.button href=(urls::staff_edit_channel(id)) { "Change" } }
        @if channel.is_active() {
            form.one method="post" action=(urls::staff_channel_step(id, "test")) {
                (key("test"))
                p.buttons { button.main type="submit" { "Send a test" } }
            }
            form.one method="post" action=(urls::staff_channel_step(id, "pause")) {
                (key("pause"))
                p.buttons { button type="submit" { "Pause" } }
            }
        } @else {
            form.one method="post" action=(urls::staff_channel_step(id, "resume")) {
                (key("resume"))
                p.buttons { button.main type="submit" { "Let it go on" } }
            }
        }
        @if channel.signing.is_some() {
            details {
                summary { "New secret" }
                form.one method="post" action=(urls::staff_channel_step(id, "secret")) {
                    (key("secret"))
                    p {
                        "It is shown once. For a day, messages are signed with the former one, too."
                    }
                    p.buttons { button type="submit" { "Make a new secret" } }
                }
            }
        }
        details {
            summary { "Remove" }
            form.one method="post" action=(urls::staff_channel_step(id, "remove")) {
                (key("remove"))
                p { "What waits for it is dropped." }
                p.buttons {
                    button.danger type="submit" { span { "Remove " bdi { (channel.name) } } }
                }
            }
        }
    }
}

fn row(snapshot: &Snapshot, attempt: &Attempt, shown: &ChannelPage<'_>) -> Markup {
    let frame = render::frame_of(snapshot);
    let id = message_id(&attempt.channel_id, attempt.seq);
    html! {
        li {
            h3 { (attempt.event) }
            p.meta {
                (parts::instant(frame, attempt.at))
                " · attempt " (attempt.attempt) " · " (attempt.duration_ms) " ms · "
                @if let Some(status) = attempt.status { (status) " · " }
                @match &attempt.failure {
                    None => "delivered",
                    Some(why) => { span.error { (why) } }
                }
            }
            p.meta { (id) }
            @if shown.channel.is_active() {
                form.one method="post" action=(urls::staff_channel_step(&attempt.channel_id, "again")) {
                    (form::hidden(Fields::KEY, &format!("{}.{}", shown.key, attempt.id)))
                    (form::hidden(MESSAGE, &id))
                    p.buttons {
                        button type="submit" { "Send again" span.unseen { " " (attempt.event) } }
                    }
                }
            }
        }
    }
}
