//! The activity log over lines of every sort: of this version, of earlier ones, of others.

use chrono::Duration;
use lightship::domain::actor::Actor;
use lightship::store::audit::{AuditEntry, insert_entry};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::staff::Browser;

/// An action, its two sides as they are stored, and how the page tells it.
type Case = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
);

const DRAFT: Option<&str> = Some(r#"{"title":"Selma","draft":true}"#);
const POST: Option<&str> = Some(r#"{"title":"Selma","draft":false}"#);
const OLD: Option<&str> = Some(r#"{"markdown":"Mial is up."}"#);
const NEW: Option<&str> = Some(r#"{"markdown":"Mail is up."}"#);

#[rustfmt::skip]
const CASES: [Case; 43] = [
    ("create_incident", None, DRAFT, "saved a draft of"),
    ("create_incident", None, POST, "posted"),
    ("create_incident", None, None, "posted"),
    ("edit_incident", DRAFT, POST, "published"),
    ("edit_incident", DRAFT, DRAFT, "corrected"),
    ("edit_incident", OLD, NEW, "corrected"),
    ("withdraw_incident", DRAFT, None, "discarded the draft of"),
    ("withdraw_incident", POST, None, "withdrew"),
    ("sync_incident", None, NEW, "posted"),
    ("sync_incident", OLD, NEW, "corrected the post of"),
    ("hide_incident", None, None, "was removed, and with it"),
    ("add_update", None, Some(r#"{"phase":"resolved","draft":true}"#), "added an update to the draft of"),
    ("add_update", None, Some(r#"{"phase":"resolved"}"#), "resolved"),
    ("add_update", None, Some(r#"{"phase":"in_progress"}"#), "started"),
    ("add_update", None, Some(r#"{"phase":"completed"}"#), "completed"),
    ("add_update", None, Some(r#"{"phase":"cancelled"}"#), "cancelled"),
    ("add_update", None, Some(r#"{"phase":"postmortem"}"#), "posted a postmortem for"),
    ("add_update", None, Some(r#"{"phase":"identified","ends":"2013-02-26T10:00:00Z"}"#), "posted an update to"),
    ("add_update", None, Some(r#"{"phase":null,"ends":"2013-02-26T10:00:00Z"}"#), "rescheduled"),
    ("add_update", None, Some(r#"{"phase":"unheard","starts":"2013-02-26T10:00:00Z"}"#), "rescheduled"),
    ("add_update", None, Some("no JSON"), "posted an update to"),
    ("add_update", None, NEW, "posted an update to"),
    ("add_update", None, None, "posted an update to"),
    ("correct_update", OLD, NEW, "corrected an update to"),
    ("withdraw_update", OLD, None, "withdrew an update to"),
    ("reinstate_update", None, OLD, "brought back an update to"),
    ("sync_update", None, NEW, "added an update to"),
    ("sync_update", OLD, NEW, "corrected an update to"),
    ("set_component_state", None, Some(r#"{"state":"degraded"}"#), "changed the state of"),
    ("put_component", None, Some("{}"), "added the component"),
    ("put_component", Some("{}"), Some("{}"), "edited the component"),
    ("describe_component", None, Some("{}"), "added the component"),
    ("describe_component", Some("{}"), Some("{}"), "edited the component"),
    ("retire_component", Some("{}"), Some("{}"), "retired the component"),
    ("reinstate_component", Some("{}"), Some("{}"), "brought back the component"),
    ("move_component", Some("{}"), Some("{}"), "moved the component"),
    ("set_template", None, Some("{}"), "set the template"),
    ("remove_template", Some("{}"), None, "was removed, and with it the template"),
    ("issue_token", None, Some(r#"{"name":"on call"}"#), "issued the token"),
    ("revoke_token", None, None, "revoked the token"),
    ("sign_in", None, Some(r#"{"device":"Firefox"}"#), "signed in with the token"),
    ("end_session", None, None, "ended a session of the token"),
    ("swap_component_twice", OLD, NEW, "did “swap component twice”:"),
];

async fn insert(app: &TestApp, number: usize, case: &Case) {
    let state = app.app.state();
    let entry = AuditEntry {
        id: format!("00000000-0000-7000-8000-{number:012}"),
        at: app.clock.now(),
        actor_kind: Actor::host().kind().to_owned(),
        actor_id: None,
        actor_name: Actor::host().name().to_owned(),
        action: case.0.to_owned(),
        kind: "thing".to_owned(),
        entity_id: "selma".to_owned(),
        label: "Selma".to_owned(),
        before: case.1.map(str::to_owned),
        after: case.2.map(str::to_owned),
    };
    let mut tx = state.store.begin().await.expect("a transaction");
    insert_entry(&mut tx, &entry).await.expect("a line");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn every_line_that_there_ever_was_reads_as_it_did() {
    let app = TestApp::new().start().await;
    let mut browser = Browser::signed_in(&app).await;
    app.advance(Duration::minutes(1));
    for (number, case) in CASES.iter().enumerate() {
        insert(&app, number, case).await;
    }
    let page = browser
        .get(&app, "/staff/record?limit=50")
        .await
        .expect(200);
    let lines = page.text().split("<li><p><strong>").skip(1);
    let mut told: Vec<_> = lines
        .take(CASES.len())
        .map(|line| {
            let words = line.split("</strong> ").nth(1).unwrap_or_default();
            words.split(" <strong").next().unwrap_or_default()
        })
        .collect();
    told.reverse();
    assert_eq!(told, CASES.map(|case| case.3));
    let list = app.api_get("/audit?limit=50").await.expect(200).json();
    let parsed = |side: Option<&str>| {
        side.map_or(Value::Null, |text| {
            serde_json::from_str(text).unwrap_or_else(|_| json!(text))
        })
    };
    let entries = list["entries"].as_array().expect("lines");
    for (entry, case) in entries.iter().zip(CASES.iter().rev()) {
        let stored = json!([case.0, parsed(case.1), parsed(case.2)]);
        assert_eq!(
            json!([entry["action"], entry["before"], entry["after"]]),
            stored
        );
    }
}

#[tokio::test]
async fn what_one_change_did_stands_in_its_order_and_what_was_refused_nowhere() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let known = app.api_get("/audit").await.expect(200).json();
    let known = known["entries"].as_array().map_or(0, Vec::len);
    let first = json!({"markdown": "We look.", "components": {"selma": "degraded"}});
    let body = json!({"title": "Selma is slow", "markdown": "Mail.", "update": first});
    app.post("/incidents", body).await.expect(201);
    let refused = json!({"markdown": "It is.", "components": {"nobody": "degraded"}});
    let path = "/incidents/selma-is-slow/updates";
    app.post(path, refused).await.expect(422);
    let list = app.api_get("/audit").await.expect(200).json();
    let entries = list["entries"].as_array().expect("lines");
    let actions: Vec<_> = entries.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions[..2], ["add_update", "create_incident"]);
    assert_eq!(entries.len(), known + 2);
    assert_eq!(entries[0]["at"], entries[1]["at"]);
    assert_eq!(
        entries[0]["after"]["components"],
        json!({"selma": "degraded"})
    );
}
