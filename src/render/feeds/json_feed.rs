//! JSON Feed 1.1 (jsonfeed.org/version/1.1).

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::entry::{FeedEntry, FeedScope, entries};
use super::head::{LANGUAGE, head};
use crate::snapshot::Snapshot;

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    description: &'a str,
    language: &'static str,
    authors: [Author<'a>; 1],
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    content_html: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: &'a str,
    date_published: String,
    date_modified: String,
    authors: [Author<'a>; 1],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

/// The feed of `scope` as a JSON Feed document.
pub fn render(snapshot: &Snapshot, scope: &FeedScope) -> String {
    let entries = entries(snapshot, scope);
    let head = head(snapshot, scope, &entries);
    let feed = JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: &head.title,
        home_page_url: &head.home_url,
        feed_url: &head.urls.json,
        description: &head.description,
        language: LANGUAGE,
        authors: [Author { name: &head.author }],
        items: entries.iter().map(item).collect(),
    };
    serde_json::to_string(&feed).expect("strings and lists are always JSON")
}

fn item(entry: &FeedEntry) -> Item<'_> {
    Item {
        id: &entry.id,
        url: &entry.url,
        title: &entry.title,
        content_html: &entry.html,
        summary: &entry.summary,
        date_published: rfc_3339(entry.published),
        date_modified: rfc_3339(entry.updated),
        authors: [Author {
            name: &entry.author,
        }],
        tags: &entry.tags,
    }
}

fn rfc_3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
