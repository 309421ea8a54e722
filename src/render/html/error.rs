//! Error pages.

use maud::{DOCTYPE, Markup, html};

use crate::render::html::layout::{self, Nav, Page};
use crate::render::{self, messages};
use crate::snapshot::Snapshot;
use crate::urls;

/// The "not found" page. It still says what is down, and links to other pages. It doesn't repeat
/// the address, which the browser shows anyway, so one page serves for all addresses.
pub fn not_found(snapshot: &Snapshot) -> Markup {
    let headline = render::headline_of(snapshot);
    let sentence = messages::headline(&headline);
    let page = Page {
        title: Some("Page not found"),
        description: &sentence,
        path: None,
        nav: Nav::Elsewhere,
        feeds: None,
        content: html! {
            h1 { "Page not found" }
            p.lead { "There is nothing at this address. It may be mistyped or cut short." }
            section {
                h2 { "Current status" }
                p.card.(headline.tone.as_str()) dir="auto" { strong { (sentence) } }
            }
            section.text {
                h2 { "Where to go next" }
                ul {
                    li { a href=(urls::HOME) { "The status of every component" } }
                    li { a href=(urls::HISTORY) { "All incidents, by month" } }
                    @if let Some(support) = &snapshot.site.support {
                        li { "Help: " a href=(support.url) dir="auto" { (support.text) } }
                    }
                }
            }
        },
    };
    layout::page(snapshot, &page)
}

/// The page for any other error, made without a snapshot.
pub fn plain(status: u16, title: &str, text: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (layout::unlisted(title))
                link rel="stylesheet" href=(urls::STYLESHEET);
                link rel="icon" type="image/svg+xml" href=(urls::FAVICON);
            }
            body {
                main #main {
                    h1 { (title) }
                    p.lead { (text) }
                    p { a href=(urls::HOME) { "Go to the status page" } }
                    p.note { "Error " (status) }
                }
            }
        }
    }
}
