//! The list of channels, and the page of one: what it gets, how it fares, what was delivered in the
//! last week, and buttons to try, pause and remove it.

use maud::{Markup, html};

use super::fields::Fields;
use super::form;
use super::frame::{self, Nav, Page};
use super::subscribers::follows;
use crate::domain::actor::Actor;
use crate::domain::added_channel::{AddedChannel, message_id};
use crate::domain::attempt::{Attempt, AttemptAbout};
use crate::domain::dispatch::Thread;
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
        p.meta dir="auto" { "Follows " (follows(snapshot, &channel.following)) }
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
    pub attempts: &'a [AttemptAbout],
    /// What makes each button work only once.
    pub key: &'a str,
    /// What was just done.
    pub told: Option<&'a str>,
    /// What became of what was just sent.
    pub outcome: Option<Outcome>,
}

/// What is known of a message that staff have just sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet. The page is loaded again by itself.
    OnItsWay,
    /// Nothing, for longer than it usually takes.
    Unknown,
    /// This became of it.
    Tried(Attempt),
}

/// Renders the page of a channel.
pub fn one(snapshot: &Snapshot, viewer: &Actor, shown: &ChannelPage<'_>) -> Markup {
    let channel = shown.channel;
    let content = html! {
        h1 { bdi { (channel.name) } }
        @if let Some(told) = shown.told { p.told role="status" { (told) } }
        @if let Some(outcome) = &shown.outcome { p.told role="status" { (in_words(outcome)) } }
        (facts(snapshot, channel))
        @match shown.waiting {
            0 => {}
            1 => { p { "1 message waits for it." } }
            many => { p { (many) " messages wait for it." } }
        }
        (buttons(shown))
        section {
            h2 { (DELIVERIES) }
            @if shown.attempts.is_empty() {
                p { "Nothing was sent to it." }
            } @else {
                ul.box.deliveries { @for attempt in shown.attempts { (row(snapshot, attempt, shown)) } }
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

/// The heading of the attempts.
const DELIVERIES: &str = "Deliveries of the last week";

fn in_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::OnItsWay => "It is on its way.".to_owned(),
        Outcome::Unknown => {
            format!("It hasn’t been tried yet. Once it has, it stands below, under “{DELIVERIES}”.")
        }
        Outcome::Tried(attempt) => match &attempt.failure {
            Some(why) => format!("It wasn’t taken: {why}."),
            None => {
                let what = if attempt.event == TEST {
                    "The test"
                } else {
                    "It"
                };
                format!("{what} arrived, in {} ms.", attempt.duration_ms)
            }
        },
    }
}

fn buttons(shown: &ChannelPage<'_>) -> Markup {
    let channel = shown.channel;
    let id = &channel.id;
    let key = |what: &str| form::hidden(Fields::KEY, &format!("{}.{what}", shown.key));
    let button = |step: &str, class: &str, label: &str| {
        html! {
            form.one method="post" action=(urls::staff_channel_step(id, step)) {
                (key(step))
                button class={ "button" (class) } type="submit" { (label) }
            }
        }
    };
    html! {
        div.controls {
            @if channel.is_active() {
                (button("test", " main", "Send a test"))
            } @else {
                (button("resume", " main", "Resume"))
            }
            a.button href=(urls::staff_edit_channel(id)) { "Change" }
            @if channel.is_active() { (button("pause", "", "Pause")) }
            @if channel.signing.is_some() {
                details {
                    summary { "New secret" }
                    p {
                        "It is shown once. For a day, messages are signed with the former one, too."
                    }
                    (button("secret", "", "Make a new secret"))
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
}

fn row(snapshot: &Snapshot, listed: &AttemptAbout, shown: &ChannelPage<'_>) -> Markup {
    let frame = render::frame_of(snapshot);
    let attempt = &listed.attempt;
    let id = message_id(&attempt.channel_id, attempt.seq);
    html! {
        li {
            h3 { (about(snapshot, listed)) }
            p.meta {
                @if attempt.event != TEST { (attempt.event) " · " }
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

/// The event of a test.
const TEST: &str = "test";

/// What a message was about, with a link.
fn about(snapshot: &Snapshot, listed: &AttemptAbout) -> Markup {
    match &listed.thread {
        Some(Thread::Incident(id)) => match snapshot.posts.find_by_id(id) {
            Some(post) => html! {
                a href=(urls::staff_incident(&post.slug)) dir="auto" { (post.title) }
            },
            None => html! { "An incident that isn’t public any more" },
        },
        Some(Thread::Component(slug)) => html! {
            a href=(urls::component(slug)) dir="auto" { (snapshot.component_name(slug)) }
        },
        None if listed.attempt.event == TEST => html! { "Test" },
        None => html! { (listed.attempt.event) },
    }
}
