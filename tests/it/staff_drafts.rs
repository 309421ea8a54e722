//! Drafts on the staff pages: kept, seen as they would be, published, thrown away, never public.

use lightship::domain::staff::Scope;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::Browser;

const PAGE: &str = "/staff/incidents/selma-is-slow";

async fn start() -> (TestApp, Browser) {
    let mut app = TestApp::new()
        .at("2013-02-26T09:15:00Z")
        .with_component("selma")
        .start()
        .await;
    let body = json!({"title": "Selma is slow", "markdown": "We *look*.", "draft": true,
        "components": {"selma": "degraded"}});
    app.post("/incidents", body).await.expect(201);
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

#[tokio::test]
async fn one_is_seen_as_it_would_be_by_staff_alone() {
    let (app, mut browser) = start().await;
    let desk = browser.get(&app, "/staff").await.expect(200);
    assert!(desk.text().contains(PAGE));
    let page = browser.get(&app, PAGE).await.expect(200);
    let path = format!("{PAGE}/preview");
    assert!(page.text().contains(&path));
    let shown = browser.get(&app, &path).await.expect(200);
    for part in [
        "A draft.",
        "<em>look</em>",
        "Degraded",
        "<h1",
        "name=\"robots\" content=\"noindex\"",
    ] {
        assert!(shown.text().contains(part), "{part}: {}", shown.text());
    }
    assert!(!shown.text().contains("selma-is-slow/feed"));
    assert!(!shown.text().contains("canonical"));
    app.get("/incidents/selma-is-slow").await.expect(404);
    assert!(!app.get("/").await.text().contains("slow"));
    Browser::here().get(&app, &path).await.expect(303);
    let secret = app.issue_token("states", &[Scope::StatesWrite]).await;
    let mut other = Browser::signed_in_with(&app, &secret).await;
    other.get(&app, &path).await.expect(403);
    other.get(&app, PAGE).await.expect(404);
    for verb in ["publish", "discard"] {
        let path = format!("{PAGE}/{verb}");
        other.post(&app, &path, &[]).await.expect(403);
    }
}

#[tokio::test]
async fn one_is_published_once_and_dated_then() {
    let (mut app, mut browser) = start().await;
    app.advance(chrono::Duration::hours(2));
    let path = format!("{PAGE}/publish");
    for _ in 0..2 {
        let reply = browser.post(&app, &path, &[("key", "a")]).await;
        assert_eq!(reply.expect(303).header("location"), PAGE);
    }
    app.refresh_site().await;
    app.get("/incidents/selma-is-slow").await.expect(200);
    let body = app.api_get("/incidents/selma-is-slow").await.json();
    assert_eq!(body["published_at"], "2013-02-26T11:15:00Z");
    assert_eq!(app.state_of("selma"), "degraded");
    let page = browser.get(&app, PAGE).await.expect(200);
    assert!(!page.text().contains("A draft."));
    let shown = browser.get(&app, &format!("{PAGE}/preview")).await;
    assert_eq!(
        shown.expect(303).header("location"),
        "/incidents/selma-is-slow"
    );
    let reply = browser.post(&app, &path, &[("key", "b")]).await;
    reply.expect(409);
}

#[tokio::test]
async fn whoever_sets_no_states_publishes_none() {
    let (mut app, _) = start().await;
    let secret = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let mut writer = Browser::signed_in_with(&app, &secret).await;
    let path = format!("{PAGE}/publish");
    writer.post(&app, &path, &[]).await.expect(403);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn one_is_thrown_away_and_the_record_keeps_it() {
    let (mut app, mut browser) = start().await;
    let path = format!("{PAGE}/discard");
    let reply = browser.post(&app, &path, &[("key", "a")]).await;
    assert_eq!(reply.expect(303).header("location"), "/staff");
    app.refresh_site().await;
    browser.get(&app, PAGE).await.expect(404);
    let record = browser.get(&app, "/staff/record").await.expect(200);
    assert!(record.text().contains("threw away the draft of"));
}
