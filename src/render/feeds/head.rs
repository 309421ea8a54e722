//! What a feed says of itself.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::content::one_line;
use super::entry::{FeedEntry, FeedScope};
use super::ids::authority;
use crate::render::xml::allowed;
use crate::snapshot::Snapshot;
use crate::urls::{self, Feeds};

/// The language of the words that are Lightship's own.
pub(super) const LANGUAGE: &str = "en";

/// What a feed says of itself, in whatever format.
pub(super) struct Head {
    /// Plain text on one line.
    pub(super) title: String,
    /// What it brings, in one sentence.
    pub(super) description: String,
    /// The page that it follows.
    pub(super) home_url: String,
    /// Where its three formats are, as absolute URLs.
    pub(super) urls: Feeds,
    /// An address that stays the same when the site moves to another domain.
    pub(super) id: String,
    /// The site's name, for items without a byline of their own.
    pub(super) author: String,
    /// The newest instant among the items; of an empty feed, when its components began to be
    /// listed.
    pub(super) updated: DateTime<Utc>,
}

/// The head of the feed of `scope`, whose items are `entries`.
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
    // Atom demands an instant even of an empty feed, and "now" would change its bytes. Validators
    // doubt dates before 1990, so it is the beginning of 2000.
    let long_ago = DateTime::UNIX_EPOCH + TimeDelta::days(10_957);
    newest_item.or_else(newest_component).unwrap_or(long_ago)
}
