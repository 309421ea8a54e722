//! What a calendar or a badge covers.

use super::slug::Slug;

/// The whole site, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// Every component.
    Site,
    /// The components of a group, by the group's slug.
    Group(Slug),
    /// One component.
    Component(Slug),
}
