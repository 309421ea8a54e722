//! What holds for every well-formed page.

use std::collections::HashSet;

use crate::domain::slug::Slug;
use crate::snapshot::Snapshot;
use crate::urls;

const VOID: [&str; 7] = ["meta", "link", "br", "hr", "img", "input", "wbr"];

/// Panics if a page isn't well-formed; `what` names it.
#[track_caller]
pub(super) fn check(what: &str, html: &str, snapshot: &Snapshot) {
    let tags = tags(html);
    check_balance(what, &tags);
    check_headings(what, &tags);
    let ids: Vec<_> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
    let unique: HashSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "{what}: ids are unique: {ids:?}");
    for tag in &tags {
        assert_ne!(tag.name, "style", "{what}: {tag:?}");
        // The only frame is the preview of the strip for other sites.
        if tag.name == "iframe" && !tag.is_end {
            assert_eq!(tag.attribute("src"), Some(urls::EMBED), "{what}: {tag:?}");
            assert!(tag.attribute("title").is_some(), "{what}: {tag:?}");
        }
        // A script is a file of ours, never inline.
        if tag.name == "script" && !tag.is_end {
            let source = tag.attribute("src").unwrap_or_default();
            let ours = [urls::COPY_SCRIPT, urls::LIVE_SCRIPT];
            assert!(ours.contains(&source), "{what}: {tag:?}");
        }
        for (name, value) in &tag.attributes {
            assert!(
                *name != "style" && !name.starts_with("on"),
                "{what}: {tag:?}"
            );
            if *name == "href" && tag.name == "a" {
                assert!(leads_somewhere(value, &unique, snapshot), "{what}: {value}");
            }
        }
        if tag.name == "img" {
            assert!(tag.attribute("alt").is_some(), "{what}: {tag:?}");
        }
        if tag.name == "time" && !tag.is_end {
            assert!(tag.attribute("datetime").is_some(), "{what}: {tag:?}");
        }
    }
    for required in ["<html lang=", "<main id=\"main\"", "name=\"viewport\""] {
        assert_eq!(html.matches(required).count(), 1, "{what}: {required}");
    }
    // SVG images have titles, too.
    let head = html.split("</head>").next().unwrap_or_default();
    assert_eq!(head.matches("<title>").count(), 1, "{what}: <title>");
}

fn check_balance(what: &str, tags: &[Tag<'_>]) {
    let mut open = Vec::new();
    for tag in tags.iter().filter(|tag| !VOID.contains(&tag.name)) {
        if tag.is_end {
            assert_eq!(open.pop(), Some(tag.name), "{what}: ends match: {open:?}");
        } else {
            open.push(tag.name);
        }
    }
    assert!(open.is_empty(), "{what}: {open:?}");
}

fn check_headings(what: &str, tags: &[Tag<'_>]) {
    let levels: Vec<usize> = tags
        .iter()
        .filter(|tag| !tag.is_end)
        .filter_map(|tag| tag.name.strip_prefix('h')?.parse().ok())
        .collect();
    assert_eq!(levels.first(), Some(&1), "{what}: begins with h1");
    assert_eq!(
        levels.iter().filter(|level| **level == 1).count(),
        1,
        "{what}: one h1"
    );
    for pair in levels.windows(2) {
        assert!(
            pair[1] <= pair[0] + 1,
            "{what}: no level is skipped: {levels:?}"
        );
    }
}

fn leads_somewhere(href: &str, ids: &HashSet<&&str>, snapshot: &Snapshot) -> bool {
    if let Some(id) = href.strip_prefix('#') {
        return ids.contains(&id);
    }
    if href.starts_with("https://example.com") {
        return true;
    }
    let base_url = &snapshot.site.base_url;
    let href = href.strip_prefix(base_url.as_str()).unwrap_or(href);
    if let Some(address) = href.strip_prefix("webcal:") {
        return address.ends_with("/calendar.ics");
    }
    let (path, fragment) = href.split_once('#').unwrap_or((href, ""));
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    let (room, name, rest) = (parts.next(), parts.next(), parts.next());
    let is_feed = |file: &str| {
        let files = [
            "feed.rss",
            "feed.atom",
            "feed.json",
            "calendar.ics",
            "badge.json",
        ];
        files.contains(&file)
    };
    match (room.unwrap_or_default(), name, rest) {
        ("" | "history" | "components" | "subscribe", None, None) => true,
        (file, None, None) => is_feed(file),
        ("history", Some(year), Some(month)) => year.len() == 4 && month.len() == 2,
        ("subscribe", Some("manage"), Some(_)) => true,
        ("subscribe", Some("incident"), Some(slug)) => {
            let slug = Slug::parse(slug).expect("a slug");
            snapshot.site.sends_mail && snapshot.find_incident(&slug).is_some()
        }
        ("components", Some(slug), rest) => {
            let slug = Slug::parse(slug).expect("a slug");
            snapshot.find_component(&slug).is_some() && rest.is_none_or(is_feed)
        }
        ("groups", Some(slug), Some(file)) => {
            let slug = Slug::parse(slug).expect("a slug");
            snapshot.find_group(&slug).is_some() && is_feed(file)
        }
        ("incidents", Some(name), rest) => {
            let slug = name.trim_end_matches(".md").trim_end_matches(".json");
            let slug = Slug::parse(slug).expect("a slug");
            let Some(incident) = snapshot.find_incident(&slug) else {
                return false;
            };
            let has_fragment = incident
                .updates
                .iter()
                .any(|update| fragment == format!("update-{}", update.id));
            (fragment.is_empty() || has_fragment) && rest.is_none_or(is_feed)
        }
        _ => false,
    }
}

/// A tag, as our own writer and the sanitiser write it.
#[derive(Debug)]
struct Tag<'a> {
    name: &'a str,
    is_end: bool,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let mut in_value = false;
        let end = tag
            .find(|c| {
                in_value ^= c == '"';
                c == '>' && !in_value
            })
            .expect("an end of the tag");
        rest = &tag[end + 1..];
        let tag = &tag[..end];
        if tag.starts_with('!') {
            continue;
        }
        let inner = tag.trim_start_matches('/');
        let (name, mut inner) = inner.split_once(' ').unwrap_or((inner, ""));
        let mut attributes = Vec::new();
        while let Some((attribute, after)) = inner.split_once("=\"") {
            let (value, after) = after.split_once('"').expect("an end of the value");
            attributes.push((attribute.trim(), value));
            inner = after;
        }
        tags.push(Tag {
            name,
            is_end: tag.starts_with('/'),
            attributes,
        });
    }
    tags
}

/// The text of a page, with single spaces between words, whether lines may break there or not.
pub(super) fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
        let is_inline = [
            "a", "span", "svg", "path", "bdi", "time", "strong", "em", "code",
        ]
        .contains(
            &tag.trim_start_matches('/')
                .split(' ')
                .next()
                .unwrap_or_default(),
        );
        if !is_inline {
            text.push(' ');
        }
        text.push_str(words);
    }
    let text = text
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace('\u{a0}', " ");
    text.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
