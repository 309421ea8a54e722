//! The parts of the site: components, groups and incidents.

use crate::domain::slug::Slug;

/// The page of a component.
pub fn component(slug: &Slug) -> String {
    format!("/components/{slug}")
}

/// The page of an incident.
pub fn incident(slug: &Slug) -> String {
    format!("/incidents/{slug}")
}

/// What the paths of a group's documents begin with. It has no page of its own.
pub(super) fn group(slug: &Slug) -> String {
    format!("/groups/{slug}")
}

/// The id of a component's element in a list.
pub fn component_anchor(slug: &Slug) -> String {
    format!("component-{slug}")
}

/// The id of an incident's element in a list.
pub fn incident_anchor(slug: &Slug) -> String {
    format!("incident-{slug}")
}
