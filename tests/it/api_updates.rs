//! Updates through the API: what they change, what resolving changes, what a file owns.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::app::TestApp;

async fn open_incident() -> TestApp {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let body = json!({"title": "Selma is down", "markdown": "We look.",
        "components": {"selma": "major_outage", "nelson": "degraded"}});
    app.post("/incidents", body).await.expect(201);
    app.advance(Duration::minutes(10));
    app
}

const UPDATES: &str = "/incidents/selma-is-down/updates";

async fn states(app: &TestApp) -> Vec<(String, String)> {
    let list = app.api_get("/components").await.expect(200).json();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    list["components"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|component| (text(&component["slug"]), text(&component["state"])))
        .collect()
}

fn are(expected: [(&str, &str); 2]) -> Vec<(String, String)> {
    let own = |(slug, state): (&str, &str)| (slug.to_owned(), state.to_owned());
    expected.into_iter().map(own).collect()
}

#[tokio::test]
async fn resolving_gives_components_back_and_the_answer_says_which() {
    let mut app = open_incident().await;
    let body = json!({"markdown": "Done.", "phase": "resolved"});
    let made = app.post(UPDATES, body).await.expect(201);
    let update = made.json();
    assert_eq!(update["restored"], json!(["nelson", "selma"]));
    assert_eq!(update["components"], json!({}));
    let id = update["id"].as_str().expect("an id");
    let path = format!("{UPDATES}/{id}");
    assert_eq!(made.header("location"), format!("/api/v1{path}"));
    assert_eq!(app.api_get(&path).await.expect(200).json(), update);
    let working = are([("selma", "operational"), ("nelson", "operational")]);
    assert_eq!(states(&app).await, working);
    let incident = app.api_get("/incidents/selma-is-down").await.json();
    assert_eq!(incident["phase"], "resolved");
}

#[tokio::test]
async fn resolving_without_restoring_leaves_the_states() {
    let mut app = open_incident().await;
    let body = json!({"phase": "resolved", "restore": false});
    let update = app.post(UPDATES, body).await.expect(201).json();
    assert_eq!(update["restored"], json!([]));
    let left = are([("selma", "major_outage"), ("nelson", "degraded")]);
    assert_eq!(states(&app).await, left);
}

#[tokio::test]
async fn an_update_is_corrected_withdrawn_and_brought_back() {
    let mut app = open_incident().await;
    let body = json!({"markdown": "Mail is bak.", "components": {"selma": "degraded"}});
    let made = app.post(UPDATES, body).await.expect(201).json();
    let path = format!("{UPDATES}/{}", made["id"].as_str().expect("an id"));
    app.advance(Duration::minutes(1));
    let correction = json!({"markdown": "Mail is back.", "phase": "monitoring",
        "components": {"selma": "migrating"}, "at": "2013-02-26T02:20:00-07:00",
        "author": "Toni"});
    let corrected = app.api("PATCH", &path, Some(correction)).await.expect(200);
    let mut expected = made.clone();
    expected["markdown"] = json!("Mail is back.");
    expected["phase"] = json!("monitoring");
    expected["components"] = json!({"selma": "migrating"});
    expected["at"] = json!("2013-02-26T09:20:00Z");
    expected["author"] = json!("Toni");
    expected["edited_at"] = json!("2013-02-26T09:26:00Z");
    assert_eq!(corrected.json(), expected);
    assert_eq!(states(&app).await[0].1, "migrating");

    let cleared = json!({"phase": null, "author": null});
    let cleared = app.api("PATCH", &path, Some(cleared)).await.expect(200);
    assert_eq!(cleared.json()["phase"], Value::Null);
    assert_eq!(cleared.json()["author"], Value::Null);

    app.api("DELETE", &path, None).await.expect(200);
    app.api_get(&path).await.expect(404);
    app.api("DELETE", &path, None).await.expect(404);
    assert_eq!(states(&app).await[0].1, "major_outage");

    let restored = app.post(&format!("{path}/restore"), json!({})).await;
    assert_eq!(restored.expect(200).json(), cleared.json());
    assert_eq!(states(&app).await[0].1, "migrating");
    app.post(&format!("{path}/restore"), json!({}))
        .await
        .expect(200);
}

#[tokio::test]
async fn an_entry_with_a_day_alone_gets_a_time_only_if_it_is_corrected() {
    let mut app = TestApp::new().start().await;
    let body = json!({"title": "Selma is down", "published_at": "2013-02-24T09:00:00Z",
        "markdown": "We look.\n\nUPDATE 2/25/13: It is a disk."});
    app.post("/incidents", body).await.expect(201);
    let incident = app.api_get("/incidents/selma-is-down").await.json();
    let entry = &incident["updates"][0];
    assert_eq!(entry["precision"], "day");
    let path = format!("{UPDATES}/{}", entry["id"].as_str().expect("an id"));
    for (correction, precision) in [
        (json!({"markdown": "It is the disk."}), "day"),
        (json!({"at": "2013-02-25T10:00:00Z"}), "minute"),
    ] {
        let corrected = app.api("PATCH", &path, Some(correction)).await.expect(200);
        assert_eq!(corrected.json()["precision"], precision);
    }
}

#[tokio::test]
async fn an_update_that_is_moved_still_names_what_it_named() {
    let mut app = open_incident().await;
    let mut said = Vec::new();
    for (text, components) in [
        ("Selma first.", json!({"selma": null})),
        ("Nelson works.", json!({"nelson": "operational"})),
    ] {
        let body = json!({"markdown": text, "components": components});
        let made = app.post(UPDATES, body).await.expect(201).json();
        said.push((made["id"].as_str().expect("an id").to_owned(), components));
    }
    app.advance(Duration::minutes(1));
    for (id, components) in &said {
        let path = format!("{UPDATES}/{id}");
        let moved = json!({"at": "2013-02-26T09:20:00Z"});
        app.api("PATCH", &path, Some(moved)).await.expect(200);
        let read = app.api_get(&path).await.expect(200).json();
        assert_eq!(read["at"], "2013-02-26T09:20:00Z");
        assert_eq!(read["components"], *components);
    }
}

#[tokio::test]
async fn an_update_that_cannot_be_right_is_refused_whole() {
    let app = open_incident().await;
    for (body, place) in [
        (json!({}), "/markdown"),
        (
            json!({"markdown": "a", "at": "2013-02-26T09:25:01Z"}),
            "/at",
        ),
        (json!({"markdown": "a", "at": "2013-02-26T02:15:00"}), "/at"),
        (json!({"markdown": "a", "phase": "completed"}), "/phase"),
        (
            json!({"markdown": "a", "components": {"selma": "migratng"}}),
            "/components/selma",
        ),
    ] {
        let reply = app.api("POST", UPDATES, Some(body)).await.expect(422);
        assert_eq!(reply.json()["errors"][0]["pointer"], place);
    }
    let nowhere = "/incidents/nothing/updates";
    app.api("POST", nowhere, Some(json!({"markdown": "a"})))
        .await
        .expect(404);
    let odd = format!("{UPDATES}/%00");
    app.api_get(&odd).await.expect(404);
    let incident = app.api_get("/incidents/selma-is-down").await.json();
    assert_eq!(incident["updates"], json!([]));
}

const FILE: &str = "incidents/2013-02-26-nelson-is-slow.md";

#[tokio::test]
async fn what_a_file_says_is_refused_and_the_file_named() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .with_file(
            FILE,
            "---\ntitle: Nelson is slow\ndate: 2013-02-26 00:00\ncomponents: {nelson: degraded}\n---\n\
             We look.\n\nUPDATE: (2/26/13 - 1:00 MST) It is a disk.\n",
        )
        .start()
        .await;
    let path = "/incidents/nelson-is-slow";
    let incident = app.api_get(path).await.expect(200).json();
    assert_eq!(incident["source"], "file");
    let own = incident["updates"][0]["id"].as_str().expect("an id");
    let of_file = format!("{path}/updates/{own}");
    for (method, at, body) in [
        ("PATCH", path, Some(json!({"title": "Nelson is down"}))),
        ("PATCH", path, Some(json!({"markdown": "All is well."}))),
        ("PATCH", path, Some(json!({"components": {}}))),
        (
            "PATCH",
            path,
            Some(json!({"published_at": "2013-02-26T00:00:00Z"})),
        ),
        ("PATCH", path, Some(json!({"draft": true}))),
        ("DELETE", path, None),
        ("PATCH", &of_file, Some(json!({"markdown": "No disk."}))),
        ("DELETE", &of_file, None),
    ] {
        let said = format!("{method} {body:?}");
        let reply = app.api(method, at, body).await.expect(409).json();
        let detail = reply["detail"].as_str().expect("a detail");
        assert!(detail.contains(FILE), "{said}: {detail}");
    }
    assert_eq!(app.api_get(path).await.json(), incident, "nothing changed");

    let may_be_set = json!({"impact": "critical", "author": "Toni"});
    let set = app.api("PATCH", path, Some(may_be_set)).await.expect(200);
    assert_eq!(set.json()["impact"], "critical");
    assert_eq!(set.json()["author"], "Toni");
    let update = json!({"markdown": "A new disk is in.", "components": {"nelson": "migrating"}});
    let added = app.post(&format!("{path}/updates"), update).await;
    let added = added.expect(201).json();
    let of_api = format!("{path}/updates/{}", added["id"].as_str().expect("an id"));
    let correction = json!({"markdown": "A new disk works."});
    app.api("PATCH", &of_api, Some(correction))
        .await
        .expect(200);
    let components = json!({"name": "Nelson", "group": "Servers"});
    let refused = app.api("PUT", "/components/nelson", Some(components)).await;
    assert!(refused.expect(409).text().contains("site.toml"));
}

#[tokio::test]
async fn a_name_in_place_of_a_slug_is_told_the_slug() {
    let app = TestApp::new().start().await;
    let named = json!({"name": "Shared SSL certificates"});
    app.api("PUT", "/components/shared-ssl", Some(named))
        .await
        .expect(201);
    let state = json!({"state": "degraded"});
    let path = "/components/shared-ssl-certificates/state";
    let reply = app.api("POST", path, Some(state)).await.expect(404);
    assert!(
        reply.text().contains("did you mean \\\"shared-ssl\\\"?"),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn the_answer_to_a_text_is_what_is_read_back() {
    let mut app = open_incident().await;
    for body in [
        json!({"markdown": " A disk is full. \n"}),
        json!({"markdown": "It's Tyler.", "author": "Tyler", "restore": false}),
        json!({"markdown": "Selma again.", "components": {"selma": "partial_outage"}}),
        json!({"markdown": "Then.", "at": "2013-02-25T09:15:00.123456Z"}),
        json!({"markdown": "Over.", "phase": "resolved"}),
    ] {
        let mut said = app.post(UPDATES, body).await.expect(201).json();
        let id = said["id"].as_str().expect("an id").to_owned();
        let path = format!("{UPDATES}/{id}");
        let read = app.api_get(&path).await.expect(200).json();
        said.as_object_mut().expect("an object").remove("hint");
        assert_eq!(said, read);
    }
}
