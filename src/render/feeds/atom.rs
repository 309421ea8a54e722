//! Atom 1.0 (RFC 4287), with the whole text in `content`.

use atom_syndication::{Category, Content, Entry, Feed, Generator, Link, Person, Text};

use super::entry::{FeedEntry, Scope, entries};
use super::head::{LANGUAGE, head};
use crate::snapshot::Snapshot;

/// The feed of `scope` as an Atom document.
pub fn render(snapshot: &Snapshot, scope: &Scope) -> String {
    let entries = entries(snapshot, scope);
    let head = head(snapshot, scope, &entries);
    let feed = Feed {
        title: Text::plain(head.title),
        id: head.id,
        updated: head.updated.fixed_offset(),
        authors: vec![person(&head.author)],
        generator: Some(Generator {
            value: "Lightship".to_owned(),
            ..Generator::default()
        }),
        links: vec![
            link("self", "application/atom+xml", head.urls.atom),
            link("alternate", "text/html", head.home_url),
        ],
        subtitle: Some(Text::plain(head.description)),
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
        title: Text::plain(entry.title.clone()),
        id: entry.id.clone(),
        updated: entry.updated.fixed_offset(),
        authors: vec![person(&entry.author)],
        categories: entry.tags.iter().map(category).collect(),
        links: vec![link("alternate", "text/html", entry.url.clone())],
        published: Some(entry.published.fixed_offset()),
        summary: Some(Text::plain(entry.summary.clone())),
        content: Some(Content {
            value: Some(entry.html.clone()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    }
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
