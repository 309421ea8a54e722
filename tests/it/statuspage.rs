//! What the field's tools read: the API of Statuspage, as long as something happens, and who may
//! read it from elsewhere.

use axum::body::Body;
use axum::http::{Method, Request};
use chrono::Duration;
use lightship::render::statuspage::Resource;
use lightship::site::public_page::Page;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};
use crate::support::every_page::every_page;

const OPEN_TO_ALL: &str = "access-control-allow-origin";

async fn get(app: &TestApp, name: &str) -> Value {
    let reply = app.get(&format!("/api/v2/{name}.json")).await.expect(200);
    assert_eq!(reply.header("content-type"), "application/json");
    reply.json()
}

/// Status and name of each incident or maintenance in a list.
fn listed(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|item| {
        let text = |field: &str| item[field].as_str().expect("a text");
        format!("{}: {}", text("status"), text("name"))
    })
    .collect()
}

async fn ask(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).expect("a request"))
        .await
}

#[tokio::test]
async fn an_incident_is_told_from_its_beginning_to_the_account_of_it() {
    let site = "[[states]]\nkey = \"rescue_mode\"\nlabel = \"Rescue mode\"\n\
        reads = \"is in rescue mode\"\ntone = \"info\"\nstatuspage = \"major_outage\"\n";
    let builder = TestApp::new().with_component("selma").with_site(site);
    let mut app = builder.with_component("nelson").start().await;
    assert_eq!(get(&app, "status").await["status"]["indicator"], "none");
    let broken = json!({"title": "Selma is down", "markdown": "We look.",
        "components": {"selma": "rescue_mode"}});
    app.post("/incidents", broken).await.expect(201);
    let summary = get(&app, "summary").await;
    let expected = json!({"indicator": "critical", "description": "Major Service Outage"});
    assert_eq!(summary["status"], expected);
    assert_eq!(summary["components"][0]["status"], "major_outage");
    assert_eq!(
        listed(&summary["incidents"]),
        ["investigating: Selma is down"]
    );
    let id = summary["incidents"][0]["id"].clone();
    let updates = "/incidents/selma-is-down/updates";
    for (phase, state, indicator) in [
        ("identified", "degraded", "minor"),
        ("monitoring", "operational", "minor"),
        ("resolved", "operational", "none"),
        ("postmortem", "operational", "none"),
    ] {
        app.advance(Duration::minutes(10));
        let update = json!({"markdown": format!("Now {phase}."), "phase": phase});
        let update = match phase {
            "postmortem" => update,
            _ => {
                let mut update = update;
                update["components"] = json!({"selma": state});
                update
            }
        };
        app.post(updates, update).await.expect(201);
        let status = get(&app, "status").await["status"]["indicator"].clone();
        assert_eq!(status, indicator, "{phase}");
        let incidents = get(&app, "incidents").await["incidents"].clone();
        assert_eq!(listed(&incidents), [format!("{phase}: Selma is down")]);
        assert_eq!(incidents[0]["id"], id);
        let open = get(&app, "incidents/unresolved").await["incidents"].clone();
        let is_open = ["identified", "monitoring"].contains(&phase);
        assert_eq!(listed(&open).len(), usize::from(is_open), "{phase}");
    }
    let told = get(&app, "incidents").await;
    app.restart().await;
    assert_eq!(get(&app, "incidents").await, told);
}

#[tokio::test]
async fn a_maintenance_moves_from_list_to_list_by_the_clock() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let plan = json!({"title": "New disks", "kind": "maintenance", "markdown": "It restarts.",
        "starts": "2013-02-26T10:00:00Z", "ends": "2013-02-26T11:00:00Z",
        "components": {"selma": "maintenance"}});
    app.post("/incidents", plan).await.expect(201);
    for (minutes, upcoming, active, step, indicator) in [
        (0, 1, 0, "scheduled", "none"),
        (50, 0, 1, "in_progress", "maintenance"),
        (60, 0, 0, "completed", "none"),
    ] {
        app.advance(Duration::minutes(minutes));
        app.refresh_site().await;
        let lists = async |name: &str| get(&app, name).await["scheduled_maintenances"].clone();
        let all = lists("scheduled-maintenances").await;
        assert_eq!(listed(&all), [format!("{step}: New disks")]);
        let count = async |name: &str| lists(name).await.as_array().map(Vec::len);
        let found = count("scheduled-maintenances/upcoming").await;
        assert_eq!(found, Some(upcoming), "{step}");
        let found = count("scheduled-maintenances/active").await;
        assert_eq!(found, Some(active), "{step}");
        assert_eq!(count("summary").await, Some(upcoming + active), "{step}");
        let status = get(&app, "status").await;
        assert_eq!(status["status"]["indicator"], indicator, "{step}");
        assert_eq!(get(&app, "incidents").await["incidents"], json!([]));
    }
}

#[tokio::test]
async fn a_database_made_anew_from_the_same_files_has_the_same_ids() {
    let ids = async || {
        let file = "---\ntitle: Selma moves\ndate: 2013-02-25\ncomponents: {selma: migrating}\n---\n\n\
            We move.\n\nUPDATE (2013-02-26 01:15 MST): Mail is up.\n";
        let builder = TestApp::new().with_component("selma");
        let app = builder
            .with_file("incidents/2013-02-25-selma-moves.md", file)
            .start()
            .await;
        let incident = get(&app, "incidents").await["incidents"][0].clone();
        let updates = incident["incident_updates"].as_array().expect("a list");
        let updates: Vec<_> = updates.iter().map(|update| update["id"].clone()).collect();
        assert_eq!(updates.len(), 2);
        let page = get(&app, "status").await["page"]["id"].clone();
        (
            page,
            incident["id"].clone(),
            updates,
            incident["components"][0]["id"].clone(),
        )
    };
    assert_eq!(ids().await, ids().await);
}

#[tokio::test]
async fn scripts_of_other_sites_may_read_what_is_for_programs_and_nothing_else() {
    let app = TestApp::new()
        .with_component("selma")
        .start_with_every_page()
        .await;
    for page in every_page(&app) {
        let path = page.path();
        let expected = match page {
            Page::Feed(..) | Page::Statuspage(_) | Page::Badge(_) | Page::BadgeJson(_) => "*",
            _ => "",
        };
        let reply = app.get(&path).await.expect(200);
        assert_eq!(reply.header(OPEN_TO_ALL), expected, "{path}");
        let known = [("if-none-match", reply.header("etag"))];
        let again = ask(&app, Method::GET, &path, &known).await.expect(304);
        assert_eq!(again.header(OPEN_TO_ALL), expected, "{path}");
        for encoding in ["br", "gzip"] {
            let headers = [("accept-encoding", encoding)];
            let packed = ask(&app, Method::HEAD, &path, &headers).await.expect(200);
            assert_eq!(packed.header(OPEN_TO_ALL), expected, "{path} {encoding}");
        }
        let about = [
            ("origin", "https://elsewhere.example.com"),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "x-requested-with"),
        ];
        let preflight = ask(&app, Method::OPTIONS, &path, &about).await;
        assert_eq!(preflight.header(OPEN_TO_ALL), expected, "{path}");
        assert_eq!(preflight.status.as_u16() == 204, expected == "*", "{path}");
    }
    for path in [
        "/nowhere",
        "/api/v1/components",
        "/openapi.json",
        "/healthz",
        "/staff",
        "/assets/lightship.css",
    ] {
        for method in [Method::GET, Method::OPTIONS] {
            let reply = ask(&app, method, path, &[]).await;
            assert_eq!(reply.header(OPEN_TO_ALL), "", "{path}");
        }
    }
    let preflight = ask(&app, Method::OPTIONS, "/api/v2/summary.json", &[]).await;
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        "GET, HEAD"
    );
    assert_eq!(preflight.header("access-control-allow-headers"), "*");
    assert!(preflight.bytes.is_empty());
}

#[tokio::test]
async fn the_feeds_of_statuspage_lead_to_ours() {
    let app = TestApp::new().with_component("selma").start().await;
    for (former, present) in [
        ("/history.rss", "/feed.rss"),
        ("/history.atom", "/feed.atom"),
    ] {
        let reply = app.get(former).await.expect(301);
        assert_eq!(reply.header("location"), present);
        assert_eq!(reply.header(OPEN_TO_ALL), "*", "a script may follow it");
        ask(&app, Method::OPTIONS, former, &[]).await.expect(204);
    }
    app.get("/history.json").await.expect(404);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_answered_as_json() {
    let app = TestApp::new().with_component("selma").start().await;
    for path in [
        "/api/v2",
        "/api/v2/",
        "/api/v2/summary",
        "/api/v2/Summary.json",
        "/api/v2/summary.json/",
        "/api/v2/incidents/resolved.json",
        "/api/v2/incidents/%ff.json",
        "/api/v2/../v2/nothing.json",
        &format!("/api/v2/{}.json", "x".repeat(4_000)),
    ] {
        let reply = app.get(path).await.expect(404);
        let media_type = "application/problem+json";
        assert_eq!(reply.header("content-type"), media_type, "{path}");
    }
    for resource in Resource::ALL {
        let path = Page::Statuspage(resource).path();
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let reply = ask(&app, method, &path, &[]).await.expect(405);
            assert_eq!(reply.header("allow"), "GET, HEAD", "{path}");
            assert_eq!(reply.json()["status"], 405);
        }
        let odd = format!("{path}?page=-1&%ff&limit={}", "9".repeat(2_000));
        let reply = app.get(&odd).await.expect(200);
        assert_eq!(reply.bytes, app.get(&path).await.bytes, "{odd}");
        let accept = [("accept", "text/nothing;q=0")];
        ask(&app, Method::GET, &path, &accept).await.expect(200);
    }
}

#[tokio::test]
async fn an_update_says_what_it_did_to_a_component_whatever_else_happened_to_it() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let slow = json!({"title": "Selma is slow", "components": {"selma": "degraded"},
        "markdown": "We look."});
    app.post("/incidents", slow).await.expect(201);
    let disks = json!({"title": "New disks", "kind": "maintenance", "phase": "in_progress",
        "starts": "2013-02-26T08:45:00Z", "ends": "2013-02-26T10:00:00Z",
        "components": {"selma": "maintenance"}, "markdown": "We began earlier."});
    app.post("/incidents", disks).await.expect(201);
    app.refresh_site().await;
    let active = get(&app, "scheduled-maintenances/active").await;
    let update = &active["scheduled_maintenances"][0]["incident_updates"][0];
    let affected = &update["affected_components"][0];
    assert_eq!(affected["old_status"], "operational", "{update}");
    assert_eq!(affected["new_status"], "under_maintenance", "{update}");
}

#[tokio::test]
async fn a_maintenance_that_staff_began_early_started_then() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let disks = json!({"title": "New disks", "kind": "maintenance",
        "starts": "2013-02-27T08:00:00Z", "ends": "2013-02-27T09:00:00Z",
        "components": {"selma": "maintenance"}, "markdown": "Tomorrow."});
    app.post("/incidents", disks).await.expect(201);
    let begun = json!({"phase": "in_progress", "markdown": "We begin earlier."});
    let updates = "/incidents/new-disks/updates";
    app.post(updates, begun).await.expect(201);
    app.refresh_site().await;
    let active = get(&app, "scheduled-maintenances/active").await;
    let maintenance = &active["scheduled_maintenances"][0];
    let began = maintenance["incident_updates"][0]["display_at"].clone();
    assert_eq!(maintenance["started_at"], began, "{maintenance}");
    app.advance(Duration::minutes(20));
    let over = json!({"phase": "completed", "markdown": "That was all."});
    app.post(updates, over).await.expect(201);
    app.refresh_site().await;
    let calendar = app.get("/calendar.ics").await.expect(200).text().to_owned();
    let line = |name: &str| calendar.lines().find(|line| line.starts_with(name));
    assert_eq!(
        line("DTSTART"),
        Some("DTSTART:20130226T091500Z"),
        "{calendar}"
    );
    assert_eq!(line("DTEND"), Some("DTEND:20130226T093500Z"), "{calendar}");
}

#[tokio::test]
async fn a_maintenance_that_is_over_doesnt_end_in_the_future() {
    let file = "incidents/2013-02-25-disks.md";
    let text = |phase: &str| {
        format!(
            "---\ntitle: Disks\ndate: 2013-02-25 09:00\nkind: maintenance\nphase: {phase}\n\
             starts: 2013-02-25 21:00\nends: 2013-03-02 23:00\n---\nQuagga.\n"
        )
    };
    for phase in ["completed", "cancelled"] {
        let app = TestApp::new().with_file(file, text(phase)).start().await;
        let found = get(&app, "scheduled-maintenances").await;
        let found = &found["scheduled_maintenances"][0];
        assert_eq!(found["status"], "completed", "{phase}");
        assert_eq!(
            found["resolved_at"], "2013-02-25T09:00:00.000-07:00",
            "{phase}"
        );
    }
}

#[tokio::test]
async fn the_text_of_an_update_tells_its_pictures_and_leads_nowhere_back() {
    let mut app = TestApp::new().start().await;
    let text = "Look: ![A broken disk](/media/disk.jpg)\n\nIt hums.[^1]\n\n[^1]: Quietly.";
    let post = json!({"title": "Hum", "markdown": text});
    app.post("/incidents", post).await.expect(201);
    let found = get(&app, "incidents").await;
    let body = found["incidents"][0]["incident_updates"][0]["body"].clone();
    let body = body.as_str().expect("a text");
    assert!(body.contains("[A broken disk]"), "{body}");
    assert!(body.contains("Quietly.") && !body.contains('↩'), "{body}");
}
