//! Updates: the dated entries of an incident, and the phases they put it in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::component::{Origin, StateChange};
use super::fact::Fact;
use super::slug::Slug;
use super::window::Window;

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The cause isn't known yet.
    Investigating,
    /// The cause is known.
    Identified,
    /// A remedy is in place and is being watched.
    Monitoring,
    /// It is over.
    Resolved,
    /// A maintenance that is planned.
    Scheduled,
    /// A maintenance under way.
    InProgress,
    /// A maintenance whose result is being checked.
    Verifying,
    /// A maintenance that is done.
    Completed,
    /// A maintenance that won't take place.
    Cancelled,
    /// It is over, and this is the account of what happened.
    Postmortem,
}

impl Phase {
    /// Every phase, those of a disruption first.
    pub const ALL: [Self; 10] = [
        Self::Investigating,
        Self::Identified,
        Self::Monitoring,
        Self::Resolved,
        Self::Scheduled,
        Self::InProgress,
        Self::Verifying,
        Self::Completed,
        Self::Cancelled,
        Self::Postmortem,
    ];

    /// The word used in files, the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Verifying => "verifying",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Postmortem => "postmortem",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Investigating => "Investigating",
            Self::Identified => "Identified",
            Self::Monitoring => "Monitoring",
            Self::Resolved => "Resolved",
            Self::Scheduled => "Scheduled",
            Self::InProgress => "In progress",
            Self::Verifying => "Verifying",
            Self::Completed => "Completed",
            Self::Cancelled => "Cancelled",
            Self::Postmortem => "Postmortem",
        }
    }

    /// The phase that a word names, exactly as [`Phase::as_str`] writes it.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == word)
    }

    /// Whether nothing more is expected after it.
    pub fn is_final(self) -> bool {
        match self {
            Self::Resolved | Self::Completed | Self::Cancelled | Self::Postmortem => true,
            Self::Investigating
            | Self::Identified
            | Self::Monitoring
            | Self::Scheduled
            | Self::InProgress
            | Self::Verifying => false,
        }
    }

    /// How far along it is, from 0 (just begun) to 3 (over) and 4 (explained afterwards).
    pub fn progress(self) -> u8 {
        match self {
            Self::Investigating | Self::Scheduled => 0,
            Self::Identified | Self::InProgress => 1,
            Self::Monitoring | Self::Verifying => 2,
            Self::Resolved | Self::Completed | Self::Cancelled => 3,
            Self::Postmortem => 4,
        }
    }

    /// Whether only a maintenance can be in it.
    pub fn is_of_maintenance(self) -> bool {
        match self {
            Self::Scheduled
            | Self::InProgress
            | Self::Verifying
            | Self::Completed
            | Self::Cancelled => true,
            Self::Investigating
            | Self::Identified
            | Self::Monitoring
            | Self::Resolved
            | Self::Postmortem => false,
        }
    }
}

/// How exactly an instant is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// To the minute: shown with its time.
    Minute,
    /// To the day: shown without a time.
    Day,
    /// Not at all: its order follows from its neighbours.
    None,
}

impl Precision {
    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Day => "day",
            Self::None => "none",
        }
    }

    /// The precision that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Minute, Self::Day, Self::None]
            .into_iter()
            .find(|precision| precision.as_str() == word)
    }
}

/// An instant, and how exactly it is known.
pub type KnownInstant = (DateTime<Utc>, Precision);

/// Where an incident or an update comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A file in the content folder, which owns what it says.
    File,
    /// The API, the command line or the staff pages.
    Api,
    /// The clock: a maintenance window that opened or closed.
    Clock,
}

impl Source {
    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Api => "api",
            Self::Clock => "clock",
        }
    }

    /// The source that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::File, Self::Api, Self::Clock]
            .into_iter()
            .find(|source| source.as_str() == word)
    }
}

/// One dated entry of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Its id in permalinks and feeds; never changes and is never reused.
    #[serde(with = "super::uuid_text")]
    pub id: String,
    /// The instant it refers to.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// Its order among the updates of the same instant.
    pub seq: i64,
    /// How exactly `at` is known.
    pub precision: Precision,
    /// The time as its author typed it, if a person did.
    pub as_written: Option<String>,
    /// The phase it puts the incident in; `None` leaves it.
    pub phase: Option<Phase>,
    /// The byline, if it has its own.
    pub author: Option<String>,
    /// The text.
    pub markdown: String,
    /// The fact that it states if it has no text.
    pub fact: Option<Fact>,
    /// The changes of state that it made, and those that followed from it.
    pub changes: Vec<StateChange>,
    /// Components that it only names.
    pub mentions: Vec<Slug>,
    /// If it resolves: whether components return to what they were.
    pub restore: bool,
    /// For a maintenance: the window, as far as the update moves it.
    pub window: Window,
    /// When it was last corrected.
    #[serde(with = "chrono::serde::ts_milliseconds_option")]
    pub edited_at: Option<DateTime<Utc>>,
    /// When it became public here.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub public_at: DateTime<Utc>,
    /// Where it comes from.
    pub source: Source,
}

impl Update {
    /// Whether it sets a state itself.
    pub fn sets_states(&self) -> bool {
        let mut changes = self.changes.iter();
        changes.any(|change| change.origin != Origin::Restore)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::example::change;
    use crate::domain::incident::{Incident, Kind};
    use serde_json::json;

    #[test]
    fn words_are_read_as_they_are_written() {
        for (word, phase) in [
            ("investigating", Phase::Investigating),
            ("identified", Phase::Identified),
            ("monitoring", Phase::Monitoring),
            ("resolved", Phase::Resolved),
            ("scheduled", Phase::Scheduled),
            ("in_progress", Phase::InProgress),
            ("verifying", Phase::Verifying),
            ("completed", Phase::Completed),
            ("cancelled", Phase::Cancelled),
            ("postmortem", Phase::Postmortem),
        ] {
            assert_eq!((phase.as_str(), Phase::parse(word)), (word, Some(phase)));
            assert_eq!(json!(phase), word);
            let label = phase.label().to_lowercase().replace(' ', "_");
            assert_eq!(label, word);
        }
        for (word, precision) in [
            ("minute", Precision::Minute),
            ("day", Precision::Day),
            ("none", Precision::None),
        ] {
            let read = Precision::parse(word);
            assert_eq!((precision.as_str(), read), (word, Some(precision)));
            assert_eq!(json!(precision), word);
        }
        for (word, source) in [
            ("file", Source::File),
            ("api", Source::Api),
            ("clock", Source::Clock),
        ] {
            assert_eq!((source.as_str(), Source::parse(word)), (word, Some(source)));
            assert_eq!(json!(source), word);
        }
    }

    #[test]
    fn a_phase_is_further_along_than_those_before_it_and_the_last_ones_are_final() {
        for kind in Kind::ALL {
            let phases = kind.phases();
            assert!(phases.is_sorted_by_key(|phase| phase.progress()));
            assert!(phases.is_sorted_by_key(|phase| phase.is_final()));
            assert_eq!(phases[0].progress(), 0);
            assert_eq!(phases[2].progress(), 2);
            for phase in phases {
                assert_eq!(phase.is_final(), phase.progress() > 2, "{phase:?}");
                let is_shared = *phase == Phase::Postmortem;
                let is_work = kind == Kind::Maintenance && !is_shared;
                assert_eq!(phase.is_of_maintenance(), is_work, "{phase:?}");
                assert_eq!(phase.progress() == 4, is_shared, "{phase:?}");
            }
        }
    }

    #[test]
    fn what_came_of_an_end_is_no_state_that_it_sets() {
        let mut incident = Incident::example(Kind::Disruption, 60).said(70, None);
        assert!(!incident.updates[0].sets_states());
        let mut given_back = change("selma", 70, "operational", Some("0"));
        given_back.origin = Origin::Restore;
        incident.add_change(given_back);
        assert!(!incident.updates[0].sets_states());
        incident.add_change(change("nelson", 70, "degraded", Some("0")));
        assert!(incident.updates[0].sets_states());
    }
}
