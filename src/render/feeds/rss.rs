//! RSS 2.0, with the full text in `content:encoded`.
//!
//! Sources: the RSS 2.0.11 specification and the RSS Advisory Board's Best Practices Profile.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Guid, Item};

use super::entry::{FeedEntry, FeedScope, entries};
use super::head::{LANGUAGE, head};
use crate::render::xml::escaped;
use crate::snapshot::Snapshot;

const ATOM: &str = "http://www.w3.org/2005/Atom";
/// How long a reader may cache the feed, in minutes.
const TTL_MINUTES: &str = "5";

/// The feed of `scope` as an RSS document.
pub fn render(snapshot: &Snapshot, scope: &FeedScope) -> String {
    let entries = entries(snapshot, scope);
    let head = head(snapshot, scope, &entries);
    let channel = Channel {
        title: head.title,
        link: head.home_url,
        // Readers treat this as HTML, too.
        description: escaped(&head.description),
        language: Some(LANGUAGE.to_owned()),
        last_build_date: (!entries.is_empty()).then(|| rfc_822(head.updated)),
        generator: Some("Lightship".to_owned()),
        docs: Some("https://www.rssboard.org/rss-specification".to_owned()),
        ttl: Some(TTL_MINUTES.to_owned()),
        items: entries.iter().map(item).collect(),
        extensions: self_link(head.urls.rss),
        namespaces: BTreeMap::from([("atom".to_owned(), ATOM.to_owned())]),
        ..Channel::default()
    };
    channel.to_string()
}

fn item(entry: &FeedEntry) -> Item {
    let category = |tag: &String| Category {
        name: tag.clone(),
        domain: None,
    };
    Item {
        title: Some(entry.title.clone()),
        link: Some(entry.url.clone()),
        // Readers treat a description as HTML.
        description: Some(escaped(&entry.summary)),
        categories: entry.tags.iter().map(category).collect(),
        guid: Some(Guid {
            value: entry.id.clone(),
            permalink: false,
        }),
        pub_date: Some(rfc_822(entry.published)),
        content: Some(entry.html.clone()),
        dublin_core_ext: Some(DublinCoreExtension {
            creators: vec![entry.author.clone()],
            ..DublinCoreExtension::default()
        }),
        ..Item::default()
    }
}

fn self_link(url: String) -> ExtensionMap {
    let attrs = [
        ("href", url),
        ("rel", "self".into()),
        ("type", "application/rss+xml".into()),
    ];
    let link = Extension {
        name: "atom:link".to_owned(),
        attrs: attrs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        ..Extension::default()
    };
    let links = BTreeMap::from([("link".to_owned(), vec![link])]);
    BTreeMap::from([("atom".to_owned(), links)])
}

/// RSS's date format: RFC 822 with a four-digit year, in GMT.
fn rfc_822(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
