//! Drafts: kept, mended, published, thrown away.

use chrono::Duration;
use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::TestApp;

/// A draft of 9:15 with an update and states, an hour ago.
async fn drafted() -> TestApp {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let body = json!({"title": "Selma moves", "markdown": "We moove.", "draft": true,
        "components": {"selma": "migrating"},
        "update": {"markdown": "Begun.", "components": {"nelson": "degraded"}}});
    let made = app.post("/incidents", body).await.expect(201).json();
    assert_eq!(made["draft"], true);
    app.advance(Duration::hours(1));
    app
}

const PATH: &str = "/incidents/selma-moves";

#[tokio::test]
async fn a_draft_is_dated_when_it_is_published() {
    let mut app = drafted().await;
    let mended = json!({"markdown": "We move."});
    let mended = app.api("PATCH", PATH, Some(mended)).await.expect(200);
    let update = mended.json()["updates"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let said = json!({"markdown": "We have begun."});
    let path = format!("{PATH}/updates/{update}");
    app.api("PATCH", &path, Some(said)).await.expect(200);
    app.refresh_site().await;
    app.get(PATH).await.expect(404);
    assert_eq!(app.state_of("selma"), "operational");

    app.advance(Duration::minutes(5));
    let published = json!({"draft": false});
    let published = app
        .api("PATCH", PATH, Some(published))
        .await
        .expect(200)
        .json();
    app.refresh_site().await;
    assert_eq!(published["published_at"], "2013-02-26T10:20:00Z");
    assert_eq!(published["updates"][0]["at"], "2013-02-26T10:20:00Z");
    assert_eq!(published["edited_at"], Value::Null, "nobody had read it");
    assert_eq!(published["updates"][0]["edited_at"], Value::Null);
    assert_eq!(app.state_of("selma"), "migrating");
    assert_eq!(app.state_of("nelson"), "degraded");
    let selma = app.api_get("/components/selma").await.json();
    assert_eq!(selma["state_since"], "2013-02-26T10:20:00Z");
    let nelson = app.api_get("/components/nelson").await.json();
    assert_eq!(nelson["state_since"], "2013-02-26T10:20:00Z");
    let feed = app.get("/feed.atom").await.expect(200);
    assert!(!feed.text().contains("2013-02-26T09:15"), "{}", feed.text());
    assert!(feed.text().contains("2013-02-26T10:20:00"));
    let page = app.get(PATH).await.expect(200);
    assert!(page.text().contains("We have begun."));
    assert!(!page.text().contains("dited"), "{}", page.text());
}

#[tokio::test]
async fn what_was_given_a_date_keeps_it() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Selma moves", "draft": true,
        "published_at": "2013-02-25T20:00:00Z",
        "update": {"markdown": "Begun.", "at": "2013-02-25T21:00:00Z"}});
    app.post("/incidents", body).await.expect(201);
    app.advance(Duration::hours(1));
    let published = json!({"draft": false});
    let published = app
        .api("PATCH", PATH, Some(published))
        .await
        .expect(200)
        .json();
    assert_eq!(published["published_at"], "2013-02-25T20:00:00Z");
    assert_eq!(published["updates"][0]["at"], "2013-02-25T21:00:00Z");
}

#[tokio::test]
async fn what_was_public_once_keeps_its_date() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Selma moves"});
    app.post("/incidents", body).await.expect(201);
    let set = async |app: &TestApp, draft: bool| {
        let body = json!({ "draft": draft });
        app.api("PATCH", PATH, Some(body)).await.expect(200).json()
    };
    app.advance(Duration::hours(1));
    set(&app, true).await;
    app.advance(Duration::hours(1));
    let again = set(&app, false).await;
    assert_eq!(again["published_at"], "2013-02-26T09:15:00Z");
}

#[tokio::test]
async fn a_draft_thrown_away_is_gone_and_its_address_free() {
    let mut app = drafted().await;
    app.api("DELETE", PATH, None).await.expect(200);
    app.api_get(PATH).await.expect(404);
    let again = json!({"title": "Selma moves", "markdown": "Anew."});
    let again = app.post("/incidents", again).await.expect(201).json();
    assert_eq!(again["slug"], "selma-moves");
    let record = app.api_get("/audit?limit=200&incident=selma-moves").await;
    assert!(
        record.text().contains("We moove."),
        "the activity log keeps it"
    );
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn a_state_is_never_set_in_the_name_of_a_draft() {
    let mut app = drafted().await;
    let state = json!({"state": "degraded", "incident": "selma-moves"});
    let refused = app.post("/components/selma/state", state).await;
    let error = refused.expect(422).json()["errors"][0].clone();
    assert_eq!(error["pointer"], "/incident");
    assert!(
        error["detail"]
            .as_str()
            .is_some_and(|it| it.contains("draft"))
    );
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn earlier_versions_of_drafts_are_for_those_who_write_incidents() {
    let app = drafted().await;
    let mended = json!({"markdown": "We move."});
    app.api("PATCH", PATH, Some(mended)).await.expect(200);
    let versions = app.api_get(&format!("{PATH}/versions")).await.expect(200);
    assert_eq!(
        versions.json()["versions"][0]["before"]["markdown"],
        "We moove."
    );
    let other = app.issue_token("monitor", &[Scope::StatesWrite]).await;
    app.api_as(&other, "GET", &format!("{PATH}/versions"), &[], None)
        .await
        .expect(403);
}
