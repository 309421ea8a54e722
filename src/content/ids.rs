//! Puts ids into incident files.

/// The ids that an incident file's incident and entries have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileIds {
    /// The incident's.
    pub incident: String,
    /// Those of its entries, in the order in which they stand in the file.
    pub entries: Vec<String>,
}
