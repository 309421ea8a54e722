//! Every incident ever, by month.

use std::collections::BTreeMap;

use chrono::Datelike;
use maud::{Markup, html};

use crate::domain::incident::Incident;
use crate::render;
use crate::render::html::layout::{self, Nav, Page};
use crate::render::html::listing::{self, Detail};
use crate::render::html::parts;
use crate::render::time;
use crate::snapshot::Snapshot;
use crate::urls;

/// Every incident, newest first.
pub fn page(snapshot: &Snapshot) -> Markup {
    let by_month = by_month(snapshot);
    let total = snapshot.incidents.len();
    let page = Page {
        title: Some("History"),
        description: &format!("Every incident on {}.", snapshot.site.name),
        path: Some(urls::HISTORY),
        nav: Nav::History,
        feeds: None,
        content: html! {
            h1 { "History" }
            p.lead {
                @match by_month.first_key_value() {
                    Some(((year, month), _)) => {
                        (parts::count(total, "post")) " since " (parts::month(*year, *month)) "."
                    }
                    None => "Nothing has happened yet.",
                }
            }
            @for ((year, month), incidents) in by_month.iter().rev() {
                section {
                    h2 {
                        a href=(urls::month(*year, *month)) { (parts::month(*year, *month)) }
                        " " span.count { (parts::count(incidents.len(), "post")) }
                    }
                    (listing::list(snapshot, incidents, Detail::Brief))
                }
            }
        },
    };
    layout::page(snapshot, &page)
}

/// The incidents of one month, `month` being 1 to 12.
pub fn month(snapshot: &Snapshot, year: i32, month: u32) -> Markup {
    let by_month = by_month(snapshot);
    let name = time::month(year, month);
    let none = Vec::new();
    let incidents = by_month.get(&(year, month)).unwrap_or(&none);
    let before = by_month.range(..(year, month)).next_back();
    let after = by_month
        .range((year, month)..)
        .find(|(key, _)| **key != (year, month));
    let page = Page {
        title: Some(&name),
        description: &format!("What happened on {} in {name}.", snapshot.site.name),
        path: Some(&urls::month(year, month)),
        nav: Nav::History,
        feeds: None,
        content: html! {
            h1 { (parts::month(year, month)) }
            p.lead {
                @match incidents.len() {
                    0 => "Nothing was posted in this month.",
                    some => { (parts::count(some, "post")) "." }
                }
            }
            @if !incidents.is_empty() {
                section {
                    h2.unseen { "Posts" }
                    (listing::list(snapshot, incidents, Detail::Full))
                }
            }
            nav.pages aria-label="Months" {
                @if let Some(((year, month), _)) = before {
                    a rel="prev" href=(urls::month(*year, *month)) { "← " (parts::month(*year, *month)) }
                }
                @if let Some(((year, month), _)) = after {
                    a rel="next" href=(urls::month(*year, *month)) { (parts::month(*year, *month)) " →" }
                }
                a.all href=(urls::HISTORY) { "All months" }
            }
        },
    };
    layout::page(snapshot, &page)
}

/// The months that have incidents, newest first.
pub fn months(snapshot: &Snapshot) -> Vec<(i32, u32)> {
    by_month(snapshot).into_keys().rev().collect()
}

/// Incidents by year and month of their start in the site's zone; in each, newest first.
fn by_month(snapshot: &Snapshot) -> BTreeMap<(i32, u32), Vec<&Incident>> {
    let frame = render::frame_of(snapshot);
    let mut by_month: BTreeMap<_, Vec<&Incident>> = BTreeMap::new();
    for incident in &snapshot.incidents {
        let date = frame.date(incident.started());
        by_month
            .entry((date.year(), date.month()))
            .or_default()
            .push(incident);
    }
    by_month
}
