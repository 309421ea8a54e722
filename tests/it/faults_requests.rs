//! Requests that try to get what they may not: files beside the pictures, states without the scope,
//! word of a draft.

use std::fs;
use std::os::unix::fs::symlink;

use axum::body::Body;
use axum::http::Request;
use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::staff::Browser;

#[tokio::test]
async fn media_gives_what_lies_in_it_and_nothing_else() {
    let app = TestApp::new()
        .with_file("media/rack.png", "0123456789")
        .with_file("media/.hidden", "x")
        .with_file("media/.git/config", "x")
        .start()
        .await;
    let content = app.content();
    symlink(content.join("site.toml"), content.join("media/out.png")).expect("a link");
    symlink(content.join("media/rack.png"), content.join("media/in.png")).expect("a link");
    fs::create_dir(content.join("media/..data")).expect("a folder");
    fs::write(content.join("media/..data/mounted.png"), "m").expect("written");
    symlink("..data/mounted.png", content.join("media/mounted.png")).expect("a link");
    for path in [
        "/media/.hidden",
        "/media/%2ehidden",
        "/media/%2egit/config",
        "/media/.git%2fconfig",
        "/media/a/%2e%2e/%2e%2e/site.toml",
        "/media/..%2fsite.toml",
        "/media/out.png",
        "/media/..data/mounted.png",
    ] {
        app.get(path).await.expect(404);
    }
    for path in ["/media/rack.png", "/media/in.png", "/media/mounted.png"] {
        app.get(path).await.expect(200);
    }
    let ranged = async |range: &str| {
        let request = Request::get("/media/rack.png").header("range", range);
        app.send(request.body(Body::empty()).expect("a request"))
            .await
    };
    let part = ranged("bytes=2-3").await.expect(206);
    assert_eq!(
        (part.text(), part.header("content-range")),
        ("23", "bytes 2-3/10")
    );
    let none = ranged("bytes=20-30").await.expect(416);
    assert_eq!(none.header("content-range"), "bytes */10");
    for whole in ["bytes=0-1,4-5", "bytes=a-b", "lines=1-2", "bytes=-"] {
        assert_eq!(
            ranged(whole).await.expect(200).text(),
            "0123456789",
            "{whole}"
        );
    }
}

/// A site with states to lose: an open incident, a draft, a maintenance to come.
pub(crate) async fn world() -> (TestApp, String) {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("ruby")
        .start()
        .await;
    let open = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", open).await.expect(201);
    let draft =
        json!({"title": "Secret breach", "draft": true, "components": {"ruby": "degraded"}});
    app.post("/incidents", draft).await.expect(201);
    let plan = json!({"title": "New disks", "kind": "maintenance", "components": {"ruby": "maintenance"},
        "starts": "2013-02-27T09:00:00Z", "ends": "2013-02-27T10:00:00Z"});
    app.post("/incidents", plan).await.expect(201);
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    (app, words)
}

/// Every state that anybody sees, and what is planned.
async fn states(app: &mut TestApp) -> Vec<Value> {
    app.refresh_site().await;
    let mut seen = Vec::new();
    for path in [
        "/components",
        "/incidents/new-disks",
        "/incidents/selma-is-down",
    ] {
        let mut body = app.api_get(path).await.expect(200).json();
        if let Some(incident) = body.as_object_mut() {
            incident.remove("updates");
        }
        seen.push(body);
    }
    seen
}

#[tokio::test]
async fn whatever_changes_a_state_needs_the_scope_in_whatever_form_it_comes() {
    let (mut app, words) = world().await;
    let update = json!({"markdown": "Worse.", "components": {"ruby": "partial_outage"}});
    let made = app
        .post("/incidents/selma-is-down/updates", update)
        .await
        .expect(201);
    let made = made.json()["id"].as_str().expect("an id").to_owned();
    let moved = format!("/incidents/selma-is-down/updates/{made}");
    let entry =
        "We look.\n\n## UPDATE 2013-02-26 02:10 MST\n\nRuby, too.\n\n- Ruby: major_outage\n";
    let before = states(&mut app).await;
    let calls: &[(&str, &str, Value)] = &[
        (
            "POST",
            "/incidents",
            json!({"title": "a", "components": {"ruby": "degraded"}}),
        ),
        (
            "POST",
            "/incidents",
            json!({"title": "a", "update": {"components": {"ruby": "degraded"}}}),
        ),
        (
            "POST",
            "/incidents",
            json!({"title": "a", "markdown": entry}),
        ),
        (
            "POST",
            "/incidents",
            json!({"title": "a", "kind": "maintenance", "components": {"selma": "maintenance"},
            "starts": "2013-02-28T09:00:00Z", "ends": "2013-02-28T10:00:00Z"}),
        ),
        (
            "PATCH",
            "/incidents/selma-is-down",
            json!({"components": {"selma": "degraded"}}),
        ),
        (
            "PATCH",
            "/incidents/selma-is-down",
            json!({"markdown": entry}),
        ),
        (
            "PATCH",
            "/incidents/selma-is-down",
            json!({"published_at": "2013-02-26T08:00:00Z"}),
        ),
        ("PATCH", "/incidents/selma-is-down", json!({"draft": true})),
        ("PATCH", "/incidents/secret-breach", json!({"draft": false})),
        (
            "PATCH",
            "/incidents/new-disks",
            json!({"starts": "2013-02-27T08:00:00Z"}),
        ),
        ("DELETE", "/incidents/selma-is-down", Value::Null),
        (
            "POST",
            "/incidents/selma-is-down/updates",
            json!({"markdown": "a", "components": {"ruby": "degraded"}}),
        ),
        (
            "POST",
            "/incidents/selma-is-down/updates",
            json!({"markdown": "Over.", "phase": "resolved"}),
        ),
        ("PATCH", &moved, json!({"at": "2013-02-26T09:00:00Z"})),
        ("PATCH", &moved, json!({"components": {}})),
        ("PATCH", &moved, json!({"phase": "resolved"})),
        ("DELETE", &moved, Value::Null),
        (
            "POST",
            "/components/ruby/state",
            json!({"state": "degraded"}),
        ),
        (
            "POST",
            "/incidents/new-disks/maintenance",
            json!({"do": "extend", "ends": "2013-02-27T11:00:00Z"}),
        ),
        (
            "POST",
            "/incidents/new-disks/maintenance",
            json!({"do": "extend", "starts": "2013-02-27T08:30:00Z"}),
        ),
        (
            "POST",
            "/incidents/new-disks/maintenance",
            json!({"do": "start"}),
        ),
        (
            "POST",
            "/incidents/new-disks/maintenance",
            json!({"do": "cancel"}),
        ),
    ];
    for (method, path, body) in calls {
        let sent = Some(body.clone()).filter(|body| !body.is_null());
        let reply = app.api_as(&words, method, path, &[], sent).await;
        let text = reply.text().to_owned();
        assert!(
            reply.status == 403 && text.contains("states:write"),
            "{method} {path} {body}: {} {text}",
            reply.status
        );
        assert_eq!(states(&mut app).await, before, "{method} {path} {body}");
    }
    // What is withdrawn isn't brought back with its states, either.
    app.api("DELETE", &moved, None).await.expect(200);
    let restore = format!("{moved}/restore");
    app.api_as(&words, "POST", &restore, &[], Some(json!({})))
        .await
        .expect(403);
    // Nor is a maintenance that runs given another end, at which its states would end.
    app.advance(chrono::Duration::hours(24));
    app.refresh_site().await;
    assert_eq!(app.state_of("ruby"), "maintenance");
    for step in [
        json!({"do": "extend", "ends": "2013-02-27T09:16:00Z"}),
        json!({"do": "end"}),
    ] {
        let path = "/incidents/new-disks/maintenance";
        app.api_as(&words, "POST", path, &[], Some(step))
            .await
            .expect(403);
    }
}

#[tokio::test]
async fn words_may_be_posted_drafted_and_ended_as_long_as_no_state_changes() {
    let (mut app, words) = world().await;
    let before = app.state_of("selma");
    let calls: &[(&str, &str, Value, u16)] = &[
        (
            "POST",
            "/incidents",
            json!({"title": "Mail bounces", "components": {"ruby": null}}),
            201,
        ),
        (
            "POST",
            "/incidents",
            json!({"title": "b", "draft": true, "components": {"ruby": "degraded"}}),
            201,
        ),
        (
            "POST",
            "/incidents/selma-is-down/updates",
            json!({"markdown": "We look."}),
            201,
        ),
        (
            "PATCH",
            "/incidents/selma-is-down",
            json!({"title": "Selma is quite down"}),
            200,
        ),
        (
            "POST",
            "/incidents/selma-is-down/updates",
            json!({"markdown": "Over.", "phase": "resolved", "restore": false}),
            201,
        ),
    ];
    for (method, path, body, status) in calls {
        let reply = app
            .api_as(&words, method, path, &[], Some(body.clone()))
            .await;
        assert_eq!(
            reply.status.as_u16(),
            *status,
            "{method} {path}: {}",
            reply.text()
        );
    }
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), before);
    let refused = json!({"markdown": "Over.", "phase": "resolved"});
    let open = json!({"title": "Again", "components": {"selma": "degraded"}});
    app.post("/incidents", open).await.expect(201);
    let reply = app
        .api_as(
            &words,
            "POST",
            "/incidents/again/updates",
            &[],
            Some(refused),
        )
        .await
        .expect(403);
    let text = reply.text();
    assert!(text.contains("Selma") && text.contains("restore"), "{text}");
}

#[tokio::test]
async fn the_staff_pages_hold_to_the_same() {
    let (mut app, words) = world().await;
    let before = states(&mut app).await;
    let mut browser = Browser::signed_in_with(&app, &words).await;
    let form = "/staff/incidents/selma-is-down/update";
    let page = browser.get(&app, form).await.expect(200);
    assert!(page.text().contains("stays as it is"), "{}", page.text());
    browser
        .fill(&app, form, &[("markdown", "Over."), ("phase", "resolved")])
        .await
        .expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
    let publish = [("key", "k1")];
    browser
        .post(&app, "/staff/incidents/secret-breach/publish", &publish)
        .await
        .expect(403);
    browser
        .post(
            &app,
            "/staff/incidents/selma-is-down/withdraw",
            &[("key", "k2")],
        )
        .await
        .expect(403);
    assert_eq!(states(&mut app).await[0], before[0]);
}

#[tokio::test]
async fn a_draft_is_not_there_for_who_may_not_read_it() {
    let (app, _) = world().await;
    let states = app.issue_token("states", &[Scope::StatesWrite]).await;
    let ask = async |slug: &str| {
        let body = json!({"state": "degraded", "incident": slug});
        let path = "/components/ruby/state";
        let reply = app
            .api_as(&states, "POST", path, &[], Some(body))
            .await
            .expect(422);
        reply
            .text()
            .replace(slug, "SLUG")
            .replace(reply.header("x-request-id"), "")
    };
    assert_eq!(ask("secret-breach").await, ask("secret-nothing").await);
    let drafts = app.api_get("/incidents").await.expect(200).json();
    let draft = drafts["incidents"].as_array().expect("a list").iter();
    let draft = draft
        .clone()
        .find(|it| it["slug"] == "secret-breach")
        .expect("the draft");
    let after = format!("/incidents?before={}", draft["id"].as_str().expect("an id"));
    app.api_as(&states, "GET", &after, &[], None)
        .await
        .expect(422);
}
