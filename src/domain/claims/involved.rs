//! What claims need to know about an incident: its course and the order in which it was reported.

use chrono::{DateTime, Utc};

use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::domain::window::Window;

/// The least distance between the `seq` numbers of posts and updates. The changes that they make
/// have numbers in between; what follows from them has the last ones.
pub const SEQ_STEP: i64 = 1024;

/// An incident that names the component, as far as claims need it.
#[derive(Debug, Clone, PartialEq)]
pub struct Involved {
    /// The incident's id.
    pub id: String,
    /// The component in question.
    pub component: Slug,
    /// What sort of post it is.
    pub kind: Kind,
    /// The post's own date.
    pub published_at: DateTime<Utc>,
    /// The earliest instant for which it states the component's state.
    pub first_said: Option<DateTime<Utc>>,
    /// The post's sequence number.
    pub seq: i64,
    /// When the post became public.
    pub public_at: DateTime<Utc>,
    /// The phase stated in the front matter.
    pub stated_phase: Option<Phase>,
    /// The window that the post states.
    pub window: Window,
    /// Its updates, oldest first.
    pub steps: Vec<Step>,
}

impl Involved {
    /// The earliest instant that it affects.
    pub fn earliest(&self) -> DateTime<Utc> {
        let moved = self.steps.iter().map(|step| step.window.starts);
        let begun = moved.chain([self.window.starts, self.first_said]).flatten();
        let steps = self.steps.iter().map(|step| step.at);
        begun.chain(steps).fold(self.published_at, Ord::min)
    }
}

/// An update, as far as claims need it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The update's id.
    pub update: String,
    /// The instant it refers to.
    pub at: DateTime<Utc>,
    /// Its sequence number.
    pub seq: i64,
    /// When it became public.
    pub public_at: DateTime<Utc>,
    /// The phase that it sets.
    pub phase: Option<Phase>,
    /// The window, as far as the update moves it.
    pub window: Window,
    /// If it ends the incident: whether components return to what they were, or stay as they are.
    pub restore: bool,
    /// It is an entry of the incident's file.
    pub is_entry: bool,
}

#[cfg(test)]
impl Involved {
    /// One that names Selma, whose post was published in a minute and says nothing else.
    pub(super) fn example(id: &str, kind: Kind, minute: i64) -> Self {
        let at = crate::domain::incident::example::at(minute);
        Self {
            id: id.to_owned(),
            component: Slug::parse("selma").expect("a slug"),
            kind,
            published_at: at,
            first_said: None,
            seq: minute * SEQ_STEP,
            public_at: at,
            stated_phase: None,
            window: Window::default(),
            steps: Vec::new(),
        }
    }
}
