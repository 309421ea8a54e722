//! Taking things back from the desk, after being asked; and bringing them back.

use lightship::domain::scope::Scope;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::Browser;

const PAGE: &str = "/staff/incidents/selma-is-down";
const FORM: &str = "/staff/incidents/selma-is-down/withdraw";

async fn start() -> (TestApp, Browser) {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Selma is down", "components": {"selma": "major_outage"},
        "update": {"markdown": "We look."}});
    app.post("/incidents", body).await.expect(201);
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

#[tokio::test]
async fn an_incident_is_withdrawn_only_after_a_question() {
    let (mut app, mut browser) = start().await;
    let page = browser.get(&app, PAGE).await.expect(200);
    assert!(page.text().contains(&format!("href=\"{FORM}\"")));
    let asked = browser.get(&app, FORM).await.expect(200);
    for part in [
        "Withdraw this incident?",
        "1\u{a0}update",
        "Yes, withdraw it",
        "No, keep it",
    ] {
        assert!(asked.text().contains(part), "{part}: {}", asked.text());
    }
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage", "only asked");
    let done = browser.fill(&app, FORM, &[]).await.expect(303);
    let desk = browser.get(&app, done.header("location")).await.expect(200);
    assert!(desk.text().contains("Incident withdrawn"));
    let open = desk.text().split("Withdrawn incidents").next();
    assert!(open.is_some_and(|open| !open.contains("Selma is down")));
    app.refresh_site().await;
    app.get("/incidents/selma-is-down").await.expect(404);
    assert_eq!(app.state_of("selma"), "operational");
    browser.get(&app, PAGE).await.expect(404);
    let record = browser.get(&app, "/staff/record").await.expect(200);
    assert!(record.text().contains("withdrew"));
}

#[tokio::test]
async fn pressed_twice_it_is_withdrawn_once() {
    let (app, mut browser) = start().await;
    for _ in 0..2 {
        let reply = browser.post(&app, FORM, &[("key", "a")]).await.expect(303);
        assert_eq!(reply.header("location"), "/staff?done=withdrawn");
    }
}

#[tokio::test]
async fn whoever_sets_no_states_withdraws_none() {
    let (mut app, _) = start().await;
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let mut writer = Browser::signed_in_with(&app, &words).await;
    writer.fill(&app, FORM, &[]).await.expect(403);
    let states = app.issue_token("states", &[Scope::StatesWrite]).await;
    let mut other = Browser::signed_in_with(&app, &states).await;
    other.get(&app, FORM).await.expect(403);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
}

#[tokio::test]
async fn what_a_file_states_is_withdrawn_there() {
    let file = "---\ntitle: Selma is slow\ndate: 2013-02-26 02:00\n---\n\nWe look.\n";
    let app = TestApp::new()
        .with_component("selma")
        .with_file("incidents/2013-02-26-selma-is-slow.md", file)
        .start()
        .await;
    let mut browser = Browser::signed_in(&app).await;
    let form = "/staff/incidents/selma-is-slow/withdraw";
    let led = browser.get(&app, form).await.expect(303);
    let page = browser.get(&app, led.header("location")).await.expect(200);
    assert!(page.text().contains("2013-02-26-selma-is-slow.md"));
    browser.post(&app, form, &[]).await.expect(409);
}

#[tokio::test]
async fn an_update_that_was_withdrawn_is_brought_back() {
    let (mut app, mut browser) = start().await;
    let said = json!({"markdown": "Mail is *up*.", "components": {"selma": "degraded"}});
    let made = app.post("/incidents/selma-is-down/updates", said).await;
    let id = made.expect(201).json()["id"].as_str().map(str::to_owned);
    let id = id.expect("an id");
    let form = format!("{PAGE}/updates/{id}/correct");
    let done = browser
        .fill(&app, &form, &[("do", "withdraw")])
        .await
        .expect(303);
    let page = browser.get(&app, done.header("location")).await.expect(200);
    for part in ["Update withdrawn", "Withdrawn updates (1)", "Mail is up."] {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    let back = format!("{PAGE}/updates/{id}/bring-back");
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let mut writer = Browser::signed_in_with(&app, &words).await;
    writer.post(&app, &back, &[]).await.expect(403);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
    for _ in 0..2 {
        let done = browser.post(&app, &back, &[("key", "a")]).await.expect(303);
        let page = browser.get(&app, done.header("location")).await.expect(200);
        assert!(page.text().contains("The update is back"));
        assert!(!page.text().contains("Withdrawn updates"));
    }
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "degraded");
}
