//! The feeds keep the rules that the W3C's feed validator checks, its warnings included.
//!
//! The validator is a service; what it complains of is written down here as far as it can meet a
//! feed of ours: RSS 2.0 with its Best Practices Profile, RFC 4287, RFC 4151, JSON Feed 1.1, and
//! the lists of what it takes for harmless in HTML.

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::xml::{Element, parse, tags};

const HOSTILE: &str = "]]> & <b>bold</b> \u{fffd}\u{85} [here](/x) [there](#place) ![d](media/d.png)\n\n\
    <p style=\"position:fixed\" onclick=\"x()\">a <a href=\"javascript:x\">b</a> <iframe src=x></iframe>\n\n\
    <script>x()</script> <object data=x></object> <details open><summary>s</summary>d</details>\n\n\
    | a |\n|---|\n| b |\n\nA note.[^1]\n\n[^1]: Here.";

const SCOPES: [&str; 4] = [
    "",
    "/components/selma",
    "/components/nelson",
    "/incidents/a-title-b-bold-b-amp-more",
];
const SLUG: &str = "a-title-b-bold-b-amp-more";

async fn app() -> TestApp {
    let mut app = TestApp::new()
        .at("2013-02-26T09:15:00.250Z")
        .with_component("selma")
        .with_component("nelson")
        .with_file(
            "incidents/old.md",
            "---\ntitle: Old & \"odd\"\ndate: 2013-02-25\ncomponents: {selma: migrating}\n---\n\n\
             Text.\n\nUPDATE 2013-02-26: One.\n\nUPDATE 2013-02-26: Two.\n\nUPDATE: Three.\n",
        )
        .start()
        .await;
    // An incident, its first update and a state of its own, all at one instant.
    let incident = json!({"title": "A title <b>bold</b> &amp; more", "markdown": HOSTILE, "author": "Tyler <t@example.com>",
        "components": {"selma": {"state": "degraded", "note": "<i>x</i> & y"}},
        "update": {"markdown": HOSTILE, "phase": "identified"}});
    let made = app.post("/incidents", incident).await.expect(201).json();
    assert_eq!(made["slug"], SLUG);
    let path = format!("/incidents/{SLUG}/updates");
    for number in 0..5 {
        let update = json!({"markdown": format!("Number {number}.")});
        app.post(&path, update).await.expect(201);
    }
    app.post("/components/nelson/state", json!({"state": "degraded"}))
        .await
        .expect(200);
    app
}

/// The feed at a path, as text, with the media type that it should have.
async fn feed(app: &TestApp, scope: &str, ending: &str, media_type: &str) -> String {
    let reply = app.get(&format!("{scope}/feed.{ending}")).await.expect(200);
    assert_eq!(reply.headers["content-type"], media_type);
    let text = reply.text().to_owned();
    let is_bad = |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{fffd}');
    assert!(!text.contains(is_bad), "{scope}: characters that warn");
    text
}

fn rss_date(text: &str) -> DateTime<Utc> {
    let at = DateTime::parse_from_rfc2822(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    // Its form with the name of the day, four figures for the year and a zone that it knows.
    let form = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(form, text);
    at.to_utc()
}

fn atom_date(text: &str) -> DateTime<Utc> {
    let at = DateTime::parse_from_rfc3339(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    at.to_utc()
}

fn plausible(app: &TestApp, at: DateTime<Utc>) {
    let now = app.clock.now();
    assert!(at < now + Duration::minutes(10), "{at} is in the future");
    assert!(at.timestamp() > 631_152_000, "{at} is long ago");
}

/// An absolute URI of characters that RFC 3986 allows.
fn absolute(uri: &str) {
    let rest = uri
        .strip_prefix("https://")
        .unwrap_or_else(|| panic!("{uri} is relative"));
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    assert!(!rest.starts_with('/') && rest.chars().all(allowed), "{uri}");
}

/// A `tag:` URI of RFC 4151.
fn tag_uri(uri: &str) {
    let (authority, rest) = uri
        .strip_prefix("tag:")
        .and_then(|rest| rest.split_once(','))
        .unwrap_or_else(|| panic!("{uri} is no tag URI"));
    let (date, specific) = rest.split_once(':').expect("what is named");
    let of = |text: &str, others: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || others.contains(c))
    };
    assert!(of(authority, ".-") && authority.contains('.'), "{uri}");
    assert!(date.parse::<chrono::NaiveDate>().is_ok(), "{uri}");
    assert!(of(&specific.to_ascii_lowercase(), "/-._~%"), "{uri}");
}

/// Plain text in which no reader sees HTML.
fn plain(text: &str) {
    assert!(!text.trim().is_empty(), "it is blank");
    assert!(!text.contains("</p>") && !text.contains('\n'), "{text}");
}

/// HTML that the validator takes for harmless, with nothing that leads astray outside the page.
fn harmless(html: &str) {
    const ELEMENTS: &str = " a abbr b blockquote br caption cite code dd del details div dl dt em \
        figcaption figure h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small \
        span strong sub summary sup table tbody td th thead time tr u ul var wbr ";
    const ATTRIBUTES: &str = " alt colspan datetime dir height href lang open rel rowspan scope \
        src start title width ";
    for tag in tags(html) {
        assert!(ELEMENTS.contains(&format!(" {} ", tag.name)), "{tag:?}");
        for (name, value) in &tag.attributes {
            assert!(ATTRIBUTES.contains(&format!(" {name} ")), "{tag:?}");
            if matches!(name.as_str(), "href" | "src") {
                absolute(value);
            }
        }
    }
}

/// Each child stands there once, but for those that may be repeated, and all are known.
fn children(parent: &Element, known: &[&str], repeated: &[&str]) {
    let mut seen = HashSet::new();
    for child in &parent.children {
        let name = child.name.as_str();
        assert!(known.contains(&name), "{name} in {}", parent.name);
        let is_first = seen.insert(name);
        assert!(is_first || repeated.contains(&name), "two {name}");
    }
}

#[tokio::test]
async fn rss_keeps_the_rules() {
    let app = app().await;
    for scope in SCOPES {
        let media_type = "application/rss+xml; charset=utf-8";
        let root = parse(&feed(&app, scope, "rss", media_type).await);
        assert_eq!(
            (root.name.as_str(), root.attribute("version")),
            ("rss", Some("2.0"))
        );
        for (prefix, name) in [
            ("atom", "http://www.w3.org/2005/Atom"),
            ("content", "http://purl.org/rss/1.0/modules/content/"),
            ("dc", "http://purl.org/dc/elements/1.1/"),
        ] {
            assert_eq!(root.attribute(&format!("xmlns:{prefix}")), Some(name));
        }
        children(&root, &["channel"], &[]);
        let channel = &root.children[0];
        let known = [
            "title",
            "link",
            "description",
            "language",
            "lastBuildDate",
            "generator",
            "docs",
            "ttl",
            "atom:link",
            "item",
        ];
        children(channel, &known, &["item"]);
        plain(channel.one("title"));
        plain(channel.one("description"));
        absolute(channel.one("link"));
        assert_eq!(channel.one("language"), "en");
        assert!(
            channel
                .one("ttl")
                .parse::<u32>()
                .is_ok_and(|minutes| minutes > 0)
        );
        plausible(&app, rss_date(channel.one("lastBuildDate")));
        let own = channel.all("atom:link").next().expect("a link to itself");
        assert_eq!(own.attribute("rel"), Some("self"));
        assert_eq!(own.attribute("type"), Some("application/rss+xml"));
        let page = channel.one("link").trim_end_matches('/');
        assert_eq!(
            own.attribute("href"),
            Some(format!("{page}/feed.rss").as_str())
        );

        let mut guids = HashSet::new();
        for item in channel.all("item") {
            let known = [
                "title",
                "link",
                "description",
                "category",
                "guid",
                "pubDate",
                "content:encoded",
                "dc:creator",
            ];
            children(item, &known, &["category"]);
            plain(item.one("title"));
            plain(item.one("dc:creator"));
            absolute(item.one("link"));
            plausible(&app, rss_date(item.one("pubDate")));
            harmless(item.one("description"));
            harmless(item.one("content:encoded"));
            let guid = item.all("guid").next().expect("a guid");
            assert_eq!(guid.attribute("isPermaLink"), Some("false"));
            tag_uri(&guid.text);
            assert!(guids.insert(guid.text.clone()), "{} twice", guid.text);
            for category in item.all("category") {
                plain(&category.text);
            }
        }
        assert!(!guids.is_empty(), "{scope} has items");
    }
}

#[tokio::test]
async fn atom_keeps_the_rules() {
    let app = app().await;
    for scope in SCOPES {
        let media_type = "application/atom+xml; charset=utf-8";
        let root = parse(&feed(&app, scope, "atom", media_type).await);
        assert_eq!(root.name, "feed");
        assert_eq!(root.attribute("xmlns"), Some("http://www.w3.org/2005/Atom"));
        assert_eq!(root.attribute("xml:lang"), Some("en"));
        let known = [
            "title",
            "id",
            "updated",
            "author",
            "generator",
            "link",
            "subtitle",
            "entry",
        ];
        children(&root, &known, &["link", "entry"]);
        let first = root.children.iter().position(|child| child.name == "entry");
        let metadata = &root.children[first.expect("entries")..];
        assert!(
            metadata.iter().all(|child| child.name == "entry"),
            "entries come last"
        );
        text_construct(&root, "title");
        absolute(root.one("id"));
        let newest = atom_date(root.one("updated"));
        plausible(&app, newest);
        let link = |of: &Element, rel: &str| {
            let mut found = of
                .all("link")
                .filter(|link| link.attribute("rel") == Some(rel));
            let link = found
                .next()
                .unwrap_or_else(|| panic!("no link {rel}"))
                .clone();
            assert!(found.next().is_none(), "two links {rel}");
            let href = link.attribute("href").expect("an address");
            absolute(href);
            href.to_owned()
        };
        let page = link(&root, "alternate");
        let own = format!("{}/feed.atom", page.trim_end_matches('/'));
        assert_eq!(link(&root, "self"), own);

        let (mut ids, mut times) = (HashSet::new(), HashSet::new());
        for entry in root.all("entry") {
            let known = [
                "title",
                "id",
                "updated",
                "author",
                "category",
                "link",
                "published",
                "summary",
                "content",
            ];
            children(entry, &known, &["category"]);
            text_construct(entry, "title");
            text_construct(entry, "summary");
            tag_uri(entry.one("id"));
            assert!(ids.insert(entry.one("id")), "{} twice", entry.one("id"));
            let updated = atom_date(entry.one("updated"));
            plausible(&app, updated);
            assert!(updated >= atom_date(entry.one("published")), "{entry:?}");
            assert!(
                times.insert(updated),
                "{updated} twice: doubted to be exact"
            );
            link(entry, "alternate");
            let content = entry.all("content").next().expect("content");
            assert_eq!(content.attribute("type"), Some("html"));
            harmless(&content.text);
            plain(entry.all("author").next().expect("an author").one("name"));
            for category in entry.all("category") {
                plain(category.attribute("term").expect("a term"));
            }
        }
        assert!(!ids.is_empty(), "{scope} has entries");
    }
}

fn text_construct(parent: &Element, name: &str) {
    let element = parent
        .all(name)
        .next()
        .unwrap_or_else(|| panic!("no {name}"));
    match element.attribute("type") {
        None | Some("text") => {
            plain(&element.text);
            // What looks like HTML must say that it is.
            assert!(!element.text.contains("</"), "{}", element.text);
        }
        Some("html") => harmless(&element.text),
        Some(other) => panic!("{name} of type {other}"),
    }
}

#[tokio::test]
async fn json_feed_keeps_the_rules() {
    let app = app().await;
    for scope in SCOPES {
        let media_type = "application/feed+json; charset=utf-8";
        let root: Value =
            serde_json::from_str(&feed(&app, scope, "json", media_type).await).expect("JSON");
        let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
        assert_eq!(root["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(root["language"], "en");
        plain(&text(&root, "title"));
        absolute(&text(&root, "home_page_url"));
        let page = text(&root, "home_page_url");
        let own = format!("{}/feed.json", page.trim_end_matches('/'));
        assert_eq!(text(&root, "feed_url"), own);
        let mut ids = HashSet::new();
        for item in root["items"].as_array().expect("items") {
            tag_uri(&text(item, "id"));
            assert!(ids.insert(text(item, "id")), "{} twice", item["id"]);
            absolute(&text(item, "url"));
            plain(&text(item, "title"));
            assert!(item.get("content_text").is_none(), "one form is enough");
            harmless(&text(item, "content_html"));
            let published = atom_date(&text(item, "date_published"));
            plausible(&app, published);
            assert!(atom_date(&text(item, "date_modified")) >= published);
            plain(&text(&item["authors"][0], "name"));
            for tag in item["tags"].as_array().into_iter().flatten() {
                plain(tag.as_str().expect("a text"));
            }
        }
        assert!(!ids.is_empty(), "{scope} has items");
    }
}

#[tokio::test]
async fn a_feed_without_items_keeps_the_rules() {
    let app = TestApp::new().with_component("selma").start().await;
    let rss = parse(app.get("/feed.rss").await.expect(200).text());
    let channel = &rss.children[0];
    plain(channel.one("title"));
    plain(channel.one("description"));
    absolute(channel.one("link"));
    let atom = parse(app.get("/feed.atom").await.expect(200).text());
    plausible(&app, atom_date(atom.one("updated")));
    absolute(atom.one("id"));
    let json: Value =
        serde_json::from_str(app.get("/feed.json").await.expect(200).text()).expect("JSON");
    assert_eq!(json["items"], json!([]));
}
