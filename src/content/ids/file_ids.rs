//! The ids that belong into an incident file.

use crate::domain::slug::Slug;

/// The ids that an incident file's incident and entries have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileIds {
    /// The incident's.
    pub incident: String,
    /// The incident's slug, where its file's name alone doesn't say it for certain.
    pub slug: Option<Slug>,
    /// Those of its entries, in the order in which they stand in the file.
    pub entries: Vec<String>,
}
