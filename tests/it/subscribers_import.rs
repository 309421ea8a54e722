//! Subscribers brought from elsewhere, and taken along: import and export.

use serde_json::{Value, json};

use crate::support::app::TestApp;

async fn start() -> TestApp {
    let app = TestApp::new().with_component("selma").start().await;
    let nelson = json!({"name": "Nelson", "group": "Servers"});
    app.api("PUT", "/components/nelson", Some(nelson))
        .await
        .expect(201);
    app
}

async fn import(app: &TestApp, more: Value) -> Value {
    let mut body = json!({"consent": "customers, by contract"});
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    let reply = app.api("POST", "/subscribers/import", Some(body)).await;
    reply.expect(200).json()
}

async fn list(app: &TestApp) -> Vec<Value> {
    let list = app.api_get("/subscribers").await.expect(200).json();
    list["subscribers"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn an_import_takes_what_it_can_and_says_what_is_wrong_with_the_rest() {
    let app = start().await;
    let rows = json!({"subscribers": [
        {"address": "dana@example.com"},
        {"address": "nobody"},
        {"address": "lee@example.com", "following": {"components": ["selma"], "groups": ["Servers"]}},
        {"address": "kim@example.com", "following": {"components": ["clark"]}},
        {"address": "DANA@example.com"},
    ]});
    let done = import(&app, rows.clone()).await;
    assert_eq!((&done["added"], &done["present"]), (&json!(2), &json!(1)));
    let refused = done["refused"].as_array().expect("a list");
    let places: Vec<_> = refused.iter().map(|it| it["row"].clone()).collect();
    assert_eq!(places, [1, 3]);
    assert!(
        refused[1]["detail"]
            .as_str()
            .is_some_and(|it| it.contains("clark"))
    );
    let all = list(&app).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0]["consent"], "stated: customers, by contract");
    assert_eq!(all[0]["confirmed_at"], "2013-02-26T09:15:00Z");
    assert_eq!(all[0]["following"]["everything"], true);
    assert_eq!(all[1]["following"]["groups"], json!(["Servers"]));
    // Once more is harmless.
    let again = import(&app, rows).await;
    assert_eq!((&again["added"], &again["present"]), (&json!(0), &json!(3)));
    assert_eq!(list(&app).await, all);
    let log = app.api_get("/audit").await.json();
    let lines = log["entries"].as_array().expect("entries").iter();
    let lines: Vec<_> = lines.filter(|it| it["kind"] == "subscriber").collect();
    assert_eq!(lines.len(), 1, "what changes nothing leaves no line");
    assert_eq!(lines[0]["label"], "2 subscribers");
    assert_eq!(
        lines[0]["after"],
        json!({"consent": "customers, by contract"})
    );
}

#[tokio::test]
async fn an_import_changes_nothing_that_somebody_chose() {
    let app = start().await;
    let rows = || json!({"subscribers": [{"address": "dana@example.com"}]});
    import(&app, rows()).await;
    let id = list(&app).await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/subscribers/{id}");
    let own = json!({"following": {"components": ["selma"]}, "paused": true});
    let own = app.api("PATCH", &path, Some(own)).await.expect(200).json();
    assert_eq!(import(&app, rows()).await["present"], 1);
    assert_eq!(list(&app).await, [own]);
    let reason = Some(json!({"reason": "asked by telephone"}));
    app.api("POST", &format!("{path}/suppress"), reason)
        .await
        .expect(200);
    let done = import(&app, rows()).await;
    let refused = json!([{"row": 0, "detail": "it is suppressed: asked by telephone"}]);
    assert_eq!(done["refused"], refused);
    assert!(list(&app).await[0]["suppressed"].is_object());
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_imports_nothing() {
    let app = start().await;
    let rows = json!({"dry_run": true, "subscribers": [
        {"address": "dana@example.com"}, {"address": "dana"}, {"address": "dana@example.com"},
    ]});
    let done = import(&app, rows).await;
    assert_eq!((&done["added"], &done["present"]), (&json!(1), &json!(1)));
    assert_eq!(done["refused"][0]["row"], 1);
    assert_eq!(list(&app).await, [json!(null); 0]);
    for body in [
        json!({"subscribers": []}),
        json!({"consent": " ", "subscribers": []}),
    ] {
        let reply = app.api("POST", "/subscribers/import", Some(body)).await;
        assert_eq!(reply.expect(422).json()["errors"][0]["pointer"], "/consent");
    }
}

#[tokio::test]
async fn an_export_is_a_table_of_all() {
    let app = start().await;
    let rows = json!({"subscribers": [
        {"address": "=dana@example.com", "following": {"components": ["selma"], "groups": ["Servers"]}},
        {"address": "lee@example.com"},
    ]});
    import(&app, rows).await;
    let reply = app.api_get("/subscribers/export").await.expect(200);
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    let lines: Vec<_> = reply.text().lines().collect();
    assert_eq!(
        lines,
        [
            "email,components,groups,incidents,kinds,status,created_at,confirmed_at,paused_at,\
             suppressed_at,suppressed_why,consent",
            "'=dana@example.com,selma,Servers,,incidents;maintenance,confirmed,\
             2013-02-26T09:15:00Z,2013-02-26T09:15:00Z,,,,\"stated: customers, by contract\"",
            "lee@example.com,,,,incidents;maintenance,confirmed,2013-02-26T09:15:00Z,\
             2013-02-26T09:15:00Z,,,,\"stated: customers, by contract\"",
        ]
    );
}
