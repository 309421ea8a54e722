//! An incident that somebody wants created.

use chrono::{DateTime, Utc};

use super::new_update::NewUpdate;
use super::once::IfRepeated;
use crate::domain::event::facts::StatedStates;
use crate::domain::incident::{Impact, Kind};
use crate::domain::update::Phase;

/// An incident in the making.
#[derive(Debug, Clone, Default)]
pub struct NewIncident {
    /// Its headline.
    pub title: String,
    /// The post; UPDATE entries in it are read as in a file.
    pub markdown: String,
    /// What kind of post it is.
    pub kind: Option<Kind>,
    /// Where it stands.
    pub phase: Option<Phase>,
    /// How bad it is.
    pub impact: Option<Impact>,
    /// What it names, and the states it sets.
    pub components: StatedStates,
    /// A maintenance's window: its start.
    pub starts: Option<DateTime<Utc>>,
    /// A maintenance's window: its end.
    pub ends: Option<DateTime<Utc>>,
    /// The byline.
    pub author: Option<String>,
    /// The post's date; without one, now.
    pub published_at: Option<DateTime<Utc>>,
    /// Saved but not published.
    pub draft: bool,
    /// A first update.
    pub update: Option<NewUpdate>,
    /// Allow another maintenance of the same components at the same time.
    pub overlap: bool,
    /// What is done if the same was posted a moment ago.
    pub again: IfRepeated,
}
