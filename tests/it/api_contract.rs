//! The contract of the admin API: checked in, served, and true of what is routed.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::app::TestApp;

/// `LIGHTSHIP_WRITE_OPENAPI=1 cargo nextest run the_contract` writes the file anew.
fn is_to_be_written() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "whether to write the file is the runner's to say"
    )]
    std::env::var_os("LIGHTSHIP_WRITE_OPENAPI").is_some()
}

#[tokio::test]
async fn the_contract_that_is_served_is_the_one_checked_in() {
    let app = TestApp::new().start().await;
    let served = app.get("/openapi.json").await.expect(200);
    assert_eq!(served.header("content-type"), "application/json");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if is_to_be_written() {
        std::fs::write(&file, served.text()).expect("openapi.json is written");
    }
    let checked_in = std::fs::read_to_string(&file).unwrap_or_default();
    let first = served
        .text()
        .lines()
        .zip(checked_in.lines())
        .position(|(served, checked_in)| served != checked_in);
    assert!(
        served.text() == checked_in,
        "openapi.json is out of date (line {first:?}, counted from 0); look whether the change is \
         meant, then run: LIGHTSHIP_WRITE_OPENAPI=1 cargo nextest run the_contract",
    );
}

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
];

#[tokio::test]
async fn each_path_takes_just_the_methods_that_the_contract_says() {
    let app = TestApp::new().start().await;
    let contract = app.get("/openapi.json").await.json();
    let paths = contract["paths"].as_object().expect("paths");
    assert!(paths.len() > 9);
    for (path, item) in paths {
        let mut said: BTreeSet<String> = item
            .as_object()
            .expect("operations")
            .keys()
            .map(|method| method.to_uppercase())
            .collect();
        if said.contains("GET") {
            said.insert("HEAD".to_owned());
        }
        let path = path.replace("{slug}", "nothing").replace("{id}", "nothing");
        for method in METHODS {
            let request = Request::builder().method(method).uri(&path);
            let request = request.body(Body::empty()).expect("a request");
            let reply = app.send(request).await;
            if said.contains(method) {
                assert_eq!(reply.status, 401, "{method} {path}");
                continue;
            }
            assert_eq!(reply.status, 405, "{method} {path}");
            assert_eq!(reply.header("content-type"), "application/problem+json");
            let allowed: BTreeSet<String> = reply
                .header("allow")
                .split(',')
                .map(|method| method.trim().to_owned())
                .collect();
            assert_eq!(allowed, said, "{method} {path}");
        }
    }
}

/// What a value stands for, if it is a reference into the contract.
fn resolved<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value["$ref"].as_str() else {
        return value;
    };
    let pointer = reference.strip_prefix('#').expect("a reference within");
    contract.pointer(pointer).expect("what it refers to")
}

#[tokio::test]
async fn every_operation_says_who_may_what_is_refused_and_how() {
    let app = TestApp::new().start().await;
    let contract = app.get("/openapi.json").await.json();
    assert_eq!(contract["openapi"], "3.1.0");
    assert!(contract["security"][0]["token"].is_array(), "{contract}");
    let mut ids = BTreeSet::new();
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let at = format!("{method} {path}");
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} stands twice");
            let headers: Vec<_> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "header")
                .map(|parameter| parameter["name"].as_str().expect("a name"))
                .collect();
            let expected: &[&str] = match method.as_str() {
                "post" if path.ends_with("/preview") => &[],
                "post" => &["Idempotency-Key"],
                "get" => &[],
                _ => &["If-Match"],
            };
            assert_eq!(headers, expected, "{at}");
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let response = resolved(&contract, response);
                let formats: Vec<_> = response["content"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(format, _)| format.as_str())
                    .collect();
                let is_table = path.ends_with(".csv") || path.ends_with("/export");
                let expected = if status.starts_with('2') && is_table {
                    "text/csv"
                } else if status.starts_with('2') {
                    "application/json"
                } else {
                    "application/problem+json"
                };
                assert_eq!(formats, [expected], "{at} {status}");
            }
            for status in ["401", "403", "429", "500", "503"] {
                assert!(operation["responses"][status].is_object(), "{at} {status}");
            }
            if operation["requestBody"] != Value::Null {
                for status in ["400", "413", "415", "422"] {
                    assert!(operation["responses"][status].is_object(), "{at} {status}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_refused_is_not_allowed_by_the_contract() {
    let app = TestApp::new().start().await;
    let contract = app.get("/openapi.json").await.json();
    let about = contract["info"]["description"].as_str().expect("a text");
    assert!(about.contains("/api/v2/"), "it is named: {about}");
    let parameters = contract["paths"]["/api/v1/components/{slug}"]["put"]["parameters"].clone();
    let slug = parameters.as_array().expect("some").iter();
    let slug = slug
        .clone()
        .find(|it| it["name"] == "slug")
        .expect("its name");
    assert_eq!(slug["schema"]["minLength"], 1);
    assert_eq!(slug["schema"]["pattern"], "^[a-z0-9]+(-[a-z0-9]+)*$");
    let schemas = &contract["components"]["schemas"];
    assert_eq!(schemas["NewToken"]["properties"]["scopes"]["minItems"], 1);
    let kinds = schemas["NewIncident"]["allOf"][1]["anyOf"].as_array();
    let kinds = kinds.expect("a shape for each kind");
    let notice = |shape: &&Value| shape["properties"]["kind"]["enum"][0] == "notice";
    let notice = kinds.iter().find(notice).expect("a notice");
    assert_eq!(notice["properties"]["starts"]["type"], "null");
    let maintenance = kinds.iter().find(|shape| {
        let required = shape["required"].as_array();
        required.is_some_and(|fields| fields.contains(&"starts".into()))
    });
    assert!(maintenance.is_some(), "a maintenance has a window");
}

/// Every reference within a value.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                found.push(reference);
            }
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn whatever_the_contract_refers_to_is_in_it() {
    let app = TestApp::new().start().await;
    let contract = app.get("/openapi.json").await.json();
    let mut found = Vec::new();
    references(&contract, &mut found);
    assert!(found.len() > 9);
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a reference within");
        assert!(contract.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_contract_says_what_texts_times_and_steps_may_be() {
    let app = TestApp::new().start().await;
    let contract = app.get("/openapi.json").await.json();
    let schemas = &contract["components"]["schemas"];
    let line = &schemas["PutComponent"]["properties"]["name"]["pattern"];
    assert!(
        line.as_str().is_some_and(|it| it.contains("u0000")),
        "{line}"
    );
    for at in [
        "/NewToken/properties/display_name",
        "/NewIncident/allOf/0/properties/author",
        "/EditIncident/allOf/0/properties/title",
        "/PutComponent/properties/group",
        "/SetState/properties/state",
    ] {
        assert_eq!(schemas.pointer(at).expect(at)["pattern"], *line, "{at}");
    }
    let nul = &schemas["Preview"]["properties"]["markdown"]["pattern"];
    assert_eq!(*nul, "^[^\\u0000]*$");
    let year = &schemas["SetState"]["properties"]["at"]["pattern"];
    assert_eq!(*year, "^(19[7-9]|[2-9][0-9][0-9])[0-9]-");
    let slug = &schemas["OrderComponents"]["properties"]["order"]["items"]["pattern"];
    assert_eq!(*slug, "^[a-z0-9]+(-[a-z0-9]+)*$");
    let of_text = |words: &[&str]| json!({"type": "string", "enum": words});
    let steps = &schemas["MaintenanceStep"]["allOf"][1]["anyOf"];
    let kinds = &schemas["EditIncident"]["allOf"][1]["anyOf"];
    // A word of another type than a text would allow nothing.
    for (rule, field, words) in [
        (&steps[0], "do", vec!["extend"]),
        (&steps[1], "do", vec!["extend"]),
        (&steps[2], "do", vec!["start", "end", "cancel"]),
        (&kinds[0], "kind", vec!["maintenance"]),
        (&kinds[1], "kind", vec!["disruption", "notice"]),
    ] {
        assert_eq!(rule["properties"][field], of_text(&words), "{rule}");
    }
    assert_eq!(steps[0]["required"], json!(["starts"]));
    assert_eq!(steps[1]["required"], json!(["ends"]));
    for rule in [&steps[2], &kinds[1]] {
        assert_eq!(rule["properties"]["starts"]["type"], "null", "{rule}");
    }
    let says = schemas["NewUpdate"]["allOf"][1]["anyOf"].as_array();
    assert_eq!(says.expect("what it needs").len(), 3);
    let log = contract["paths"]["/api/v1/audit"]["get"]["parameters"].as_array();
    let log = log.expect("parameters");
    let before = log.iter().find(|it| it["name"] == "before");
    assert_eq!(before.expect("it")["schema"]["format"], "uuid");
    let day = log.iter().find(|it| it["name"] == "day").expect("it");
    assert_eq!(day["schema"]["anyOf"][0]["format"], "date");
}

#[tokio::test]
async fn what_the_contract_allows_is_taken_and_the_rest_is_not() {
    let app = TestApp::new().with_component("selma").start().await;
    let path = "/components/nelson";
    let put = |position: Value| json!({"name": "Nelson", "position": position});
    let answer = app.api("PUT", path, Some(put(json!(4.0)))).await;
    answer.expect(201);
    app.api("PUT", path, Some(put(json!(4.5))))
        .await
        .expect(422);
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/components/selma/state")
        .header("authorization", format!("Bearer {}", app.token))
        .header("content-type", "application/json")
        .header("idempotency-key", "a\tb")
        .body(Body::from(r#"{"state": "operational"}"#));
    let reply = app.send(request.expect("a request")).await;
    assert_eq!(reply.status, 400, "a tab isn't printable");
}
