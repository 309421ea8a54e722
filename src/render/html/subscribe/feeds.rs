//! Feeds, explained for people who have never used one.

use maud::{Markup, html};

use crate::snapshot::Snapshot;
use crate::urls;
use crate::urls::Feeds;

/// What the row of the whole site is called.
const EVERYTHING: &str = "Everything";

/// The section about feeds.
pub(super) fn section(snapshot: &Snapshot) -> Markup {
    html! {
        section {
            h2 { "By feed reader" }
            div.text {
                p {
                    "A feed reader is an app that checks pages for you and shows what is new, much \
                     like an inbox. Most are free, many mail programs have one built in, and you \
                     don’t give anyone your e-mail address."
                }
                ol {
                    li { "Get a feed reader, or open the one you have." }
                    li { "In it, choose “Add feed” or “Subscribe”." }
                    li { "Paste one of the addresses below. RSS works in every reader." }
                }
            }
            ul.box.earlier {
                li { (addresses(snapshot, None, &urls::feeds())) }
                @for group in snapshot.groups.iter() {
                    li { (addresses(snapshot, Some(&group.name), &urls::group_feeds(&group.slug))) }
                }
                @for record in snapshot.active_components() {
                    li {
                        (addresses(
                            snapshot,
                            Some(snapshot.component_name(&record.component.slug)),
                            &urls::component_feeds(&record.component.slug),
                        ))
                    }
                }
            }
            p.more { "Each post has its own feeds, linked at its end." }
        }
    }
}

/// Links to feeds. For the whole site, also the URLs themselves, for copying.
fn addresses(snapshot: &Snapshot, name: Option<&str>, feeds: &Feeds) -> Markup {
    let address = urls::absolute(&snapshot.site.base_url, &feeds.rss);
    let of = name.unwrap_or(&snapshot.site.name);
    html! {
        div.row {
            h3 dir="auto" { (name.unwrap_or(EVERYTHING)) }
            p.feeds {
                a href=(feeds.rss) { "RSS" } " "
                a href=(feeds.atom) { "Atom" } " "
                a href=(feeds.json) { "JSON Feed" }
                button.copy type="button" hidden data-copy=(address) {
                    "Copy RSS" span.unseen { " address of " (of) }
                }
            }
        }
        @if name.is_none() { p { code { (address) } } }
    }
}
