//! The same said once more: by a program that tried again, by a command, by a form.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};
use crate::support::staff::Browser;

const UPDATES: &str = "/incidents/selma-is-down/updates";

async fn app() -> TestApp {
    let mut app = TestApp::new().with_component("selma").start().await;
    let incident = json!({"title": "Selma is down",
        "update": {"markdown": "We look.", "components": {"selma": "Major Outage"}}});
    app.post("/incidents", incident).await.expect(201);
    app
}

async fn with_key(app: &TestApp, path: &str, body: Value, key: &str) -> Reply {
    let headers = [("idempotency-key", key)];
    app.api_as(&app.token, "POST", path, &headers, Some(body))
        .await
}

#[tokio::test]
async fn a_program_without_a_key_is_told_what_was_posted_first() {
    let mut app = app().await;
    let update = json!({"markdown": "A disk has died.", "components": {"selma": "major_outage"}});
    let first = app.post(UPDATES, update).await.expect(201).json();
    app.advance(Duration::minutes(14));
    // In other words for the same state, and with blanks around the text.
    let typed = json!({"markdown": "A disk has died.\n", "components": {"selma": "Major Outage"}});
    let refused = app.post(UPDATES, typed.clone()).await.expect(409).json();
    assert_eq!(refused["first"]["url"], first["url"]);
    let url = first["url"].as_str().expect("its page");
    let detail = refused["detail"].as_str().expect("why");
    assert!(
        detail.contains(url) && detail.contains("\"again\": true"),
        "{detail}"
    );
    let api = refused["first"]["api"].as_str().expect("its path");
    let path = api.strip_prefix("/api/v1").expect("one of the API");
    assert_eq!(
        app.api_get(path).await.expect(200).json()["id"],
        first["id"]
    );
    // With a key, the key alone decides; unless it is said otherwise.
    with_key(&app, UPDATES, typed.clone(), "one")
        .await
        .expect(201);
    let mut once = typed.clone();
    once["again"] = json!(false);
    with_key(&app, UPDATES, once, "two").await.expect(409);
    let mut again = typed.clone();
    again["again"] = json!(true);
    app.post(UPDATES, again).await.expect(201);
    app.advance(Duration::minutes(15));
    app.post(UPDATES, typed).await.expect(201);
}

#[tokio::test]
async fn what_says_something_else_is_no_repetition() {
    let mut app = app().await;
    let update = json!({"markdown": "A disk has died.", "phase": "identified"});
    app.post(UPDATES, update.clone()).await.expect(201);
    for other in [
        json!({"markdown": "A disk has died!", "phase": "identified"}),
        json!({"markdown": "A disk has died.", "phase": "monitoring"}),
        json!({"markdown": "A disk has died.", "phase": "monitoring", "author": "Tyler"}),
        json!({"markdown": "A disk has died.", "phase": "monitoring", "at": "2013-02-26T08:00:00Z"}),
        json!({"markdown": "A disk has died.", "phase": "monitoring",
            "components": {"selma": {"state": "degraded", "note": "Slow."}}}),
    ] {
        app.post(UPDATES, other).await.expect(201);
    }
    // It is news once more after it stood otherwise in between.
    app.post(UPDATES, update.clone()).await.expect(201);
    app.post(UPDATES, json!({"markdown": "More soon."}))
        .await
        .expect(201);
    app.post(UPDATES, update).await.expect(409);
}

#[tokio::test]
async fn an_update_that_was_put_in_late_hides_no_repetition() {
    let mut app = app().await;
    app.advance(Duration::minutes(20));
    let update = json!({"markdown": "Mail was up.", "at": "2013-02-26T09:16:00Z"});
    app.post(UPDATES, update.clone()).await.expect(201);
    app.advance(Duration::minutes(2));
    app.post(UPDATES, update).await.expect(409);
    // "20 minutes ago", typed a second time.
    let later = json!({"markdown": "Mail was up.", "at": "2013-02-26T09:18:00Z"});
    app.post(UPDATES, later).await.expect(409);
    // The desk's words are no other ones.
    let mut browser = Browser::signed_in(&app).await;
    let form = "/staff/incidents/selma-is-down/update";
    let sent = [("markdown", "Mail is up.")];
    let first = browser.fill(&app, form, &sent).await.expect(303);
    let late = json!({"markdown": "Nelson was up.", "at": "2013-02-26T09:17:00Z"});
    app.post(UPDATES, late).await.expect(201);
    let again = browser.fill(&app, form, &sent).await.expect(303);
    assert_eq!(again.header("location"), first.header("location"));
}

#[tokio::test]
async fn an_incident_is_opened_once() {
    let mut app = app().await;
    let incident = json!({"title": " Selma is down",
        "update": {"markdown": "We look.", "components": {"selma": "major_outage"}}});
    let refused = app
        .post("/incidents", incident.clone())
        .await
        .expect(409)
        .json();
    assert_eq!(refused["first"]["api"], "/api/v1/incidents/selma-is-down");
    for (field, value) in [
        ("impact", json!("minor")),
        ("kind", json!("notice")),
        ("draft", json!(true)),
        ("again", json!(true)),
    ] {
        let mut other = incident.clone();
        other[field] = value;
        app.post("/incidents", other.clone()).await.expect(201);
        if field != "again" {
            app.post("/incidents", other).await.expect(409);
        }
    }
    // A plan would otherwise be in the way of itself.
    let plan = json!({"title": "New disks", "kind": "maintenance", "markdown": "Selma restarts.",
        "components": {"selma": "maintenance"},
        "starts": "2013-02-27T09:00:00Z", "ends": "2013-02-27T10:00:00Z"});
    app.post("/incidents", plan.clone()).await.expect(201);
    app.post("/incidents", plan).await.expect(409);
}

#[tokio::test]
async fn fewer_components_are_a_repetition_while_they_are_so() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let update =
        |components: Value| json!({"markdown": "A disk has died.", "components": components});
    let incident = json!({"title": "Selma is down", "update": update(json!({
        "selma": "major_outage", "nelson": "degraded"}))});
    app.post("/incidents", incident.clone()).await.expect(201);
    let fewer = update(json!({"selma": "major_outage"}));
    for told in [
        fewer.clone(),
        update(json!({})),
        update(json!({"nelson": null})),
    ] {
        app.post(UPDATES, told).await.expect(409);
    }
    let mut again = incident.clone();
    again["update"] = fewer.clone();
    app.post("/incidents", again.clone()).await.expect(409);
    // Once it is otherwise, to say so is news.
    let mended = json!({"state": "operational"});
    let mend = "/components/selma/state";
    app.post(mend, mended.clone()).await.expect(200);
    app.post("/incidents", incident).await.expect(409);
    app.post("/incidents", again).await.expect(201);
    app.post(mend, mended).await.expect(200);
    app.post(UPDATES, fewer).await.expect(201);
}

#[tokio::test]
async fn an_entry_of_a_file_between_hides_no_repetition_unless_it_changes_something() {
    const FILE: &str = "incidents/2013-02-26-mail.md";
    let file = |entries: &str| {
        format!("---\ntitle: Mail\ndate: 2013-02-26 02:00\n---\n\nWe look.\n\n{entries}")
    };
    let mut app = TestApp::new().with_file(FILE, file("")).start().await;
    let update = json!({"markdown": "A disk has died."});
    let path = "/incidents/mail/updates";
    app.post(path, update.clone()).await.expect(201);
    app.write(FILE, file("UPDATE 02:14 MST: Still.\n"));
    app.sync(&[]).await.expect("synced");
    app.post(path, update.clone()).await.expect(409);
    app.write(
        FILE,
        file("UPDATE 02:14 MST: Still.\n\nUPDATE 02:15 MST: monitoring\n\nUp.\n"),
    );
    app.sync(&[]).await.expect("synced");
    app.post(path, update).await.expect(201);
}
