//! The state changes of a component in one month: pages for components with a long history.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use maud::{Markup, html};

use super::component_changes::{LISTED, distinct_changes, row};
use crate::domain::component::StateChange;
use crate::render::html::layout::{self, Nav, Page};
use crate::render::html::parts;
use crate::render::time;
use crate::snapshot::posts::Month;
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// The months that have a page of their own, oldest first, each with its number of changes. Empty
/// if the component's own page lists all changes.
pub fn months(snapshot: &Snapshot, record: &ComponentHistory) -> BTreeMap<Month, usize> {
    if record.history.len() <= LISTED || distinct_changes(record).nth(LISTED).is_none() {
        return BTreeMap::new();
    }
    let mut months = BTreeMap::new();
    for change in distinct_changes(record) {
        *months.entry(month_of(snapshot, change.at)).or_default() += 1;
    }
    months
}

/// Renders the page; `month` is 1 to 12.
pub fn page(snapshot: &Snapshot, record: &ComponentHistory, month: Month) -> Markup {
    let slug = &record.component.slug;
    let name = &record.component.name;
    let when = time::month(month.0, month.1);
    let changes: Vec<StateChange> = distinct_changes(record)
        .filter(|change| month_of(snapshot, change.at) == month)
        .collect();
    let months = months(snapshot, record);
    let before = months.range(..month).next_back().map(|(month, _)| *month);
    let mut later = months.range(month..).map(|(month, _)| *month);
    let after = later.find(|other| *other != month);
    let page = Page {
        title: Some(&format!("{name}, {when}")),
        description: &format!("Every change of {name} in {when}."),
        path: Some(&urls::component_month(slug, month.0, month.1)),
        nav: Nav::Elsewhere,
        feeds: Some((name, urls::component_feeds(slug))),
        content: html! {
            (parts::title(name))
            p.lead {
                (parts::count(changes.len(), "change")) " in " (parts::month(month.0, month.1)) "."
            }
            section {
                h2.unseen { "Changes" }
                ol.log { @for change in &changes { (row(snapshot, change)) } }
            }
            nav.pages aria-label="Months" {
                @if let Some((year, month)) = before {
                    a rel="prev" href=(urls::component_month(slug, year, month)) {
                        "← " (parts::month(year, month))
                    }
                }
                @if let Some((year, month)) = after {
                    a rel="next" href=(urls::component_month(slug, year, month)) {
                        (parts::month(year, month)) " →"
                    }
                }
                a.all href=(urls::component(slug)) { "Back to " bdi { (name) } }
            }
        },
    };
    layout::page(snapshot, &page)
}

/// Links to the months, newest first.
pub(super) fn earlier(record: &ComponentHistory, months: &BTreeMap<Month, usize>) -> Markup {
    html! {
        h3.earlier { "By month" }
        ul.chips {
            @for ((year, month), count) in months.iter().rev() {
                li {
                    a href=(urls::component_month(&record.component.slug, *year, *month)) {
                        (parts::month(*year, *month))
                    }
                    " " span.count { (parts::count(*count, "change")) }
                }
            }
        }
    }
}

fn month_of(snapshot: &Snapshot, at: DateTime<Utc>) -> Month {
    let date = at.with_timezone(&snapshot.site.zone);
    (date.year(), date.month())
}
