//! Incidents through the API: made in one step, corrected, withdrawn, listed in parts.

use chrono::Duration;
use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};

async fn storm() -> TestApp {
    TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await
}

/// What is wrong, by place.
#[track_caller]
fn mistakes(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status, 422, "{}", reply.text());
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem = reply.json();
    assert_eq!(problem["type"], "about:blank");
    assert_eq!(problem["status"], 422);
    assert_eq!(problem["title"], "Unprocessable content");
    assert_eq!(problem["request_id"], reply.header("x-request-id"));
    let errors = problem["errors"].as_array().expect("a list of errors");
    let text = |error: &Value, key: &str| error[key].as_str().expect("a text").to_owned();
    errors
        .iter()
        .map(|error| (text(error, "pointer"), text(error, "detail")))
        .collect()
}

#[tokio::test]
async fn an_incident_comes_with_its_update_and_states_in_one_step() {
    let mut app = storm().await;
    let body = json!({"title": "Selma is down", "markdown": "We are on it.", "author": "Toni",
        "components": {"selma": {"state": "major_outage", "note": "No mail."}, "nelson": null},
        "update": {"markdown": "Mail is up.", "phase": "monitoring",
            "components": {"selma": "migrating"}}});
    let made = app.post("/incidents", body).await.expect(201);
    assert_eq!(made.header("location"), "/api/v1/incidents/selma-is-down");
    let incident = made.json();
    let id = incident["id"].as_str().expect("an id");
    let update = &incident["updates"][0];
    let update_id = update["id"].as_str().expect("an id");
    let page = "https://status.example.com/incidents/selma-is-down";
    assert_eq!(
        incident,
        json!({"slug": "selma-is-down", "id": id, "title": "Selma is down",
            "kind": "disruption", "phase": "monitoring", "impact": "critical", "author": "Toni",
            "published_at": "2013-02-26T09:15:00Z", "starts": null, "ends": null,
            "markdown": "We are on it.", "components": {"selma": "migrating", "nelson": null},
            "updates": [{"id": update_id, "at": "2013-02-26T09:15:00Z", "precision": "minute",
                "as_written": null, "phase": "monitoring", "author": null,
                "markdown": "Mail is up.", "components": {"selma": "migrating"}, "restored": [],
                "edited_at": null, "url": format!("{page}#update-{update_id}")}],
            "seen": update_id, "edited_at": null, "source": "api", "url": page})
    );
    let shown = app.api_get("/incidents/selma-is-down").await.expect(200);
    assert_eq!(shown.json(), incident);
    assert_eq!(shown.header("etag"), made.header("etag"));
    let home = app.get("/").await;
    assert!(
        home.text().contains("Selma is migrating."),
        "{}",
        home.text()
    );
}

#[tokio::test]
async fn each_mistake_is_named_with_its_place_and_the_nearest_word() {
    let app = storm().await;
    let check = async |body: Value, expected: &[(&str, &str)]| {
        let reply = app.api("POST", "/incidents", Some(body)).await;
        let found = mistakes(&reply);
        let places: Vec<_> = found.iter().map(|(place, _)| place.as_str()).collect();
        let wanted: Vec<_> = expected.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, wanted, "{}", reply.text());
        for ((_, detail), (_, part)) in found.iter().zip(expected) {
            assert!(detail.contains(part), "{detail:?} lacks {part:?}");
        }
    };
    check(
        json!({"title": "a", "components": {"selma": "migratng", "slma": "degraded"}}),
        &[
            ("/components/selma", "did you mean \"migrating\"?"),
            ("/components/slma", "did you mean \"selma\"?"),
        ],
    )
    .await;
    check(
        json!({"title": "a", "published_at": "2013-02-26T09:15:01Z", "phase": "completed"}),
        &[
            ("/phase", "its phases are investigating"),
            ("/published_at", "in the future"),
        ],
    )
    .await;
    check(
        json!({"title": "a", "published_at": "2013-02-26T02:15:00"}),
        &[("/published_at", "no offset")],
    )
    .await;
    check(
        json!({"title": "a", "update": {"phase": "completed", "at": "2013-02-27T00:00:00Z",
            "components": {"nelson": "rescue"}}}),
        &[
            ("/update/phase", "its phases are"),
            ("/update/at", "in the future"),
            ("/update/components/nelson", "unknown state \"rescue\""),
        ],
    )
    .await;
    check(
        json!({"title": "a", "kind": "maintenance"}),
        &[("/starts", "needs a window")],
    )
    .await;
    let list = app.api_get("/incidents").await.expect(200).json();
    assert_eq!(list, json!({"incidents": []}), "nothing is half done");
}

#[tokio::test]
async fn a_correction_changes_what_it_names_and_the_page_says_so() {
    let mut app = storm().await;
    let body = json!({"title": "Selma is down", "markdown": "We are onit.",
        "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    app.advance(Duration::minutes(5));
    let edit = json!({"markdown": "We are on it.", "impact": "minor",
        "components": {"selma": "degraded"}});
    let edited = app
        .api("PATCH", "/incidents/selma-is-down", Some(edit))
        .await
        .expect(200)
        .json();
    assert_eq!(edited["title"], "Selma is down");
    assert_eq!(edited["markdown"], "We are on it.");
    assert_eq!(edited["impact"], "minor");
    assert_eq!(edited["components"], json!({"selma": "degraded"}));
    assert_eq!(edited["edited_at"], "2013-02-26T09:20:00Z");
    app.refresh_site().await;
    let page = app.get("/incidents/selma-is-down").await;
    assert!(page.text().contains("dited"), "{}", page.text());
    let phase = json!({"phase": "resolved"});
    let refused = app
        .api("PATCH", "/incidents/selma-is-down", Some(phase))
        .await;
    assert_eq!(mistakes(&refused)[0].0, "/phase");
    let list = app.api_get("/audit?limit=1").await.json();
    assert_eq!(list["entries"][0]["action"], "edit_incident");
    assert_eq!(list["entries"][0]["before"]["markdown"], "We are onit.");
}

#[tokio::test]
async fn an_incident_may_name_every_one_of_many_components_and_no_more() {
    let slugs: Vec<_> = (0..52).map(|number| format!("server-{number}")).collect();
    let app = slugs[..51]
        .iter()
        .fold(TestApp::new(), |app, slug| app.with_component(slug));
    let mut app = app.start().await;
    let naming = |slugs: &[String]| {
        let named = slugs.iter().map(|slug| (slug.clone(), Value::Null));
        json!({"title": "A look at all servers", "components": named.collect::<Value>()})
    };
    let refused = app.post("/incidents", naming(&slugs)).await;
    let place = "/components".to_owned();
    let how = "52 components are named, but there are only 51".to_owned();
    assert_eq!(mistakes(&refused), [(place, how)]);
    app.post("/incidents", naming(&slugs[..51]))
        .await
        .expect(201);
}

#[tokio::test]
async fn an_entry_that_cant_be_read_is_refused_and_one_in_doubt_is_not() {
    let mut app = storm().await;
    let post = |text: &str| json!({"title": "Selma is slow", "markdown": text});
    let no_time = post("We look.\n\nUPDATE 2013-02-26 25:00 MST: It is a disk.");
    let refused = app.post("/incidents", no_time).await;
    let found = mistakes(&refused);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "/markdown");
    assert!(found[0].1.starts_with("line 3: "), "{found:?}");
    let in_doubt = post("We look.\n\nUPDATE: It is a disk.");
    let made = app.post("/incidents", in_doubt).await.expect(201).json();
    assert_eq!(made["updates"][0]["markdown"], "It is a disk.");
}

#[tokio::test]
async fn the_states_of_a_post_move_with_its_date() {
    let mut app = storm().await;
    let body = json!({"title": "Selma is slow", "components": {"selma": "degraded"}});
    app.post("/incidents", body).await.expect(201);
    let earlier = json!({"published_at": "2013-02-26T09:00:00Z"});
    app.api("PATCH", "/incidents/selma-is-slow", Some(earlier))
        .await
        .expect(200);
    let selma = app.api_get("/components/selma").await.expect(200).json();
    assert_eq!(selma["state_since"], "2013-02-26T09:00:00Z");
}

#[tokio::test]
async fn a_corrected_text_adds_the_updates_that_are_not_there_yet() {
    let mut app = storm().await;
    let text = "We look.\n\nUPDATE 2013-02-26 02:00 MST: A disk.";
    let body = json!({"title": "Selma is slow", "markdown": text,
        "published_at": "2013-02-26T08:00:00Z"});
    app.post("/incidents", body).await.expect(201);
    let more = "UPDATE 2013-02-26 02:00 MST: Two disks.\n\nUPDATE 2013-02-26 02:10 MST: A disk.";
    let longer = json!({"markdown": format!("{text}\n\n{more}")});
    let path = "/incidents/selma-is-slow";
    let corrected = app
        .api("PATCH", path, Some(longer))
        .await
        .expect(200)
        .json();
    let updates = corrected["updates"].as_array().expect("updates").iter();
    let said = updates.map(|it| format!("{} {}", it["at"], it["markdown"]));
    let mut said: Vec<_> = said.collect();
    said.sort();
    let wanted = [
        r#""2013-02-26T09:00:00Z" "A disk.""#,
        r#""2013-02-26T09:00:00Z" "Two disks.""#,
        r#""2013-02-26T09:10:00Z" "A disk.""#,
    ];
    assert_eq!(said, wanted);
}

#[tokio::test]
async fn a_withdrawn_incident_is_gone_and_its_states_with_it() {
    let mut app = storm().await;
    let body = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    let path = "/incidents/selma-is-down";
    app.api("DELETE", path, None).await.expect(200);
    app.api_get(path).await.expect(404);
    app.api("DELETE", path, None).await.expect(404);
    app.refresh_site().await;
    assert!(app.get("/").await.text().contains("Everything is working."));
}

#[tokio::test]
async fn drafts_are_seen_only_by_those_who_write_incidents() {
    let mut app = storm().await;
    let body = json!({"title": "Not yet", "markdown": "Soon.", "draft": true});
    let made = app.post("/incidents", body).await.expect(201).json();
    assert_eq!(made["draft"], true);
    let states = app.issue_token("pager", &[Scope::StatesWrite]).await;
    let incidents = app.issue_token("writer", &[Scope::IncidentsWrite]).await;
    for (token, status, count) in [(&states, 404, 0), (&incidents, 200, 1)] {
        let shown = app
            .api_as(token, "GET", "/incidents/not-yet", &[], None)
            .await;
        assert_eq!(shown.status, status);
        let list = app.api_as(token, "GET", "/incidents", &[], None).await;
        let list = list.json();
        assert_eq!(
            list["incidents"].as_array().map(Vec::len),
            Some(count),
            "{list}"
        );
    }
    let publish = json!({"draft": false});
    let published = app.api("PATCH", "/incidents/not-yet", Some(publish)).await;
    assert_eq!(published.expect(200).json()["draft"], Value::Null);
    app.refresh_site().await;
    app.get("/incidents/not-yet").await.expect(200);
}

#[tokio::test]
async fn a_list_is_read_part_by_part_to_its_end() {
    let mut app = storm().await;
    for number in 1..=5 {
        let body = json!({"title": format!("Post {number}")});
        app.post("/incidents", body).await.expect(201);
        // The second and the third share an instant.
        app.advance(Duration::minutes(if number == 2 { 0 } else { 1 }));
    }
    let mut seen = Vec::new();
    let mut next = Some("/incidents?limit=2".to_owned());
    let mut parts = 0;
    while let Some(path) = next {
        let reply = app.api_get(&path).await.expect(200);
        for incident in reply.json()["incidents"].as_array().expect("a list") {
            seen.push(incident["slug"].as_str().expect("a slug").to_owned());
        }
        next = link(&reply);
        parts += 1;
    }
    assert_eq!(seen, ["post-5", "post-4", "post-3", "post-2", "post-1"]);
    assert_eq!(parts, 3);
    let whole = app.api_get("/incidents?limit=5").await.expect(200);
    assert_eq!(whole.header("link"), "", "the end has no next part");
    for (query, place) in [
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("limit=all", "/limit"),
        ("before=nothing", "/before"),
        ("befor=x", "/befor"),
    ] {
        for list in ["incidents", "audit"] {
            let reply = app.api_get(&format!("/{list}?{query}")).await;
            assert_eq!(mistakes(&reply)[0].0, place, "{list} {query}");
        }
    }
}

#[tokio::test]
async fn the_activity_log_is_read_part_by_part_to_its_end() {
    let mut app = storm().await;
    for number in 1..=3 {
        let body = json!({"title": format!("Post {number}")});
        app.post("/incidents", body).await.expect(201);
    }
    let mut seen = Vec::new();
    let mut next = Some("/audit?limit=2".to_owned());
    while let Some(path) = next {
        let reply = app.api_get(&path).await.expect(200);
        for entry in reply.json()["entries"].as_array().expect("a list") {
            seen.push(entry.clone());
        }
        next = link(&reply);
    }
    let ids: Vec<_> = seen.iter().map(|it| it["id"].as_str()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] > pair[1]), "{ids:?}");
    let first = &seen[0];
    assert_eq!(first["action"], "create_incident");
    assert_eq!(first["kind"], "incident");
    assert_eq!(first["label"], "Post 3");
    assert_eq!(first["at"], "2013-02-26T09:15:00Z");
    assert_eq!(first["actor"]["kind"], "token");
    assert_eq!(first["actor"]["name"], "test");
    assert!(first["actor"]["id"].is_string());
    assert_eq!(first["before"], Value::Null);
    assert_eq!(first["after"]["title"], "Post 3");
    let incident = app.api_get("/incidents/post-3").await.json();
    assert_eq!(first["subject"], incident["id"]);
}

/// The path of the next part, as `api_get` takes it.
fn link(reply: &Reply) -> Option<String> {
    let link = reply.header("link").strip_prefix("</api/v1")?;
    let (path, rest) = link.split_once('>')?;
    assert_eq!(rest, "; rel=\"next\"");
    Some(path.to_owned())
}
