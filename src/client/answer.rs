//! What the command line needs of the server's answers; the rest of them is passed over.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::ClientError;

use crate::domain::incident::{self, CLOCK_TOLERANCE, Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::wire::update::LastStates;

/// A component and what it is now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct ComponentAnswer {
    /// Its name in URLs.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// The heading under which it is listed.
    pub group: Option<String>,
    /// What it is right now.
    pub state: StateKey,
    /// A line for customers that came with the state.
    pub note: Option<String>,
    /// When it took that state, as RFC 3339.
    pub state_since: Option<String>,
    /// When it was retired, as RFC 3339.
    #[serde(default)]
    pub retired_at: Option<String>,
}

/// An incident and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct IncidentAnswer {
    /// Its name in URLs.
    pub slug: Slug,
    /// Its headline.
    pub title: String,
    /// What kind of post it is.
    pub kind: Kind,
    /// Where it stands now.
    pub phase: Phase,
    /// The post's date.
    pub published_at: DateTime<Utc>,
    /// Its page.
    pub url: String,
    /// It is kept, but not published.
    #[serde(default)]
    pub draft: bool,
    /// For a maintenance: when its window opens, as RFC 3339.
    #[serde(default)]
    pub starts: Option<String>,
    /// For a maintenance: when its window closes, as RFC 3339.
    #[serde(default)]
    pub ends: Option<String>,
    /// How bad it is.
    #[serde(default, skip_serializing)]
    pub impact: Option<Impact>,
    /// The state that it last set each component to.
    #[serde(default, skip_serializing)]
    pub components: LastStates,
    /// Its post.
    #[serde(default, skip_serializing)]
    pub markdown: String,
    /// Its updates as the server says them, by time.
    #[serde(default, skip_serializing)]
    pub updates: Vec<Value>,
}

impl IncidentAnswer {
    /// Whether customers are told that it affects them at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.is_shown(now) && incident::is_open(self.kind, self.phase)
    }

    /// The earlier of its post and its first update.
    pub fn began(&self) -> DateTime<Utc> {
        let updates = self.updates.iter();
        let times = updates.filter_map(|update| update["at"].as_str()?.parse().ok());
        times.fold(self.published_at, DateTime::min)
    }

    /// Whether it is work with a window.
    pub fn is_maintenance(&self) -> bool {
        self.kind == Kind::Maintenance
    }

    /// Whether it is a maintenance that customers are told of at `now`, and that is still to come.
    pub fn is_planned(&self, now: DateTime<Utc>) -> bool {
        self.is_shown(now) && self.kind == Kind::Maintenance && self.phase == Phase::Scheduled
    }

    /// Whether customers can read it at `now`: one that is dated ahead waits until then.
    fn is_shown(&self, now: DateTime<Utc>) -> bool {
        !self.draft && self.published_at <= now + CLOCK_TOLERANCE
    }
}

/// One thing as the server had it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub(super) status: u16,
    pub(super) body: Value,
    /// The tag of what was read, for changing just that.
    pub etag: String,
}

impl Found {
    /// It, read as what it should be.
    pub fn value<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        let status = self.status;
        serde_json::from_value(self.body).map_err(|error| {
            ClientError::unexpected(status, format!("not what was expected: {error}"))
        })
    }

    /// One of its texts; an empty one if it isn't there.
    pub fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_default()
    }
}
