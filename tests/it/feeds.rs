//! What subscribers get: every update exactly once, in order, under a name that never changes.

use chrono::Duration;
use lightship::app::App;
use lightship::clock::Clock;
use serde_json::{Value, json};

use crate::support::app::TestApp;

const FILE: &str = "incidents/2013-02-25-selma-moves.md";
const POST: &str = "---\ntitle: Selma moves\ndate: 2013-02-25\ncomponents: {selma: migrating}\n---\n\n\
    We are moving Selma.\n\nUPDATE (2013-02-26 01:15 MST): Mail is up.\n";

const FEEDS: [&str; 9] = [
    "/feed.rss",
    "/feed.atom",
    "/feed.json",
    "/components/selma/feed.rss",
    "/components/selma/feed.atom",
    "/components/selma/feed.json",
    "/incidents/selma-moves/feed.rss",
    "/incidents/selma-moves/feed.atom",
    "/incidents/selma-moves/feed.json",
];

/// The bytes of each item of a feed, newest first.
async fn items(app: &TestApp, path: &str) -> Vec<String> {
    let text = app.get(path).await.expect(200).text().to_owned();
    feed_rs::parser::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{path}: {error}"));
    if path.ends_with(".json") {
        let feed: Value = serde_json::from_str(&text).expect("JSON");
        let items = feed["items"].as_array().expect("items");
        return items.iter().map(Value::to_string).collect();
    }
    let (start, end) = match path.ends_with(".rss") {
        true => ("<item>", "</item>"),
        false => ("<entry>", "</entry>"),
    };
    text.split(start)
        .skip(1)
        .map(|rest| rest.split(end).next().expect("an end").to_owned())
        .collect()
}

async fn ids(app: &TestApp, path: &str) -> Vec<String> {
    let text = app.get(path).await.expect(200);
    let feed = feed_rs::parser::parse(text.bytes.as_slice()).expect("a feed");
    feed.entries.into_iter().map(|entry| entry.id).collect()
}

async fn app() -> TestApp {
    TestApp::new()
        .at("2013-02-26T09:15:00Z")
        .with_component("selma")
        .with_site("date_order = \"mdy\"")
        .with_file(FILE, POST)
        .start()
        .await
}

#[tokio::test]
async fn an_update_leaves_every_older_item_as_it_was_byte_for_byte() {
    let mut app = app().await;
    let mut before = Vec::new();
    for path in FEEDS {
        before.push(items(&app, path).await);
    }
    app.advance(Duration::minutes(10));
    // Its own time is earlier than that of the update that is there: it comes last all the same.
    let update = json!({"markdown": "We found the cause.", "phase": "resolved",
        "at": "2013-02-26T07:00:00Z", "components": {"selma": "operational"}});
    app.post("/incidents/selma-moves/updates", update)
        .await
        .expect(201);
    app.advance(Duration::minutes(10));
    app.write(
        FILE,
        format!("{POST}\nUPDATE (2013-02-26 02:30 MST): All is well.\n"),
    );
    app.sync(&[]).await.expect("synced");
    for (path, before) in FEEDS.into_iter().zip(before) {
        let after = items(&app, path).await;
        assert_eq!(after.len(), before.len() + 2, "{path}");
        assert!(after[0].contains("All is well."), "{path}: {}", after[0]);
        assert!(
            after[1].contains("We found the cause."),
            "{path}: {}",
            after[1]
        );
        assert_eq!(after[2..], before, "{path}");
    }
}

#[tokio::test]
async fn a_correction_changes_its_own_item_alone_and_keeps_its_name() {
    let mut app = app().await;
    let update = json!({"markdown": "Mial is slow."});
    let made = app.post("/incidents/selma-moves/updates", update).await;
    let id = made.expect(201).json()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let mut before = Vec::new();
    for path in FEEDS {
        before.push((ids(&app, path).await, items(&app, path).await));
    }
    app.advance(Duration::minutes(3));
    let path = format!("/incidents/selma-moves/updates/{id}");
    app.api("PATCH", &path, Some(json!({"markdown": "Mail is slow."})))
        .await
        .expect(200);
    app.refresh_site().await;
    for (path, (ids_before, items_before)) in FEEDS.into_iter().zip(before) {
        assert_eq!(ids(&app, path).await, ids_before, "{path}");
        let after = items(&app, path).await;
        assert_eq!(after[1..], items_before[1..], "{path}");
        assert!(after[0].contains("Mail is slow.") && !after[0].contains("Mial"));
        let tells = after[0].contains("2013-02-26T09:18:00");
        assert_eq!(tells, !path.ends_with(".rss"), "{path}: {}", after[0]);
    }
}

#[tokio::test]
async fn no_text_breaks_a_feed() {
    let mut app = app().await;
    let hostile = "]]> <![CDATA[ & &amp; \u{1}\u{8}\u{b}\u{fffe} <b>bold</b> \u{1f6a8} -->";
    let update = json!({"markdown": hostile});
    app.post("/incidents/selma-moves/updates", update)
        .await
        .expect(201);
    let incident = json!({"title": format!("T {hostile}"), "markdown": hostile,
        "components": {"selma": {"state": "degraded", "note": hostile}}});
    let refused = app.post("/incidents", incident.clone()).await;
    assert!(
        [201, 422].contains(&refused.status.as_u16()),
        "{}",
        refused.text()
    );
    for path in FEEDS {
        let items = items(&app, path).await;
        assert!(items.iter().any(|item| item.contains("bold")), "{path}");
        let text = app.get(path).await;
        assert!(
            !text
                .text()
                .contains(['\u{1}', '\u{8}', '\u{b}', '\u{fffe}']),
            "{path}"
        );
    }
    // Half a surrogate pair is no character at all.
    let token = app.token.clone();
    let half = axum::http::Request::post("/api/v1/incidents/selma-moves/updates")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(axum::body::Body::from(
            r#"{"markdown": "half \ud83d of it"}"#,
        ))
        .expect("a request");
    let answer = app.send(half).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
}

#[tokio::test]
async fn moving_to_another_domain_repeats_nothing() {
    let app = app().await;
    let before = ids(&app, "/feed.atom").await;
    assert!(
        before[0].starts_with("tag:status.example.com,2013-02-26:"),
        "{before:?}"
    );
    let mut config = app.config.clone();
    config.base_url = Some("https://status.example.net".to_owned());
    app.app.state().store.close().await;
    let moved = App::build(config, Clock::fixed(app.clock.now()))
        .await
        .expect("it starts again");
    let site = moved.state().site.current();
    let lightship::site::Found::Document(document) = site.find("/feed.atom") else {
        panic!("no feed")
    };
    let plain = document.variants.last().expect("a variant").bytes.clone();
    let feed = feed_rs::parser::parse(plain.as_ref()).expect("a feed");
    let after: Vec<String> = feed.entries.iter().map(|entry| entry.id.clone()).collect();
    assert_eq!(after, before);
    let link = &feed.entries[0].links[0].href;
    assert!(link.starts_with("https://status.example.net/"), "{link}");
}

#[tokio::test]
async fn pages_say_where_their_feeds_are() {
    let app = app().await;
    for (page, feeds) in [
        ("/", &FEEDS[..3]),
        ("/components/selma", &FEEDS[3..6]),
        ("/incidents/selma-moves", &FEEDS[6..]),
    ] {
        let reply = app.get(page).await.expect(200);
        for feed in feeds {
            let link = reply
                .text()
                .split("<link ")
                .find(|tag| tag.contains(&format!("\"{feed}\"")))
                .unwrap_or_else(|| panic!("{page} doesn't lead to {feed}"));
            let tag = link.split('>').next().expect("an end");
            assert!(
                tag.contains("rel=\"alternate\"") && tag.contains("type=\"application/"),
                "{tag}"
            );
        }
    }
}

#[tokio::test]
async fn a_feed_holds_the_newest_fifty() {
    let mut app = app().await;
    for number in 0..60 {
        app.advance(Duration::minutes(1));
        let update = json!({"markdown": format!("Copy number {number}.")});
        app.api("POST", "/incidents/selma-moves/updates", Some(update))
            .await
            .expect(201);
    }
    app.refresh_site().await;
    for path in FEEDS {
        let items = items(&app, path).await;
        assert_eq!(items.len(), 50, "{path}");
        assert!(items[0].contains("Copy number 59."), "{path}");
        assert!(items[49].contains("Copy number 10."), "{path}");
    }
}
