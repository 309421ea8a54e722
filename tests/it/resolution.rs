//! What resolving would change can be seen before, and is what then happens.

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
    // By hand since, and worse: that stays.
    app.post(
        "/components/nelson/state",
        json!({"state": "partial_outage"}),
    )
    .await
    .expect(200);
    let path = "/incidents/power-is-out/resolution";
    let told = app.api_get(path).await.expect(200).json();
    assert_eq!(
        told,
        json!({"phase": "resolved", "components": [
            {"component": "selma", "from": "major_outage", "to": "operational"},
            {"component": "nelson", "from": "partial_outage", "to": "partial_outage"},
            {"component": "clark", "from": "operational", "to": "operational"},
        ]})
    );
    assert_eq!(app.state_of("selma"), "major_outage", "nothing was done");
    let done = json!({"markdown": "Power is back.", "phase": "resolved"});
    let said = app.post("/incidents/power-is-out/updates", done).await;
    assert_eq!(said.expect(201).json()["restored"], json!(["selma"]));
    assert_eq!(app.state_of("nelson"), "partial_outage");
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
async fn of_two_incidents_each_holds_what_it_says_until_it_is_resolved() {
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
    assert_eq!(
        app.state_of("selma"),
        "major_outage",
        "the older one is open"
    );
    app.advance(chrono::Duration::minutes(5));
    let told = app.api_get("/incidents/power-is-out/resolution").await;
    assert_eq!(
        told.expect(200).json()["components"][0]["to"],
        "operational"
    );
    assert_eq!(resolve(&mut app, "power-is-out").await, json!(["selma"]));
    assert_eq!(app.state_of("selma"), "operational");
    // It follows from what was said: the first to be resolved is open again, as if it had never ended.
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
