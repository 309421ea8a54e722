//! Atom 1.0 (RFC 4287), with the full text in `content`.

use atom_syndication::{Category, Content, Entry, Feed, Generator, Link, Person, Text};
use chrono::{DateTime, FixedOffset, TimeDelta};

use super::entry::{FeedEntry, FeedScope, entries};
use super::head::{LANGUAGE, head};
use crate::render::xml::escaped;
use crate::snapshot::Snapshot;

/// The feed of `scope` as an Atom document.
pub fn render(snapshot: &Snapshot, scope: &FeedScope) -> String {
    let entries = entries(snapshot, scope);
    let head = head(snapshot, scope, &entries);
    let feed = Feed {
        title: text(&head.title),
        id: head.id,
        updated: entries
            .iter()
            .map(exactly)
            .fold(head.updated.fixed_offset(), DateTime::max),
        authors: vec![person(&head.author)],
        generator: Some(Generator {
            value: "Lightship".to_owned(),
            ..Generator::default()
        }),
        links: vec![
            link("self", "application/atom+xml", head.urls.atom),
            link("alternate", "text/html", head.home_url),
        ],
        subtitle: Some(text(&head.description)),
        entries: entries.iter().map(entry).collect(),
        lang: Some(LANGUAGE.to_owned()),
        ..Feed::default()
    };
    feed.to_string()
}

fn entry(entry: &FeedEntry) -> Entry {
    let category = |tag: &String| Category {
        term: tag.clone(),
        ..Category::default()
    };
    Entry {
        title: text(&entry.title),
        id: entry.id.clone(),
        updated: exactly(entry),
        authors: vec![person(&entry.author)],
        categories: entry.tags.iter().map(category).collect(),
        links: vec![link("alternate", "text/html", entry.url.clone())],
        published: Some(entry.published.fixed_offset()),
        summary: Some(text(&entry.summary)),
        content: Some(Content {
            value: Some(entry.html.clone()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

/// The instant of an entry's last change, plus a fraction of a second derived from its id.
///
/// A post, its first update and a change of state can become public at the same instant. Validators
/// warn about entries with equal times, and some readers show only one of them.
fn exactly(entry: &FeedEntry) -> DateTime<FixedOffset> {
    // FNV-1a gives the same result in every version of Lightship, so no entry seems to change.
    let hash = entry
        .id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let fraction = i64::try_from(hash % 1_000_000).unwrap_or(0);
    (entry.updated + TimeDelta::microseconds(fraction)).fixed_offset()
}

/// Plain text, or equivalent HTML if a reader could mistake the plain text for HTML.
fn text(plain: &str) -> Text {
    let mut after_ampersands = plain.split('&').skip(1);
    let like_entity = |rest: &str| rest.starts_with(|c: char| c == '#' || c.is_alphanumeric());
    if plain.contains("</") || after_ampersands.any(like_entity) {
        return Text::html(escaped(plain));
    }
    Text::plain(plain)
}

fn link(rel: &str, mime_type: &str, href: String) -> Link {
    Link {
        href,
        rel: rel.to_owned(),
        mime_type: Some(mime_type.to_owned()),
        ..Link::default()
    }
}

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        ..Person::default()
    }
}
