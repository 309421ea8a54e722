//! A feed item, defined once: its title, its text, and when it became public.
//!
//! An item contains only what its own post, update or change of state says, so nothing that
//! happens later alters it. The states that follow from the end of an incident are left to the
//! page: they depend on the whole history, and an entry that is added late may change them.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

use super::content::{content_html, first_words, one_line, summary_of};
use super::ids::{tag, uri};
use super::items::{
    Item, changes_alone, items_about, items_of, newest_about, own, stands_for_post,
};
use super::when::{in_words, planned};
use crate::domain::component::StateChange;
use crate::domain::freshness::FEED_ITEMS;
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::render::markdown::POST_ANCHOR;
use crate::render::messages::text_of;
use crate::render::xml::{allowed, escaped};
use crate::snapshot::post::Post;
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// What a feed is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedScope {
    /// The whole site.
    Site,
    /// A component: the incidents that name it, and its state changes.
    Component(Slug),
    /// A group: the same of each of its components.
    Group(Slug),
    /// One incident.
    Incident(Slug),
}

/// An item of a feed. Its texts contain no character that XML forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// A `tag:` URI (RFC 4151) that never changes.
    pub id: String,
    /// Its headline: plain text on one line.
    pub title: String,
    /// The URL of its page.
    pub url: String,
    /// When it became public, to the second.
    pub published: DateTime<Utc>,
    /// When it was last corrected, or else when it became public.
    pub updated: DateTime<Utc>,
    /// The byline.
    pub author: String,
    /// The full text, as HTML.
    pub html: String,
    /// A summary: plain text on one line.
    pub summary: String,
    /// The names of the components that it names.
    pub tags: Vec<String>,
}

/// The newest items of a scope, newest first by the instant at which they became public.
pub fn entries(snapshot: &Snapshot, scope: &FeedScope) -> Vec<FeedEntry> {
    let about: &[Slug] = match scope {
        FeedScope::Site | FeedScope::Incident(_) => &[],
        FeedScope::Component(slug) => std::slice::from_ref(slug),
        FeedScope::Group(slug) => snapshot
            .find_group(slug)
            .map_or(&[], |group| &group.components),
    };
    let read = |post: &Arc<Post>| post.read();
    let posts: Vec<Incident> = match scope {
        FeedScope::Site => snapshot.posts.fresh().iter().map(read).collect(),
        FeedScope::Incident(slug) => snapshot.posts.find(slug).into_iter().map(read).collect(),
        FeedScope::Component(_) | FeedScope::Group(_) => newest_about(snapshot, about),
    };
    let mut items: Vec<Item<'_>> = match scope {
        FeedScope::Site | FeedScope::Incident(_) => posts.iter().flat_map(items_of).collect(),
        FeedScope::Component(_) | FeedScope::Group(_) => {
            let items = posts.iter().flat_map(|post| items_about(post, about));
            items.collect()
        }
    };
    let records = about
        .iter()
        .filter_map(|slug| snapshot.find_component(slug));
    let by_hand: Vec<_> = records.flat_map(changes_alone).collect();
    items.extend(
        by_hand
            .iter()
            .map(|(record, change)| Item::Change(record, change)),
    );
    items.sort_by_key(|item| Reverse(item.rank()));
    items.truncate(FEED_ITEMS);
    items.iter().map(|item| entry(snapshot, item)).collect()
}

fn entry(snapshot: &Snapshot, item: &Item<'_>) -> FeedEntry {
    let raw = match item {
        Item::Post(incident) => post(snapshot, incident),
        Item::Update(incident, update) => update_entry(snapshot, incident, update),
        Item::Change(record, change) => change_entry(snapshot, record, change),
    };
    FeedEntry {
        id: raw.id,
        title: one_line(&allowed(&raw.title)),
        url: uri(&raw.url),
        published: raw.published.trunc_subsecs(0),
        updated: raw.updated.max(raw.published).trunc_subsecs(0),
        author: one_line(&allowed(&raw.author)),
        html: allowed(&raw.html).into_owned(),
        summary: one_line(&allowed(&raw.summary)),
        tags: clean_tags(&raw.tags),
    }
}

/// The tags, one line each, without blanks and duplicates.
fn clean_tags(raw: &[String]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in raw.iter().map(|tag| one_line(&allowed(tag))) {
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn post(snapshot: &Snapshot, incident: &Incident) -> FeedEntry {
    let site = &snapshot.site;
    let url = urls::absolute(&site.base_url, &urls::incident(&incident.slug));
    let kind = match incident.kind {
        Kind::Disruption => "Incident",
        Kind::Maintenance => "Maintenance",
        Kind::Notice => "Notice",
    };
    let lines = post_lines(snapshot, incident);
    let when = in_words(incident.published_at, incident.precision, site.time_style());
    let head = head(snapshot, kind, when, incident.edited_at);
    let summary = match &incident.summary {
        Some(summary) => summary.clone(),
        None => summary_of(&incident.markdown),
    };
    FeedEntry {
        id: tag(snapshot, incident.public_at, "incident", &incident.id),
        title: incident.title.clone(),
        published: incident.public_at,
        updated: incident.edited_at.unwrap_or(incident.public_at),
        author: byline(snapshot, &[&incident.author]),
        html: html(&head, &lines) + &content_html(&incident.markdown, &url, POST_ANCHOR),
        summary: first_said([summary, lines.join("; "), head]),
        tags: tags(snapshot, &incident.changes, &incident.mentions),
        url,
    }
}

/// The lines on what a post sets or plans.
fn post_lines(snapshot: &Snapshot, incident: &Incident) -> Vec<String> {
    match incident.kind {
        Kind::Disruption | Kind::Notice => state_lines(snapshot, &incident.changes),
        // The states of a maintenance don't hold yet when its post appears.
        Kind::Maintenance => planned(incident.stated_window(), false, snapshot.site.time_style())
            .into_iter()
            .collect(),
    }
}

fn update_entry(snapshot: &Snapshot, incident: &Incident, update: &Update) -> FeedEntry {
    let site = &snapshot.site;
    let page = urls::absolute(&site.base_url, &urls::incident(&incident.slug));
    let label = update.phase.map_or("Update", Phase::label);
    let mut lines = Vec::new();
    let mut tags = Vec::new();
    if stands_for_post(incident, update) {
        lines.extend(post_lines(snapshot, incident));
        tags.extend(self::tags(snapshot, &incident.changes, &incident.mentions));
    }
    lines.extend(state_lines(snapshot, &update.changes));
    tags.extend(self::tags(snapshot, &update.changes, &update.mentions));
    // Once the window begins or ends, it is no longer a plan.
    let is_plan = matches!(update.phase, None | Some(Phase::Scheduled));
    lines.extend(planned(update.window, true, site.time_style()).filter(|_| is_plan));
    let text = text_of(update);
    let words = match update.phase {
        Some(phase) => phase.label().to_owned(),
        None => first_said([first_words(&text), lines.join("; "), "Update".into()]),
    };
    let when = in_words(update.at, update.precision, site.time_style());
    let head = head(snapshot, label, when, update.edited_at);
    let anchor = format!("{}-", urls::update_anchor(&update.id));
    let bylines = match update.source {
        Source::File => vec![&update.author, &incident.author],
        // Something added later may have another author than the post.
        Source::Api | Source::Clock => vec![&update.author],
    };
    FeedEntry {
        id: tag(snapshot, update.public_at, "update", &update.id),
        title: format!("{}: {words}", incident.title),
        url: urls::absolute(&site.base_url, &urls::update(&incident.slug, &update.id)),
        published: update.public_at,
        updated: update.edited_at.unwrap_or(update.public_at),
        author: byline(snapshot, &bylines),
        html: html(&head, &lines) + &content_html(&text, &page, &anchor),
        summary: first_said([summary_of(&text), lines.join("; "), head]),
        tags,
    }
}

fn change_entry(snapshot: &Snapshot, record: &ComponentHistory, change: &StateChange) -> FeedEntry {
    let site = &snapshot.site;
    let component = &record.component;
    let name = snapshot.component_name(&component.slug);
    let label = snapshot.states.label(&change.state);
    let sentence = match snapshot.states.find(&change.state) {
        Some(state) => format!("{name} {}.", state.reads),
        None => format!("{name}: {label}."),
    };
    let mut lines = vec![sentence];
    lines.extend(change.note.clone());
    let id = format!(
        "{}-{}-{}",
        component.slug,
        change.at.timestamp_millis(),
        change.seq
    );
    let when = in_words(change.at, Precision::Minute, site.time_style());
    FeedEntry {
        id: tag(snapshot, change.public_at, "state", &id),
        title: format!("{name}: {label}"),
        url: urls::absolute(&site.base_url, &urls::component(&component.slug)),
        published: change.public_at,
        updated: change.public_at,
        author: site.name.clone(),
        html: html(&head(snapshot, label, when, None), &[])
            + &lines.iter().map(|line| paragraph(line)).collect::<String>(),
        summary: lines.join(" "),
        tags: vec![name.to_owned()],
    }
}

/// The first line: the kind of entry, its own time, and whether it was corrected.
fn head(
    snapshot: &Snapshot,
    label: &str,
    when: Option<String>,
    edited_at: Option<DateTime<Utc>>,
) -> String {
    let mut parts = vec![label.to_owned()];
    parts.extend(when);
    let edited =
        edited_at.and_then(|at| in_words(at, Precision::Minute, snapshot.site.time_style()));
    parts.extend(edited.map(|at| format!("edited {at}")));
    parts.join(" · ")
}

/// "Selma: Migrating – Mail is up."
fn state_lines(snapshot: &Snapshot, changes: &[StateChange]) -> Vec<String> {
    own(changes)
        .map(|change| {
            let name = snapshot.component_name(&change.component);
            let label = snapshot.states.label(&change.state);
            match &change.note {
                Some(note) => format!("{name}: {label} – {note}"),
                None => format!("{name}: {label}"),
            }
        })
        .collect()
}

fn html(head: &str, states: &[String]) -> String {
    let mut html = format!("<p><em>{}</em></p>\n", escaped(head));
    if !states.is_empty() {
        let items: String = states
            .iter()
            .map(|line| format!("<li>{}</li>", escaped(line)))
            .collect();
        html.push_str(&format!("<ul>{items}</ul>\n"));
    }
    html
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escaped(text))
}

/// The first text that isn't blank.
fn first_said(texts: [String; 3]) -> String {
    texts
        .into_iter()
        .find(|text| !text.trim().is_empty())
        .unwrap_or_default()
}

fn byline(snapshot: &Snapshot, authors: &[&Option<String>]) -> String {
    let mut stated = authors.iter().filter_map(|author| author.as_deref());
    let byline = stated.find(|author| !author.trim().is_empty());
    byline.unwrap_or(&snapshot.site.name).to_owned()
}

fn tags(snapshot: &Snapshot, changes: &[StateChange], mentions: &[Slug]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for slug in own(changes).map(|change| &change.component).chain(mentions) {
        let name = snapshot.component_name(slug);
        if !tags.iter().any(|tag| tag == name) {
            tags.push(name.to_owned());
        }
    }
    tags
}
