//! Calendars of maintenance, as a calendar program reads them.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::calendar::{events, read_calendar};
use crate::support::every_page::every_page;

const SITE: &str = "\n[[components]]\nslug = \"selma\"\nname = \"Selma\"\ngroup = \"Servers & co.\"\n\
    [[components]]\nslug = \"nelson\"\nname = \"Nelson\"\ngroup = \"Servers & co.\"\n\
    [[components]]\nslug = \"mail\"\nname = \"Mail\"\n";
const SLUG: &str = "/incidents/new-disks-selma-then-nelson";

/// From 21:00 to 23:00 UTC, with what must be escaped and folded.
fn plan() -> Value {
    json!({"title": "New disks; Selma, then Nelson", "kind": "maintenance",
        "markdown": "Selma restarts\\ and “Störungen” of a minute are to be expected, more than once. 🚧 Sites stay up.",
        "starts": "2013-03-02T21:00:00Z", "ends": "2013-03-02T23:00:00Z",
        "components": {"selma": "maintenance"}})
}

async fn planned() -> TestApp {
    let mut app = TestApp::new().with_site(SITE).start().await;
    app.post("/incidents", plan()).await.expect(201);
    app
}

async fn only(app: &TestApp) -> Value {
    let mut events = events(app, "/calendar.ics").await;
    assert_eq!(events.len(), 1);
    events.remove(0)
}

#[tokio::test]
async fn a_maintenance_is_an_event_that_a_calendar_program_understands() {
    let app = planned().await;
    let reply = app.get("/calendar.ics").await.expect(200);
    let read = read_calendar(&reply);
    assert_eq!(read["name"], "Example status: maintenance");
    assert_eq!(read["standard_name"], read["name"]);
    assert_eq!([&read["refresh"], &read["ttl"]], ["PT3600S", "PT3600S"]);
    let event = &read["events"][0];
    let uid = event["uid"].as_str().expect("a UID");
    assert!(uid.ends_with("@status.example.com"), "{uid}");
    assert_eq!(event["sequence"], 0);
    assert_eq!(event["status"], "CONFIRMED");
    assert_eq!(event["summary"], "New disks; Selma, then Nelson");
    assert_eq!(event["starts"], "2013-03-02T21:00:00+00:00");
    assert_eq!(event["ends"], "2013-03-02T23:00:00+00:00");
    assert_eq!(event["stamp"], "2013-02-26T09:15:00+00:00");
    let url = format!("https://status.example.com{SLUG}");
    assert_eq!(event["url"], url.as_str());
    let text = event["description"].as_str().expect("a text");
    let wanted = format!(
        "Selma restarts\\ and “Störungen” of a minute are to be expected, more than once. 🚧 \
         Sites stay up.\n\nAffects: Selma\n\n{url}"
    );
    assert_eq!(text, wanted);
}

#[tokio::test]
async fn each_change_raises_the_number_and_nothing_lowers_it() {
    let mut app = planned().await;
    let first = only(&app).await;
    let mut last = 0;
    let mut steps = Vec::new();
    let minute = Duration::minutes(1);
    let said = json!({"markdown": "Bring a torch."});
    app.advance(minute);
    let update = app.post(&format!("{SLUG}/updates"), said).await.expect(201);
    let id = update.json()["id"].as_str().expect("an id").to_owned();
    steps.push(only(&app).await);
    let changes = [
        (
            "PATCH",
            SLUG.to_owned(),
            Some(json!({"title": "New disks"})),
        ),
        ("DELETE", format!("{SLUG}/updates/{id}"), None),
        (
            "POST",
            format!("{SLUG}/maintenance"),
            Some(json!({"do": "extend", "ends": "2013-03-03T00:00:00Z"})),
        ),
        (
            "POST",
            format!("{SLUG}/maintenance"),
            Some(json!({"do": "cancel"})),
        ),
    ];
    for (method, path, body) in changes {
        app.advance(minute);
        let reply = app.api(method, &path, body).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
        app.refresh_site().await;
        steps.push(only(&app).await);
    }
    for step in &steps {
        assert_eq!(step["uid"], first["uid"]);
        let sequence = step["sequence"].as_i64().expect("a number");
        assert!(sequence > last, "{steps:#?}");
        last = sequence;
        assert_eq!(step["stamp"], step["modified"]);
    }
    let stamps: Vec<_> = steps.iter().map(|it| it["stamp"].as_str()).collect();
    assert!(
        stamps.is_sorted() && stamps[0] > first["stamp"].as_str(),
        "{stamps:?}"
    );
    assert_eq!(steps[1]["summary"], "New disks");
    assert_eq!(steps[3]["ends"], "2013-03-03T00:00:00+00:00");
    assert_eq!(steps[4]["summary"], "Cancelled: New disks");
    assert_eq!(steps[4]["status"], "CANCELLED");
}

#[tokio::test]
async fn what_is_withdrawn_is_cancelled_without_a_word_and_drafts_are_nowhere() {
    let mut app = planned().await;
    let before = only(&app).await;
    let mut secret = plan();
    secret["title"] = json!("Zanzibar");
    secret["draft"] = json!(true);
    secret["again"] = json!(true);
    app.post("/incidents", secret).await.expect(201);
    only(&app).await;
    for slug in ["/incidents/zanzibar", SLUG] {
        app.api("DELETE", slug, None).await.expect(200);
    }
    app.refresh_site().await;
    let event = only(&app).await;
    assert_eq!(event["uid"], before["uid"]);
    assert!(event["sequence"].as_i64() > before["sequence"].as_i64());
    assert_eq!(event["status"], "CANCELLED");
    assert_eq!(event["summary"], "Cancelled maintenance");
    assert_eq!(event["starts"], before["starts"]);
    assert_eq!([&event["description"], &event["url"]], [&Value::Null; 2]);
    let of_selma = events(&app, "/components/selma/calendar.ics").await;
    assert_eq!(of_selma, [event]);
    assert!(
        events(&app, "/components/mail/calendar.ics")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_file_that_is_gone_or_a_draft_again_leaves_no_event() {
    let text = |draft: bool| {
        format!(
            "---\ntitle: Zanzibar\ndate: 2013-02-25\nkind: maintenance\ndraft: {draft}\n\
             starts: 2013-03-02 21:00\nends: 2013-03-02 23:00\n---\nQuagga.\n"
        )
    };
    let name = "incidents/2013-02-25-zanzibar.md";
    let mut app = TestApp::new().with_file(name, text(false)).start().await;
    let id = only(&app).await["uid"].clone();
    app.write(name, text(true));
    app.sync(&[]).await.expect("synced");
    assert!(events(&app, "/calendar.ics").await.is_empty());
    app.write(name, text(false));
    app.sync(&[]).await.expect("synced");
    assert_eq!(only(&app).await["uid"], id);
    app.remove(name);
    app.sync(&[name]).await.expect("synced");
    assert!(events(&app, "/calendar.ics").await.is_empty());
}

#[tokio::test]
async fn its_bytes_stay_until_something_changes_however_they_are_made() {
    let mut app = planned().await;
    app.post(&format!("{SLUG}/updates"), json!({"markdown": "Soon."}))
        .await
        .expect(201);
    let other = json!({"title": "Kept", "kind": "maintenance", "markdown": "Text.",
        "starts": "2013-03-05T21:00:00Z", "ends": "2013-03-05T23:00:00Z", "components": {"mail": null}});
    app.post("/incidents", other).await.expect(201);
    app.api("DELETE", "/incidents/kept", None).await.expect(200);
    app.refresh_site().await;
    let paths = [
        "/calendar.ics",
        "/groups/servers-co/calendar.ics",
        "/components/mail/calendar.ics",
    ];
    let mut before = Vec::new();
    for path in paths {
        before.push(app.get(path).await.expect(200));
    }
    // A disruption, midnight and a restart change nothing in them.
    let broken = json!({"title": "Mail is slow", "markdown": "We look.", "components": {"mail": "degraded"}});
    app.post("/incidents", broken).await.expect(201);
    app.advance(Duration::days(1));
    app.refresh_site().await;
    let renders = app.app.state().site.current().renders();
    for (path, before) in paths.iter().zip(&before) {
        assert_eq!(app.get(path).await.bytes, before.bytes, "{path}");
    }
    assert_eq!(
        app.app.state().site.current().renders(),
        renders,
        "they are kept"
    );
    app.restart().await;
    for (path, before) in paths.iter().zip(&before) {
        let after = app.get(path).await;
        assert_eq!(after.bytes, before.bytes, "{path}");
        assert_eq!(after.header("etag"), before.header("etag"), "{path}");
    }
    // The clock begins it.
    app.advance(Duration::days(4));
    app.refresh_site().await;
    assert_ne!(app.get(paths[0]).await.bytes, before[0].bytes);
}

#[tokio::test]
async fn a_group_has_what_concerns_its_components_each_once() {
    let mut app = planned().await;
    let both = json!({"title": "Cables", "kind": "maintenance", "markdown": "Text.",
        "starts": "2013-03-05T21:00:00Z", "ends": "2013-03-05T23:00:00Z",
        "components": {"selma": null, "nelson": null}});
    app.post("/incidents", both).await.expect(201);
    let mail = json!({"title": "Relays", "kind": "maintenance", "markdown": "Text.",
        "starts": "2013-03-04T21:00:00Z", "ends": "2013-03-04T23:00:00Z", "components": {"mail": null}});
    app.post("/incidents", mail).await.expect(201);
    let reply = app.get("/groups/servers-co/calendar.ics").await.expect(200);
    let read = read_calendar(&reply);
    assert_eq!(read["name"], "Servers & co.: maintenance – Example status");
    let titles = |events: &[Value]| -> Vec<String> {
        let titles = events
            .iter()
            .map(|it| it["summary"].as_str().expect("a title"));
        titles.map(str::to_owned).collect()
    };
    let of_group = titles(read["events"].as_array().expect("events"));
    assert_eq!(of_group, ["New disks; Selma, then Nelson", "Cables"]);
    let of_nelson = events(&app, "/components/nelson/calendar.ics").await;
    assert_eq!(titles(&of_nelson), ["Cables"]);
    let all = events(&app, "/calendar.ics").await;
    assert_eq!(
        titles(&all),
        ["New disks; Selma, then Nelson", "Relays", "Cables"]
    );
    for path in [
        "/groups/servers/calendar.ics",
        "/groups/servers-co",
        "/groups/servers-co/calendar.ics/",
        "/components/nowhere/calendar.ics",
        "/incidents/new-disks-selma-then-nelson/calendar.ics",
    ] {
        app.get(path).await.expect(404);
    }
    app.api("DELETE", "/components/nelson", None).await;
    let feed = app
        .get("/groups/servers-co/feed.json")
        .await
        .expect(200)
        .json();
    assert_eq!(feed["title"], "Servers & co. – Example status");
    let items = feed["items"].as_array().expect("items").len();
    assert_eq!(items, 2, "{feed}");
}

#[tokio::test]
async fn what_is_retired_has_no_calendar_and_no_badge() {
    let mut app = TestApp::new().start_with_every_page().await;
    let made = json!({"name": "Nelson", "group": "Old"});
    app.api("PUT", "/components/nelson", Some(made))
        .await
        .expect(201);
    let plan = json!({"title": "Cables", "kind": "maintenance", "markdown": "Text.",
        "starts": "2013-03-05T21:00:00Z", "ends": "2013-03-05T23:00:00Z",
        "components": {"ada": null, "nelson": null}});
    app.post("/incidents", plan).await.expect(201);
    assert!(app.get("/calendar.ics").await.text().contains("Nelson"));
    let paths = ["/components/nelson", "/groups/old"].map(|part| {
        ["calendar.ics", "badge.svg", "badge.json"].map(|file| format!("{part}/{file}"))
    });
    for path in paths.as_flattened() {
        app.get(path).await.expect(200);
    }
    app.api("DELETE", "/components/nelson", None)
        .await
        .expect(200);
    app.refresh_site().await;
    for path in paths.as_flattened() {
        app.get(path).await.expect(404);
    }
    for page in every_page(&app) {
        let path = page.path();
        if path.ends_with("calendar.ics") || path.contains("/badge.") {
            let text = app.get(&path).await.expect(200).text().to_owned();
            assert!(!text.contains("Nelson"), "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn what_others_of_the_component_do_changes_no_event() {
    let night = TestApp::new().at("2013-03-02T20:00:00Z");
    let mut app = night.with_site(SITE).start().await;
    app.post("/incidents", plan()).await.expect(201);
    let mut other = plan();
    other["title"] = json!("New cables");
    other["starts"] = json!("2013-03-02T21:30:00Z");
    other["components"] = json!({"selma": "migrating"});
    other["overlap"] = json!(true);
    app.post("/incidents", other).await.expect(201);
    // Both are under way, one after the other.
    for _ in 0..4 {
        app.advance(Duration::minutes(30));
        app.refresh_site().await;
    }
    let cables = async |app: &TestApp| {
        let all = events(app, "/calendar.ics").await;
        let found = all.into_iter().find(|it| it["summary"] == "New cables");
        found.expect("an event")
    };
    let before = cables(&app).await;
    app.advance(Duration::minutes(1));
    app.api("DELETE", SLUG, None).await.expect(200);
    app.refresh_site().await;
    assert_eq!(cables(&app).await, before);
}

#[tokio::test]
async fn a_maintenance_that_becomes_something_else_is_cancelled_and_may_become_one_again() {
    let mut app = planned().await;
    let before = only(&app).await;
    for kind in ["notice", "disruption"] {
        app.advance(Duration::minutes(1));
        let other = json!({"kind": kind});
        app.api("PATCH", SLUG, Some(other)).await.expect(200);
        let shown = app.api_get(SLUG).await.expect(200).json();
        assert_eq!([&shown["starts"], &shown["ends"]], [&Value::Null; 2]);
        app.refresh_site().await;
        let event = only(&app).await;
        assert_eq!(event["uid"], before["uid"]);
        assert!(event["sequence"].as_i64() > before["sequence"].as_i64());
        assert_eq!(event["status"], "CANCELLED", "{kind}");
        assert_eq!(event["starts"], before["starts"]);
        app.restart().await;
        assert_eq!(only(&app).await, event);
    }
    let missing = json!({"kind": "maintenance"});
    app.api("PATCH", SLUG, Some(missing)).await.expect(422);
    let again = json!({"kind": "maintenance", "starts": plan()["starts"], "ends": plan()["ends"]});
    app.api("PATCH", SLUG, Some(again)).await.expect(200);
    app.refresh_site().await;
    assert_eq!(only(&app).await["status"], "CONFIRMED");
}

#[tokio::test]
async fn a_file_whose_maintenance_becomes_a_notice_cancels_it() {
    let name = "incidents/2013-02-25-disks.md";
    let text = |front: &str| format!("---\ntitle: Disks\ndate: 2013-02-25\n{front}---\nQuagga.\n");
    let window = "starts: 2013-03-02 21:00\nends: 2013-03-02 23:00\n";
    let planned = text(&format!("kind: maintenance\n{window}"));
    let mut app = TestApp::new().with_file(name, planned).start().await;
    let before = only(&app).await;
    for front in ["kind: notice\n", "kind: notice\n# the same\n"] {
        app.write(name, text(front));
        app.sync(&[]).await.expect("synced");
        let event = only(&app).await;
        assert_eq!(event["uid"], before["uid"]);
        assert_eq!(event["status"], "CANCELLED");
        assert_eq!(event["starts"], before["starts"]);
    }
    let other = "incidents/2013-02-25-other.md";
    app.write(other, text(&format!("kind: notice\n{window}")));
    app.sync(&[]).await.expect("synced");
    only(&app).await;
}
