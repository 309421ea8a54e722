//! The grammar of UPDATE entries: what people type into a post, and what it means.
//!
//! The way of a body: [`literal`] takes out what stands for itself, [`blocks`] finds the
//! paragraphs, headings and list items of the rest, [`flat`] and [`lexer`] make their lines into
//! words, numbers and signs, [`draft`] reads label ([`label`]) and time ([`time_text`]), [`header`]
//! judges by the rules of [`acceptance`], [`scan`] collects the beginnings, [`announced`] takes those
//! out that announce something, [`extent`] says how far each reaches, [`raw`] collects what it holds,
//! [`instants`] finds out the [`direction`] and gives each its instant ([`resolution`]).
//! [`leftovers`] knows marks of other systems. [`spoken`] reads the times of flags and forms.

mod acceptance;
mod announced;
mod blocks;
mod calendar;
mod clock;
pub(in crate::content) mod comment;
mod date;
mod direction;
mod draft;
mod extent;
mod flat;
mod gap;
mod header;
pub mod identity;
mod instants;
mod label;
mod leftovers;
mod lexer;
pub(in crate::content) mod literal;
mod raw;
mod reading;
pub(in crate::content) mod report;
pub(in crate::content) mod resolution;
mod scan;
mod spoken;
#[cfg(test)]
pub mod spoken_times;
mod state_list;
#[cfg(test)]
mod stress_tests;
#[cfg(test)]
mod tests;
mod text;
pub(in crate::content) mod time_text;
#[cfg(test)]
mod told_tests;
mod zone_reading;
mod zone_text;

pub use self::announced::{Kept, kept_lines};
pub use self::reading::read;
pub(in crate::content) use self::reading::say_how_to_keep;
pub use self::spoken::{Ground, Lean, SpokenTime, read_spoken};

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;

use super::component_word::Group;
use super::problem::Problem;
use crate::domain::date_order::DateOrder;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::update::{Phase, Precision};
use crate::domain::window::Window;

/// What the reader must know of the site and the post to read entries.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The file, for problems; relative to the content folder. Empty for a text from the API.
    pub file: &'a str,
    /// The line of the file on which the body begins, counted from 1.
    pub first_line: usize,
    /// The site's zone.
    pub zone: Tz,
    /// How dates in figures are read.
    pub date_order: DateOrder,
    /// Abbreviations with several meanings that the site has settled.
    pub zones: &'a BTreeMap<String, FixedOffset>,
    /// The post's date.
    pub posted_at: DateTime<Utc>,
    /// Whether `posted_at` has a time of day.
    pub posted_precision: Precision,
    /// The clock.
    pub now: DateTime<Utc>,
    /// Slugs and names of the components that exist.
    pub components: &'a [(Slug, String)],
    /// The groups in which they stand.
    pub groups: &'a [Group],
    /// The states that exist.
    pub states: &'a States,
    /// Of a maintenance: when it starts. A time without a label at or after that is text.
    pub starts: Option<DateTime<Utc>>,
    /// The lines that announced something when they were first seen; `None` where nothing was kept,
    /// so that the clock judges.
    pub kept: Option<&'a Kept>,
}

/// One UPDATE entry, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The instant that it speaks of.
    pub at: DateTime<Utc>,
    /// How exactly it is known.
    pub precision: Precision,
    /// The time as it was typed, such as `2/26/13 – 2:15 MST`; `None` without one.
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
    /// Of a maintenance: the window, as far as the entry moves it (`starts: …`, `ends: …` in its
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
    /// The state; `None` if it is only named.
    pub state: Option<StateKey>,
    /// The line for customers.
    pub note: Option<String>,
}

/// A body, read: the post's own text and its entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The body without its entries, trimmed.
    pub markdown: String,
    /// In the order in which they stand.
    pub entries: Vec<Entry>,
    /// What is wrong or doubtful. If one is an error, the reading is not to be published.
    pub problems: Vec<Problem>,
    /// The entries run newest first.
    pub newest_first: bool,
    /// The lines that stay text because they announce something, to be kept.
    pub announced: Vec<String>,
}
