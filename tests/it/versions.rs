//! What a post or an update was before each correction, as staff read it.

use chrono::Duration;
use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::TestApp;

const PATH: &str = "/incidents/selma-is-down";

/// An incident with an update.
async fn posted() -> (TestApp, String) {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Selma is down", "markdown": "We are onit.",
        "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    let said = json!({"markdown": "Mail is dwon.", "phase": "identified",
        "components": {"selma": {"state": "degraded", "note": "Slow."}}});
    let made = app.post(&format!("{PATH}/updates"), said).await.expect(201);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    app.advance(Duration::minutes(5));
    (app, id)
}

async fn versions(app: &TestApp, path: &str) -> Vec<Value> {
    let reply = app.api_get(&format!("{path}/versions")).await.expect(200);
    reply.json()["versions"]
        .as_array()
        .expect("versions")
        .clone()
}

#[tokio::test]
async fn each_correction_of_an_update_leaves_a_version() {
    let (app, id) = posted().await;
    let path = format!("{PATH}/updates/{id}");
    assert_eq!(versions(&app, &path).await, Vec::<Value>::new());
    for (text, state) in [
        ("Mail is down.", "degraded"),
        ("Mail is slow.", "operational"),
    ] {
        let body = json!({"markdown": text, "components": {"selma": state}});
        app.api("PATCH", &path, Some(body)).await.expect(200);
    }
    let found = versions(&app, &path).await;
    let texts: Vec<_> = found.iter().map(|it| &it["before"]["markdown"]).collect();
    assert_eq!(texts, ["Mail is down.", "Mail is dwon."]);
    let first = &found[1];
    assert_eq!(first["replaced_at"], "2013-02-26T09:20:00Z");
    assert_eq!(first["actor"]["name"], "test");
    assert_eq!(first["action"], "correct_update");
    assert_eq!(first["before"]["phase"], "identified");
    let said = json!({"selma": {"state": "degraded", "note": "Slow."}});
    assert_eq!(first["before"]["components"], said);
    assert_eq!(
        found[0]["before"]["components"],
        json!({"selma": "degraded"})
    );
}

#[tokio::test]
async fn a_withdrawn_update_can_still_be_read_and_brought_back() {
    let (app, id) = posted().await;
    let path = format!("{PATH}/updates/{id}");
    app.api("DELETE", &path, None).await.expect(200);
    app.api_get(&path).await.expect(404);
    let found = versions(&app, &path).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["action"], "withdraw_update");
    assert_eq!(found[0]["before"]["markdown"], "Mail is dwon.");
    app.api("POST", &format!("{path}/restore"), None)
        .await
        .expect(200);
    assert_eq!(versions(&app, &path).await.len(), 1, "nothing was replaced");
}

#[tokio::test]
async fn each_correction_of_a_post_leaves_a_version() {
    let (app, _) = posted().await;
    let body = json!({"markdown": "We are on it.", "components": {"selma": "partial_outage"}});
    app.api("PATCH", PATH, Some(body)).await.expect(200);
    let found = versions(&app, PATH).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["before"]["markdown"], "We are onit.");
    assert_eq!(
        found[0]["before"]["components"],
        json!({"selma": "major_outage"})
    );
}

#[tokio::test]
async fn versions_are_never_public_and_only_of_what_there_is() {
    let (app, id) = posted().await;
    let path = format!("{PATH}/updates/{id}");
    let monitor = app.issue_token("monitor", &[Scope::StatesWrite]).await;
    for path in [PATH, path.as_str()] {
        let versions = format!("{path}/versions");
        app.api_as(&monitor, "GET", &versions, &[], None)
            .await
            .expect(403);
        app.get(&format!("/api/v1{versions}")).await.expect(401);
    }
    for nothing in [
        "/incidents/nothing/versions".to_owned(),
        format!("{PATH}/updates/nothing/versions"),
        format!("/incidents/nothing/updates/{id}/versions"),
    ] {
        app.api_get(&nothing).await.expect(404);
    }
}
