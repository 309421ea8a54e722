//! Times typed into the forms of the desk, in the site's zone: what stands there at first, and the
//! hours that the clocks have twice.

use chrono::Duration;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, filled, post_again};

const NEW: &str = "/staff/new-incident";
const SITE: &str = "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
    time_zone = \"Asia/Kolkata\"\n";
const PLAN: &str = "/staff/new-maintenance";

/// The night in which Denver's clocks go back from 2:00 to 1:00, two hours later.
async fn start() -> (TestApp, Browser) {
    let app = TestApp::new()
        .at("2013-11-03T10:10:00Z")
        .with_component("selma")
        .start()
        .await;
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value)
}

#[tokio::test]
async fn a_plan_begins_with_the_next_full_hour_and_lasts_one() {
    let (app, mut browser) = start().await;
    let form = filled(&browser.get(&app, PLAN).await.expect(200), &[]);
    assert_eq!(value(&form, "starts"), "2013-11-03T04:00");
    assert_eq!(value(&form, "ends"), "2013-11-03T05:00");
    app.advance(Duration::minutes(50));
    let form = filled(&browser.get(&app, PLAN).await.expect(200), &[]);
    assert_eq!(value(&form, "starts"), "2013-11-03T05:00");
    let sent = [("title", "New disks")];
    browser.fill(&app, PLAN, &sent).await.expect(303);
}

#[tokio::test]
async fn zones_with_half_hours_have_full_hours_of_their_own() {
    let app = TestApp::new()
        .at("2013-03-01T09:10:00Z")
        .with_file("site.toml", SITE)
        .start()
        .await;
    let mut browser = Browser::signed_in(&app).await;
    let form = filled(&browser.get(&app, PLAN).await.expect(200), &[]);
    assert_eq!(value(&form, "starts"), "2013-03-01T15:00");
}

#[tokio::test]
async fn an_update_dated_back_into_a_doubled_hour_is_asked_which() {
    let (mut app, mut browser) = start().await;
    app.post("/incidents", json!({"title": "Selma is down"}))
        .await
        .expect(201);
    let form = "/staff/incidents/selma-is-down/update";
    let sent = [("markdown", "Mail is up."), ("at", "2013-11-03T01:30")];
    let asked = browser.fill(&app, form, &sent).await.expect(422);
    for part in [
        "1:30 am MDT and 1:30 am MST",
        "href=\"#field-at_which\"",
        "id=\"field-at_which\"",
        "Mail is up.",
    ] {
        assert!(asked.text().contains(part), "{part}: {}", asked.text());
    }
    let second = [("at_which", "second"), ("early", "2013-11-03T01:30")];
    post_again(&mut browser, &app, form, &asked, &second)
        .await
        .expect(303);
    app.refresh_site().await;
    let update = app.incident("selma-is-down").expect("it is there").updates[0].clone();
    assert_eq!(update.at.to_rfc3339(), "2013-11-03T08:30:00+00:00");
    // The form that corrects it knows which one it was, and keeps it.
    let form = format!(
        "/staff/incidents/selma-is-down/updates/{}/correct",
        update.id
    );
    let fields = filled(&browser.get(&app, &form).await.expect(200), &[]);
    assert_eq!(value(&fields, "at_which"), "second");
    let sent = [("markdown", "Mail is up again.")];
    browser.fill(&app, &form, &sent).await.expect(303);
    app.refresh_site().await;
    let kept = app.incident("selma-is-down").expect("it is there").updates[0].clone();
    assert_eq!(
        (kept.at, kept.markdown.as_str()),
        (update.at, "Mail is up again.")
    );
    let first = [("at_which", "first")];
    browser.fill(&app, &form, &first).await.expect(303);
    app.refresh_site().await;
    let moved = app.incident("selma-is-down").expect("it is there").updates[0].clone();
    assert_eq!(moved.at.to_rfc3339(), "2013-11-03T07:30:00+00:00");
}

#[tokio::test]
async fn so_is_an_incident() {
    let (mut app, mut browser) = start().await;
    let sent = [
        ("title", "Selma was down"),
        ("markdown", "For a moment."),
        ("at", "2013-11-03T01:30"),
    ];
    let asked = browser.fill(&app, NEW, &sent).await.expect(422);
    assert!(asked.text().contains("1:30 am MDT and 1:30 am MST"));
    let first = [("at_which", "first")];
    post_again(&mut browser, &app, NEW, &asked, &first)
        .await
        .expect(303);
    app.refresh_site().await;
    let incident = app.incident("selma-was-down").expect("it is there");
    assert_eq!(
        incident.published_at.to_rfc3339(),
        "2013-11-03T07:30:00+00:00"
    );
}

#[tokio::test]
async fn a_window_in_a_doubled_hour_is_moved_without_a_question() {
    let (mut app, mut browser) = start().await;
    let plan = json!({"title": "New disks", "kind": "maintenance",
        "starts": "2014-11-02T08:30:00Z", "ends": "2014-11-02T09:30:00Z"});
    app.post("/incidents", plan).await.expect(201);
    let steps = "/staff/incidents/new-disks/maintenance";
    let page = browser.get(&app, steps).await.expect(200);
    let form = page
        .text()
        .split("<form")
        .find(|form| form.contains("value=\"extend\""))
        .map(|form| crate::support::staff::fields_of(&format!("<main {form}")))
        .expect("it can be moved");
    assert_eq!(value(&form, "starts"), "2014-11-02T01:30");
    assert_eq!(value(&form, "starts_which"), "second");
    let sent: Vec<_> = form
        .iter()
        .map(|(name, value)| match name.as_str() {
            "ends" => (name.as_str(), "2014-11-02T03:30"),
            _ => (name.as_str(), value.as_str()),
        })
        .collect();
    browser.post(&app, steps, &sent).await.expect(303);
    let body = app.api_get("/incidents/new-disks").await.json();
    assert_eq!(body["starts"], "2014-11-02T08:30:00Z");
    assert_eq!(body["ends"], "2014-11-02T10:30:00Z");
}

#[tokio::test]
async fn times_are_typed_as_in_files_or_counted_from_now() {
    let (mut app, mut browser) = start().await;
    app.post("/incidents", json!({"title": "Selma is down"}))
        .await
        .expect(201);
    app.advance(Duration::minutes(30));
    let form = "/staff/incidents/selma-is-down/update";
    for (at, text) in [
        ("20 minutes ago", "One."),
        ("today 3:25 am", "Two."),
        ("11/3/13 – 3:30 MST", "refused"),
        ("Nov 3, 10:35 UTC", "Three."),
    ] {
        let sent = [("markdown", text), ("at", at)];
        let reply = browser.fill(&app, form, &sent).await;
        if text == "refused" {
            // It could be the eleventh of March.
            let reply = reply.expect(422);
            assert!(
                reply.text().contains("2013-11-03 03:40"),
                "{}",
                reply.text()
            );
        } else {
            reply.expect(303);
        }
    }
    app.refresh_site().await;
    let incident = app.incident("selma-is-down").expect("published");
    let told: Vec<_> = incident
        .updates
        .iter()
        .map(|update| (update.at.to_rfc3339(), &update.markdown[..]))
        .collect();
    let at = |clock: &str| format!("2013-11-03T{clock}:00+00:00");
    assert_eq!(
        told,
        [
            (at("10:20"), "One."),
            (at("10:25"), "Two."),
            (at("10:35"), "Three.")
        ]
    );
    let sent = [
        ("title", "New disks"),
        ("starts", "tomorrow 10pm"),
        ("ends", "tomorrow 11:30 pm"),
    ];
    browser.fill(&app, PLAN, &sent).await.expect(303);
    app.refresh_site().await;
    let starts = app.incident("new-disks").expect("published").starts;
    assert_eq!(
        starts.map(|at| at.to_rfc3339()).as_deref(),
        Some("2013-11-05T05:00:00+00:00")
    );
}
