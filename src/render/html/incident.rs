//! The page of an incident: its current phase, its updates, and the post.

use chrono::TimeDelta;
use maud::{Markup, html};

use crate::domain::component::Origin;
use crate::domain::ending::Lasted;
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Precision, Update};
use crate::domain::window::Window;
use crate::render::html::layout::{self, Nav, Page};
use crate::render::html::subscribe::incident::goes_on;
use crate::render::html::{changes, listing, open, parts};
use crate::render::markdown::{self, SafeHtml};
use crate::render::time::{self, Frame};
use crate::render::{self, messages};
use crate::snapshot::Snapshot;
use crate::urls;

/// Renders the page of a published incident.
pub fn page(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let path = urls::incident(&incident.slug);
    let feeds = (
        incident.title.as_str(),
        urls::incident_feeds(&incident.slug),
    );
    document(snapshot, incident, Some((&path, feeds)), &html! {})
}

/// Renders the page of a draft for those who may see it. It is marked as a draft.
pub fn draft_page(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let mark = html! {
        aside.card.info aria-label="Draft" {
            p {
                strong { "A draft." }
                " This is how it will look. Only staff can see it. "
                a href=(urls::staff_incident(&incident.slug)) { "Back to the draft" }
            }
        }
    };
    document(snapshot, incident, None, &mark)
}

fn document(
    snapshot: &Snapshot,
    incident: &Incident,
    public: Option<(&str, (&str, urls::Feeds))>,
    mark: &Markup,
) -> Markup {
    let description = description(snapshot, incident);
    let (path, feeds) = public.unzip();
    let page = Page {
        title: Some(&incident.title),
        description: &description,
        path,
        nav: Nav::Elsewhere,
        feeds,
        content: html! {
            (mark)
            article {
                (parts::named_title("title", &incident.title))
                (byline(snapshot, incident))
                (components(snapshot, incident))
                @if !incident.updates.is_empty() {
                    section #updates {
                        h2 { "Updates" }
                        ol.updates {
                            @for update in listing::newest_first(incident) {
                                (entry(snapshot, incident, update))
                            }
                        }
                    }
                }
                (post(snapshot, incident))
            }
            @if path.is_some() { (ways_on(snapshot, incident)) }
        },
    };
    match path {
        Some(_) => layout::live_page(snapshot, &page, open::tone_now(snapshot, incident)),
        None => layout::page(snapshot, &page),
    }
}

/// How it is now, or when it takes place, for link previews.
fn description(snapshot: &Snapshot, incident: &Incident) -> String {
    let said = listing::preview(snapshot, incident);
    let window = incident.is_planned(snapshot.until).then(|| {
        let Window { starts, ends } = incident.window();
        render::frame_of(snapshot).window(starts, ends)
    });
    match window.flatten() {
        Some(window) => messages::now(&messages::planned_for(&window), &said),
        None if said.is_empty() => incident.title.clone(),
        None => said,
    }
}

fn byline(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let frame = render::frame_of(snapshot);
    let author = incident.author.as_ref().unwrap_or(&snapshot.site.name);
    html! {
        p.meta #byline {
            "Written by " bdi { (author) } " on "
            (parts::day_with_year(frame, incident.published_at))
            @match incident.kind {
                Kind::Notice => {}
                Kind::Disruption | Kind::Maintenance => {
                    "\u{a0}· " (parts::phase_badge(incident.phase(snapshot.until)))
                }
            }
            @if incident.precision == Precision::Minute {
                (parts::added_later(frame, incident.published_at, incident.public_at))
            }
            @if let Some(edited_at) = incident.edited_at {
                "\u{a0}· edited " (parts::instant(frame, edited_at))
            }
        }
        @if let Some(window) = parts::window(frame, incident) {
            p.window { strong { "Planned for " (window) } }
        }
        @if let Some(lasted) = incident.lasted(snapshot.until) { (span(frame, &lasted)) }
    }
}

/// "Lasted 2 h 10 min: Tuesday, February 26 · 2:15 – 4:25 MST".
fn span(frame: Frame, lasted: &Lasted) -> Markup {
    let ((from, exactly), (to, until)) = (lasted.from, lasted.to);
    html! {
        p.window {
            @match lasted.length() {
                Some(length) => {
                    strong { "Lasted " (time::duration(length)) }
                    " · "
                    @if to - from < TimeDelta::minutes(1) {
                        (parts::instant(frame, from))
                    } @else {
                        time datetime=(time::machine(from)) { (frame.window(Some(from), Some(to)).unwrap_or_default()) }
                    }
                },
                None => {
                    "From " (parts::moment(frame, from, exactly, None))
                    " to " (parts::moment(frame, to, until, None))
                },
            }
        }
    }
}

/// The components that the incident names, with their current states (for a draft: planned ones).
fn components(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let named = parts::components_of(snapshot, incident);
    let label = if incident.draft {
        "Components once it is published"
    } else {
        "Components now"
    };
    html! {
        @if !named.is_empty() {
            ul.chips #now aria-label=(label) {
                @if !incident.draft { li.now { "Now:" } }
                @for slug in named {
                    li {
                        @match snapshot.find_component(slug) {
                            Some(record) => {
                                a href=(urls::component(slug)) dir="auto" { (snapshot.component_name(&record.component.slug)) }
                                " "
                                @if record.component.retired_at.is_some() {
                                    span.retired { "retired" }
                                } @else {
                                    (parts::state_badge(
                                        &snapshot.states,
                                        planned(incident, slug)
                                            .unwrap_or(&snapshot.standing(record).state),
                                    ))
                                }
                            }
                            None => (slug),
                        }
                    }
                }
            }
        }
    }
}

/// The state that a draft will set for a component when it is published. A maintenance sets none
/// until it begins.
fn planned<'a>(incident: &'a Incident, slug: &Slug) -> Option<&'a StateKey> {
    if !incident.draft || incident.kind == Kind::Maintenance {
        return None;
    }
    let changes = incident.all_changes();
    let own = changes.filter(|change| change.component == *slug);
    own.last().map(|change| &change.state)
}

/// An update as a list item.
pub(super) fn entry(snapshot: &Snapshot, incident: &Incident, update: &Update) -> Markup {
    let frame = render::frame_of(snapshot);
    let anchor = urls::update_anchor(&update.id);
    let tone = update.phase.map(parts::phase_tone);
    let is_late = update.public_at > incident.public_at;
    let added = if is_late {
        parts::added_later(frame, update.at, update.public_at)
    } else {
        html! {}
    };
    let text = markdown::to_html(&messages::text_of(update), &format!("{anchor}-"), 4);
    html! {
        li id=(anchor) class=(tone.map_or("none", |tone| tone.as_str())) {
            div.row {
                h3 {
                    @if let Some(tone) = tone { (parts::icon(tone)) }
                    (update.phase.map_or("Update", |phase| phase.label()))
                }
                p.meta {
                    a href={ "#" (anchor) } {
                        (parts::moment(
                            frame,
                            update.at,
                            update.precision,
                            update.as_written.as_deref(),
                        ))
                    }
                    @if let Some(author) = other_author(incident, update) {
                        "\u{a0}· by " bdi { (author) }
                    }
                    (added)
                    @if let Some(edited_at) = update.edited_at {
                        "\u{a0}· edited " (parts::instant(frame, edited_at))
                    }
                }
            }
            div.text dir="auto" { (parts::raw(&text)) }
            (changes::chips(snapshot, update.at, update.changes.iter()))
        }
    }
}

/// The update's author, if it isn't the post's.
fn other_author<'a>(incident: &Incident, update: &'a Update) -> Option<&'a String> {
    update
        .author
        .as_ref()
        .filter(|author| incident.author.as_ref() != Some(*author))
}

/// The text of the post.
pub(super) fn text(incident: &Incident) -> SafeHtml {
    markdown::to_html(
        &incident.markdown,
        markdown::POST_ANCHOR,
        markdown::TOP_HEADING,
    )
}

fn post(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let text = text(incident);
    let changes = changes::of_post(incident);
    let is_plan = changes.iter().all(|change| change.origin == Origin::Plan);
    html! {
        @if !text.as_str().is_empty() || !changes.is_empty() {
            section.post #post {
                h2.unseen { "The post" }
                div.text dir="auto" { (parts::raw(&text)) }
                @if !changes.is_empty() {
                    p.meta { @if is_plan { "When it starts:" } @else { "Changed with this post:" } }
                }
                (changes::chips(snapshot, incident.published_at, changes.into_iter()))
            }
        }
    }
}

fn ways_on(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let feeds = urls::incident_feeds(&incident.slug);
    html! {
        aside.ways aria-label="Follow this post" {
            @if snapshot.site.sends_mail && goes_on(snapshot, incident) {
                p {
                    a href=(urls::subscribe_to_incident(&incident.slug)) {
                        "Get updates on this incident by e-mail"
                    }
                }
            }
            p {
                "Follow this post via "
                a href=(feeds.rss) { "RSS" } ", "
                a href=(feeds.atom) { "Atom" } " or "
                a href=(feeds.json) { "JSON Feed" }
                ". Get it as "
                a href=(urls::incident_markdown(&incident.slug)) { "text" } " or "
                a href=(urls::incident_json(&incident.slug)) { "data" } "."
            }
        }
    }
}
