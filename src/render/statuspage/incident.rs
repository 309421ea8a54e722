//! Incidents and maintenances, as Statuspage has them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::component::{Component, Components};
use super::context::Context;
use super::entry::{Entry, entries};
use super::id::{Kind as IdKind, id};
use crate::domain::component::Origin;
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::render::markdown::{TOP_HEADING, html_as_text, to_html_for_mail};
use crate::urls;

/// An incident, or a maintenance with its window.
#[derive(Debug, Serialize)]
pub(super) struct IncidentShape<'a> {
    id: String,
    name: String,
    status: &'static str,
    created_at: String,
    updated_at: String,
    monitoring_at: Option<String>,
    resolved_at: Option<String>,
    impact: &'static str,
    shortlink: String,
    started_at: String,
    page_id: &'a str,
    incident_updates: Vec<UpdateShape>,
    components: Vec<&'a Component<'a>>,
    /// Always null: nobody is reminded.
    reminder_intervals: (),
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_until: Option<String>,
}

#[derive(Debug, Serialize)]
struct UpdateShape {
    id: String,
    status: &'static str,
    body: String,
    incident_id: String,
    created_at: String,
    updated_at: String,
    display_at: String,
    affected_components: Vec<Affected>,
    deliver_notifications: bool,
    /// Always null, as the next one: nothing is posted there.
    custom_tweet: (),
    tweet_id: (),
}

/// What an update did to a component.
#[derive(Debug, Serialize)]
struct Affected {
    code: String,
    name: String,
    old_status: &'static str,
    new_status: &'static str,
}

/// An incident in Statuspage's shape.
pub(super) fn shape<'a>(
    context: &'a Context<'_>,
    components: &'a Components<'a>,
    incident: &Incident,
) -> IncidentShape<'a> {
    let now = context.snapshot.until;
    let entries = entries(incident, now);
    let incident_id = id(IdKind::Incident, &incident.id);
    let page = urls::absolute(
        &context.snapshot.site.base_url,
        &urls::incident(&incident.slug),
    );
    let updated = entries.iter().map(|entry| entry.updated_at);
    // A post without a text is no entry, and yet it was made.
    let made = [incident.public_at].into_iter().chain(incident.edited_at);
    let updated = updated.chain(made).max();
    let last = entries.last().map_or(incident.phase(now), |it| it.phase);
    let updates = entries.iter().rev().map(|entry| UpdateShape {
        id: entry.id.clone(),
        status: status(incident.kind, entry.phase),
        body: text_of(entry, &page),
        incident_id: incident_id.clone(),
        created_at: context.time(entry.public_at),
        updated_at: context.time(entry.updated_at),
        display_at: context.time(entry.at),
        affected_components: affected(context, components, entry),
        deliver_notifications: true,
        custom_tweet: (),
        tweet_id: (),
    });
    let named = incident.components().into_iter();
    let window = window(incident, now).map(|ends| ends.map(|at| context.time(at)));
    let [scheduled_for, scheduled_until] = window.map_or([None, None], |ends| ends.map(Some));
    IncidentShape {
        name: incident.title.clone(),
        status: status(incident.kind, last),
        created_at: context.time(incident.public_at),
        updated_at: context.time(updated.unwrap_or(incident.public_at)),
        monitoring_at: monitoring_at(&entries).map(|at| context.time(at)),
        resolved_at: incident.ended(now).map(|(at, _)| context.time(at.min(now))),
        impact: impact(context, incident),
        started_at: context.time(incident.began()),
        page_id: &context.page_id,
        incident_updates: updates.collect(),
        components: named.filter_map(|slug| components.find(slug)).collect(),
        reminder_intervals: (),
        scheduled_for,
        scheduled_until,
        shortlink: page,
        id: incident_id,
    }
}

/// The plain text of an entry. As in mail, a picture is its words with a link, and no footnote leads
/// back to the text.
fn text_of(entry: &Entry<'_>, page: &str) -> String {
    let html = to_html_for_mail(&entry.markdown, page, &entry.anchor, TOP_HEADING);
    html_as_text(&html)
}

/// Statuspage's word for a phase. It has no word for a cancelled maintenance, nor for one with a
/// postmortem.
fn status(kind: Kind, phase: Phase) -> &'static str {
    let words = match kind {
        Kind::Disruption | Kind::Notice => [
            "investigating",
            "identified",
            "monitoring",
            "resolved",
            "postmortem",
        ],
        Kind::Maintenance => [
            "scheduled",
            "in_progress",
            "verifying",
            "completed",
            "completed",
        ],
    };
    words[usize::from(phase.progress())]
}

fn impact(context: &Context<'_>, incident: &Incident) -> &'static str {
    match incident.kind {
        Kind::Maintenance => "maintenance",
        Kind::Disruption | Kind::Notice => incident.impact(&context.snapshot.states).as_str(),
    }
}

/// When a disruption was last put under watch.
fn monitoring_at(entries: &[Entry<'_>]) -> Option<DateTime<Utc>> {
    let newest_first = entries.iter().enumerate().rev();
    let watched = |(_, entry): &(usize, &Entry<'_>)| entry.phase == Phase::Monitoring;
    let is_first = |index: usize| index == 0 || entries[index - 1].phase != Phase::Monitoring;
    let mut begun = newest_first.filter(watched);
    let begun = begun.find(|(index, _)| is_first(*index));
    begun.map(|(_, entry)| entry.at)
}

/// The window of a maintenance. Statuspage always has one: a missing start is when the maintenance
/// was announced, and a missing end is when it was over, or else its start.
fn window(incident: &Incident, now: DateTime<Utc>) -> Option<[DateTime<Utc>; 2]> {
    match incident.kind {
        Kind::Maintenance => {
            let starts = incident.started();
            let ends = incident.window().ends;
            let ended = incident.ended(now).map(|(at, _)| at);
            let until = ends.or(ended).unwrap_or(starts);
            Some([starts, until.max(starts)])
        }
        Kind::Disruption | Kind::Notice => None,
    }
}

/// What an entry did with a component.
#[derive(Clone, Copy)]
enum Did {
    Change,
    Name,
}

/// What an entry did to each component, and what else it names. A plan does nothing by itself.
fn affected(
    context: &Context<'_>,
    components: &Components<'_>,
    entry: &Entry<'_>,
) -> Vec<Affected> {
    let states = &context.snapshot.states;
    let status_of = |state: &StateKey| states.statuspage(state);
    let mut list: Vec<Affected> = Vec::new();
    let mut add = |slug: &Slug, old: &StateKey, new: &StateKey, did: Did| {
        let Some(component) = components.find(slug) else {
            return;
        };
        let (old_status, new_status) = (status_of(old), status_of(new));
        let known = list.iter_mut().find(|known| known.code == component.id);
        match (known, did) {
            (Some(known), Did::Change) => known.new_status = new_status,
            // What it did says more.
            (Some(_), Did::Name) => {}
            (None, _) => list.push(Affected {
                code: component.id.clone(),
                name: context.snapshot.component_name(slug).to_owned(),
                old_status,
                new_status,
            }),
        }
    };
    let history = |slug: &Slug| {
        let record = context.snapshot.find_component(slug);
        record.map(|record| &record.history)
    };
    let made = entry.changes.iter().filter(|it| it.origin != Origin::Plan);
    for change in made {
        if let Some(history) = history(&change.component) {
            let (old, new) = (history.state_before(change), history.state_after(change));
            add(&change.component, &old, &new, Did::Change);
        }
    }
    let planned = entry.changes.iter().filter(|it| it.origin == Origin::Plan);
    let named = planned.map(|change| &change.component);
    for slug in named.chain(entry.mentions.iter().copied()) {
        if let Some(history) = history(slug) {
            let state = history.state_at(entry.at);
            add(slug, state, state, Did::Name);
        }
    }
    list
}
