//! The metadata of a feed.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::content::one_line;
use super::entry::{FeedEntry, FeedScope};
use super::ids::authority;
use crate::render::xml::allowed;
use crate::snapshot::Snapshot;
use crate::urls::{self, Feeds};

/// The language of Lightship's own words.
pub(super) const LANGUAGE: &str = "en";

/// The metadata of a feed, independent of the format.
pub(super) struct Head {
    /// The title: plain text on one line.
    pub(super) title: String,
    /// The description, in one sentence.
    pub(super) description: String,
    /// The URL of the page that the feed follows.
    pub(super) home_url: String,
    /// The absolute URLs of its three formats.
    pub(super) urls: Feeds,
    /// An identifier that stays the same when the site moves to another domain.
    pub(super) id: String,
    /// The site's name, for items without a byline of their own.
    pub(super) author: String,
    /// The latest instant among the items. For an empty feed, when its components were first
    /// listed.
    pub(super) updated: DateTime<Utc>,
}

/// The metadata of the feed of `scope`, with the items `entries`.
pub(super) fn head(snapshot: &Snapshot, scope: &FeedScope, entries: &[FeedEntry]) -> Head {
    let site = &snapshot.site;
    let (title, description, home, feeds) = match scope {
        FeedScope::Site => (
            site.name.clone(),
            format!("Incidents, maintenance and updates from {}", site.name),
            urls::HOME.to_owned(),
            urls::feeds(),
        ),
        FeedScope::Component(slug) => {
            let name = snapshot.component_name(slug);
            (
                format!("{name} – {}", site.name),
                format!("Incidents, maintenance and state changes of {name}"),
                urls::component(slug),
                urls::component_feeds(slug),
            )
        }
        FeedScope::Group(slug) => {
            let group = snapshot.find_group(slug);
            let name = group.map_or(slug.as_str(), |group| &group.name);
            (
                format!("{name} – {}", site.name),
                format!("Incidents, maintenance and state changes of {name}"),
                urls::HOME.to_owned(),
                urls::group_feeds(slug),
            )
        }
        FeedScope::Incident(slug) => {
            let incident = snapshot.find_incident(slug);
            let title = incident
                .as_ref()
                .map_or(slug.as_str(), |incident| &incident.title);
            (
                format!("{title} – {}", site.name),
                format!("Updates to: {title}"),
                urls::incident(slug),
                urls::incident_feeds(slug),
            )
        }
    };
    let absolute = |path: &str| urls::absolute(&site.base_url, path);
    Head {
        title: one_line(&allowed(&title)),
        description: one_line(&allowed(&description)),
        home_url: absolute(&home),
        id: format!("https://{}{}", authority(&site.authority), feeds.atom),
        urls: Feeds {
            rss: absolute(&feeds.rss),
            atom: absolute(&feeds.atom),
            json: absolute(&feeds.json),
        },
        author: one_line(&allowed(&site.name)),
        updated: updated(snapshot, entries).trunc_subsecs(0),
    }
}

fn updated(snapshot: &Snapshot, entries: &[FeedEntry]) -> DateTime<Utc> {
    let newest_item = entries.iter().map(|entry| entry.updated).max();
    let newest_component = || {
        let listed = snapshot.components.iter();
        listed.map(|record| record.component.created_at).max()
    };
    // Atom requires an instant even for an empty feed, and "now" would change its bytes. Validators
    // question dates before 1990, so this is the beginning of 2000.
    let long_ago = DateTime::UNIX_EPOCH + TimeDelta::days(10_957);
    newest_item.or_else(newest_component).unwrap_or(long_ago)
}
