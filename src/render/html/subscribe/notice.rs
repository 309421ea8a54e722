//! Short pages: a link that leads nowhere any more, the end of a subscription, and what went wrong.

use maud::{Markup, html};

use crate::domain::email_address::EmailAddress;
use crate::domain::subscriber::Subscriber;
use crate::render::html::layout::{self, Nav, Page};
use crate::snapshot::Snapshot;
use crate::urls;

/// A title, a sentence or two, and the ways on.
pub fn notice(snapshot: &Snapshot, title: &str, text: &str) -> Markup {
    page(
        snapshot,
        title,
        html! {
            h1 { (title) }
            p.lead { (text) }
            (ways_on(snapshot))
        },
    )
}

/// The link to confirm is unknown or too old.
pub fn not_to_confirm(snapshot: &Snapshot) -> Markup {
    notice(
        snapshot,
        "This link doesn’t work any more",
        "Links to confirm a subscription work for seven days, and only if they were copied \
         completely. Subscribe once more, and we send you a new one.",
    )
}

/// The link to manage leads to no subscription.
pub fn not_subscribed(snapshot: &Snapshot) -> Markup {
    notice(
        snapshot,
        "There is no such subscription",
        "It was ended, and the address deleted. Or the link wasn’t copied completely: look at the \
         end of our last message.",
    )
}

/// Asks before a subscription is ended.
pub fn before_unsubscribing(snapshot: &Snapshot, subscriber: &Subscriber, token: &str) -> Markup {
    page(
        snapshot,
        "Unsubscribe",
        html! {
            h1 { "Unsubscribe?" }
            p.lead { bdi { (subscriber.address) } " gets no more messages. We delete the address, and everything that belongs to it." }
            form method="post" action=(urls::unsubscribe(token)) {
                p.buttons { button.main type="submit" { "Unsubscribe" } }
            }
            p.earlier {
                "Or "
                a href=(urls::manage_subscription(token)) { "change what you hear, or pause" }
                "."
            }
        },
    )
}

/// A subscription has ended; `address` is unknown if that was done before.
pub fn unsubscribed(snapshot: &Snapshot, address: Option<&EmailAddress>) -> Markup {
    page(
        snapshot,
        "You are unsubscribed",
        html! {
            h1 { "You are unsubscribed" }
            p.lead {
                @match address {
                    Some(address) => { bdi { (address) } " gets no more messages. We have deleted the address." }
                    None => "There are no more messages. We have deleted the address.",
                }
            }
            (ways_on(snapshot))
        },
    )
}

fn ways_on(snapshot: &Snapshot) -> Markup {
    html! {
        section.text {
            h2 { "Where to go next" }
            ul {
                li { a href=(urls::HOME) { "Current status" } }
                li { a href=(urls::SUBSCRIBE) { "Subscribe" } }
                @if let Some(support) = &snapshot.site.support {
                    li { "Help: " a href=(support.url) dir="auto" { (support.text) } }
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
