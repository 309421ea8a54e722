//! What claims know of an incident: its course and the order in which it was told.

use chrono::{DateTime, Utc};

use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::domain::window::Window;

/// How far `seq` numbers of posts and updates lie apart at least, so that the changes they make
/// can stand between them; what follows from them comes last.
pub const SEQ_STEP: i64 = 1024;

/// An incident that names the component, as far as claims are concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct Involved {
    /// The incident.
    pub id: String,
    /// The component that is spoken of.
    pub component: Slug,
    /// What sort of post it is.
    pub kind: Kind,
    /// The post's own date.
    pub published_at: DateTime<Utc>,
    /// The earliest instant of which it says a state of the component.
    pub first_said: Option<DateTime<Utc>>,
    /// The order in which the post was made.
    pub seq: i64,
    /// When the post became public.
    pub public_at: DateTime<Utc>,
    /// The phase that front matter states.
    pub stated_phase: Option<Phase>,
    /// The window that the post states.
    pub window: Window,
    /// Its updates, oldest first.
    pub steps: Vec<Step>,
}

impl Involved {
    /// The first instant that anything of it concerns.
    pub fn earliest(&self) -> DateTime<Utc> {
        let moved = self.steps.iter().map(|step| step.window.starts);
        let begun = moved.chain([self.window.starts, self.first_said]).flatten();
        let steps = self.steps.iter().map(|step| step.at);
        begun.chain(steps).fold(self.published_at, Ord::min)
    }
}

/// An update, as far as claims are concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The update.
    pub update: String,
    /// The instant it speaks of.
    pub at: DateTime<Utc>,
    /// The order in which it was made.
    pub seq: i64,
    /// When it became public.
    pub public_at: DateTime<Utc>,
    /// The phase that it sets.
    pub phase: Option<Phase>,
    /// The window, as far as it moves it.
    pub window: Window,
    /// If it ends the incident: whether components return; otherwise they stay as they are.
    pub restore: bool,
    /// It is an entry of the file that the incident comes from.
    pub is_entry: bool,
}
