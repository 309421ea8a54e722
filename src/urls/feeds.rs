//! The feeds of the site, its parts and its incidents.

use super::parts::{component, group, incident};
use crate::domain::slug::Slug;

/// The RSS feed of the whole site. A component's or an incident's is under its own path.
pub const FEED_RSS: &str = "/feed.rss";
/// The same feed as Atom.
pub const FEED_ATOM: &str = "/feed.atom";
/// The same feed as JSON Feed.
pub const FEED_JSON: &str = "/feed.json";

/// The three feeds of the whole site, a component or an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feeds {
    /// RSS 2.0.
    pub rss: String,
    /// Atom 1.0.
    pub atom: String,
    /// JSON Feed 1.1.
    pub json: String,
}

impl Feeds {
    fn under(prefix: &str) -> Self {
        Self {
            rss: format!("{prefix}{FEED_RSS}"),
            atom: format!("{prefix}{FEED_ATOM}"),
            json: format!("{prefix}{FEED_JSON}"),
        }
    }
}

/// The feeds of the whole site.
pub fn feeds() -> Feeds {
    Feeds::under("")
}

/// The feeds of a component.
pub fn component_feeds(slug: &Slug) -> Feeds {
    Feeds::under(&component(slug))
}

/// The feeds of a group.
pub fn group_feeds(slug: &Slug) -> Feeds {
    Feeds::under(&group(slug))
}

/// The feeds of an incident.
pub fn incident_feeds(slug: &Slug) -> Feeds {
    Feeds::under(&incident(slug))
}
