//! What is known of the site and the post as entries are read.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;

use super::announced_lines::AnnouncedLines;
use crate::content::component_group::Group;
use crate::domain::date_order::DateOrder;
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::domain::update::Precision;

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
    pub kept: Option<&'a AnnouncedLines>,
}
