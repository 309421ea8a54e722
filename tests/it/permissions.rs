//! What a token without the scope can't see and can't do, on every staff page and in the API.

use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::staff::Browser;

const FILE: &str = "incidents/2013-02-26-nelson-is-slow.md";
const BY_FILE: &str = "/staff/incidents/nelson-is-slow";
const BY_API: &str = "/staff/incidents/selma-is-down";
const DRAFT: &str = "/staff/incidents/a-draft";
const PLAN: &str = "/staff/incidents/new-disks";

/// One of each: an incident of a file, which was changed once, one by API, a draft, a maintenance.
async fn start() -> TestApp {
    let text = |what: &str| {
        format!(
            "---\ntitle: Nelson is slow\ndate: 2013-02-26 00:00\n---\n{what}\n\n\
             UPDATE: (2/26/13 - 1:00 MST) {what} A disk.\n"
        )
    };
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file(FILE, text("Replaced words."))
        .start()
        .await;
    app.write(FILE, text("We look."));
    app.sync(&[]).await.expect("it is read");
    for incident in [
        json!({"title": "Selma is down", "update": {"markdown": "We look."}}),
        json!({"title": "A draft", "draft": true, "update": {"markdown": "Not yet."}}),
        json!({"title": "New disks", "kind": "maintenance", "starts": "2013-03-05T22:00:00Z",
            "ends": "2013-03-05T23:00:00Z"}),
    ] {
        app.post("/incidents", incident).await.expect(201);
    }
    app
}

async fn first_update(app: &TestApp, slug: &str) -> String {
    let incident = app.api_get(&format!("/incidents/{slug}")).await.json();
    incident["updates"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// The lines of the activity log: every change leaves one.
async fn log(app: &TestApp) -> Value {
    app.api_get("/audit").await.expect(200).json()
}

#[tokio::test]
async fn staff_pages_show_and_change_nothing_without_the_scope() {
    let app = start().await;
    let secret = app.issue_token("states", &[Scope::StatesWrite]).await;
    let mut browser = Browser::signed_in_with(&app, &secret).await;
    let before = log(&app).await;
    let mut forms = vec![
        "/staff/new-incident".to_owned(),
        "/staff/new-maintenance".to_owned(),
        format!("{PLAN}/maintenance"),
    ];
    for (page, slug) in [(BY_FILE, "nelson-is-slow"), (BY_API, "selma-is-down")] {
        let update = first_update(&app, slug).await;
        forms.extend([
            format!("{page}/update"),
            format!("{page}/correct"),
            format!("{page}/withdraw"),
            format!("{page}/updates/{update}/correct"),
        ]);
    }
    for path in &forms {
        let shown = browser.get(&app, path).await.expect(403);
        assert!(!shown.text().contains("Replaced words"), "{path}");
    }
    let sent = [
        ("title", "Clark is down"),
        ("markdown", "All is well."),
        ("starts", "2013-03-06T22:00"),
        ("ends", "2013-03-06T23:00"),
        ("step", "start"),
        ("phase", "resolved"),
    ];
    let update = first_update(&app, "selma-is-down").await;
    forms.push(format!("{BY_API}/updates/{update}/bring-back"));
    for path in &forms {
        let reply = browser.post(&app, path, &sent).await;
        assert!(!reply.text().contains("Replaced words"), "{path}");
        assert!(
            [403, 409, 422].contains(&reply.status.as_u16()),
            "{path}: {}",
            reply.status
        );
    }
    let draft = first_update(&app, "a-draft").await;
    for path in [
        DRAFT.to_owned(),
        format!("{DRAFT}/update"),
        format!("{DRAFT}/correct"),
        format!("{DRAFT}/preview"),
        format!("{DRAFT}/updates/{draft}"),
        format!("{DRAFT}/updates/{draft}/correct"),
    ] {
        let reply = browser.get(&app, &path).await;
        assert!(
            [403, 404].contains(&reply.status.as_u16()),
            "{path}: {}",
            reply.status
        );
        assert!(!reply.text().contains("Not yet."), "{path}");
    }
    assert_eq!(log(&app).await, before);
}

#[tokio::test]
async fn the_api_shows_and_changes_nothing_without_the_scope() {
    let app = start().await;
    let secret = app.issue_token("states", &[Scope::StatesWrite]).await;
    let update = first_update(&app, "selma-is-down").await;
    let draft = first_update(&app, "a-draft").await;
    let before = log(&app).await;
    let incident = "/incidents/selma-is-down";
    let of_update = format!("{incident}/updates/{update}");
    let text = || Some(json!({"markdown": "All is well."}));
    for (method, path, body) in [
        (
            "POST",
            "/incidents",
            Some(json!({"title": "Clark is down"})),
        ),
        ("PATCH", incident, text()),
        ("DELETE", incident, None),
        ("POST", &format!("{incident}/updates"), text()),
        ("PATCH", &of_update, text()),
        ("DELETE", &of_update, None),
        ("POST", &format!("{of_update}/restore"), None),
        (
            "POST",
            "/incidents/new-disks/maintenance",
            Some(json!({"do": "start"})),
        ),
        ("GET", &format!("{incident}/versions"), None),
        ("GET", &format!("{of_update}/versions"), None),
        ("PATCH", "/components", Some(json!({"order": []}))),
        ("PUT", "/components/clark", Some(json!({"name": "Clark"}))),
        ("DELETE", "/components/selma", None),
        ("POST", "/components/selma/restore", None),
        ("GET", "/tokens", None),
        (
            "POST",
            "/tokens",
            Some(json!({"name": "mine", "scopes": ["admin"]})),
        ),
        ("GET", "/audit", None),
        ("GET", "/audit.csv", None),
    ] {
        let reply = app.api_as(&secret, method, path, &[], body).await;
        assert_eq!(reply.status, 403, "{method} {path}: {}", reply.text());
        assert!(reply.text().contains("scope"), "{method} {path}");
    }
    for path in [
        "/incidents/a-draft".to_owned(),
        format!("/incidents/a-draft/updates/{draft}"),
    ] {
        app.api_as(&secret, "GET", &path, &[], None)
            .await
            .expect(404);
    }
    let list = app
        .api_as(&secret, "GET", "/incidents", &[], None)
        .await
        .expect(200);
    assert!(!list.text().contains("a-draft"));
    assert_eq!(log(&app).await, before);
}
