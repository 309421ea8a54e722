//! Tokens: who may what, who is held up, what is noted of them.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use chrono::Duration;
use lightship::domain::scope::Scope;
use lightship::store::changes::find_revision;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};

async fn start() -> TestApp {
    TestApp::new()
        .with_component("selma")
        .at("2013-02-26T09:15:30Z")
        .start()
        .await
}

#[tokio::test]
async fn a_tokens_secret_is_shown_once_and_opens_what_its_scopes_say() {
    let app = start().await;
    let body = json!({"name": " on call ", "scopes": ["incidents:write"],
        "display_name": "Toni", "expires_at": "2013-02-26T10:00:00Z"});
    let admin = app.token.clone();
    let key = [("idempotency-key", "once")];
    let create = async || {
        app.api_as(&admin, "POST", "/tokens", &key, Some(body.clone()))
            .await
            .expect(201)
            .json()
    };
    let made = create().await;
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("lsp_") && secret.len() == 47, "{secret}");
    let again = create().await;
    let mut without = made.clone();
    without.as_object_mut().expect("an object").remove("secret");
    assert_eq!(again, without);
    let list = app.api_get("/tokens").await.expect(200);
    assert!(!list.text().contains(&secret));
    assert_eq!(list.json()["tokens"][1], without);

    let post = json!({"title": "Selma is down", "update": {"markdown": "We look."}});
    let posted = app
        .api_as(&secret, "POST", "/incidents", &[], Some(post))
        .await;
    let posted = posted.expect(201).json();
    assert_eq!(posted["author"], "Toni");
    assert_eq!(posted["updates"][0]["author"], "Toni");

    app.advance(Duration::minutes(45));
    let late = app
        .api_as(&secret, "GET", "/incidents", &[], None)
        .await
        .expect(401);
    assert!(late.text().contains("expired"), "{}", late.text());
}

#[tokio::test]
async fn a_token_taken_back_opens_nothing() {
    let app = start().await;
    let body = json!({"name": "on call", "scopes": ["admin"]});
    let made = app.api("POST", "/tokens", Some(body)).await.expect(201);
    let made = made.json();
    let secret = made["secret"].as_str().expect("a secret");
    let path = format!("/tokens/{}", made["id"].as_str().expect("an id"));
    app.api_as(secret, "GET", "/audit", &[], None)
        .await
        .expect(200);
    let revoked = app.api("DELETE", &path, None).await.expect(200).json();
    assert_eq!(revoked["revoked_at"], "2013-02-26T09:15:30Z");
    app.api_as(secret, "GET", "/audit", &[], None)
        .await
        .expect(401);
    let again = app.api("DELETE", &path, None).await.expect(200).json();
    assert_eq!(again["revoked_at"], revoked["revoked_at"]);
    app.api("DELETE", "/tokens/nothing", None).await.expect(404);
    let record = app.api_get("/audit?limit=2").await.json();
    assert_eq!(record["entries"][0]["action"], "revoke_token");
    assert_eq!(record["entries"][1]["action"], "issue_token");
    assert!(!record.to_string().contains(secret));
}

#[tokio::test]
async fn each_call_needs_its_scopes() {
    let mut app = start().await;
    let post = json!({"title": "Selma is down"});
    let made = app.post("/incidents", post).await.expect(201).json();
    let update = json!({"markdown": "a"});
    let updates = "/incidents/selma-is-down/updates";
    let update = app.post(updates, update).await.expect(201).json();
    let one = format!("{updates}/{}", update["id"].as_str().expect("an id"));
    assert_eq!(made["updates"], json!([]));
    let sets = json!({"selma": "degraded"});
    let names = json!({"selma": null});
    let all: [(&str, &str, Value, &str); 26] = [
        ("GET", "/components", Value::Null, "any"),
        ("GET", "/incidents", Value::Null, "any"),
        ("GET", "/incidents/selma-is-down", Value::Null, "any"),
        ("GET", &one, Value::Null, "any"),
        ("POST", "/preview", json!({"markdown": "a"}), "any"),
        ("PUT", "/components/nelson", json!({"name": "N"}), "admin"),
        ("DELETE", "/components/nelson", Value::Null, "admin"),
        ("GET", "/tokens", Value::Null, "admin"),
        (
            "POST",
            "/tokens",
            json!({"name": "a", "scopes": ["admin"]}),
            "admin",
        ),
        ("DELETE", "/tokens/x", Value::Null, "admin"),
        ("GET", "/audit", Value::Null, "admin"),
        ("GET", "/audit?limit=1", Value::Null, "admin"),
        (
            "POST",
            "/components/selma/state",
            json!({"state": "degraded"}),
            "states",
        ),
        ("POST", "/incidents", json!({"title": "a"}), "incidents"),
        (
            "POST",
            "/incidents",
            json!({"title": "a", "components": names}),
            "incidents",
        ),
        (
            "POST",
            "/incidents",
            json!({"title": "a", "components": sets}),
            "both",
        ),
        (
            "POST",
            "/incidents",
            json!({"title": "a", "update": {"components": sets}}),
            "both",
        ),
        ("POST", updates, json!({"markdown": "a"}), "incidents"),
        ("POST", updates, json!({"components": sets}), "both"),
        (
            "PATCH",
            "/incidents/selma-is-down",
            json!({"title": "b"}),
            "incidents",
        ),
        (
            "PATCH",
            "/incidents/selma-is-down",
            json!({"components": sets}),
            "both",
        ),
        ("PATCH", &one, json!({"markdown": "b"}), "incidents"),
        // What changes decides, not the field.
        ("PATCH", &one, json!({"components": {}}), "incidents"),
        ("PATCH", &one, json!({"components": sets}), "both"),
        ("PATCH", &one, json!({"components": {}}), "both"),
        ("DELETE", &one, Value::Null, "incidents"),
    ];
    let states = app.issue_token("states", &[Scope::StatesWrite]).await;
    let incidents = app.issue_token("incidents", &[Scope::IncidentsWrite]).await;
    let both = [Scope::StatesWrite, Scope::IncidentsWrite];
    let both = app.issue_token("both", &both).await;
    let admin = app.issue_token("admin", &[Scope::Admin]).await;
    for (method, path, body, needs) in all {
        let holders = [
            (&states, matches!(needs, "any" | "states")),
            (&incidents, matches!(needs, "any" | "incidents")),
            (&both, needs != "admin"),
            (&admin, true),
        ];
        for (token, may) in holders {
            let body = Some(body.clone()).filter(|body| !body.is_null());
            let said = format!("{method} {path} {body:?} {needs}");
            let reply = app.api_as(token, method, path, &[], body).await;
            assert_eq!(reply.status != 403, may, "{said}: {}", reply.text());
            assert!(!reply.status.is_server_error(), "{said}");
            assert_ne!(reply.status, 401, "{said}");
        }
    }
}

fn asks(authorization: &[u8], peer: &str, forwarded: Option<&str>) -> Request<Body> {
    let mut request = Request::get("/api/v1/audit?limit=1");
    if !authorization.is_empty() {
        request = request.header("authorization", authorization);
    }
    if let Some(forwarded) = forwarded {
        request = request.header("x-forwarded-for", forwarded);
    }
    let mut request = request.body(Body::empty()).expect("a request");
    let peer: SocketAddr = format!("{peer}:4711").parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

#[tokio::test]
async fn without_a_token_that_is_known_nothing_opens() {
    let app = start().await;
    let limited = app.issue_token("pager", &[Scope::StatesWrite]).await;
    let basic = format!("Basic {}", app.token);
    let joined = format!("Bearer{}", app.token);
    for (header, challenge) in [
        (b"".as_slice(), "Bearer"),
        (b"Bearer", "Bearer"),
        (b"\xff\xfe x", "Bearer"),
        (basic.as_bytes(), "Bearer"),
        (joined.as_bytes(), "Bearer"),
        (b"Bearer ", "Bearer error=\"invalid_token\""),
        (b"Bearer lsp_x", "Bearer error=\"invalid_token\""),
        (b"bearer \t \"", "Bearer error=\"invalid_token\""),
    ] {
        let reply = app.send(asks(header, "192.0.2.1", None)).await;
        let said = String::from_utf8_lossy(header);
        assert_eq!(reply.status, 401, "{said}");
        assert_eq!(reply.header("www-authenticate"), challenge, "{said}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json()["request_id"], reply.header("x-request-id"));
    }
    let known = format!("bearer  {limited} ");
    let reply = app.send(asks(known.as_bytes(), "192.0.2.1", None)).await;
    assert_eq!(reply.status, 403, "{}", reply.text());
    assert!(reply.text().contains("pager"), "{}", reply.text());
}

#[tokio::test]
async fn an_address_with_too_many_wrong_tokens_waits_and_a_right_token_never_does() {
    let app = start().await;
    let wrong = async |peer: &str, forwarded: Option<&str>| -> Reply {
        app.send(asks(b"Bearer lsp_wrong", peer, forwarded)).await
    };
    for _ in 0..20 {
        wrong("192.0.2.1", None).await.expect(401);
    }
    let held_up = wrong("192.0.2.1", None).await.expect(429);
    assert_eq!(held_up.header("retry-after"), "60");
    // A stranger can't name another address than his own.
    wrong("192.0.2.1", Some("192.0.2.9")).await.expect(429);
    wrong("192.0.2.2", None).await.expect(401);
    let right = format!("Bearer {}", app.token);
    app.send(asks(right.as_bytes(), "192.0.2.1", None))
        .await
        .expect(200);
    // The machine's own proxy says whom it asks for; what the reader made up stands before that.
    wrong("127.0.0.1", Some("198.51.100.7, 192.0.2.1"))
        .await
        .expect(429);
    wrong("127.0.0.1", Some("192.0.2.1, 198.51.100.7"))
        .await
        .expect(401);
    app.advance(Duration::minutes(1));
    wrong("192.0.2.1", None).await.expect(401);
}

/// When the first token was used last, as soon as that is `expected`.
async fn first_is_used_at(app: &TestApp, expected: &str) {
    for _ in 0..500 {
        let list = app.api_get("/tokens").await.expect(200).json();
        if list["tokens"][0]["last_used_at"] == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it never became {expected}");
}

#[tokio::test]
async fn the_last_use_is_noted_to_the_minute_and_changes_no_page() {
    let mut app = start().await;
    let revision = async |app: &TestApp| {
        let mut tx = app.app.state().store.read().await.expect("a view");
        find_revision(&mut tx).await.expect("a revision")
    };
    let before = revision(&app).await;
    first_is_used_at(&app, "2013-02-26T09:15:00Z").await;
    app.advance(Duration::seconds(29));
    first_is_used_at(&app, "2013-02-26T09:15:00Z").await;
    app.advance(Duration::seconds(1));
    first_is_used_at(&app, "2013-02-26T09:16:00Z").await;
    assert_eq!(revision(&app).await, before);
    assert!(!app.refresh_site().await);
}
