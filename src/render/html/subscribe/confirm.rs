//! From asking to being subscribed: what to do next, and the button that confirms.

use maud::{Markup, html};

use super::choices::{incidents_of, maintenance, names_of};
use crate::domain::subscriber::{Following, Subscriber};
use crate::render::html::layout::{self, Nav, Page};
use crate::snapshot::Snapshot;
use crate::urls;

/// What somebody who has just asked does next. It says the same whoever asked.
pub fn asked(snapshot: &Snapshot) -> Markup {
    let content = html! {
        h1 { "Look into your mailbox" }
        p.lead { "If the address is right, a message is on its way to it. Follow the link in it to finish." }
        section.text {
            h2 { "If nothing comes" }
            ul {
                li { "Wait a few minutes, and look into the folder for spam." }
                @if let Some(from) = &snapshot.site.delivery.from {
                    li { "The message comes from " bdi { (from) } ". Allow that address if your mailbox is strict." }
                }
                li {
                    "Perhaps the address was mistyped: "
                    a href=(urls::SUBSCRIBE) { "try once more" }
                    ". An address gets at most three such messages a day."
                }
            }
            p { "The link works for seven days. If nobody follows it, we delete the address." }
        }
    };
    page(snapshot, "Look into your mailbox", content)
}

/// The page behind the link to confirm. If that is done already, it says so. `manage` is the secret
/// of the link to manage the subscription, if there is one.
pub fn confirm(
    snapshot: &Snapshot,
    subscriber: &Subscriber,
    token: &str,
    manage: Option<&str>,
) -> Markup {
    let address = subscriber.address.as_str();
    if subscriber.confirmed_at.is_none() {
        let content = html! {
            h1 { "Confirm your subscription" }
            p.lead { bdi { (address) } " will hear of:" }
            (heard(snapshot, &subscriber.following))
            form method="post" action=(urls::confirm_subscription(token)) {
                p.buttons { button.main type="submit" { "Confirm" } }
                p.hint {
                    "If it wasn’t you who asked, close this page. Without the button nothing is \
                     sent, and we delete the address."
                }
            }
        };
        return page(snapshot, "Confirm your subscription", content);
    }
    let content = html! {
        h1 { "You are subscribed" }
        p.lead { bdi { (address) } " hears of:" }
        (heard(snapshot, &subscriber.following))
        p.earlier {
            @if let Some(manage) = manage {
                a href=(urls::manage_subscription(manage)) { "Change what you hear" }
                " · "
            }
            a href=(urls::HOME) { "Current status" }
        }
        p.ways { "Every message has a link to change this or to unsubscribe." }
    };
    page(snapshot, "You are subscribed", content)
}

/// What somebody follows, as a list, and which kinds of news.
fn heard(snapshot: &Snapshot, following: &Following) -> Markup {
    let names = match following.everything {
        true => vec!["Everything"],
        false => names_of(snapshot, following),
    };
    let mut kinds = Vec::new();
    if !names.is_empty() {
        kinds.extend(following.incidents.then(|| "Incidents".to_owned()));
        let reminders = &snapshot.site.delivery.remind_minutes;
        kinds.extend(following.maintenance.then(|| maintenance(reminders)));
        let changes = "Changes of state that come without an incident";
        kinds.extend(following.changes.then(|| changes.to_owned()));
    }
    html! {
        ul.box.heard {
            @if !names.is_empty() {
                li {
                    p {
                        @for (place, name) in names.iter().enumerate() {
                            @if place > 0 { ", " }
                            strong dir="auto" { (name) }
                        }
                    }
                    @for kind in kinds { p.note { (kind) } }
                }
            }
            @for incident in incidents_of(snapshot, &following.targets) {
                li {
                    p { strong dir="auto" { (incident.title) } }
                    p.note { "All that happens in this incident" }
                }
            }
        }
    }
}

fn page(snapshot: &Snapshot, title: &str, content: Markup) -> Markup {
    let page = Page {
        title: Some(title),
        description: title,
        path: None,
        nav: Nav::Elsewhere,
        feeds: None,
        content,
    };
    layout::form_page(snapshot, &page)
}
