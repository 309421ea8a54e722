//! The ids to write into an incident file.

use crate::domain::slug::Slug;

/// The ids of an incident file's incident and entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileIds {
    /// The incident's id.
    pub incident: String,
    /// The incident's slug, if the file's name alone doesn't determine it.
    pub slug: Option<Slug>,
    /// The ids of its entries, in file order.
    pub entries: Vec<String>,
}
