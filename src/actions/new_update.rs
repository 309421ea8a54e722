//! An update that somebody wants added.

use chrono::{DateTime, Utc};

use super::once::IfRepeated;
use crate::domain::event::facts::StatedStates;
use crate::domain::fact::Fact;
use crate::domain::update::Phase;
use crate::domain::window::Window;

/// An update in the making.
#[derive(Debug, Clone, Default)]
pub struct NewUpdate {
    /// The text.
    pub markdown: String,
    /// What it tells instead of a text.
    pub fact: Option<Fact>,
    /// The phase that it sets.
    pub phase: Option<Phase>,
    /// The states that come with it.
    pub components: StatedStates,
    /// The time it refers to; without one, now.
    pub at: Option<DateTime<Utc>>,
    /// The byline.
    pub author: Option<String>,
    /// If it resolves: whether components return to what they were.
    pub restore: Option<bool>,
    /// Of a maintenance: the window, as far as it moves it.
    pub window: Window,
    /// The update that its writer saw last, by id ([`Incident::last_made`]), or `Some(None)` if
    /// there was none. If something was posted since, nothing is done. `None`: don't ask.
    ///
    /// [`Incident::last_made`]: crate::domain::incident::Incident::last_made
    pub seen: Option<Option<String>>,
    /// What is done if the same was posted a moment ago.
    pub again: IfRepeated,
}

impl NewUpdate {
    /// It is a text of this instant and nothing else.
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
