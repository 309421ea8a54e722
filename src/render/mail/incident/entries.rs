//! What a message about an incident tells: the news that still hold.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use crate::domain::component::StateChange;
use crate::domain::dispatch::News;
use crate::domain::incident::Incident;
use crate::domain::update::{Phase, Precision, Update};
use crate::render::html::changes::of_post;
use crate::snapshot::Snapshot;

/// Something that a message tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::render) enum Entry<'a> {
    /// The incident's post.
    Post,
    /// An update.
    Update(&'a Update),
    /// A correction made at `at`, of an update or of the post.
    Correction {
        of: Option<&'a Update>,
        at: DateTime<Utc>,
    },
    /// A maintenance starts soon.
    Reminder { starts: DateTime<Utc> },
}

impl<'a> Entry<'a> {
    /// Its time, if it has one.
    pub(in crate::render) fn at(self, incident: &Incident) -> Option<(DateTime<Utc>, Precision)> {
        match self {
            Self::Post => Some((incident.published_at, incident.precision)),
            Self::Update(update) => Some((update.at, update.precision)),
            Self::Correction { at, .. } => Some((at, Precision::Minute)),
            Self::Reminder { .. } => None,
        }
    }

    /// The update that it shows, if it shows one.
    pub(in crate::render) fn update(self) -> Option<&'a Update> {
        match self {
            Self::Update(update) => Some(update),
            Self::Correction { of, .. } => of,
            Self::Post | Self::Reminder { .. } => None,
        }
    }

    /// The phase that it states.
    pub(in crate::render) fn phase(self, incident: &Incident) -> Option<Phase> {
        match self {
            Self::Post => incident.stated_phase,
            Self::Update(update) => update.phase,
            // It may be over since.
            Self::Correction { .. } | Self::Reminder { .. } => None,
        }
    }

    /// The changes of state that it tells.
    pub(in crate::render) fn changes(self, incident: &'a Incident) -> Vec<&'a StateChange> {
        match self.update() {
            Some(update) => update.changes.iter().collect(),
            None => of_post(incident),
        }
    }
}

/// The entries of a message, the first to be read first. What was said last is what a reader needs
/// to know, and the only part that many read; it is also the order of the incident's page. The post
/// comes last, as there.
pub(in crate::render) fn list<'a>(
    snapshot: &Snapshot,
    incident: &'a Incident,
    news: &[News],
) -> Vec<Entry<'a>> {
    let mut found: Vec<Entry<'a>> = Vec::new();
    // Of what is there twice, the last counts.
    for news in news.iter().rev() {
        let entry = find(snapshot, incident, news);
        let is_new = |entry: &Entry<'a>| !found.iter().any(|it| is_same(*it, *entry));
        found.extend(entry.filter(is_new));
    }
    // Whoever hasn't got the original yet needn't know that it was corrected.
    let is_needless = |entry: &Entry<'a>| match *entry {
        Entry::Correction { of, .. } => found.contains(&of.map_or(Entry::Post, Entry::Update)),
        Entry::Post | Entry::Update(_) | Entry::Reminder { .. } => false,
    };
    let mut entries = found.clone();
    entries.retain(|entry| !is_needless(entry));
    entries.sort_by_key(|entry| match entry {
        Entry::Reminder { .. } => (0, None),
        Entry::Update(update) => (1, Some(Reverse((update.at, update.seq)))),
        Entry::Correction { at, .. } => (1, Some(Reverse((*at, i64::MAX)))),
        Entry::Post => (2, None),
    });
    let is_blank = incident.markdown.trim().is_empty() && of_post(incident).is_empty();
    if entries.len() > 1 && is_blank {
        entries.retain(|entry| *entry != Entry::Post);
    }
    entries
}

/// Whether a message needs only one of two entries.
fn is_same(one: Entry<'_>, other: Entry<'_>) -> bool {
    match (one, other) {
        (Entry::Correction { of: one, .. }, Entry::Correction { of: other, .. }) => {
            one.map(|update| &update.id) == other.map(|update| &update.id)
        }
        (Entry::Reminder { .. }, Entry::Reminder { .. }) => true,
        (one, other) => one == other,
    }
}

/// The entry of a piece of news, if it still holds.
fn find<'a>(snapshot: &Snapshot, incident: &'a Incident, news: &News) -> Option<Entry<'a>> {
    let update = |id: &str| incident.updates.iter().find(|update| update.id == id);
    match news {
        News::Post => Some(Entry::Post),
        News::Update { id } => update(id).map(Entry::Update),
        News::Correction { id, at_ms } => {
            let at = DateTime::from_timestamp_millis(*at_ms)?;
            let of = match id.is_empty() {
                true => None,
                false => Some(update(id)?),
            };
            Some(Entry::Correction { of, at })
        }
        News::Reminder { starts_ms, .. } => {
            let starts = incident.window().starts?;
            let holds = incident.is_planned(snapshot.until)
                && starts.timestamp_millis() == *starts_ms
                && starts > snapshot.until;
            holds.then_some(Entry::Reminder { starts })
        }
        News::State { .. }
        | News::Shift { .. }
        | News::Amendment { .. }
        | News::Withdrawal { .. } => None,
    }
}
