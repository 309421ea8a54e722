//! Components: what customers depend on, and what each of them was and is.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::slug::Slug;
use super::state::StateKey;

/// What customers depend on: usually a server ("Selma") or a shared service ("Mail delivery").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Its name in URLs, files and the API; also its identity.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// The heading under which it is listed.
    pub group: Option<String>,
    /// One line for customers.
    pub description: Option<String>,
    /// Its position in the list, counted from 0.
    pub position: i64,
    /// The day on which it began, if the site says so.
    pub since: Option<NaiveDate>,
    /// When Lightship first saw it.
    pub created_at: DateTime<Utc>,
    /// When it was retired; it is then shown only on its own page and in the past.
    pub retired_at: Option<DateTime<Utc>>,
    /// It is in `site.toml`, so the API can't change what that states.
    pub from_file: bool,
}

/// What made a change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An incident's post, at the post's date.
    Post,
    /// An incident's update.
    Update,
    /// A request of its own, through the API, the command line or a staff page.
    Request,
    /// Lightship itself, when an incident was resolved: the component returned to what it was.
    Restore,
    /// A maintenance's post: what the component will become. It has no effect by itself.
    Plan,
    /// Lightship itself, when a maintenance began: the component took the planned state.
    Begin,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 6] = [
        Self::Post,
        Self::Update,
        Self::Request,
        Self::Restore,
        Self::Plan,
        Self::Begin,
    ];

    /// The word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Update => "update",
            Self::Request => "request",
            Self::Restore => "restore",
            Self::Plan => "plan",
            Self::Begin => "begin",
        }
    }

    /// The origin that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == word)
    }

    /// Whether nobody stated the change: it follows from the history and is derived again with it.
    pub fn is_derived(self) -> bool {
        match self {
            Self::Restore | Self::Begin => true,
            Self::Post | Self::Update | Self::Request | Self::Plan => false,
        }
    }
}

/// A component took a state at an instant. Sorted by `(at, seq)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateChange {
    /// The component that changed.
    pub component: Slug,
    /// When it changed.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// Its order among the changes at the same instant.
    pub seq: i64,
    /// What it became.
    pub state: StateKey,
    /// A line for customers; a change without one clears it.
    pub note: Option<String>,
    /// The id of the incident that it belongs to.
    #[serde(with = "super::uuid_text::option")]
    pub incident: Option<String>,
    /// The id of the update that it belongs to.
    #[serde(with = "super::uuid_text::option")]
    pub update: Option<String>,
    /// What made it.
    pub origin: Origin,
    /// When it became public here; feeds select and sort by it.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub public_at: DateTime<Utc>,
}

/// What a component is at some instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its state.
    pub state: StateKey,
    /// The note of the change that set it.
    pub note: Option<String>,
    /// When it took that state; `None` if it was never in another.
    pub since: Option<DateTime<Utc>>,
}

/// What a component is at the instant `at`, given its `changes` (sorted by `(at, seq)`): the latest
/// change at or before it decides, whatever made it. `since` is when the state was first taken:
/// repeating a state (with another note) doesn't reset it.
pub fn standing(changes: &[StateChange], at: DateTime<Utc>) -> Standing {
    let so_far = &changes[..changes.partition_point(|change| change.at <= at)];
    let Some(latest) = so_far.last() else {
        return Standing {
            state: StateKey::operational(),
            note: None,
            since: None,
        };
    };
    let since = so_far
        .iter()
        .rev()
        .take_while(|change| change.state == latest.state)
        .last()
        .map(|change| change.at);
    Standing {
        state: latest.state.clone(),
        note: latest.note.clone(),
        since,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_change_at_or_before_the_instant_decides() {
        let at = |minute: i64| DateTime::from_timestamp(minute * 60, 0).expect("in range");
        let change = |minute, seq, state: &str, note: Option<&str>| StateChange {
            component: Slug::parse("selma").expect("a slug"),
            at: at(minute),
            seq,
            state: StateKey::new(state),
            note: note.map(str::to_owned),
            incident: None,
            update: None,
            origin: Origin::Request,
            public_at: at(minute),
        };
        let changes = [
            change(10, 1, "degraded", None),
            change(20, 2, "major_outage", Some("rescue")),
            change(30, 3, "major_outage", None),
        ];
        assert_eq!(standing(&changes, at(9)).state, StateKey::operational());
        assert_eq!(standing(&changes, at(10)).state.as_str(), "degraded");
        assert_eq!(standing(&changes, at(29)).note.as_deref(), Some("rescue"));
        let now = standing(&changes, at(40));
        assert_eq!((now.note, now.since), (None, Some(at(20))));
    }

    #[test]
    fn origins_are_read_as_they_are_written_and_two_follow_from_the_history() {
        let words = ["post", "update", "request", "restore", "plan", "begin"];
        for (origin, word) in Origin::ALL.into_iter().zip(words) {
            assert_eq!((origin.as_str(), Origin::parse(word)), (word, Some(origin)));
            assert_eq!(serde_json::json!(origin), word);
            let is_derived = matches!(word, "restore" | "begin");
            assert_eq!(origin.is_derived(), is_derived, "{word}");
        }
    }
}
