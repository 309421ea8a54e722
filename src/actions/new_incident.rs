//! An incident to create.

use chrono::{DateTime, Utc};

use super::new_update::NewUpdate;
use super::once::IfRepeated;
use crate::domain::event::facts::StatedStates;
use crate::domain::incident::{Impact, Kind};
use crate::domain::update::Phase;

/// An incident to create.
#[derive(Debug, Clone, Default)]
pub struct NewIncident {
    /// Its headline.
    pub title: String,
    /// The text; UPDATE entries in it are read as in a file.
    pub markdown: String,
    /// What kind of post it is.
    pub kind: Option<Kind>,
    /// Its phase.
    pub phase: Option<Phase>,
    /// How bad it is.
    pub impact: Option<Impact>,
    /// The components that it names, and the states that it sets.
    pub components: StatedStates,
    /// The start of a maintenance's window.
    pub starts: Option<DateTime<Utc>>,
    /// The end of a maintenance's window.
    pub ends: Option<DateTime<Utc>>,
    /// The byline.
    pub author: Option<String>,
    /// The post's date; by default now.
    pub published_at: Option<DateTime<Utc>>,
    /// Whether it is saved without being published.
    pub draft: bool,
    /// The first update.
    pub update: Option<NewUpdate>,
    /// Allows another maintenance of the same components at the same time.
    pub overlap: bool,
    /// What to do if the same was posted a moment ago.
    pub again: IfRepeated,
}
