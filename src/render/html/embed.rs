//! The strip that other sites may frame: how things are now, in a line or two. Its links leave the
//! frame.

use maud::{DOCTYPE, Markup, html};

use crate::domain::coverage::Coverage;
use crate::domain::incident::Incident;
use crate::domain::state::Tone;
use crate::render::badge::badge;
use crate::render::html::{layout, open, parts};
use crate::render::{self, messages};
use crate::snapshot::Snapshot;
use crate::urls;

/// How many open incidents are named; the others are counted.
const NAMED: usize = 2;

/// Renders the strip.
pub fn page(snapshot: &Snapshot) -> Markup {
    let site = &snapshot.site;
    let open = snapshot.open_incidents();
    let present = render::list_present(snapshot);
    let sentence = messages::headline(&render::headline_with(snapshot, &present, &open));
    let tone = badge(snapshot, &Coverage::Site).map_or(Tone::Ok, |badge| badge.tone);
    let home = urls::absolute(&site.base_url, urls::HOME);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (layout::unlisted(&site.name))
                link rel="canonical" href=(home);
                link rel="stylesheet" href=(urls::STYLESHEET);
                link rel="stylesheet" href=(urls::EMBED_STYLESHEET);
                (layout::branding(&site.brand))
            }
            body.(tone.as_str()) {
                main #main {
                    h1 dir="auto" { span.badge { (parts::icon(tone)) } (sentence) }
                    @if !open.is_empty() { (incidents(snapshot, &open)) }
                    p.more { (link(&home, &site.name)) }
                }
            }
        }
    }
}

fn incidents(snapshot: &Snapshot, open: &[Incident]) -> Markup {
    let sorted = open::worst_first(snapshot, open);
    let more = sorted.len().saturating_sub(NAMED);
    html! {
        ul {
            @for (_, incident) in sorted.into_iter().take(NAMED) {
                @let page = urls::incident(&incident.slug);
                li { (link(&urls::absolute(&snapshot.site.base_url, &page), &incident.title)) }
            }
            @if more > 0 { li { "and " (more) " more" } }
        }
    }
}

/// A link that opens beside the page that frames this one.
fn link(url: &str, text: &str) -> Markup {
    html! { a href=(url) target="_blank" rel="noopener" dir="auto" { (text) } }
}
