//! The page of a component: its state now and on each day of a year, and why.

use chrono::Datelike;
use maud::{Markup, html};

use crate::domain::state::Tone;
use crate::domain::uptime::{self, Calendar, Day};
use crate::render::html::component_changes::{LISTED, distinct_changes, row};
use crate::render::html::layout::{self, Nav, Page};
use crate::render::html::listing;
use crate::render::html::uptime::percent;
use crate::render::html::{component_month, day_bar, parts};
use crate::render::{self, messages};
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// Days in the longest month: the width of a month's bar.
const LONGEST_MONTH: usize = 31;

/// Renders the page.
pub fn page(snapshot: &Snapshot, record: &ComponentHistory) -> Markup {
    let component = &record.component;
    let name = snapshot.component_name(&component.slug);
    let standing = snapshot.standing(record);
    let label = snapshot.states.label(&standing.state);
    let description = match &component.retired_at {
        Some(_) => format!("{name} was retired."),
        None => {
            let since = standing.since;
            let since = since.map(|at| render::frame_of(snapshot).instant(at));
            let now = messages::component_now(name, label, since.as_deref());
            messages::now(&now, standing.note.as_deref().unwrap_or_default())
        }
    };
    let posts = snapshot.posts.naming(&component.slug);
    let page = Page {
        title: Some(name),
        description: &description,
        path: Some(&urls::component(&component.slug)),
        nav: Nav::Elsewhere,
        feeds: Some((name, urls::component_feeds(&component.slug))),
        content: html! {
            (parts::named_title("name", name))
            (now(snapshot, record))
            (year(snapshot, record))
            @if !record.history.is_empty() {
                section #changes {
                    h2 { "Changes" }
                    ol.log {
                        @for change in distinct_changes(record).take(LISTED) { (row(snapshot, &change)) }
                    }
                    @let months = component_month::months(snapshot, record);
                    @if !months.is_empty() { (component_month::earlier(record, &months)) }
                }
            }
            @if !posts.is_empty() {
                section #posts {
                    h2 { "Posts" }
                    (listing::brief(snapshot, posts))
                }
            }
            (ways_on(snapshot, record))
        },
    };
    let tone = match component.retired_at {
        Some(_) => Tone::Ok,
        None => snapshot.states.tone(&standing.state),
    };
    layout::live_page(snapshot, &page, tone)
}

fn now(snapshot: &Snapshot, record: &ComponentHistory) -> Markup {
    let frame = render::frame_of(snapshot);
    let standing = snapshot.standing(record);
    html! {
        @match record.component.retired_at {
            Some(retired_at) => p.lead {
                "Retired on " (parts::day_with_year(frame, retired_at))
                ". Its history is kept below."
            },
            None => p.lead #now {
                (parts::state_badge(&snapshot.states, &standing.state))
                @if let Some(since) = standing.since {
                    " since " (parts::instant(frame, since))
                }
            },
        }
        @if let (Some(note), None) = (&standing.note, record.component.retired_at) {
            p dir="auto" { (note) }
        }
        @if let Some(description) = &record.component.description {
            p.note dir="auto" { (description) }
        }
    }
}

/// A year of days: one row for each month, newest first.
fn year(snapshot: &Snapshot, record: &ComponentHistory) -> Markup {
    let (zone, states) = (snapshot.site.zone, &snapshot.states);
    let history = &record.history;
    let began = uptime::began(&record.component, history.first().as_ref(), zone);
    // The year of a retired component ends when it was retired.
    let as_of = record
        .component
        .retired_at
        .map_or(snapshot.as_of, |retired| retired.min(snapshot.as_of));
    let today = as_of.with_timezone(&zone).date_naive();
    let first = today
        .with_day(1)
        .and_then(|date| date.checked_sub_months(chrono::Months::new(11)))
        .unwrap_or(today);
    let count = u32::try_from((today - first).num_days() + 1).unwrap_or(1);
    let calendar = Calendar::last(count, zone, as_of);
    let changes = history.since(calendar.start());
    let span = uptime::span(&changes, began, states, &calendar);
    let months: Vec<&[Day]> = span
        .days
        .chunk_by(|a, b| a.date.month() == b.date.month())
        .filter(|days| days.iter().any(|day| day.worst.is_some()))
        .collect();
    html! {
        section #year {
            h2 {
                "Twelve months"
                @if let Some(share) = span.uptime() {
                    " " span.count { (percent(share)) " uptime" }
                }
            }
            @if months.is_empty() {
                p.note { "No data yet." }
            } @else {
                table.year {
                    thead.unseen { tr { th scope="col" { "Month" } th scope="col" { "Days" } th scope="col" { "Uptime" } } }
                    tbody {
                        @for days in months.iter().rev() {
                            @let share = uptime::uptime(*days);
                            tr {
                                th scope="row" {
                                    time datetime=(days[0].date.format("%Y-%m")) {
                                        (days[0].date.format("%b %Y"))
                                    }
                                }
                                td {
                                    (day_bar::bar(
                                        days,
                                        states,
                                        &day_bar::words(days, states, share),
                                        days[0].date.day0() as usize,
                                        LONGEST_MONTH,
                                    ))
                                }
                                td { (share.map_or_else(String::new, percent)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn ways_on(snapshot: &Snapshot, record: &ComponentHistory) -> Markup {
    let feeds = urls::component_feeds(&record.component.slug);
    html! {
        aside.ways aria-label="Follow this component" {
            p {
                "Follow only " bdi { (snapshot.component_name(&record.component.slug)) } " via "
                a href=(feeds.rss) { "RSS" } ", "
                a href=(feeds.atom) { "Atom" } " or "
                a href=(feeds.json) { "JSON Feed" } "."
            }
        }
    }
}
