//! The list of subscribers: what each follows and whether they are told, with buttons to remove,
//! suppress and allow them.

use maud::{Markup, html};

use super::fields::Fields;
use super::form;
use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::state::Tone;
use crate::domain::subscriber::{Consent, Following, Subscriber, Target};
use crate::domain::subscriber_status::{SubscriberCounts, SubscriberStatus};
use crate::render;
use crate::render::html::parts;
use crate::render::number::grouped;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for a part of the address.
pub const SEARCH: &str = "search";
/// The field for the subscriber after which the page begins.
pub const AFTER: &str = "after";
/// The field for the reason to suppress an address.
pub const REASON: &str = "reason";

/// What the page shows.
#[derive(Debug)]
pub struct SubscribersPage<'a> {
    /// How many there are.
    pub counts: SubscriberCounts,
    /// Those of this page, in the order in which they asked.
    pub subscribers: &'a [Subscriber],
    /// What was searched; empty for everybody.
    pub search: &'a str,
    /// The subscriber after which this page begins; empty for the first page.
    pub after: &'a str,
    /// The URL of the next page.
    pub next: Option<&'a str>,
    /// What makes each button work only once.
    pub key: &'a str,
    /// What was just done.
    pub told: Option<&'a str>,
}

/// Renders the page.
pub fn page(snapshot: &Snapshot, viewer: &Actor, shown: &SubscribersPage<'_>) -> Markup {
    let content = html! {
        h1 { "Subscribers" }
        p.lead { (counts(&shown.counts, snapshot.site.sends_mail)) }
        @if !snapshot.site.sends_mail {
            p.hint {
                "No mail is sent from here yet: that needs a mail server (--smtp) and, in "
                "site.toml, an address that it comes from."
            }
        }
        @if let Some(told) = shown.told { p.told role="status" { (told) } }
        p.buttons {
            a.button.main href=(urls::STAFF_NEW_SUBSCRIBER) { "Add a subscriber" }
            a.button href=(urls::STAFF_IMPORT_SUBSCRIBERS) { "Import" }
            @if shown.counts != SubscriberCounts::default() {
                a.button href=(urls::STAFF_SUBSCRIBER_TABLE) download="subscribers.csv" {
                    "Export as CSV"
                }
            }
        }
        (search(shown.search))
        section {
            h2.unseen { @if shown.search.is_empty() { "All" } @else { "Found" } }
            @if shown.subscribers.is_empty() {
                p { (nobody(shown)) }
            } @else {
                ul.box { @for one in shown.subscribers { (row(snapshot, one, shown)) } }
            }
        }
        @if shown.next.is_some() || !shown.after.is_empty() {
            p.buttons {
                @if let Some(next) = shown.next { a.button href=(next) { "More" } }
                @if !shown.after.is_empty() {
                    @let first = address(shown.search, "");
                    a.button href=(first) { "Back to the first" }
                }
            }
        }
    };
    let page = Page {
        title: "Subscribers",
        nav: Nav::Subscribers,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// The address of a page of the list.
pub fn address(search: &str, after: &str) -> String {
    let pairs = [(SEARCH, search), (AFTER, after)];
    let pairs: Vec<_> = pairs.into_iter().filter(|it| !it.1.is_empty()).collect();
    format!("{}{}", urls::STAFF_SUBSCRIBERS, urls::query(&pairs))
}

/// "1,204 subscribers are told of news. Not told: 3 waiting for confirmation, 1 paused." Without a
/// mail server, nobody is told, and they are only counted.
fn counts(counts: &SubscriberCounts, sends_mail: bool) -> String {
    let number = |count: i64| grouped(usize::try_from(count).unwrap_or_default());
    let told = match counts.confirmed {
        1 if sends_mail => "1 subscriber is told of news.".to_owned(),
        many if sends_mail => format!("{} subscribers are told of news.", number(many)),
        1 => "1 subscriber has agreed.".to_owned(),
        many => format!("{} subscribers have agreed.", number(many)),
    };
    let others = [
        (counts.waiting, "waiting for confirmation"),
        (counts.paused, "paused"),
        (counts.suppressed, "suppressed"),
    ];
    let others = others.into_iter().filter(|(count, _)| *count > 0);
    let others: Vec<_> = others
        .map(|(count, what)| format!("{} {what}", number(count)))
        .collect();
    match others.as_slice() {
        [] => told,
        others => format!("{told} Not told: {}.", others.join(", ")),
    }
}

fn nobody(shown: &SubscribersPage<'_>) -> &'static str {
    if !shown.search.is_empty() {
        "No subscriber’s address contains that."
    } else if !shown.after.is_empty() {
        "There are no more."
    } else {
        "Nobody is subscribed yet."
    }
}

fn search(text: &str) -> Markup {
    html! {
        form.search method="get" action=(urls::STAFF_SUBSCRIBERS) role="search" {
            div.field {
                label for="field-search" { "Part of an address" }
                div.beside {
                    input #field-search name=(SEARCH) type="search" value=(text) autocomplete="off"
                        spellcheck="false";
                    button.button type="submit" { "Search" }
                    @if !text.is_empty() {
                        a.button href=(urls::STAFF_SUBSCRIBERS) { "Show everyone" }
                    }
                }
            }
        }
    }
}

fn row(snapshot: &Snapshot, one: &Subscriber, shown: &SubscribersPage<'_>) -> Markup {
    let frame = render::frame_of(snapshot);
    let name = one.address.as_str();
    html! {
        li.subscriber {
            h3 { bdi { (name) } " " (status(one)) }
            p.meta dir="auto" { "Follows " (follows(snapshot, &one.following)) }
            @if let Some(suppressed) = &one.suppressed {
                p.meta dir="auto" {
                    "Suppressed " (parts::instant(frame, suppressed.at)) ": " (suppressed.why)
                }
            } @else if let Some(at) = one.paused_at {
                p.meta { "Paused " (parts::instant(frame, at)) }
            }
            p.meta dir="auto" {
                @match (&one.consent, one.confirmed_at) {
                    (_, None) => { "Asked " (parts::day_with_year(frame, one.created_at)) },
                    (Consent::Confirmed, Some(at)) => {
                        "Confirmed " (parts::day_with_year(frame, at))
                    }
                    (Consent::Stated(how), Some(at)) => {
                        "Added " (parts::day_with_year(frame, at)) ": " (how)
                    }
                }
            }
            div.choices {
                @if one.suppressed.is_some() {
                    form.one method="post" action=(urls::staff_subscriber(&one.id, "allow")) {
                        (hidden(one, "allow", shown))
                        button type="submit" { "Allow again" span.unseen { ": " (name) } }
                    }
                } @else {
                    (suppress(one, shown))
                }
                (remove(one, shown))
            }
        }
    }
}

/// The fields that every button of a row sends: its key, and the page to return to.
fn hidden(one: &Subscriber, what: &str, shown: &SubscribersPage<'_>) -> Markup {
    html! {
        (form::hidden(Fields::KEY, &format!("{}.{what}.{}", shown.key, one.id)))
        (form::hidden(SEARCH, shown.search))
        (form::hidden(AFTER, shown.after))
    }
}

fn suppress(one: &Subscriber, shown: &SubscribersPage<'_>) -> Markup {
    let id = format!("reason-{}", one.id);
    html! {
        details {
            summary { "Suppress" span.unseen { " " (one.address) } }
            form.one method="post" action=(urls::staff_subscriber(&one.id, "suppress")) {
                (hidden(one, "suppress", shown))
                p { "Nothing is sent to it any more, even if it is imported again." }
                div.field {
                    label for=(id) { "Why?" }
                    input id=(id) name=(REASON) type="text" dir="auto" required autocomplete="off";
                    p.hint { "Only staff see this." }
                }
                p.buttons { button.danger type="submit" { "Suppress" } }
            }
        }
    }
}

fn remove(one: &Subscriber, shown: &SubscribersPage<'_>) -> Markup {
    html! {
        details {
            summary { "Remove" span.unseen { " " (one.address) } }
            form.one method="post" action=(urls::staff_subscriber(&one.id, "remove")) {
                (hidden(one, "remove", shown))
                p {
                    "This deletes all that is known of them, for good. If they must never get mail "
                    "again, suppress the address instead: an import would bring it back."
                }
                p.buttons { button.danger type="submit" { span { "Remove " bdi { (one.address) } } } }
            }
        }
    }
}

fn status(one: &Subscriber) -> Markup {
    match one.status() {
        SubscriberStatus::Confirmed => parts::badge(Tone::Ok, "Confirmed"),
        SubscriberStatus::Waiting => parts::badge(Tone::Info, "Waiting for confirmation"),
        SubscriberStatus::Paused => parts::badge(Tone::Info, "Paused"),
        SubscriberStatus::Suppressed => parts::badge(Tone::Bad, "Suppressed"),
    }
}

/// What they follow, in words: "Servers and Selma · maintenance only".
pub(super) fn follows(snapshot: &Snapshot, following: &Following) -> String {
    let names: Vec<_> = following
        .targets
        .iter()
        .map(|target| match target {
            Target::Component(slug) => snapshot.component_name(slug).to_owned(),
            Target::Group(name) => format!("everything in {name}"),
            Target::Incident(id) => match snapshot.posts.find_by_id(id) {
                Some(post) => format!("the incident “{}”", post.read().title),
                None => "an incident that isn’t public any more".to_owned(),
            },
        })
        .collect();
    let what = match following.everything {
        true => "everything".to_owned(),
        false => names.join(", "),
    };
    let kinds = [
        (following.incidents, "incidents"),
        (following.maintenance, "maintenance"),
        (following.changes, "changes of state"),
    ];
    let kinds: Vec<_> = kinds.iter().filter(|it| it.0).map(|it| it.1).collect();
    match kinds.as_slice() {
        ["incidents", "maintenance"] | [] => what,
        kinds => format!("{what} · {}", kinds.join(", ")),
    }
}
