//! How to follow the site, explained for people who have never used a feed.

use maud::{Markup, html};

use crate::render::html::layout::{self, Nav, Page};
use crate::snapshot::Snapshot;
use crate::urls;
use crate::urls::Feeds;

/// Renders the page.
pub fn page(snapshot: &Snapshot) -> Markup {
    let components: Vec<_> = snapshot.active_components().collect();
    let page = Page {
        title: Some("Subscribe"),
        description: "Get every update without checking this page.",
        path: Some(urls::SUBSCRIBE),
        nav: Nav::Subscribe,
        feeds: None,
        content: html! {
            h1 { "Subscribe" }
            p.lead { "A feed reader brings you every update, once and in order." }
            section.text {
                h2 { "How it works" }
                p {
                    "A feed reader is an app that checks pages for you and shows what is new, much \
                     like an inbox. Most are free, many mail programs have one built in, and you \
                     don’t give anyone your email address."
                }
                ol {
                    li { "Get a feed reader, or open the one you have." }
                    li { "In it, choose “Add feed” or “Subscribe”." }
                    li { "Paste one of the addresses below. RSS works in every reader." }
                }
            }
            section {
                h2 { "Everything" }
                ul.box {
                    li { (addresses(snapshot, None, &urls::feeds())) }
                }
            }
            @if !components.is_empty() {
                section {
                    h2 { "Only what you use" }
                    ul.box {
                        @for record in components {
                            li {
                                (addresses(
                                    snapshot,
                                    Some(snapshot.component_name(&record.component.slug)),
                                    &urls::component_feeds(&record.component.slug),
                                ))
                            }
                        }
                    }
                }
            }
            section.text {
                h2 { "One post" }
                p { "Each post has its own feeds, linked at its end." }
            }
            script src=(urls::COPY_SCRIPT) defer {}
        },
    };
    layout::page(snapshot, &page)
}

/// Links to feeds. For the whole site, also the URLs themselves, for copying.
fn addresses(snapshot: &Snapshot, name: Option<&str>, feeds: &Feeds) -> Markup {
    let address = urls::absolute(&snapshot.site.base_url, &feeds.rss);
    html! {
        div.row {
            h3 dir="auto" { (name.unwrap_or(&snapshot.site.name)) }
            p.feeds {
                a href=(feeds.rss) { "RSS" } " "
                a href=(feeds.atom) { "Atom" } " "
                a href=(feeds.json) { "JSON Feed" }
                button.copy type="button" hidden data-copy=(address) {
                    "Copy RSS" span.unseen { " address of " (name.unwrap_or(&snapshot.site.name)) }
                }
            }
        }
        @if name.is_none() { p { code { (address) } } }
    }
}
