//! The page on which subscribers change what they hear, pause, and leave.

use maud::{Markup, html};

use super::choices::choices;
use super::form::{self, BUTTON, Form};
use crate::domain::subscriber::Subscriber;
use crate::render;
use crate::render::html::layout::{self, Nav, Page};
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// The value of the button that saves what was chosen.
pub const SAVE: &str = "save";
/// The value of the button that pauses.
pub const PAUSE: &str = "pause";
/// The value of the button that goes on after a pause.
pub const GO_ON: &str = "go-on";

/// Renders the page. `done` is a sentence on what was just done.
pub fn page(
    snapshot: &Snapshot,
    subscriber: &Subscriber,
    token: &str,
    form: &Form,
    done: Option<&str>,
) -> Markup {
    let action = urls::manage_subscription(token);
    let content = html! {
        @if let Some(done) = done { p.told role="status" { (done) } }
        h1 { "Your subscription" }
        p.lead { bdi { (subscriber.address) } }
        (standing(snapshot, subscriber))
        section aria-label="What you hear" {
            (form::summary(form, "Not saved yet"))
            form.alone method="post" action=(action) {
                (choices(snapshot, form))
                p.buttons { button.main type="submit" name=(BUTTON) value=(SAVE) { "Save" } }
            }
        }
        section {
            @match subscriber.paused_at {
                Some(_) => {
                    h2 { "Resume" }
                    p.note { "You hear of what happens from then on, not of what has happened meanwhile." }
                }
                None => {
                    h2 { "Pause" }
                    p.note { "Nothing is sent until you resume. What happens meanwhile isn’t sent afterwards." }
                }
            }
            form.alone method="post" action=(action) {
                @let (value, label) = match subscriber.paused_at {
                    Some(_) => (GO_ON, "Send messages again"),
                    None => (PAUSE, "Pause messages"),
                };
                p.buttons { button type="submit" name=(BUTTON) value=(value) { (label) } }
            }
        }
        section {
            h2 { "Unsubscribe" }
            p.note {
                bdi { (subscriber.address) }
                " gets no more messages. We delete the address, and everything that belongs to it."
            }
            form.alone method="post" action=(urls::unsubscribe(token)) {
                p.buttons { button.danger type="submit" { "Unsubscribe" } }
            }
        }
    };
    let page = Page {
        title: Some(&form.titled("Your subscription")),
        description: "Change what you hear, pause, or unsubscribe.",
        path: None,
        nav: Nav::Elsewhere,
        feeds: None,
        content,
    };
    layout::form_page(snapshot, &page)
}

/// Why nothing is sent at present, if that is so.
fn standing(snapshot: &Snapshot, subscriber: &Subscriber) -> Markup {
    let frame = render::frame_of(snapshot);
    html! {
        @if subscriber.suppressed.is_some() {
            p.told {
                strong { "Nothing is sent to this address." }
                " It refused our messages, or we were asked to stop."
                @if let Some(support) = &snapshot.site.support {
                    " If it works again, tell " a href=(support.url) dir="auto" { (support.text) } "."
                }
            }
        } @else if subscriber.confirmed_at.is_none() {
            p.told {
                strong { "Not confirmed yet." }
                " Nothing is sent until you press the link in our first message, and the button behind it."
            }
        } @else if let Some(since) = subscriber.paused_at {
            p.told {
                strong { "Paused" } " since " (parts::day_with_year(frame, since)) ". Nothing is sent."
            }
        }
    }
}
