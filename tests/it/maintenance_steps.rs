//! What staff do to maintenances: plan, start, extend, end and cancel them, and what is refused.

use chrono::Duration;
use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};

const SLUG: &str = "new-disks-for-selma";

fn plan() -> Value {
    json!({"title": "New disks for Selma", "kind": "maintenance", "markdown": "Selma restarts.",
        "starts": "2013-03-02T21:00:00Z", "ends": "2013-03-02T23:00:00Z",
        "components": {"selma": "maintenance"}})
}

async fn planned() -> TestApp {
    let mut app = empty().await;
    app.post("/incidents", plan()).await.expect(201);
    app
}

/// An hour before a plan of these tests begins.
pub(crate) async fn empty() -> TestApp {
    TestApp::new()
        .at("2013-03-02T20:00:00Z")
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await
}

async fn pass(app: &mut TestApp, minutes: i64) {
    app.advance(Duration::minutes(minutes));
    app.refresh_site().await;
}

async fn step(app: &mut TestApp, body: Value) -> Reply {
    app.post(&format!("/incidents/{SLUG}/maintenance"), body)
        .await
}

fn phase(app: &TestApp) -> &'static str {
    let incident = app.incident(SLUG).expect("a maintenance");
    incident.phase(app.clock.now()).as_str()
}

#[tokio::test]
async fn started_now_it_takes_its_states_now_and_the_clock_completes_it() {
    let mut app = planned().await;
    pass(&mut app, 30).await;
    let said = step(&mut app, json!({"do": "start"})).await.expect(201);
    assert_eq!(said.json()["phase"], "in_progress");
    assert_eq!(said.json()["markdown"], "Maintenance on Selma has started.");
    assert_eq!(said.json()["components"], json!({"selma": "maintenance"}));
    assert_eq!(app.state_of("selma"), "maintenance");
    let shown = app.api_get(&format!("/incidents/{SLUG}")).await.json();
    assert_eq!(shown["starts"], "2013-03-02T20:30:00Z");
    assert_eq!(shown["ends"], "2013-03-02T23:00:00Z");
    step(&mut app, json!({"do": "start"})).await.expect(409);
    pass(&mut app, 30).await;
    let incident = app.incident(SLUG).expect("it");
    assert_eq!(
        incident.updates.len(),
        1,
        "the clock doesn't begin it again"
    );
    pass(&mut app, 120).await;
    assert_eq!(phase(&app), "completed");
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn ended_now_it_gives_back_and_the_clock_is_silent() {
    let mut app = planned().await;
    step(&mut app, json!({"do": "end"})).await.expect(409);
    pass(&mut app, 90).await;
    let text = json!({"do": "end", "markdown": "All done, half an hour early."});
    let said = step(&mut app, text).await.expect(201).json();
    assert_eq!(said["restored"], json!(["selma"]));
    assert_eq!(said["markdown"], "All done, half an hour early.");
    assert_eq!(app.state_of("selma"), "operational");
    pass(&mut app, 600).await;
    assert_eq!(app.incident(SLUG).expect("it").updates.len(), 2);
    for word in ["start", "end", "cancel"] {
        step(&mut app, json!({"do": word})).await.expect(409);
    }
}

#[tokio::test]
async fn extended_it_runs_on_and_withdrawing_that_takes_it_back() {
    let mut app = planned().await;
    pass(&mut app, 90).await;
    let later = json!({"do": "extend", "ends": "2013-03-03T00:30:00Z"});
    let said = step(&mut app, later).await.expect(201).json();
    assert_eq!(
        said["markdown"],
        "Maintenance on Selma is taking longer than planned: until March 2 at 5:30 pm MST."
    );
    assert_eq!(said["phase"], Value::Null);
    let page = app.get(&format!("/incidents/{SLUG}")).await;
    assert!(
        page.text().contains("2:00 pm – 5:30 pm MST"),
        "{}",
        page.text()
    );
    pass(&mut app, 90).await;
    assert_eq!(phase(&app), "in_progress", "23:00 has passed");
    let id = said["id"].as_str().expect("an id");
    let path = format!("/incidents/{SLUG}/updates/{id}");
    app.api("DELETE", &path, None).await.expect(200);
    app.refresh_site().await;
    assert_eq!(phase(&app), "completed");
    let incident = app.incident(SLUG).expect("it");
    let last = incident.updates.last().expect("an update");
    assert_eq!(last.at.format("%H:%M").to_string(), "23:00");
}

#[tokio::test]
async fn moved_before_it_begins_it_takes_no_state_at_the_old_time() {
    let mut app = planned().await;
    let moved = json!({"do": "extend", "starts": "2013-03-05T21:00:00Z"});
    let said = step(&mut app, moved).await.expect(201).json();
    assert_eq!(
        said["ends"], "2013-03-05T23:00:00Z",
        "it stays as long as it was"
    );
    pass(&mut app, 90).await;
    assert_eq!(phase(&app), "scheduled");
    assert_eq!(app.state_of("selma"), "operational");
    pass(&mut app, 3 * 24 * 60).await;
    assert_eq!(phase(&app), "in_progress");
    assert_eq!(app.state_of("selma"), "maintenance");
}

#[tokio::test]
async fn cancelled_it_never_takes_its_states_and_called_off_it_gives_them_back() {
    let mut app = planned().await;
    step(&mut app, json!({"do": "cancel"})).await.expect(201);
    pass(&mut app, 90).await;
    assert_eq!(phase(&app), "cancelled");
    assert_eq!(app.state_of("selma"), "operational");
    let page = app.get("/components/selma").await;
    assert!(!page.text().contains("→"), "no change is in its history");

    let mut app = planned().await;
    pass(&mut app, 90).await;
    assert_eq!(app.state_of("selma"), "maintenance");
    step(&mut app, json!({"do": "cancel"})).await.expect(201);
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn a_files_maintenance_is_moved_and_cancelled_like_any_other() {
    let file = "---\ntitle: New disks for Selma\ndate: 2013-03-01\nkind: maintenance\n\
                components: {selma: maintenance}\nstarts: 2013-03-02 14:00\n\
                ends: 2013-03-02 16:00\n---\nSelma restarts.\n";
    let mut app = TestApp::new()
        .at("2013-03-02T20:00:00Z")
        .with_component("selma")
        .with_file("incidents/2013-03-01-new-disks-for-selma.md", file)
        .start()
        .await;
    let moved = json!({"do": "extend", "starts": "2013-03-02T22:00:00Z",
        "ends": "2013-03-02T23:30:00Z"});
    step(&mut app, moved).await.expect(201);
    app.sync(&[]).await.expect("synced");
    pass(&mut app, 90).await;
    assert_eq!(phase(&app), "scheduled");
    pass(&mut app, 30).await;
    assert_eq!(phase(&app), "in_progress");
    step(&mut app, json!({"do": "end"})).await.expect(201);
    assert_eq!(app.state_of("selma"), "operational");
    let text = app.get(&format!("/incidents/{SLUG}.md")).await;
    assert!(
        text.text().contains("starts: 2013-03-02T22:00:00Z"),
        "{}",
        text.text()
    );
}

/// The pointer and the text of each mistake.
fn mistakes(reply: &Reply) -> Vec<(String, String)> {
    let problem = reply.json();
    let errors = problem["errors"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    errors
        .map(|error| (text(&error["pointer"]), text(&error["detail"])))
        .collect()
}

#[tokio::test]
async fn a_window_that_cant_be_is_refused_with_its_reason() {
    let app = empty().await;
    let check = async |starts: Value, ends: Value, pointer: &str, why: &str| {
        let mut body = plan();
        body["starts"] = starts;
        body["ends"] = ends;
        let reply = app.api("POST", "/incidents", Some(body)).await.expect(422);
        let found = mistakes(&reply);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, pointer, "{found:?}");
        assert!(found[0].1.contains(why), "{found:?}");
    };
    let (early, late) = (json!("2013-03-02T21:00:00Z"), json!("2013-03-02T23:00:00Z"));
    check(
        late.clone(),
        early.clone(),
        "/ends",
        "ends before it begins",
    )
    .await;
    check(early.clone(), json!(null), "/ends", "needs a window").await;
    check(json!(null), late.clone(), "/starts", "needs a window").await;
    check(
        json!("2013-03-02T19:00:00Z"),
        late.clone(),
        "/starts",
        "in the past",
    )
    .await;
    let list = app.api_get("/incidents").await.json();
    assert_eq!(list, json!({"incidents": []}), "nothing is half done");
}

#[tokio::test]
async fn another_maintenance_at_the_same_time_is_named_unless_it_is_meant() {
    let mut app = planned().await;
    let mut second = plan();
    second["title"] = json!("More memory");
    let refused = app.post("/incidents", second.clone()).await.expect(422);
    let found = mistakes(&refused);
    assert_eq!(found[0].0, "/overlap");
    for word in [
        "Selma",
        "New disks for Selma",
        SLUG,
        "March 2 at 2:00 pm MST",
    ] {
        assert!(found[0].1.contains(word), "{found:?}");
    }
    second["components"] = json!({"nelson": "maintenance"});
    app.post("/incidents", second.clone()).await.expect(201);
    second["components"] = json!({"nelson": "maintenance", "selma": null});
    second["overlap"] = json!(true);
    app.post("/incidents", second).await.expect(201);
    step(&mut app, json!({"do": "cancel"})).await.expect(201);
    let moved = json!({"do": "extend", "ends": "2013-03-02T23:30:00Z"});
    step(&mut app, moved).await.expect(409);
}

#[tokio::test]
async fn steps_that_make_no_sense_are_refused() {
    let mut app = planned().await;
    let refused = step(&mut app, json!({"do": "stop"})).await.expect(422);
    assert!(refused.text().contains("extend"), "{}", refused.text());
    let with_time = json!({"do": "start", "starts": "2013-03-02T21:00:00Z"});
    step(&mut app, with_time).await.expect(422);
    step(&mut app, json!({"do": "extend"})).await.expect(422);
    let past = json!({"do": "extend", "starts": "2013-03-02T19:00:00Z"});
    step(&mut app, past).await.expect(422);
    let broken = json!({"title": "Selma is down", "markdown": "We look."});
    app.post("/incidents", broken).await.expect(201);
    let path = "/incidents/selma-is-down/maintenance";
    let refused = app.post(path, json!({"do": "start"})).await.expect(409);
    assert!(refused.text().contains("disruption"), "{}", refused.text());
    let reader = app.issue_token("reader", &[Scope::StatesWrite]).await;
    let path = format!("/incidents/{SLUG}/maintenance");
    let body = Some(json!({"do": "start"}));
    app.api_as(&reader, "POST", &path, &[], body)
        .await
        .expect(403);
}

#[tokio::test]
async fn opened_again_after_its_end_it_runs_until_somebody_ends_it() {
    let mut app = planned().await;
    pass(&mut app, 90).await;
    step(&mut app, json!({"do": "end"})).await.expect(201);
    pass(&mut app, 10).await;
    let again = json!({"markdown": "One disk again.", "phase": "in_progress"});
    app.post(&format!("/incidents/{SLUG}/updates"), again)
        .await
        .expect(201);
    pass(&mut app, 600).await;
    assert_eq!(phase(&app), "in_progress");
    assert_eq!(app.state_of("selma"), "maintenance");
    let incident = app.incident(SLUG).expect("it");
    assert_eq!(incident.updates.len(), 3, "the clock has added nothing");
    step(&mut app, json!({"do": "end"})).await.expect(201);
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn feeds_say_when_it_is_to_be_until_it_is() {
    let mut app = planned().await;
    let until = json!({"do": "extend", "ends": "2013-03-02T23:30:00Z"});
    step(&mut app, until).await.expect(201);
    step(&mut app, json!({"do": "start"})).await.expect(201);
    let feed = app.get(&format!("/incidents/{SLUG}/feed.json")).await;
    let items = feed.json()["items"].as_array().expect("items").clone();
    let says = |item: &Value, words: &str| {
        let html = item["content_html"].as_str().expect("html");
        html.contains(words)
    };
    let [begun, moved, post] = &items[..] else {
        panic!("{items:?}")
    };
    assert!(
        says(
            post,
            "Planned from March 2, 2013 at 2:00 pm MST to March 2, 2013 at 4:00 pm MST"
        ),
        "{post}"
    );
    assert!(
        says(moved, "Now planned until March 2, 2013 at 4:30 pm MST"),
        "{moved}"
    );
    assert!(!says(begun, "lanned"), "{begun}");
}

#[tokio::test]
async fn work_that_is_over_lies_in_the_past() {
    let mut app = planned().await;
    let mut plan = plan();
    plan["title"] = json!("Over already");
    plan["again"] = json!(true);
    plan["overlap"] = json!(true);
    for (phase, starts, ends, wrong) in [
        (
            "completed",
            "2013-03-02T21:00:00Z",
            "2013-03-02T23:00:00Z",
            "/starts",
        ),
        (
            "postmortem",
            "2013-03-02T21:00:00Z",
            "2013-03-02T23:00:00Z",
            "/starts",
        ),
        (
            "completed",
            "2013-03-02T19:00:00Z",
            "2013-03-02T23:00:00Z",
            "/ends",
        ),
    ] {
        plan["phase"] = json!(phase);
        plan["starts"] = json!(starts);
        plan["ends"] = json!(ends);
        let reply = app.post("/incidents", plan.clone()).await.expect(422);
        assert_eq!(reply.json()["errors"][0]["pointer"], wrong, "{phase}");
    }
    plan["ends"] = json!("2013-03-02T19:30:00Z");
    app.post("/incidents", plan.clone()).await.expect(201);
    plan["phase"] = json!("cancelled");
    plan["starts"] = json!("2013-03-02T21:00:00Z");
    plan["ends"] = json!("2013-03-02T23:00:00Z");
    app.post("/incidents", plan).await.expect(201);
}
