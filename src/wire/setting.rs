//! What a request says about a component: a state, a state with a note, or only its name.

use serde::{Deserialize, Serialize};

use super::ordered::ByComponent;
use super::request_macro::request;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;

/// A state to set: a word, or a word with a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// The state alone.
    State(StateKey),
    /// The state and a line for customers.
    WithNote(StateWithNote),
}

request! {
    /// A state and a line for customers.
    pub struct StateWithNote {
        /// The state.
        #[schema(value_type = String)]
        required state: StateKey = state,
        /// A line for customers; without one, an earlier note is cleared.
        defaulted note: Option<String> = note,
    }
}

impl Setting {
    /// The state to set, as written.
    pub fn state(&self) -> &StateKey {
        match self {
            Self::State(state) | Self::WithNote(StateWithNote { state, .. }) => state,
        }
    }

    /// The line for customers.
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::State(_) => None,
            Self::WithNote(StateWithNote { note, .. }) => note.as_deref(),
        }
    }
}

/// Components and what to set each to, in the order of the request; `None` only names one.
pub type ComponentSettings = ByComponent<Option<Setting>>;

impl ComponentSettings {
    /// Settings without notes, as the command line's `--set` gives them.
    pub fn of_states(states: impl IntoIterator<Item = (Slug, StateKey)>) -> Self {
        let setting = |(slug, state)| (slug, Some(Setting::State(state)));
        Self(states.into_iter().map(setting).collect())
    }
}
