//! The activity log as an admin reads it: by actor, component, incident and day, and as a table.

use chrono::Duration;
use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};

/// A night at two in the site's zone (Denver, seven hours behind): two incidents, a hand change,
/// a correction after midnight, a withdrawal.
async fn night() -> TestApp {
    let mut app = TestApp::new()
        .at("2013-02-26T06:30:00Z")
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let body = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    let state = json!({"state": "degraded", "incident": "selma-is-down"});
    app.post("/components/nelson/state", state)
        .await
        .expect(200);
    app.advance(Duration::hours(1));
    let anna = app
        .issue_token("Anna", &[Scope::IncidentsWrite, Scope::StatesWrite])
        .await;
    let said = json!({"markdown": "Mail is dwon.", "components": {"nelson": "degraded"}});
    let path = "/incidents/selma-is-down/updates";
    let made = app.api_as(&anna, "POST", path, &[], Some(said)).await;
    let id = made.expect(201).json()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let mended = json!({"markdown": "=Mail is down."});
    app.api_as(&anna, "PATCH", &format!("{path}/{id}"), &[], Some(mended))
        .await
        .expect(200);
    let body = json!({"title": "A false alarm"});
    app.post("/incidents", body).await.expect(201);
    app.api("DELETE", "/incidents/a-false-alarm", None)
        .await
        .expect(200);
    app
}

/// The actions of a part of the activity log, oldest first, but for the tokens made.
fn deeds(reply: &Reply) -> Vec<String> {
    let json = reply.json();
    let entries = json["entries"].as_array().expect("lines");
    let mut deeds: Vec<_> = entries
        .iter()
        .map(|entry| entry["action"].as_str().expect("an action").to_owned())
        .filter(|action| action != "issue_token" && action != "describe_component")
        .collect();
    deeds.reverse();
    deeds
}

#[tokio::test]
async fn the_activity_log_is_filtered_by_actor_component_incident_and_time() {
    let app = night().await;
    let check = async |query: &str, wanted: &[&str]| {
        let reply = app.api_get(&format!("/audit?{query}")).await.expect(200);
        assert_eq!(deeds(&reply), wanted, "{query}");
    };
    let all = [
        "create_incident",
        "set_component_state",
        "add_update",
        "correct_update",
        "create_incident",
        "withdraw_incident",
    ];
    check("", &all).await;
    check("actor=&component=&day=", &all).await;
    check("actor=anna", &["add_update", "correct_update"]).await;
    check("actor=file", &[]).await;
    check("incident=selma-is-down", &all[..4]).await;
    check("incident=a-false-alarm", &all[4..]).await;
    check("component=selma", &["create_incident"]).await;
    // The post didn't name it; what came later did.
    check(
        "component=nelson",
        &["set_component_state", "add_update", "correct_update"],
    )
    .await;
    check(
        "component=nelson&actor=ANNA",
        &["add_update", "correct_update"],
    )
    .await;
    // Midnight in Denver is 7:00 in UTC.
    check("day=2013-02-25", &all[..2]).await;
    check("day=2013-02-26", &all[2..]).await;
    check("from=2013-02-26", &all[2..]).await;
    check("to=2013-02-25", &all[..2]).await;
    check("from=2013-02-26T07:30:00Z", &all[2..]).await;
    check("to=2013-02-26T00:30:00-07:00", &all[..2]).await;
    check("from=2013-02-26T07:30:01Z", &[]).await;
    check("day=2013-02-26&to=2013-02-25", &[]).await;
}

#[tokio::test]
async fn a_filter_that_means_nothing_says_what_was_probably_meant() {
    let app = night().await;
    for (query, place, hint) in [
        ("actor=Ana", "/actor", "did you mean \"Anna\""),
        ("component=selm", "/component", "did you mean \"selma\""),
        (
            "incident=nothing",
            "/incident",
            "no incident has or had the slug \"nothing\"",
        ),
        ("day=26.2.2013", "/day", "2013-02-26"),
        ("from=2013-02-26T07:30:00", "/from", "offset"),
        ("actr=Anna", "/actr", "did you mean \"actor\""),
        ("day=2013-02-26&day=2013-02-26", "/day", "twice"),
    ] {
        for list in ["audit", "audit.csv"] {
            let reply = app.api_get(&format!("/{list}?{query}")).await.expect(422);
            let error = reply.json()["errors"][0].clone();
            assert_eq!(error["pointer"], place, "{query}");
            let detail = error["detail"].as_str().expect("a detail");
            assert!(detail.contains(hint), "{detail}");
        }
    }
}

#[tokio::test]
async fn the_next_part_keeps_what_was_asked_for() {
    let app = night().await;
    let query = "/audit?incident=selma-is-down&day=2013-02-26&limit=1";
    let first = app.api_get(query).await.expect(200);
    assert_eq!(deeds(&first), ["correct_update"]);
    let link = first.header("link").to_owned();
    let path = link
        .strip_prefix("</api/v1")
        .and_then(|it| it.split_once('>'));
    let second = app.api_get(path.expect("a next part").0).await.expect(200);
    assert_eq!(deeds(&second), ["add_update"]);
    assert_eq!(second.header("link"), "", "the first day isn't among it");
}

#[tokio::test]
async fn a_line_says_what_it_was_before_and_after() {
    let app = night().await;
    let entry = |reply: Reply| -> Value { reply.json()["entries"][0].clone() };
    let corrected = entry(app.api_get("/audit?actor=Anna&limit=1").await);
    assert_eq!(corrected["before"]["markdown"], "Mail is dwon.");
    assert_eq!(corrected["after"]["markdown"], "=Mail is down.");
    let state = entry(app.api_get("/audit?component=nelson&day=2013-02-25").await);
    assert_eq!(state["after"]["state"], "degraded");
    assert_eq!(state["after"]["incident"], "selma-is-down");
}

#[tokio::test]
async fn the_table_has_every_line_and_no_formula() {
    let app = night().await;
    let formula = json!({"title": "=HYPERLINK(\"x\")", "markdown": "A, b\nand \"c\"."});
    app.api("POST", "/incidents", Some(formula))
        .await
        .expect(201);
    let reply = app
        .api_get("/audit.csv?incident=hyperlink-x")
        .await
        .expect(200);
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(reply.header("content-disposition").contains("record.csv"));
    let lines: Vec<_> = reply.text().split("\r\n").collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("at,actor,actor_kind,action,kind,label,changed,subject,id,"));
    let start =
        "2013-02-26T07:30:00Z,test,token,create_incident,incident,\"'=HYPERLINK(\"\"x\"\")\",";
    assert!(lines[1].starts_with(start), "{}", lines[1]);
    let whole = app.api_get("/audit.csv").await.expect(200);
    let listed = app.api_get("/audit?limit=200").await.json();
    let count = listed["entries"].as_array().expect("lines").len();
    assert_eq!(whole.text().matches("\r\n").count(), count + 1);
    let limited = app.issue_token("pager", &[Scope::IncidentsWrite]).await;
    app.api_as(&limited, "GET", "/audit.csv", &[], None)
        .await
        .expect(403);
}
