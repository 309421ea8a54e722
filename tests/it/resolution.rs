//! What resolving would give back can be seen before, and is what then happens.

use chrono::Duration;
use serde_json::json;

use crate::support::app::TestApp;

#[tokio::test]
async fn the_preview_says_what_then_happens() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .with_component("clark")
        .start()
        .await;
    let body = json!({"title": "Power is out", "markdown": "We look.",
        "components": {"selma": "major_outage", "nelson": "degraded", "clark": null}});
    app.post("/incidents", body).await.expect(201);
    // By hand since: that stays.
    app.post("/components/nelson/state", json!({"state": "migrating"}))
        .await
        .expect(200);
    let path = "/incidents/power-is-out/resolution";
    let told = app.api_get(path).await.expect(200).json();
    assert_eq!(
        told,
        json!({"phase": "resolved", "components": [
            {"component": "selma", "from": "major_outage", "to": "operational"},
            {"component": "nelson", "from": "migrating", "to": "migrating"},
            {"component": "clark", "from": "operational", "to": "operational"},
        ]})
    );
    assert_eq!(app.state_of("selma"), "major_outage", "nothing was done");
    let done = json!({"markdown": "Power is back.", "phase": "resolved"});
    let said = app.post("/incidents/power-is-out/updates", done).await;
    assert_eq!(said.expect(201).json()["restored"], json!(["selma"]));
    assert_eq!(app.state_of("nelson"), "migrating");
    let told = app.api_get(path).await.expect(200).json();
    assert_eq!(told["components"][0]["from"], "operational");
    app.api_get("/incidents/nothing/resolution")
        .await
        .expect(404);
}

/// What the components of an incident became as it was resolved.
async fn resolve(app: &mut TestApp, incident: &str) -> serde_json::Value {
    let done = json!({"markdown": "Done.", "phase": "resolved"});
    let path = format!("/incidents/{incident}/updates");
    let said = app.post(&path, done).await.expect(201).json();
    said["restored"].clone()
}

#[tokio::test]
async fn of_two_incidents_the_last_to_be_resolved_gives_back_for_both() {
    let mut app = TestApp::new().with_component("selma").start().await;
    for (title, state) in [
        ("Power is out", "major_outage"),
        ("Disk is full", "degraded"),
    ] {
        let body = json!({"title": title, "markdown": "We look.", "components": {"selma": state}});
        app.post("/incidents", body).await.expect(201);
        app.advance(chrono::Duration::minutes(5));
    }
    assert_eq!(resolve(&mut app, "disk-is-full").await, json!([]));
    assert_eq!(app.state_of("selma"), "degraded", "the older one is open");
    app.advance(chrono::Duration::minutes(5));
    let told = app.api_get("/incidents/power-is-out/resolution").await;
    assert_eq!(
        told.expect(200).json()["components"][0]["to"],
        "operational"
    );
    assert_eq!(resolve(&mut app, "power-is-out").await, json!(["selma"]));
    assert_eq!(app.state_of("selma"), "operational");
    // It follows from the history: as the first to be resolved is open again, nobody gave back.
    let said = app
        .api_get("/incidents/disk-is-full")
        .await
        .expect(200)
        .json();
    let last = said["updates"][0]["id"].as_str().expect("an update");
    let path = format!("/incidents/disk-is-full/updates/{last}");
    app.api("DELETE", &path, None).await.expect(200);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "degraded");
    app.advance(chrono::Duration::minutes(5));
    assert_eq!(resolve(&mut app, "disk-is-full").await, json!(["selma"]));
}

#[tokio::test]
async fn an_incident_that_turns_out_to_have_begun_earlier_holds_what_another_gave_back() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Disk is full", "markdown": "We look.",
        "components": {"selma": "degraded"}});
    app.post("/incidents", body).await.expect(201);
    app.advance(Duration::minutes(10));
    assert_eq!(resolve(&mut app, "disk-is-full").await, json!(["selma"]));
    app.advance(Duration::minutes(10));
    let body =
        json!({"title": "Power is out", "markdown": "We look.", "components": {"selma": null}});
    app.post("/incidents", body).await.expect(201);
    assert_eq!(app.state_of("selma"), "operational");
    // It names no component itself.
    let earlier = json!({"markdown": "It began then.", "at": "2013-02-26T09:20:00Z"});
    let path = "/incidents/power-is-out/updates";
    app.post(path, earlier).await.expect(201);
    assert_eq!(app.state_of("selma"), "degraded");
    assert_eq!(resolve(&mut app, "power-is-out").await, json!(["selma"]));
    assert_eq!(app.state_of("selma"), "operational");
}
