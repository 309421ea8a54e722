//! What resolving would give back can be seen before, and is what then happens.

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
