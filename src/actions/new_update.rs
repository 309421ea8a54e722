//! An update to add.

use chrono::{DateTime, Utc};

use super::once::IfRepeated;
use crate::domain::event::facts::StatedStates;
use crate::domain::fact::Fact;
use crate::domain::update::Phase;
use crate::domain::window::Window;

/// An update to add.
#[derive(Debug, Clone, Default)]
pub struct NewUpdate {
    /// The text.
    pub markdown: String,
    /// The fact that it tells in place of a text.
    pub fact: Option<Fact>,
    /// The phase that it sets.
    pub phase: Option<Phase>,
    /// The states that come with it.
    pub components: StatedStates,
    /// The time that it refers to; by default now.
    pub at: Option<DateTime<Utc>>,
    /// The byline.
    pub author: Option<String>,
    /// Whether components return to their previous states, if it resolves the incident.
    pub restore: Option<bool>,
    /// The part of a maintenance's window that it moves.
    pub window: Window,
    /// The id of the last update that the writer saw ([`Incident::last_made`]), or `Some(None)` if
    /// there was none. If something was posted since, nothing is done. `None` skips the check.
    ///
    /// [`Incident::last_made`]: crate::domain::incident::Incident::last_made
    pub seen: Option<Option<String>>,
    /// What to do if the same was posted a moment ago.
    pub again: IfRepeated,
}

impl NewUpdate {
    /// Whether it consists of a text only, dated now.
    pub fn is_text(&self) -> bool {
        let Self {
            markdown: _,
            author: _,
            seen: _,
            restore: _,
            again: _,
            phase,
            components,
            at,
            window,
            fact,
        } = self;
        let is_plain = phase.is_none() && components.is_empty() && at.is_none();
        is_plain && window.is_empty() && fact.is_none()
    }
}
