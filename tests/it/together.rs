//! Several people at one incident: nobody posts past what a colleague has just said.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::app::TestApp;

const UPDATES: &str = "/incidents/selma-is-down/updates";

async fn selma_is_down() -> TestApp {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Selma is down", "markdown": "We look.",
        "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    app
}

async fn seen(app: &TestApp) -> Value {
    app.api_get("/incidents/selma-is-down").await.json()["seen"].clone()
}

#[tokio::test]
async fn who_hasnt_seen_the_newest_update_is_shown_it_first() {
    let mut app = selma_is_down().await;
    let at_first = seen(&app).await;
    assert_eq!(at_first, Value::Null);
    let one = json!({"markdown": "A disk is broken.", "seen": at_first});
    app.post(UPDATES, one).await.expect(201);
    app.advance(Duration::minutes(5));
    let after_one = seen(&app).await;
    // A colleague, in the meantime, with an earlier time.
    let other = json!({"markdown": "The disk is being replaced.", "at": "2013-02-26T09:10:00Z"});
    app.post(UPDATES, other).await.expect(201);
    let mine = json!({"markdown": "We wait.", "phase": "resolved", "seen": after_one});
    let refused = app.post(UPDATES, mine.clone()).await.expect(409);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let problem = refused.json();
    let newer = problem["newer"].as_array().expect("what is new");
    assert_eq!(newer.len(), 1, "{problem}");
    assert_eq!(newer[0]["markdown"], "The disk is being replaced.");
    assert_eq!(app.state_of("selma"), "major_outage", "nothing is done");
    let mut again = mine.clone();
    again["seen"] = newer[0]["id"].clone();
    app.post(UPDATES, again).await.expect(201);
    let unknown = json!({"markdown": "x", "seen": "nothing"});
    let refused = app.post(UPDATES, unknown).await.expect(422);
    assert!(refused.text().contains("/seen"), "{}", refused.text());
    let script = json!({"markdown": "Scripts needn't say it."});
    app.post(UPDATES, script).await.expect(201);
}

#[tokio::test]
async fn what_is_said_of_an_incident_that_is_over_is_answered_with_a_hint() {
    let mut app = selma_is_down().await;
    let resolved = json!({"markdown": "Done.", "phase": "resolved"});
    let first = app.post(UPDATES, resolved).await.expect(201).json();
    assert_eq!(first["hint"], Value::Null);
    app.advance(Duration::minutes(5));
    let hint = async |app: &mut TestApp, body: Value| {
        let answer = app.post(UPDATES, body).await.expect(201).json();
        answer["hint"].as_str().unwrap_or_default().to_owned()
    };
    let once_more = json!({"markdown": "Done.", "phase": "resolved", "again": true});
    let again = hint(&mut app, once_more).await;
    assert!(again.contains("was already resolved"), "{again}");
    let late = hint(&mut app, json!({"markdown": "One more thing."})).await;
    assert!(late.contains("send a phase"), "{late}");
    let reopened = json!({"markdown": "It is back.", "phase": "investigating"});
    assert_eq!(hint(&mut app, reopened).await, "");
    app.advance(Duration::minutes(5));
    let before =
        json!({"markdown": "It was over.", "phase": "resolved", "at": "2013-02-26T09:16:00Z"});
    let open = hint(&mut app, before).await;
    assert!(open.contains("says investigating"), "{open}");
}
