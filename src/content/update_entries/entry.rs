//! What a body yields: the post's own text and its entries.

use chrono::{DateTime, Utc};

use crate::content::problem::Problem;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Phase, Precision};
use crate::domain::window::Window;

/// An UPDATE entry after reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The instant that it refers to.
    pub at: DateTime<Utc>,
    /// How exactly the instant is known.
    pub precision: Precision,
    /// The time as typed, such as `2/26/13 – 2:15 MST`; `None` without one.
    pub as_written: Option<String>,
    /// The phase that it sets.
    pub phase: Option<Phase>,
    /// Its number, as in "Update 3".
    pub number: Option<u32>,
    /// Its text, trimmed, without header, closing state list and comment.
    pub markdown: String,
    /// The changes of state in its closing list.
    pub changes: Vec<StateLine>,
    /// The id in its comment.
    pub id: Option<String>,
    /// The byline in its comment.
    pub author: Option<String>,
    /// When it was last corrected, from its comment.
    pub edited_at: Option<DateTime<Utc>>,
    /// When it became public, from its comment.
    pub public_at: Option<DateTime<Utc>>,
    /// If it resolves: whether components return to what they were (`restore: no` in its comment).
    pub restore: bool,
    /// For a maintenance: the window, as far as the entry moves it (`starts: …`, `ends: …` in its
    /// comment).
    pub window: Window,
    /// The line of the file on which it begins, counted from 1.
    pub line: usize,
}

/// A component, and the state that an entry or a post gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateLine {
    /// The component.
    pub component: Slug,
    /// The state; `None` if the component is only named.
    pub state: Option<StateKey>,
    /// The line for customers.
    pub note: Option<String>,
}

/// A body after reading: the post's own text and its entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The body without its entries, trimmed.
    pub markdown: String,
    /// The entries, in file order.
    pub entries: Vec<Entry>,
    /// Everything that is wrong or doubtful. A reading with an error must not be published.
    pub problems: Vec<Problem>,
    /// The entries run newest first.
    pub newest_first: bool,
    /// The lines that stay text because they announce something; the caller stores them.
    pub announced: Vec<String>,
}
