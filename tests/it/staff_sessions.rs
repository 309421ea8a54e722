//! Signing in to the staff pages, staying signed in, and not being tricked.

use chrono::Duration;
use lightship::domain::scope::Scope;

use crate::support::app::TestApp;
use crate::support::staff::Browser;

async fn start() -> TestApp {
    TestApp::new().with_component("selma").start().await
}

#[tokio::test]
async fn signing_in_leads_to_where_one_was_going() {
    let app = start().await;
    let mut browser = Browser::here();
    let path = "/staff/components/selma/state";
    let asked = browser.get(&app, path).await.expect(303);
    let door = asked.header("location").to_owned();
    assert_eq!(door, format!("/staff/sign-in?next={path}"));
    let page = browser.get(&app, &door).await.expect(200);
    assert!(page.text().contains("autocomplete=\"current-password\""));
    let token = app.token.clone();
    let sent = [("token", token.as_str()), ("next", path)];
    let opened = browser
        .post(&app, "/staff/sign-in", &sent)
        .await
        .expect(303);
    assert_eq!(opened.header("location"), path);
    let cookie = opened.header("set-cookie");
    assert!(
        cookie.starts_with("lightship=") && !cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    browser.get(&app, path).await.expect(200);
    for evil in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/",
    ] {
        let sent = [("token", token.as_str()), ("next", evil)];
        let reply = browser
            .post(&app, "/staff/sign-in", &sent)
            .await
            .expect(303);
        assert_eq!(reply.header("location"), "/staff", "{evil}");
    }
}

#[tokio::test]
async fn by_https_the_cookie_is_held_to_this_host() {
    let app = start().await;
    let mut browser = Browser::here()
        .with("host", "status.example.com")
        .with("x-forwarded-for", "192.0.2.1")
        .with("x-forwarded-proto", "https");
    let token = app.token.clone();
    let reply = browser
        .post(&app, "/staff/sign-in", &[("token", token.as_str())])
        .await
        .expect(303);
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-lightship="), "{cookie}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/;"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    browser.get(&app, "/staff").await.expect(200);
}

#[tokio::test]
async fn signing_in_by_plain_http_is_refused_with_the_reason() {
    let app = start().await;
    let mut browser = Browser::here().with("host", "status.example.com");
    let token = app.token.clone();
    let page = browser.get(&app, "/staff/sign-in").await.expect(403);
    assert!(page.text().contains("needs HTTPS"), "{}", page.text());
    let reply = browser
        .post(&app, "/staff/sign-in", &[("token", token.as_str())])
        .await
        .expect(403);
    assert!(reply.text().contains("needs HTTPS"));
    assert_eq!(reply.header("set-cookie"), "");
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_not_before() {
    let app = start().await;
    let mut browser = Browser::signed_in(&app).await;
    for _ in 0..3 {
        app.advance(Duration::hours(11));
        browser.get(&app, "/staff").await.expect(200);
    }
    app.advance(Duration::hours(12));
    browser.get(&app, "/staff").await.expect(303);
}

#[tokio::test]
async fn a_session_ends_by_signing_out_or_with_its_token() {
    let app = start().await;
    let mut browser = Browser::signed_in(&app).await;
    let before = browser.clone();
    let reply = browser.post(&app, "/staff/sign-out", &[]).await.expect(303);
    assert_eq!(reply.header("location"), "/staff/sign-in");
    assert_eq!(browser.cookie(), None);
    before.clone().get(&app, "/staff").await.expect(303);

    let secret = app.issue_token("on call", &[Scope::IncidentsWrite]).await;
    let mut colleague = Browser::signed_in_with(&app, &secret).await;
    colleague.get(&app, "/staff").await.expect(200);
    let list = app.api_get("/tokens").await.json();
    let tokens = list["tokens"].as_array().expect("a list");
    let own = tokens.iter().find(|token| token["name"] == "on call");
    let id = own.expect("it is there")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    app.api("DELETE", &format!("/tokens/{id}"), None)
        .await
        .expect(200);
    colleague.get(&app, "/staff").await.expect(303);
}

#[tokio::test]
async fn what_another_site_sends_is_refused() {
    let mut app = start().await;
    let browser = Browser::signed_in(&app).await;
    let path = "/staff/components/selma/state";
    let fields = [("state", "major_outage")];
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("referer", "https://evil.example/"),
    ] {
        let mut tricked = browser.clone().with(name, value);
        let reply = tricked.post(&app, path, &fields).await.expect(403);
        assert!(
            reply.text().contains("open the dashboard"),
            "{}",
            reply.text()
        );
    }
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "operational");
    let mut own = browser
        .with("origin", "http://localhost:8080")
        .with("sec-fetch-site", "same-origin");
    own.post(&app, path, &fields).await.expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
}

#[tokio::test]
async fn wrong_tokens_are_told_and_slow_down() {
    let app = start().await;
    let mut browser = Browser::here();
    for _ in 0..20 {
        let reply = browser
            .post(&app, "/staff/sign-in", &[("token", "lsp_wrong")])
            .await
            .expect(422);
        assert!(reply.text().contains("Token not recognised"));
        assert!(!reply.text().contains("lsp_wrong"));
    }
    let reply = browser
        .post(&app, "/staff/sign-in", &[("token", "lsp_wrong")])
        .await
        .expect(429);
    assert_eq!(reply.header("retry-after"), "60");
    let token = app.token.clone();
    browser
        .post(&app, "/staff/sign-in", &[("token", token.as_str())])
        .await
        .expect(303);
}

#[tokio::test]
async fn what_was_typed_as_the_session_ended_stands_in_the_form_again() {
    let mut app = start().await;
    let mut browser = Browser::signed_in(&app).await;
    let path = "/staff/components/selma/state";
    app.advance(Duration::hours(13));
    let sent = [
        ("state", "degraded"),
        ("note", "\"Mail\" <is> up & slow"),
        ("key", "once"),
    ];
    let door = browser.post(&app, path, &sent).await.expect(401);
    assert!(door.text().contains("Nothing is lost"), "{}", door.text());
    // A wrong token loses nothing either.
    let wrong = crate::support::staff::filled(&door, &[("token", "lsp_wrong")]);
    let wrong: Vec<_> = wrong
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let door = browser
        .post(&app, "/staff/sign-in", &wrong)
        .await
        .expect(422);
    let token = app.token.clone();
    let right = crate::support::staff::filled(&door, &[("token", &token)]);
    let right: Vec<_> = right
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let opened = browser
        .post(&app, "/staff/sign-in", &right)
        .await
        .expect(303);
    assert_eq!(opened.header("location"), path);
    app.refresh_site().await;
    assert_eq!(
        app.state_of("selma"),
        "operational",
        "it isn't posted by itself"
    );
    browser.fill(&app, path, &[]).await.expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "degraded");
    assert!(
        app.get("/")
            .await
            .text()
            .contains("“Mail” &lt;is&gt; up &amp; slow")
            || app
                .get("/")
                .await
                .text()
                .contains("&quot;Mail&quot; &lt;is&gt; up &amp; slow")
    );
    // Afterwards the form is fresh.
    let form = browser.get(&app, path).await.expect(200);
    assert!(!form.text().contains("value=\"once\""));
}

#[tokio::test]
async fn a_form_is_posted_once_however_often_it_is_sent() {
    let mut app = start().await;
    let mut browser = Browser::signed_in(&app).await;
    let path = "/staff/components/selma/state";
    let sent = [("state", "degraded"), ("key", "once")];
    let first = browser.post(&app, path, &sent).await.expect(303);
    let second = browser.post(&app, path, &sent).await.expect(303);
    assert_eq!(first.header("location"), second.header("location"));
    let lines = app.api_get("/audit").await.json();
    let changes = lines["entries"].as_array().expect("a list").iter();
    let mut changes = changes.filter(|line| line["action"] == "set_component_state");
    let line = changes.next().expect("a line");
    assert_eq!(line["actor"]["kind"], "staff");
    assert_eq!(line["actor"]["name"], "test");
    assert!(changes.next().is_none());
    // The same form with something else in it asks first, and keeps it.
    let other = [("state", "major_outage"), ("key", "once")];
    let asked = browser.post(&app, path, &other).await.expect(409);
    assert!(asked.text().contains("already sent"), "{}", asked.text());
    let again = crate::support::staff::filled(&asked, &[]);
    let again: Vec<_> = again
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(&app, path, &again).await.expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
}

#[tokio::test]
async fn scopes_say_what_is_offered_and_what_is_done() {
    let mut app = start().await;
    let secret = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let mut browser = Browser::signed_in_with(&app, &secret).await;
    let desk = browser.get(&app, "/staff").await.expect(200);
    assert!(desk.text().contains("New incident"));
    assert!(!desk.text().contains("/staff/components/selma/state"));
    let path = "/staff/components/selma/state";
    let reply = browser
        .post(&app, path, &[("state", "degraded")])
        .await
        .expect(403);
    assert!(reply.text().contains("states:write"), "{}", reply.text());
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "operational");
    let secret = app.issue_token("states", &[Scope::StatesWrite]).await;
    let mut browser = Browser::signed_in_with(&app, &secret).await;
    let desk = browser.get(&app, "/staff").await.expect(200);
    assert!(!desk.text().contains("New incident"));
    assert!(desk.text().contains(path));
}
