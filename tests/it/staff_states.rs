//! Changing a component's state from the desk, outside of an update.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, post_again};

const FORM: &str = "/staff/components/selma/state";

async fn start() -> (TestApp, Browser) {
    let app = TestApp::new().with_component("selma").start().await;
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

/// How many changes of state the activity log knows.
async fn recorded(app: &TestApp) -> usize {
    let record = app.api_get("/audit?component=selma").await.expect(200);
    let entries = record.json()["entries"].as_array().cloned();
    let entries = entries.expect("entries");
    let is_state = |entry: &&serde_json::Value| entry["action"] == "set_component_state";
    entries.iter().filter(is_state).count()
}

#[tokio::test]
async fn a_change_is_confirmed_on_the_desk() {
    let (mut app, mut browser) = start().await;
    let sent = [("state", "degraded"), ("note", "Slow.")];
    let done = browser.fill(&app, FORM, &sent).await.expect(303);
    let desk = browser.get(&app, done.header("location")).await.expect(200);
    assert!(
        desk.text().contains("Selma is now “Degraded”"),
        "{}",
        desk.text()
    );
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "degraded");
    let forged = browser.get(&app, "/staff?done=state.nowhere").await;
    assert!(!forged.expect(200).text().contains("role=\"status\""));
}

#[tokio::test]
async fn a_change_of_nothing_leaves_no_line_in_the_record() {
    let (app, mut browser) = start().await;
    for fields in [&[][..], &[("state", "degraded"), ("note", "Slow.")], &[]] {
        browser.fill(&app, FORM, fields).await.expect(303);
    }
    assert_eq!(recorded(&app).await, 1);
    let done = browser.fill(&app, FORM, &[]).await.expect(303);
    let desk = browser.get(&app, done.header("location")).await.expect(200);
    assert!(
        desk.text()
            .contains("Nothing changed: Selma is still “Degraded”")
    );
    browser.fill(&app, FORM, &[("note", "")]).await.expect(303);
    assert_eq!(recorded(&app).await, 2, "a note is a change");
}

#[tokio::test]
async fn a_note_of_the_former_state_is_asked_about() {
    let (mut app, mut browser) = start().await;
    let broken = [("state", "degraded"), ("note", "The disk is slow.")];
    browser.fill(&app, FORM, &broken).await.expect(303);
    let works = [("state", "operational")];
    let asked = browser.fill(&app, FORM, &works).await.expect(422);
    let expected = "This note was written for “Degraded”. If it fits “Operational” too";
    assert!(asked.text().contains(expected), "{}", asked.text());
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "degraded");
    post_again(&mut browser, &app, FORM, &asked, &[("note", "")])
        .await
        .expect(303);
    let standing = app.api_get("/components/selma").await.expect(200).json();
    assert_eq!(standing["state"], "operational");
    assert_eq!(standing["note"], serde_json::Value::Null);

    browser.fill(&app, FORM, &broken).await.expect(303);
    let worse = [("state", "major_outage")];
    let asked = browser.fill(&app, FORM, &worse).await.expect(422);
    // That it holds for one state doesn't say that it holds for another.
    let asked = post_again(&mut browser, &app, FORM, &asked, &works)
        .await
        .expect(422);
    let asked = post_again(&mut browser, &app, FORM, &asked, &worse)
        .await
        .expect(422);
    post_again(&mut browser, &app, FORM, &asked, &[])
        .await
        .expect(303);
    let standing = app.api_get("/components/selma").await.expect(200).json();
    assert_eq!(standing["note"], "The disk is slow.", "sent once more");
    // A state set anew beside the same note is no other state.
    browser.fill(&app, FORM, &worse).await.expect(303);
}

#[tokio::test]
async fn the_api_records_the_same_said_twice_only_once() {
    let (mut app, _) = start().await;
    for note in ["Slow.", "Slow.", " Slow. "] {
        let body = json!({"state": "degraded", "note": note});
        let reply = app.post("/components/selma/state", body).await;
        let reply = reply.expect(200).json();
        assert_eq!(
            (&reply["state"], &reply["note"]),
            (&"degraded".into(), &"Slow.".into())
        );
    }
    assert_eq!(recorded(&app).await, 1);
    let body = json!({"state": "degraded", "note": "Slower."});
    app.post("/components/selma/state", body).await.expect(200);
    assert_eq!(recorded(&app).await, 2);
}

#[tokio::test]
async fn what_is_set_by_hand_and_worse_outlasts_an_incident() {
    let (mut app, _) = start().await;
    let body = json!({"title": "Selma is slow", "components": {"selma": "degraded"}});
    app.post("/incidents", body).await.expect(201);
    let body = json!({"state": "partial_outage"});
    app.post("/components/selma/state", body).await.expect(200);
    let over = json!({"markdown": "Over.", "phase": "resolved"});
    app.post("/incidents/selma-is-slow/updates", over)
        .await
        .expect(201);
    app.refresh_site().await;
    assert_eq!(
        app.state_of("selma"),
        "partial_outage",
        "said by hand since"
    );
}

#[tokio::test]
async fn what_a_colleague_changed_meanwhile_is_shown_first() {
    let (mut app, mut browser) = start().await;
    let form = browser.get(&app, FORM).await.expect(200);
    let theirs = json!({"state": "major_outage", "note": "Down."});
    app.post("/components/selma/state", theirs)
        .await
        .expect(200);
    let mine = [("state", "degraded"), ("note", "Slow.")];
    let held = post_again(&mut browser, &app, FORM, &form, &mine)
        .await
        .expect(409);
    for part in [
        "The state changed while you were here",
        "Major outage",
        "Down.",
        "value=\"Slow.\"",
    ] {
        assert!(held.text().contains(part), "{part}: {}", held.text());
    }
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
    post_again(&mut browser, &app, FORM, &held, &[])
        .await
        .expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "degraded");
}

#[tokio::test]
async fn of_a_component_that_is_not_there_nothing_is_said() {
    let (app, mut browser) = start().await;
    let fields = [("state", "operational"), ("note", "")];
    browser
        .post(&app, "/staff/components/nowhere/state", &fields)
        .await
        .expect(404);
}
