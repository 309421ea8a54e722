//! An incident as a list of entries: its post and its updates, each with the phase that holds then.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::id::{Kind as IdKind, id};
use crate::domain::component::StateChange;
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Update};
use crate::render::markdown::POST_ANCHOR;
use crate::render::messages;
use crate::urls;

/// A post or an update.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) id: String,
    /// The instant that it refers to.
    pub(super) at: DateTime<Utc>,
    /// When it became public.
    pub(super) public_at: DateTime<Utc>,
    /// When it was last corrected, else when it became public.
    pub(super) updated_at: DateTime<Utc>,
    /// The phase that the incident is in from then on.
    pub(super) phase: Phase,
    pub(super) markdown: Cow<'a, str>,
    /// What begins the ids of its headings on the incident's page.
    pub(super) anchor: Cow<'static, str>,
    pub(super) changes: Vec<&'a StateChange>,
    pub(super) mentions: Vec<&'a Slug>,
}

/// Where an entry comes from.
enum Part<'a> {
    Post,
    Update(&'a Update),
}

/// The entries of an incident, oldest first; at least one. A post without a text is no entry if
/// there are updates: the first of them then stands for what it did to components.
pub(super) fn entries(incident: &Incident, now: DateTime<Utc>) -> Vec<Entry<'_>> {
    let mut parts: Vec<Part<'_>> = incident.updates.iter().map(Part::Update).collect();
    let is_blank = incident.markdown.trim().is_empty() && !parts.is_empty();
    if !is_blank {
        // A post comes before the updates of its instant.
        let updates = &incident.updates;
        let place = updates.partition_point(|update| update.at < incident.published_at);
        parts.insert(place, Part::Post);
    }
    let begins = incident.stated_phase.filter(|phase| !phase.is_final());
    let mut phase = begins.unwrap_or(incident.kind.first_phase());
    let mut entries: Vec<Entry<'_>> = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Part::Post if is_postmortem(incident, now) => phase = Phase::Postmortem,
            Part::Post => {}
            Part::Update(update) => phase = update.phase.unwrap_or(phase),
        }
        entries.push(match part {
            Part::Post => of_post(incident, phase),
            Part::Update(update) => of_update(update, phase),
        });
    }
    if let Some(first) = entries.first_mut().filter(|_| is_blank) {
        first.changes.splice(0..0, &incident.changes);
        first.mentions.splice(0..0, &incident.mentions);
    }
    // A final phase in the front matter counts from the last entry, unless an update says a phase.
    let ends = incident.stated_phase.filter(|phase| phase.is_final());
    if incident.updates.iter().all(|update| update.phase.is_none()) {
        let newest_first = entries.iter_mut().rev();
        let last = newest_first.filter(|entry| entry.phase != Phase::Postmortem);
        for (entry, ends) in last.zip(ends) {
            entry.phase = ends;
        }
    }
    entries
}

/// Whether an incident's post was written after it was over, so that it tells what happened.
fn is_postmortem(incident: &Incident, now: DateTime<Utc>) -> bool {
    let ended = incident.ended(now);
    incident.kind == Kind::Disruption && ended.is_some_and(|(at, _)| incident.published_at > at)
}

fn of_post(incident: &Incident, phase: Phase) -> Entry<'_> {
    let edited_at = incident.edited_at;
    Entry {
        id: id(IdKind::Post, &incident.id),
        at: incident.published_at,
        public_at: incident.public_at,
        updated_at: edited_at.map_or(incident.public_at, |at| at.max(incident.public_at)),
        phase,
        markdown: Cow::Borrowed(&incident.markdown),
        anchor: Cow::Borrowed(POST_ANCHOR),
        changes: incident.changes.iter().collect(),
        mentions: incident.mentions.iter().collect(),
    }
}

fn of_update(update: &Update, phase: Phase) -> Entry<'_> {
    let edited_at = update.edited_at;
    Entry {
        id: id(IdKind::Update, &update.id),
        at: update.at,
        public_at: update.public_at,
        updated_at: edited_at.map_or(update.public_at, |at| at.max(update.public_at)),
        phase,
        markdown: messages::text_of(update),
        anchor: Cow::Owned(format!("{}-", urls::update_anchor(&update.id))),
        changes: update.changes.iter().collect(),
        mentions: update.mentions.iter().collect(),
    }
}
