//! What is put in late comes out as if it had been said then, and is marked as added later.

use chrono::Duration;
use serde_json::json;

use crate::support::app::TestApp;

/// It is 9:15 UTC, 2:15 in Denver.
async fn quiet() -> TestApp {
    TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await
}

#[tokio::test]
async fn a_state_can_be_set_as_of_an_earlier_time_and_history_follows() {
    let mut app = quiet().await;
    let slow = json!({"state": "degraded"});
    app.post("/components/selma/state", slow).await.expect(200);
    let down = json!({"state": "major_outage", "at": "2013-02-26T08:00:00Z"});
    let answer = app.post("/components/selma/state", down).await.expect(200);
    assert_eq!(
        answer.json()["state"],
        "degraded",
        "what was said since holds"
    );
    let page = app.get("/components/selma").await;
    assert!(
        page.text().contains("Major outage → "),
        "the later change is one from it: {}",
        page.text()
    );
    assert!(
        page.text().contains("1 h 15 min"),
        "the day counts it: {}",
        page.text()
    );
    assert_eq!(page.text().matches("added later").count(), 1);
    let future = json!({"state": "operational", "at": "2013-02-26T09:15:01Z"});
    let refused = app.post("/components/selma/state", future).await;
    assert!(refused.expect(422).text().contains("/at"));
    assert_eq!(app.state_of("selma"), "degraded");
}

#[tokio::test]
async fn a_whole_incident_put_in_afterwards_is_marked_and_gives_back_then() {
    let mut app = quiet().await;
    let body = json!({"title": "Selma was down", "markdown": "We were asleep.",
        "published_at": "2013-02-26T07:15:00Z", "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    assert_eq!(app.state_of("selma"), "major_outage");
    let over = json!({"markdown": "It came back.", "phase": "resolved",
        "at": "2013-02-26T08:45:00Z"});
    let said = app.post("/incidents/selma-was-down/updates", over).await;
    assert_eq!(said.expect(201).json()["restored"], json!(["selma"]));
    assert_eq!(app.state_of("selma"), "operational");
    let page = app.get("/incidents/selma-was-down").await;
    assert_eq!(
        page.text().matches("added later").count(),
        1,
        "the post is marked, so its updates needn't be: {}",
        page.text()
    );
    let page = app.get("/components/selma").await;
    assert!(page.text().contains("1 h 30 min"), "{}", page.text());
}

#[tokio::test]
async fn a_late_update_stands_in_its_place_and_is_the_newest_in_the_feed() {
    let mut app = quiet().await;
    let body = json!({"title": "Selma is down", "markdown": "We look.",
        "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    let path = "/incidents/selma-is-down/updates";
    app.advance(Duration::minutes(10));
    app.post(path, json!({"markdown": "At ten."}))
        .await
        .expect(201);
    app.advance(Duration::minutes(50));
    let before = app.get("/feed.json").await.json()["items"].clone();
    app.post(
        path,
        json!({"markdown": "At five.", "at": "2013-02-26T09:20:00Z"}),
    )
    .await
    .expect(201);
    // Said a quarter of an hour late, which is what typing takes.
    app.post(
        path,
        json!({"markdown": "In time.", "at": "2013-02-26T10:00:00Z"}),
    )
    .await
    .expect(201);
    let incident = app.incident("selma-is-down").expect("it");
    let order: Vec<_> = incident.updates.iter().map(|it| &*it.markdown).collect();
    assert_eq!(order, ["At five.", "At ten.", "In time."]);
    let page = app.get("/incidents/selma-is-down").await;
    assert_eq!(
        page.text().matches("added later").count(),
        1,
        "{}",
        page.text()
    );
    let after = app.get("/feed.json").await.json()["items"].clone();
    let (before, after) = (
        before.as_array().expect("a list"),
        after.as_array().expect("a list"),
    );
    let first = |place: usize| after[place]["content_html"].as_str().unwrap_or_default();
    assert!(first(0).contains("In time.") && first(1).contains("At five."));
    assert_eq!(after[2..], before[..], "no older item has changed");
}

#[tokio::test]
async fn who_saw_another_state_does_not_overrule_it() {
    let mut app = quiet().await;
    let path = "/components/selma/state";
    let mine = json!({"state": "degraded", "seen": "operational"});
    app.post(path, mine.clone()).await.expect(200);
    let refused = app
        .post(
            path,
            json!({"state": "operational", "seen": "Major outage"}),
        )
        .await
        .expect(409);
    assert!(refused.text().contains("degraded"), "{}", refused.text());
    assert_eq!(app.state_of("selma"), "degraded");
    let nonsense = json!({"state": "operational", "seen": "x"});
    app.post(path, nonsense).await.expect(422);
}
