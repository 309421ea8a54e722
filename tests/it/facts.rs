//! What became of a maintenance is kept as a fact, and told in the same words ever after.

use chrono::Duration;
use lightship::render::messages::text_of;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::staff::{Browser, filled};

const PATH: &str = "/incidents/new-disks";
const BEGUN: &str = "Maintenance on Selma has started.";
const LONGER: &str =
    "Maintenance on Selma is taking longer than planned: until January 1, 2014 at 1:00 am MST.";
const MOVED: &str = "Maintenance on Selma has a new time: from December 31 at 1:00 pm MST \
                     until December 31 at 4:00 pm MST.";

/// A maintenance that was moved and then began by the clock, on the last day of a year.
async fn begun() -> TestApp {
    let mut app = TestApp::new()
        .at("2013-12-31T19:00:00Z")
        .with_component("selma")
        .start()
        .await;
    let plan = json!({"title": "New disks", "kind": "maintenance", "markdown": "Selma restarts.",
        "starts": "2013-12-31T21:00:00Z", "ends": "2013-12-31T23:00:00Z",
        "components": {"selma": "maintenance"}});
    app.post("/incidents", plan).await.expect(201);
    let moved =
        json!({"do": "extend", "starts": "2013-12-31T20:00:00Z", "ends": "2013-12-31T23:00:00Z"});
    step(&mut app, moved).await;
    pass(&mut app, 60).await;
    app
}

async fn step(app: &mut TestApp, body: Value) -> Value {
    let path = format!("{PATH}/maintenance");
    app.post(&path, body).await.expect(201).json()
}

async fn pass(app: &mut TestApp, minutes: i64) {
    app.advance(Duration::minutes(minutes));
    app.refresh_site().await;
}

/// Where the API has the update that says `text`.
fn place_of(app: &TestApp, text: &str) -> String {
    let incident = app.incident("new-disks").expect("a maintenance");
    let mut updates = incident.updates.iter();
    let found = updates.find(|update| text_of(update) == text);
    format!("{PATH}/updates/{}", found.expect(text).id)
}

async fn rename(app: &mut TestApp) {
    let site = "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
                time_zone = \"America/Denver\"\n[[components]]\nslug = \"selma\"\nname = \"Fay\"\n";
    app.write("site.toml", site);
    app.sync(&[]).await.expect("synced");
    assert!(app.get("/components").await.text().contains("Fay"));
}

/// Title, text and summary of each item, without what names components as they are called now.
async fn items(app: &TestApp) -> Vec<(String, String, String)> {
    let feed = app.get(&format!("{PATH}/feed.json")).await.json();
    let items = feed["items"].as_array().expect("items").clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let of_item = |item: &Value| {
        let html = text(&item["content_html"]);
        let said = html.lines().filter(|line| !line.starts_with("<ul>"));
        let said: Vec<&str> = said.collect();
        let (title, summary) = (text(&item["title"]), text(&item["summary"]));
        (title, said.join("\n"), summary)
    };
    items.iter().map(of_item).collect()
}

#[tokio::test]
async fn feed_items_stay_as_they_are_when_a_component_is_renamed_and_a_year_passes() {
    let mut app = begun().await;
    let longer = json!({"do": "extend", "ends": "2014-01-01T08:00:00Z"});
    assert_eq!(step(&mut app, longer).await["markdown"], LONGER);
    app.refresh_site().await;
    let before = items(&app).await;
    let summaries: Vec<&str> = before.iter().map(|item| item.2.as_str()).collect();
    assert_eq!(summaries[..3], [LONGER, BEGUN, MOVED]);
    assert!(
        before[1].1.contains(&format!("<p>{BEGUN}</p>")),
        "{before:?}"
    );
    assert!(before[0].0.contains("is taking longer"), "{before:?}");
    rename(&mut app).await;
    pass(&mut app, 60 * 24 * 200).await;
    let after = items(&app).await;
    assert_eq!(after.len(), before.len() + 1, "the clock has ended it");
    assert_eq!(after[1..], before);
    assert_eq!(after[0].2, "Maintenance on Fay is complete.");
}

#[tokio::test]
async fn every_page_and_document_has_it_in_words() {
    let app = begun().await;
    let names = ["", ".md", ".json", "/feed.rss", "/feed.atom", "/feed.json"];
    for path in names.map(|end| format!("{PATH}{end}")) {
        let page = app.get(&path).await.expect(200);
        assert!(page.text().contains(BEGUN), "{path}: {}", page.text());
    }
    for path in ["/", "/feed.rss", "/history"] {
        let page = app.get(path).await.expect(200);
        assert!(page.text().contains("New disks"), "{path}");
    }
    assert!(app.get("/").await.text().contains(BEGUN));
    let shown = app.api_get(PATH).await.expect(200).json();
    assert_eq!(shown["updates"][1]["markdown"], BEGUN);
    let mut browser = Browser::signed_in(&app).await;
    for path in ["/staff", "/staff/incidents/new-disks"] {
        let page = browser.get(&app, path).await.expect(200);
        assert!(page.text().contains(BEGUN), "{path}: {}", page.text());
    }
}

#[tokio::test]
async fn it_is_corrected_like_a_text_and_the_old_words_are_kept() {
    let mut app = begun().await;
    let place = place_of(&app, BEGUN);
    pass(&mut app, 1).await;
    let same = app.api("PATCH", &place, Some(json!({"markdown": BEGUN})));
    assert_eq!(same.await.expect(200).json()["edited_at"], Value::Null);
    let mut browser = Browser::signed_in(&app).await;
    let form = format!("/staff{place}/correct");
    let stands = filled(&browser.get(&app, &form).await.expect(200), &[]);
    assert!(
        stands.contains(&("markdown".to_owned(), BEGUN.to_owned())),
        "{stands:?}"
    );
    browser.fill(&app, &form, &[]).await.expect(303);
    rename(&mut app).await;
    assert_eq!(place_of(&app, BEGUN), place);
    let shown = app.api_get(PATH).await.json();
    assert_eq!(shown["updates"][1]["edited_at"], Value::Null);

    let else_ = json!({"markdown": "The first disk is in."});
    let said = app
        .api("PATCH", &place, Some(else_))
        .await
        .expect(200)
        .json();
    assert_eq!(said["markdown"], "The first disk is in.");
    assert_ne!(said["edited_at"], Value::Null);
    let versions = app.api_get(&format!("{place}/versions")).await.json();
    let [version] = &versions["versions"].as_array().expect("versions")[..] else {
        panic!("{versions}")
    };
    assert_eq!(version["before"]["markdown"], BEGUN);
    assert_eq!(version["before"]["fact"], Value::Null);
    let record = app.api_get("/audit").await.json();
    let lines = record["entries"].as_array().expect("lines").clone();
    let told: Vec<&Value> = lines
        .iter()
        .map(|line| &line["after"]["markdown"])
        .collect();
    assert!(
        told.contains(&&json!(BEGUN)) && told.contains(&&json!(MOVED)),
        "{record}"
    );
    assert!(!record.to_string().contains("said_at"), "{record}");
}

#[tokio::test]
async fn taken_into_a_file_word_for_word_it_is_not_edited() {
    let file = "---\ntitle: New disks\ndate: 2013-12-31 12:00\nkind: maintenance\n\
                components: {selma: maintenance}\nstarts: 2013-12-31 13:00\n\
                ends: 2013-12-31 16:00\n---\n\nSelma restarts.\n";
    let mut app = TestApp::new()
        .at("2013-12-31T19:30:00Z")
        .with_component("selma")
        .with_file("incidents/2013-12-31-new-disks.md", file)
        .start()
        .await;
    pass(&mut app, 30).await;
    let place = place_of(&app, BEGUN);
    let id = place.rsplit('/').next().expect("an id");
    pass(&mut app, 10).await;
    let entry =
        format!("\n## UPDATE 2013-12-31 13:00 MST: in progress\n\n<!-- id: {id} -->\n\n{BEGUN}\n");
    app.write(
        "incidents/2013-12-31-new-disks.md",
        format!("{file}{entry}"),
    );
    let report = app.sync(&[]).await.expect("synced");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let incident = app.incident("new-disks").expect("a maintenance");
    let [update] = &incident.updates[..] else {
        panic!("{incident:?}")
    };
    assert_eq!((update.id.as_str(), update.markdown.as_str()), (id, BEGUN));
    assert_eq!((&update.fact, update.edited_at), (&None, None));
}
