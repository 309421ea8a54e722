//! The home page. It answers two questions: is it me, and when is it over?

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use maud::{Markup, html};

use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, Tone};
use crate::domain::update::Precision;
use crate::domain::uptime::{self, Calendar};
use crate::render::html::layout::{self, Nav, Page};
use crate::render::html::listing;
use crate::render::html::uptime::percent;
use crate::render::html::{components, day_bar, open, parts};
use crate::render::time::Frame;
use crate::render::{self, Present, markdown, messages};
use crate::snapshot::post::Post;
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// How many days a component's bar has.
const DAYS: u32 = 90;
/// If there are more components than this, the page shows only those that aren't working, and at
/// most this many of them.
const MANY: usize = 60;
/// How many closed incidents are listed.
const RECENT: usize = 10;
/// An update longer than this, in characters, is cut to its first sentences.
const UPDATE_CHARS: usize = 700;
/// So is an update that contains any of these.
const WIDE: [&str; 4] = ["<table", "<pre", "<img", "<section"];

/// Renders the page.
pub fn page(snapshot: &Snapshot) -> Markup {
    let open = snapshot.open_incidents();
    let present = render::list_present(snapshot);
    let headline = render::headline_with(snapshot, &present, &open);
    let sentence = messages::headline(&headline);
    let planned = snapshot.planned_maintenance();
    let is_over = |post: &&Arc<Post>| !post.is_open() && !post.is_planned();
    let recent: Vec<&Arc<Post>> = snapshot.posts.iter().filter(is_over).take(RECENT).collect();
    let content = html! {
        (parts::named_title("headline", &sentence))
        (lead(snapshot, &present, headline.rest_is_working))
        @for (index, (worst, incident)) in open::worst_first(snapshot, &open).iter().enumerate() {
            (card(snapshot, incident, *worst, index))
        }
        @let (shown, left_out) = shown(&present, &open);
        @let calendar = Calendar::last(DAYS, snapshot.site.zone, snapshot.as_of);
        @for (group, records) in components::groups(snapshot, &shown) {
            section {
                h2 dir="auto" { (group) }
                ul.box { @for record in records {
                        li #(urls::component_anchor(&record.component.slug)) {
                            (component(snapshot, record, &calendar))
                        }
                    } }
            }
        }
        @if let Some(left_out) = left_out {
            section {
                h2 { "All components" }
                p.more { a href=(urls::COMPONENTS) { (left_out) } }
            }
        }
        @if !planned.is_empty() {
            section {
                h2 { "Planned maintenance" }
                ul.box { @for incident in &planned {
                        li #(urls::incident_anchor(&incident.slug)) {
                            (maintenance(snapshot, incident))
                        }
                    } }
            }
        }
        @if !recent.is_empty() {
            section {
                h2 { "Recent posts" }
                (listing::brief(snapshot, recent))
                p.more { a href=(urls::HISTORY) { "All incidents" } }
            }
        }
    };
    let description = match headline.rest_is_working {
        true => format!("{sentence} {}", messages::rest_is_working()),
        false => sentence,
    };
    let page = Page {
        title: None,
        description: &description,
        path: Some(urls::HOME),
        nav: Nav::Status,
        feeds: None,
        content,
    };
    layout::live_page(
        snapshot,
        &page,
        open::tone_of_site(snapshot, &present, &open),
    )
}

/// The line below the headline.
fn lead(snapshot: &Snapshot, present: &[Present<'_>], rest_is_working: bool) -> Markup {
    let frame = render::frame_of(snapshot);
    let last = last_update(snapshot, present);
    html! {
        @if rest_is_working || last.is_some() {
            p.lead #lead {
                @if rest_is_working { (messages::rest_is_working()) " " }
                @if let Some((at, precision)) = last {
                    "Last update " (parts::moment(frame, at, precision, None)) "."
                }
            }
        } @else if present.is_empty() {
            p.lead #lead { "Nothing is listed here yet. Incidents will be posted on this page." }
        }
    }
}

/// The time of the latest update and its precision.
fn last_update(snapshot: &Snapshot, present: &[Present<'_>]) -> Option<(DateTime<Utc>, Precision)> {
    let changes = present
        .iter()
        .filter_map(|present| present.record.history.last_change(snapshot.until))
        .map(|at| (at, Precision::Minute));
    changes
        .chain(snapshot.posts.last_said())
        .max_by_key(|(at, precision)| (*at, *precision == Precision::Minute))
}

/// The card of an open incident.
fn card(
    snapshot: &Snapshot,
    incident: &Incident,
    worst: Option<&StateKey>,
    index: usize,
) -> Markup {
    let frame = render::frame_of(snapshot);
    let tone = open::tone(snapshot, incident, worst);
    let more = match incident.updates.len() {
        0 | 1 => "Details".to_owned(),
        many => format!("All {many} updates"),
    };
    html! {
        article.card.(tone.as_str()) #(urls::incident_anchor(&incident.slug)) {
            p.meta {
                (open::standing(snapshot, incident, worst))
                "\u{a0}· started " (started(frame, incident))
                (listing::affects(snapshot, incident))
            }
            h2 { a href=(urls::incident(&incident.slug)) dir="auto" { (incident.title) } }
            @if let Some(window) = parts::window(frame, incident) { p.meta { (window) } }
            div.said dir="auto" { (newest(snapshot, incident, index)) }
            p.more { a href=(urls::incident(&incident.slug)) { (more) } }
        }
    }
}

/// When the incident began: a recent one with its time, others with the day only.
fn started(frame: Frame, incident: &Incident) -> Markup {
    let (at, precision) = incident.started_known();
    let is_new = frame.date(frame.as_of) - frame.date(at) <= Duration::days(1);
    let shown = if is_new { precision } else { Precision::Day };
    parts::moment(frame, at, shown, None)
}

/// The newest update; if there is none, the summary.
fn newest(snapshot: &Snapshot, incident: &Incident, index: usize) -> Markup {
    let frame = render::frame_of(snapshot);
    let Some(update) = incident.updates.last() else {
        return html! { p { (listing::summary(snapshot, incident)) } };
    };
    let said = messages::text_of(update);
    let is_long = said.chars().nth(UPDATE_CHARS).is_some();
    let prefix = format!("now-{index}-");
    let whole = markdown::to_html(&said, &prefix, markdown::TOP_HEADING);
    let is_wide = WIDE.iter().any(|tag| whole.as_str().contains(tag));
    let text = if is_long || is_wide {
        let sentences = markdown::first_sentences(&said, UPDATE_CHARS);
        html! { p { (sentences) } }
    } else {
        parts::raw(&whole)
    };
    html! {
        (parts::moment(frame, update.at, update.precision, update.as_written.as_deref()))
        // A paragraph continues after the time; any other element begins below it.
        @if text.0.starts_with("<p>") { "\u{a0}— " }
        (text)
    }
}

/// The components that the page shows, in their order, and what it says of the others. If there are
/// few, all are shown; otherwise those that aren't working or are named by an open incident.
fn shown<'a>(
    all: &[Present<'a>],
    open: &[Incident],
) -> (Vec<&'a ComponentHistory>, Option<String>) {
    if all.len() <= MANY {
        return (all.iter().map(|present| present.record).collect(), None);
    }
    let named: HashSet<&Slug> = open
        .iter()
        .flat_map(|incident| incident.components())
        .collect();
    let broken = all
        .iter()
        .filter(|present| present.tone != Tone::Ok)
        .count();
    // Working components that are only named don't displace those that aren't working.
    let mut room = MANY.saturating_sub(broken);
    let mut shown = Vec::new();
    for present in all {
        let works = present.tone == Tone::Ok;
        let is_named = works && room > 0 && named.contains(&present.record.component.slug);
        room -= usize::from(is_named);
        if !works || is_named {
            shown.push(present.record);
        }
    }
    shown.truncate(MANY);
    let left_out = format!(
        "{} of {} components are working",
        all.len() - broken,
        all.len()
    );
    (shown, Some(left_out))
}

fn component(snapshot: &Snapshot, record: &ComponentHistory, calendar: &Calendar) -> Markup {
    let component = &record.component;
    let standing = snapshot.standing(record);
    let (zone, states) = (snapshot.site.zone, &snapshot.states);
    let history = &record.history;
    let began = uptime::began(component, history.first().as_ref(), zone);
    let changes = history.since(calendar.start());
    let span = uptime::span(&changes, began, states, calendar);
    let words = day_bar::words(&span.days, states, span.uptime());
    let label = format!("{DAYS} days: {words}");
    let ends = (span.days.first(), span.days.last());
    html! {
        div.row {
            h3 { a href=(urls::component(&component.slug)) dir="auto" { (component.name) } }
            (parts::state_badge(states, &standing.state))
        }
        @if let Some(note) = standing.note.as_ref().or(component.description.as_ref()) {
            p.note dir="auto" { (note) }
        }
        (day_bar::bar(&span.days, states, &label, 0, DAYS as usize))
        @if let (Some(first), Some(last)) = ends {
            // The bar's own text already says this.
            p.scale aria-hidden="true" {
                time datetime=(first.date) { (first.date.format("%b %-d")) }
                span {
                    @match span.uptime() {
                        Some(share) => { (percent(share)) " uptime" }
                        None => "No data yet",
                    }
                }
                time datetime=(last.date) { (last.date.format("%b %-d")) }
            }
        }
    }
}

fn maintenance(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let frame = render::frame_of(snapshot);
    html! {
        p.meta {
            @match parts::window(frame, incident) {
                Some(window) => (window),
                None => "Date to be announced",
            }
            (listing::affects(snapshot, incident))
        }
        h3 { a href=(urls::incident(&incident.slug)) dir="auto" { (incident.title) } }
        @let text = listing::summary(snapshot, incident);
        @if !text.is_empty() { p dir="auto" { (text) } }
    }
}
