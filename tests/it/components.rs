//! Components as staff keep them: shown, described, grouped, ordered, retired and brought back.

use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};

/// Selma, stated by the file; Nelson and Clark, made by API.
async fn start() -> TestApp {
    let app = TestApp::new().with_component("selma").start().await;
    for (slug, name) in [("nelson", "Nelson"), ("clark", "Clark")] {
        let body = json!({"name": name, "group": "Servers", "description": "Mail"});
        app.api("PUT", &format!("/components/{slug}"), Some(body))
            .await
            .expect(201);
    }
    app
}

fn slugs(list: &Value) -> Vec<&str> {
    let list = list["components"].as_array().expect("components");
    list.iter().filter_map(|it| it["slug"].as_str()).collect()
}

fn mistake(reply: &Reply) -> (String, String) {
    let error = &reply.json()["errors"][0];
    let text = |field: &str| error[field].as_str().expect("a text").to_owned();
    (text("pointer"), text("detail"))
}

#[tokio::test]
async fn a_component_is_shown_as_the_list_shows_it() {
    let app = start().await;
    let one = app.api_get("/components/nelson").await.expect(200).json();
    let list = app.api_get("/components").await.expect(200).json();
    assert_eq!(one, list["components"][1]);
    assert_eq!(one["group"], "Servers");
    let nothing = app.api_get("/components/nothing").await.expect(404);
    assert!(nothing.text().contains("nothing"));
}

#[tokio::test]
async fn components_stand_in_the_order_that_staff_gave_them() {
    let mut app = start().await;
    let order = json!({"order": ["clark", "nelson"]});
    let reply = app.api("PATCH", "/components", Some(order.clone())).await;
    assert_eq!(
        slugs(&reply.expect(200).json()),
        ["selma", "clark", "nelson"]
    );
    app.refresh_site().await;
    let home = app.get("/").await.expect(200).text().to_owned();
    let place = |name: &str| home.find(&format!("/components/{name}\"")).expect("listed");
    assert!(place("selma") < place("clark") && place("clark") < place("nelson"));
    let newest = app.api_get("/audit?limit=1&component=clark").await.json();
    assert_eq!(newest["entries"][0]["action"], "move_component");
    // The same once more changes nothing, and is no entry in the activity log.
    let again = app.api("PATCH", "/components", Some(order)).await;
    again.expect(200);
    let after = app.api_get("/audit?limit=1&component=clark").await.json();
    assert_eq!(after, newest);
    // Those that are left out follow.
    let some = json!({"order": ["nelson"]});
    let reply = app.api("PATCH", "/components", Some(some)).await;
    assert_eq!(
        slugs(&reply.expect(200).json()),
        ["selma", "nelson", "clark"]
    );
}

#[tokio::test]
async fn an_order_that_cannot_be_kept_says_why() {
    let mut app = start().await;
    let check = async |order: Value, status: u16| {
        let body = json!({ "order": order });
        app.api("PATCH", "/components", Some(body))
            .await
            .expect(status)
    };
    let stated = check(json!(["clark", "selma"]), 409).await;
    let detail = stated.json()["detail"]
        .as_str()
        .expect("a detail")
        .to_owned();
    assert!(
        detail.contains("site.toml") && detail.contains("Selma"),
        "{detail}"
    );
    let unknown = check(json!(["clark", "nelsn"]), 422).await;
    assert_eq!(mistake(&unknown).0, "/order/1");
    assert!(mistake(&unknown).1.contains("\"nelson\""));
    let twice = check(json!(["clark", "clark"]), 422).await;
    assert_eq!(mistake(&twice).0, "/order/1");
    let not_a_slug = check(json!(["clark", 7, "Not a slug"]), 422).await;
    assert_eq!(mistake(&not_a_slug).0, "/order/1");
    let no_list = app.api("PATCH", "/components", Some(json!({}))).await;
    assert_eq!(mistake(&no_list.expect(422)).0, "/order");

    let etag = app.api_get("/components").await.header("etag").to_owned();
    let state = json!({"state": "degraded"});
    app.post("/components/clark/state", state).await.expect(200);
    let token = app.token.clone();
    let stale = app
        .api_as(
            &token,
            "PATCH",
            "/components",
            &[("if-match", &etag)],
            Some(json!({"order": ["clark"]})),
        )
        .await;
    stale.expect(412);
    let pager = app
        .issue_token("pager", &[Scope::StatesWrite, Scope::IncidentsWrite])
        .await;
    for (method, path) in [
        ("PATCH", "/components"),
        ("POST", "/components/clark/restore"),
    ] {
        let body = json!({"order": ["clark"]});
        app.api_as(&pager, method, path, &[], Some(body))
            .await
            .expect(403);
    }
    let list = app.api_get("/components").await.json();
    assert_eq!(slugs(&list), ["selma", "nelson", "clark"]);
}

#[tokio::test]
async fn a_retired_component_comes_back_as_it_was() {
    let mut app = start().await;
    app.api("DELETE", "/components/nelson", None)
        .await
        .expect(200);
    let gone = app.api_get("/components/nelson").await.expect(200).json();
    assert_eq!(gone["retired_at"], "2013-02-26T09:15:00Z");
    let refused = json!({"order": ["nelson"]});
    let refused = app.api("PATCH", "/components", Some(refused)).await;
    assert!(mistake(&refused.expect(422)).1.contains("retired"));
    let back = app.post("/components/nelson/restore", Value::Null).await;
    let back = back.expect(200).json();
    assert_eq!(back["retired_at"], Value::Null);
    assert_eq!(back["description"], "Mail");
    assert!(app.get("/").await.text().contains("/components/nelson\""));
    let record = app.api_get("/audit?component=nelson").await.json();
    assert_eq!(record["entries"][0]["action"], "reinstate_component");
    // Once more is harmless.
    let again = app.post("/components/nelson/restore", Value::Null).await;
    assert_eq!(again.expect(200).json(), back);
    let nothing = app.post("/components/nothing/restore", Value::Null).await;
    nothing.expect(404);
}
