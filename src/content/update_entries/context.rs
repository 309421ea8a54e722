//! What is known about the site and the post when entries are read.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;

use super::announced_lines::AnnouncedLines;
use crate::content::component_group::Group;
use crate::domain::date_order::DateOrder;
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::domain::update::Precision;

/// What the reader must know about the site and the post to read entries.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The file's path in the content folder, for problems. Empty for a text from the API.
    pub file: &'a str,
    /// The line of the file on which the body begins, counted from 1.
    pub first_line: usize,
    /// The site's zone.
    pub zone: Tz,
    /// How numeric dates are read.
    pub date_order: DateOrder,
    /// What ambiguous zone abbreviations mean on this site.
    pub zones: &'a BTreeMap<String, FixedOffset>,
    /// The post's date.
    pub posted_at: DateTime<Utc>,
    /// Whether `posted_at` has a time of day.
    pub posted_precision: Precision,
    /// The current time.
    pub now: DateTime<Utc>,
    /// Slugs and names of the components that exist.
    pub components: &'a [(Slug, String)],
    /// The groups of components.
    pub groups: &'a [Group],
    /// The states that exist.
    pub states: &'a States,
    /// For a maintenance: when it starts. A time without a label at or after that is text.
    pub starts: Option<DateTime<Utc>>,
    /// The lines that announced something when they were first seen; `None` if nothing was stored,
    /// so that the clock decides.
    pub kept: Option<&'a AnnouncedLines>,
}
