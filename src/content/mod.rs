//! Files to domain values and back. Reading never stops at the first problem, never fails.

pub use self::digest::digest_folder;
pub use self::folder::{KnownSite, MAX_FILE_BYTES, read_folder, read_folder_but};
pub use self::ids::{FileIds, IdWriter};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

use self::problem::Problem;
use self::update_entries::{Entry, StateLine};
use crate::domain::brand::Brand;
use crate::domain::date_order::DateOrder;
use crate::domain::incident::{Impact, Kind};
use crate::domain::site::Support;
use crate::domain::slug::Slug;
use crate::domain::state::State;
use crate::domain::template::Template;
use crate::domain::time_style::{HourClock, StatedTimes};
use crate::domain::update::{Phase, Precision};

pub mod addresses;
#[cfg(test)]
mod advice_tests;
#[cfg(test)]
mod as_found_tests;
pub mod component_word;
pub mod compose;
mod digest;
pub mod entry_place;
mod file_name;
mod folder;
mod front_matter;
mod ids;
mod incident_file;
mod pictures;
pub mod problem;
mod site_file;
pub mod stillness;
mod template_file;
#[cfg(test)]
mod tests;
mod toml_table;
pub mod update_entries;
mod written_time;
mod yaml;
mod yaml_help;

/// A content folder, read.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// What `site.toml` says; `None` if it can't be read for certain.
    pub site: Option<SiteFile>,
    /// The incident files that could be read, by file name.
    pub incidents: Vec<IncidentFile>,
    /// The names of incident files that are there but can't be read for certain: their last good
    /// version stays.
    pub unreadable: Vec<String>,
    /// The templates that could be read, by name; `None` if their folder can't be listed.
    pub templates: Option<Vec<Template>>,
    /// The names of templates that are there but can't be read for certain: their last good
    /// version stays.
    pub unreadable_templates: Vec<Slug>,
    /// Everything that is wrong or doubtful, by file, line and column.
    pub problems: Vec<Problem>,
}

/// What `site.toml` says.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteFile {
    /// The page's name.
    pub name: String,
    /// Scheme and host of the page, without a slash at the end.
    pub base_url: Option<String>,
    /// The name in feed ids.
    pub authority: Option<String>,
    /// The site's zone.
    pub zone: Tz,
    /// How dates in figures are read.
    pub date_order: Option<DateOrder>,
    /// By which clock times are written.
    pub clock: Option<HourClock>,
    /// Where customers turn for help.
    pub support: Option<Support>,
    /// Logo, icon, colour and links.
    pub brand: Brand,
    /// In the order of the page.
    pub components: Vec<ComponentEntry>,
    /// The site's own states, and built-in ones with other labels.
    pub states: Vec<State>,
    /// Abbreviations with several meanings that the site has settled.
    pub zones: BTreeMap<String, FixedOffset>,
}

impl SiteFile {
    fn times(&self) -> StatedTimes {
        StatedTimes {
            zone: self.zone,
            date_order: self.date_order,
            clock: self.clock,
        }
    }
}

/// A component as `site.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentEntry {
    /// Its id.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// The heading under which it is listed.
    pub group: Option<String>,
    /// One line for customers.
    pub description: Option<String>,
    /// The day it began.
    pub since: Option<NaiveDate>,
}

/// Where a file's slug comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlugSource {
    /// The front matter states it.
    Stated,
    /// It is made from the file's name.
    Name,
    /// It is made from kind and date, because the name has no letter or digit.
    Nothing,
}

/// An incident file, read. `None` means that the file doesn't say.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentFile {
    /// Its name, relative to the content folder: `incidents/2013-02-26-selma.md`.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub fingerprint: String,
    /// The incident's name in URLs, as far as the file says it: another may hold it already.
    pub slug: Slug,
    /// Where the slug comes from.
    pub slug_source: SlugSource,
    /// The incident's identity.
    pub id: Option<String>,
    /// The headline.
    pub title: String,
    /// The byline.
    pub author: Option<String>,
    /// The post's date.
    pub published_at: DateTime<Utc>,
    /// Whether `published_at` has a time of day.
    pub precision: Precision,
    /// What kind of post it is.
    pub kind: Option<Kind>,
    /// What it names, and the states it sets at its date (of a maintenance: at `starts`).
    pub components: Vec<StateLine>,
    /// Whether the front matter has a `components` key at all.
    pub states_components: bool,
    /// The phase before any update says one.
    pub phase: Option<Phase>,
    /// The impact that staff set.
    pub impact: Option<Impact>,
    /// A maintenance's window: its start.
    pub starts: Option<DateTime<Utc>>,
    /// A maintenance's window: its end.
    pub ends: Option<DateTime<Utc>>,
    /// One or two sentences for lists and feeds.
    pub summary: Option<String>,
    /// Read and checked, not published.
    pub draft: bool,
    /// The post, without its entries.
    pub markdown: String,
    /// Its entries, in the order in which they stand.
    pub entries: Vec<Entry>,
    /// The entries run newest first.
    pub newest_first: bool,
    /// The lines that stay text because they announce something, to be kept.
    pub announced: Vec<String>,
    /// When it was last corrected, if the front matter says (`edited_at`, written by `export`).
    pub edited_at: Option<DateTime<Utc>>,
    /// When it became public, if the front matter says (`public_at`, written by `export`).
    pub public_at: Option<DateTime<Utc>>,
}
