//! Drafts on the staff pages: kept, seen as they would be, published, thrown away, never public.

use lightship::domain::scope::Scope;
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
    for (verb, status) in [("publish", 404), ("discard", 403)] {
        let path = format!("{PAGE}/{verb}");
        other.post(&app, &path, &[]).await.expect(status);
    }
}

#[tokio::test]
async fn one_is_published_once_and_dated_then() {
    let (mut app, mut browser) = start().await;
    app.advance(chrono::Duration::hours(2));
    let path = format!("{PAGE}/publish");
    for _ in 0..2 {
        let reply = browser.post(&app, &path, &[("key", "a")]).await;
        let place = format!("{PAGE}?done=published");
        assert_eq!(reply.expect(303).header("location"), place);
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
async fn one_is_thrown_away_and_the_activity_log_keeps_it() {
    let (mut app, mut browser) = start().await;
    let path = format!("{PAGE}/discard");
    let reply = browser.post(&app, &path, &[("key", "a")]).await;
    assert_eq!(
        reply.expect(303).header("location"),
        "/staff?done=discarded"
    );
    app.refresh_site().await;
    browser.get(&app, PAGE).await.expect(404);
    let record = browser.get(&app, "/staff/record").await.expect(200);
    assert!(record.text().contains("discarded the draft of"));
}

#[tokio::test]
async fn its_preview_shows_the_states_that_it_will_set() {
    let (app, mut browser) = start().await;
    let shown = browser.get(&app, &format!("{PAGE}/preview")).await;
    let shown = shown.expect(200);
    let chips = shown.text().split("Components once it is published").nth(1);
    let chips = chips.expect("them").split("</ul>").next().expect("a list");
    assert!(
        chips.contains("Selma") && chips.contains("Degraded"),
        "{chips}"
    );
    assert!(!chips.contains("Operational"), "{chips}");
}

#[tokio::test]
async fn one_that_cannot_be_published_says_why_and_where_to_mend_it() {
    let (mut app, mut browser) = start().await;
    let body = json!({"title": "New disks", "kind": "maintenance", "draft": true,
        "components": {"selma": "maintenance"},
        "starts": "2013-02-26T10:00:00Z", "ends": "2013-02-26T11:00:00Z"});
    app.post("/incidents", body).await.expect(201);
    app.advance(chrono::Duration::hours(2));
    let page = "/staff/incidents/new-disks";
    let publish = format!("{page}/publish");
    let refused = browser.post(&app, &publish, &[("key", "a")]).await;
    let refused = refused.expect(422);
    for part in [
        "Not published yet",
        "/staff/incidents/new-disks/correct#field-starts",
        "in the past",
        "A draft.",
    ] {
        assert!(refused.text().contains(part), "{part}: {}", refused.text());
    }
    app.get("/incidents/new-disks").await.expect(404);
    let form = format!("{page}/correct");
    let times = [("starts", "2013-02-26T05:00"), ("ends", "2013-02-26T04:30")];
    let wrong = browser.fill(&app, &form, &times).await.expect(422);
    assert!(wrong.text().contains("id=\"field-ends-wrong\""));
    let times = [("starts", "2013-02-26T05:00"), ("ends", "2013-02-26T06:00")];
    let saved = browser.fill(&app, &form, &times).await.expect(303);
    let saved = browser.get(&app, saved.header("location")).await;
    assert!(saved.expect(200).text().contains("Draft saved."));
    let done = browser.post(&app, &publish, &[("key", "b")]).await;
    let done = browser.get(&app, done.expect(303).header("location")).await;
    assert!(done.expect(200).text().contains("It is public now."));
    app.refresh_site().await;
    let public = app.get("/incidents/new-disks").await.expect(200);
    assert!(public.text().contains("5:00"), "{}", public.text());
}
