//! Incidents: posts about something that affects customers, with their updates.

#[cfg(test)]
pub mod example;
mod impact;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

pub use self::impact::Impact;
use super::component::StateChange;
use super::slug::Slug;
use super::state::States;
use super::update::{Phase, Precision, Source, Update};
use super::window::Window;

/// An update may run ahead of the clock by this much and still be shown.
pub const CLOCK_TOLERANCE: Duration = Duration::minutes(15);

/// The time that the page goes by: the clock's, or, if the clock was set back, that of what was
/// made here last, as far as that is tolerated.
pub fn page_time(now: DateTime<Utc>, made_until: DateTime<Utc>) -> DateTime<Utc> {
    now.max(made_until.min(now + CLOCK_TOLERANCE))
}

/// What sort of post an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something broke.
    Disruption,
    /// Planned work with a window.
    Maintenance,
    /// Worth knowing; affects nothing right now.
    Notice,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Disruption, Self::Maintenance, Self::Notice];

    /// The word used in files, the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disruption => "disruption",
            Self::Maintenance => "maintenance",
            Self::Notice => "notice",
        }
    }

    /// The kind that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The phase of an incident if neither an update nor the front matter states one.
    pub fn first_phase(self) -> Phase {
        match self {
            Self::Disruption | Self::Notice => Phase::Investigating,
            Self::Maintenance => Phase::Scheduled,
        }
    }

    /// The phases that its updates can set.
    pub fn phases(self) -> &'static [Phase] {
        match self {
            Self::Disruption | Self::Notice => &[
                Phase::Investigating,
                Phase::Identified,
                Phase::Monitoring,
                Phase::Resolved,
                Phase::Postmortem,
            ],
            Self::Maintenance => &[
                Phase::Scheduled,
                Phase::InProgress,
                Phase::Verifying,
                Phase::Completed,
                Phase::Cancelled,
                Phase::Postmortem,
            ],
        }
    }

    /// The phase that ends it normally.
    pub fn resolving_phase(self) -> Phase {
        match self {
            Self::Disruption | Self::Notice => Phase::Resolved,
            Self::Maintenance => Phase::Completed,
        }
    }
}

/// A post about something that affects customers: its text, what it did to components, and its
/// updates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id; never changes and is never reused.
    #[serde(with = "super::uuid_text")]
    pub id: String,
    /// Its name in URLs.
    pub slug: Slug,
    /// Its headline.
    pub title: String,
    /// What sort of post it is.
    pub kind: Kind,
    /// The phase that holds until an update sets one.
    pub stated_phase: Option<Phase>,
    /// The impact set by staff; see [`Incident::impact`].
    pub stated_impact: Option<Impact>,
    /// The byline, if it has its own.
    pub author: Option<String>,
    /// The post's date.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub published_at: DateTime<Utc>,
    /// Whether `published_at` has a time of day.
    pub precision: Precision,
    /// The start of a maintenance's window, as its post states it. See [`Incident::window`]. What
    /// was a public maintenance once keeps the window: calendars must cancel it.
    #[serde(with = "chrono::serde::ts_milliseconds_option")]
    pub starts: Option<DateTime<Utc>>,
    /// The end of a maintenance's window, as its post states it.
    #[serde(with = "chrono::serde::ts_milliseconds_option")]
    pub ends: Option<DateTime<Utc>>,
    /// One or two sentences for lists, feeds and previews; see `render` for the fallback.
    pub summary: Option<String>,
    /// The post, without its updates.
    pub markdown: String,
    /// The components that the post itself names without setting a state.
    pub mentions: Vec<Slug>,
    /// The changes of state that the post itself made; for a maintenance, those that it plans.
    pub changes: Vec<StateChange>,
    /// Its updates, oldest first, by `(at, seq)`.
    pub updates: Vec<Update>,
    /// When the title or text was last corrected.
    #[serde(with = "chrono::serde::ts_milliseconds_option")]
    pub edited_at: Option<DateTime<Utc>>,
    /// When it became public here.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub public_at: DateTime<Utc>,
    /// Where it comes from.
    pub source: Source,
    /// It is stored but not published.
    pub draft: bool,
    /// Its post is an item in feeds. If not, its first update stands in for it. This is decided
    /// when it becomes public ([`has_own_item`]), and stored.
    pub own_item: bool,
}

/// Whether the post of an incident that becomes public is a feed item of its own: not if its
/// updates say everything.
pub fn has_own_item(markdown: &str, has_updates: bool) -> bool {
    !(has_updates && markdown.trim().is_empty())
}

impl Incident {
    /// Its phase at `now`.
    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        self.updates
            .iter()
            .rev()
            .filter(|update| update.at <= now + CLOCK_TOLERANCE)
            .find_map(|update| update.phase)
            .or(self.stated_phase)
            .unwrap_or(self.kind.first_phase())
    }

    /// Whether it affects customers at `now`: an unresolved disruption does, a maintenance in
    /// progress or being verified does, a notice never does.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        is_open(self.kind, self.phase(now))
    }

    /// Whether it is a maintenance that is still planned at `now`.
    pub fn is_planned(&self, now: DateTime<Utc>) -> bool {
        self.kind == Kind::Maintenance && self.phase(now) == Phase::Scheduled
    }

    /// When it takes place: as the post states it, moved by its updates. Empty if it isn't a
    /// maintenance.
    pub fn window(&self) -> Window {
        let updates = self.updates.iter();
        match self.kind {
            Kind::Maintenance => updates.fold(self.stated_window(), |window, update| {
                window.moved_by(update.window)
            }),
            Kind::Disruption | Kind::Notice => Window::default(),
        }
    }

    /// When it takes place according to its post. Empty if it isn't a maintenance.
    pub fn stated_window(&self) -> Window {
        match self.kind {
            Kind::Maintenance => Window {
                starts: self.starts,
                ends: self.ends,
            },
            Kind::Disruption | Kind::Notice => Window::default(),
        }
    }

    /// When it was to take place, if it was a public maintenance and was made something else.
    pub fn former_window(&self) -> Option<Window> {
        match self.kind {
            Kind::Maintenance => None,
            Kind::Disruption | Kind::Notice => self.starts.map(|starts| Window {
                starts: Some(starts),
                ends: self.ends,
            }),
        }
    }

    /// For a maintenance: when the clock next changes its phase, because its window opens or
    /// closes, and the phase that follows. `None` if a later phase has been stated.
    pub fn next_transition(&self) -> Option<(DateTime<Utc>, Phase)> {
        if self.kind != Kind::Maintenance {
            return None;
        }
        let said = self.updates.iter().rev();
        let said = said
            .filter_map(|update| Some((update.at, update.phase?)))
            .next();
        let stated = self.stated_phase.map(|phase| (self.published_at, phase));
        let (said_at, phase) = said
            .or(stated)
            .map_or((None, Phase::Scheduled), |(at, phase)| (Some(at), phase));
        let window = self.window();
        let (at, next) = match phase {
            Phase::Scheduled => (window.starts?, Phase::InProgress),
            Phase::InProgress | Phase::Verifying => (window.ends?, Phase::Completed),
            Phase::Completed
            | Phase::Cancelled
            | Phase::Postmortem
            | Phase::Investigating
            | Phase::Identified
            | Phase::Monitoring
            | Phase::Resolved => return None,
        };
        said_at
            .is_none_or(|said_at| said_at <= at)
            .then_some((at, next))
    }

    /// How long an instant lies before everything said about the incident, if that is long enough
    /// to be a mistake: a wrong day, or the wrong half of one.
    pub fn unusually_early(&self, at: DateTime<Utc>) -> Option<Duration> {
        let updates = self.updates.iter().map(|update| update.at);
        let first = updates.fold(self.published_at, Ord::min);
        Some(first - at).filter(|early| *early > Duration::hours(1))
    }

    /// The update that was made last, whatever instant it refers to.
    pub fn last_made(&self) -> Option<&Update> {
        self.updates.iter().max_by_key(|update| update.seq)
    }

    /// The earlier of its post and its first update; for a maintenance, its window's start.
    pub fn started(&self) -> DateTime<Utc> {
        if let Some(starts) = self.window().starts {
            return starts;
        }
        self.updates
            .first()
            .map_or(self.published_at, |first| first.at.min(self.published_at))
    }

    /// The earliest instant that it affects.
    pub fn earliest(&self) -> DateTime<Utc> {
        let starts = self
            .updates
            .iter()
            .filter_map(|update| update.window.starts);
        let updates = self.updates.iter().map(|update| update.at);
        let changes = self.all_changes().map(|change| change.at);
        let others = starts.chain(updates).chain(changes).chain(self.starts);
        others.fold(self.published_at, Ord::min)
    }

    /// The impact set by staff, else that of the worst state that it ever set.
    pub fn impact(&self, states: &States) -> Impact {
        self.stated_impact.unwrap_or_else(|| {
            self.all_changes()
                .map(|change| Impact::of_tone(states.tone(&change.state)))
                .max()
                .unwrap_or(Impact::None)
        })
    }

    /// Every change of state that it made: its post's, then its updates'.
    pub fn all_changes(&self) -> impl Iterator<Item = &StateChange> {
        self.changes
            .iter()
            .chain(self.updates.iter().flat_map(|update| &update.changes))
    }

    /// Inserts a change of state by time: into the update that it names, or into the post. A change
    /// of an update that isn't there is dropped.
    pub fn add_change(&mut self, change: StateChange) {
        let place = match &change.update {
            None => Some(&mut self.changes),
            Some(id) => self
                .updates
                .iter_mut()
                .find(|update| update.id == *id)
                .map(|update| &mut update.changes),
        };
        if let Some(changes) = place {
            let time = (change.at, change.seq);
            let index = changes.partition_point(|other| (other.at, other.seq) <= time);
            changes.insert(index, change);
        }
    }

    /// Every component that it names, each once, in the order of first mention.
    pub fn components(&self) -> Vec<&Slug> {
        let mut found: Vec<&Slug> = Vec::new();
        let post = self
            .changes
            .iter()
            .map(|change| &change.component)
            .chain(&self.mentions);
        let updates = self.updates.iter().flat_map(|update| {
            update
                .changes
                .iter()
                .map(|change| &change.component)
                .chain(&update.mentions)
        });
        for slug in post.chain(updates) {
            if !found.contains(&slug) {
                found.push(slug);
            }
        }
        found
    }

    /// The instant of its latest update or of its post, whichever is later.
    pub fn last_said(&self) -> DateTime<Utc> {
        self.updates
            .last()
            .map_or(self.published_at, |last| last.at.max(self.published_at))
    }
}

/// Whether an incident of this kind affects customers in this phase.
pub fn is_open(kind: Kind, phase: Phase) -> bool {
    match kind {
        Kind::Disruption => !phase.is_final(),
        Kind::Maintenance => match phase {
            Phase::InProgress | Phase::Verifying => true,
            Phase::Investigating
            | Phase::Identified
            | Phase::Monitoring
            | Phase::Resolved
            | Phase::Scheduled
            | Phase::Completed
            | Phase::Cancelled
            | Phase::Postmortem => false,
        },
        Kind::Notice => false,
    }
}
