//! What a token may do: whoever takes states away or moves them needs the scope that sets them.

use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::TestApp;

/// An incident that set a state, and an update that set another; gives the update's id.
async fn start() -> (TestApp, String) {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let incident = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", incident).await.expect(201);
    let update = json!({"markdown": "Nelson, too.", "components": {"nelson": "degraded"}});
    let made = app.post("/incidents/selma-is-down/updates", update).await;
    let id = made.expect(201).json()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    (app, id)
}

#[tokio::test]
async fn states_are_taken_away_or_moved_only_by_those_who_may_set_them() {
    let (mut app, id) = start().await;
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let incident = "/incidents/selma-is-down";
    let update = format!("{incident}/updates/{id}");
    let earlier = json!({"at": "2013-02-26T09:00:00Z"});
    let calls: [(&str, &str, Option<Value>); 3] = [
        ("DELETE", incident, None),
        ("DELETE", &update, None),
        ("PATCH", &update, Some(earlier)),
    ];
    for (method, path, body) in calls {
        let reply = app
            .api_as(&words, method, path, &[], body)
            .await
            .expect(403);
        assert!(reply.text().contains("states:write"), "{}", reply.text());
    }
    app.api("DELETE", &update, None).await.expect(200);
    let restore = format!("{update}/restore");
    app.api_as(&words, "POST", &restore, &[], Some(json!({})))
        .await
        .expect(403);
    app.refresh_site().await;
    assert!(!app.get("/").await.text().contains("Nelson is degraded"));
    app.post(&restore, json!({})).await.expect(200);
    assert!(app.get("/").await.text().contains("Nelson is degraded"));
}

#[tokio::test]
async fn whoever_may_not_set_states_is_told_the_name_of_the_missing_scope() {
    let (mut app, _) = start().await;
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let updates = "/incidents/selma-is-down/updates";
    let states = json!({"markdown": "Nelson is up.", "components": {"nelson": "operational"}});
    let resolved = json!({"markdown": "All is well.", "phase": "resolved"});
    let calls = [
        (
            "POST",
            "/components/selma/state",
            json!({"state": "degraded"}),
        ),
        ("POST", updates, states),
        ("POST", updates, resolved),
    ];
    for (method, path, body) in calls {
        let reply = app.api_as(&words, method, path, &[], Some(body)).await;
        let detail = reply.expect(403).json()["detail"].clone();
        let detail = detail.as_str().expect("a detail");
        assert!(
            detail.contains("the scope \"States\" (states:write)"),
            "{detail}"
        );
    }
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
    assert_eq!(app.state_of("nelson"), "degraded");
}

#[tokio::test]
async fn words_alone_need_no_more_than_their_scope() {
    let (app, id) = start().await;
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let update = format!("/incidents/selma-is-down/updates/{id}");
    let text = Some(json!({"markdown": "Nelson as well."}));
    app.api_as(&words, "PATCH", &update, &[], text)
        .await
        .expect(200);
    let plain = Some(json!({"markdown": "We look."}));
    let made = app
        .api_as(
            &words,
            "POST",
            "/incidents/selma-is-down/updates",
            &[],
            plain,
        )
        .await
        .expect(201)
        .json();
    let own = format!(
        "/incidents/selma-is-down/updates/{}",
        made["id"].as_str().expect("an id")
    );
    app.api_as(&words, "DELETE", &own, &[], None)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_first_update_that_says_nothing_and_an_endless_byline_are_refused() {
    let (app, _) = start().await;
    let empty = Some(json!({"title": "Mail is slow", "update": {}}));
    let reply = app
        .api("POST", "/incidents", empty)
        .await
        .expect(422)
        .json();
    assert_eq!(reply["errors"][0]["pointer"], "/update/markdown");
    let long = Some(json!({"author": "x".repeat(101)}));
    let reply = app.api("PATCH", "/incidents/selma-is-down", long).await;
    assert_eq!(reply.expect(422).json()["errors"][0]["pointer"], "/author");
}
