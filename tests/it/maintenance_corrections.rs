//! Corrections of a maintenance's post: which of them plan it anew, and are checked like a plan.

use serde_json::{Value, json};

use crate::maintenance_steps::empty;
use crate::support::app::{Reply, TestApp};

const PATH: &str = "/incidents/new-disks";

fn plan(title: &str, components: &Value) -> Value {
    json!({"title": title, "kind": "maintenance", "overlap": true,
        "starts": "2013-03-02T21:00:00Z", "ends": "2013-03-02T23:00:00Z",
        "components": components})
}

async fn planned() -> TestApp {
    let mut app = empty().await;
    let selma = plan("New disks", &json!({"selma": "maintenance"}));
    app.post("/incidents", selma).await.expect(201);
    app
}

/// The same, and a maintenance of both servers at the same time, whose overlap was allowed.
async fn two_planned() -> TestApp {
    let mut app = planned().await;
    let both = json!({"selma": "maintenance", "nelson": "maintenance"});
    app.post("/incidents", plan("New switch", &both))
        .await
        .expect(201);
    app
}

async fn correct(app: &TestApp, path: &str, body: Value) -> Reply {
    app.api("PATCH", path, Some(body)).await
}

#[tokio::test]
async fn each_field_of_the_plan_alone_is_checked() {
    let mut app = two_planned().await;
    let body = json!({"title": "Nelson is slow"});
    app.post("/incidents", body).await.expect(201);
    for (path, body, pointer) in [
        (PATH, json!({"starts": "2013-03-02T19:30:00Z"}), "/starts"),
        (PATH, json!({"starts": "2013-03-02T23:30:00Z"}), "/ends"),
        (PATH, json!({"ends": "2013-03-02T20:30:00Z"}), "/ends"),
        (PATH, json!({"components": {"nelson": null}}), "/overlap"),
        (
            "/incidents/nelson-is-slow",
            json!({"kind": "maintenance"}),
            "/starts",
        ),
    ] {
        let said = body.to_string();
        let refused = correct(&app, path, body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{said}");
    }
    let apart = json!({"starts": "2013-03-02T23:00:00Z", "ends": "2013-03-03T01:00:00Z"});
    let moved = correct(&app, PATH, apart).await.expect(200).json();
    assert_eq!(moved["starts"], "2013-03-02T23:00:00Z");
    assert_eq!(moved["ends"], "2013-03-03T01:00:00Z");
}

#[tokio::test]
async fn other_fields_plan_nothing_anew_though_it_is_said_to_be_public() {
    let app = two_planned().await;
    // Nobody has to allow the overlap again.
    let body = json!({"title": "New disks for Selma", "draft": false});
    let corrected = correct(&app, PATH, body).await.expect(200);
    assert_eq!(corrected.json()["title"], "New disks for Selma");
}

#[tokio::test]
async fn what_an_update_has_moved_is_not_moved_in_the_post() {
    let mut app = planned().await;
    let step = format!("{PATH}/maintenance");
    let [starts, ends] = [
        json!({"starts": "2013-03-02T21:30:00Z"}),
        json!({"ends": "2013-03-02T23:45:00Z"}),
    ];
    let longer = json!({"do": "extend", "ends": "2013-03-02T23:30:00Z"});
    app.post(&step, longer).await.expect(201);
    correct(&app, PATH, ends.clone()).await.expect(409);
    correct(&app, PATH, starts.clone()).await.expect(200);
    let later = json!({"do": "extend", "starts": "2013-03-02T21:45:00Z"});
    app.post(&step, later).await.expect(201);
    correct(&app, PATH, starts).await.expect(409);
    correct(&app, PATH, ends).await.expect(409);
    correct(&app, PATH, json!({"title": "Disks"}))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_time_without_label_from_its_start_on_stays_text_in_it() {
    let mut app = empty().await;
    let running = "/incidents/selma-moves";
    let mut body = json!({"title": "Selma moves", "kind": "maintenance", "phase": "in_progress",
        "starts": "2013-03-02T19:00:00Z", "ends": "2013-03-02T20:30:00Z",
        "markdown": "2013-03-02 12:15 MST - All servers go down."});
    let made = app.post("/incidents", body.clone()).await.expect(201);
    assert_eq!(made.json()["updates"], json!([]));
    let text = json!({"markdown": "2013-03-02 12:30 MST - All servers come back."});
    let corrected = correct(&app, running, text.clone())
        .await
        .expect(200)
        .json();
    assert_eq!(corrected["updates"], json!([]));
    assert_eq!(corrected["markdown"], text["markdown"]);
    // In a disruption, such a line is an update.
    body = json!({"title": "Nelson is down", "markdown": body["markdown"]});
    body["published_at"] = json!("2013-03-02T19:00:00Z");
    let made = app.post("/incidents", body).await.expect(201).json();
    assert_eq!(made["updates"][0]["markdown"], "All servers go down.");
}
