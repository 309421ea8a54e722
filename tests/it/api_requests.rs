//! What holds for every request: done once, nothing lost, and bad ones told so.

use axum::body::Body;
use axum::http::Request;
use chrono::Duration;
use lightship::app::App;
use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};

async fn start() -> TestApp {
    TestApp::new().with_component("selma").start().await
}

async fn post_with_key(app: &TestApp, token: &str, key: &str, body: Value) -> Reply {
    let headers = [("idempotency-key", key)];
    app.api_as(token, "POST", "/incidents", &headers, Some(body))
        .await
}

async fn count(app: &TestApp) -> usize {
    let list = app.api_get("/incidents").await.expect(200).json();
    list["incidents"].as_array().expect("a list").len()
}

#[tokio::test]
async fn the_same_key_and_body_are_done_once_and_answered_alike() {
    let app = start().await;
    let body = json!({"title": "Selma is down"});
    let first = post_with_key(&app, &app.token, "k 1", body.clone()).await;
    let first = first.expect(201);
    app.advance(Duration::minutes(1));
    let again = post_with_key(&app, &app.token, "k 1", body.clone()).await;
    let again = again.expect(201);
    assert_eq!(again.bytes, first.bytes);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(count(&app).await, 1);

    let other = json!({"title": "Selma is up"});
    let refused = post_with_key(&app, &app.token, "k 1", other).await;
    let refused = refused.expect(422);
    assert!(refused.text().contains("Idempotency-Key"));
    let headers = [("idempotency-key", "k 1")];
    let body_elsewhere = Some(json!({"state": "degraded"}));
    let path = "/components/selma/state";
    app.api_as(&app.token, "POST", path, &headers, body_elsewhere)
        .await
        .expect(422);

    let colleague = app.issue_token("colleague", &[Scope::IncidentsWrite]).await;
    let own = post_with_key(&app, &colleague, "k 1", body.clone()).await;
    assert_eq!(own.expect(201).json()["slug"], "selma-is-down-2");

    // A refusal isn't remembered: mended, the request may have the same key.
    let refused = post_with_key(&app, &app.token, "k 2", json!({"title": ""})).await;
    refused.expect(422);
    let mended = post_with_key(&app, &app.token, "k 2", json!({"title": "Mail"})).await;
    mended.expect(201);

    app.advance(Duration::days(7) - Duration::minutes(1));
    let still = post_with_key(&app, &app.token, "k 1", body.clone()).await;
    assert_eq!(still.expect(201).bytes, first.bytes);
    app.advance(Duration::seconds(1));
    let anew = post_with_key(&app, &app.token, "k 1", body).await;
    assert_eq!(anew.expect(201).json()["slug"], "selma-is-down-3");
}

#[tokio::test]
async fn a_key_that_cannot_be_one_is_refused() {
    let app = start().await;
    for key in ["", " ", &"k".repeat(201)] {
        let reply = post_with_key(&app, &app.token, key, json!({"title": "a"})).await;
        reply.expect(400);
    }
    assert_eq!(count(&app).await, 0);
}

#[tokio::test]
async fn while_the_first_is_running_the_second_is_told_to_wait() {
    let app = start().await;
    let lock = app.app.state().store.begin().await.expect("the lock");
    let body = json!({"title": "Selma is down"});
    let mut first = Box::pin(post_with_key(&app, &app.token, "k", body.clone()));
    let mut second = Box::pin(post_with_key(&app, &app.token, "k", body));
    // Without an end, a server that lets both wait would be waited for, too.
    let end = tokio::time::sleep(std::time::Duration::from_secs(60));
    let (refused, running) = tokio::select! {
        reply = &mut first => (reply, second),
        reply = &mut second => (reply, first),
        () = end => panic!("both are waiting"),
    };
    let refused = refused.expect(409);
    assert_eq!(refused.header("retry-after"), "1");
    drop(lock);
    let done = running.await.expect(201);
    let again = post_with_key(&app, &app.token, "k", json!({"title": "Selma is down"})).await;
    assert_eq!(again.expect(201).bytes, done.bytes);
    assert_eq!(count(&app).await, 1);
}

#[tokio::test]
async fn two_processes_with_one_database_do_it_once_between_them() {
    let app = start().await;
    let other = App::build(app.config.clone(), app.clock.clone())
        .await
        .expect("another process starts");
    for number in 0..5 {
        let key = format!("k{number}");
        let body = json!({"title": format!("Post {number}")});
        let request = Request::post("/api/v1/incidents")
            .header("authorization", format!("Bearer {}", app.token))
            .header("idempotency-key", &key)
            .body(Body::from(body.to_string()))
            .expect("a request");
        let lock = app.app.state().store.begin().await.expect("the lock");
        let there = other.front().other(request, ([127, 0, 0, 1], 4711).into());
        let here = post_with_key(&app, &app.token, &key, body.clone());
        let release = async {
            tokio::task::yield_now().await;
            drop(lock);
        };
        let (here, there, ()) = tokio::join!(here, there, release);
        assert_eq!(
            (here.status.as_u16(), there.status().as_u16()),
            (201, 201),
            "{}",
            here.text()
        );
        let there = axum::body::to_bytes(Body::new(there.into_body()), usize::MAX).await;
        assert_eq!(here.bytes, there.expect("a body"));
        assert_eq!(count(&app).await, number + 1);
    }
}

#[tokio::test]
async fn an_edit_of_what_has_changed_since_is_refused() {
    let mut app = start().await;
    let body = json!({"title": "Selma is down", "update": {"markdown": "We look."}});
    let made = app.post("/incidents", body).await.expect(201).json();
    let incident = "/incidents/selma-is-down";
    let id = made["updates"][0]["id"].as_str().expect("an id");
    let update = format!("{incident}/updates/{id}");
    let component = "/components/nelson";
    let put = json!({"name": "Nelson"});
    app.api("PUT", component, Some(put)).await.expect(201);
    let edit = async |method: &str, path: &str, tag: &str, body: Value| {
        let headers = [("if-match", tag)];
        let body = Some(body).filter(|body| !body.is_null());
        app.api_as(&app.token, method, path, &headers, body).await
    };
    for (path, one, another) in [
        (incident, json!({"title": "a"}), json!({"title": "b"})),
        (&update, json!({"markdown": "a"}), json!({"markdown": "b"})),
    ] {
        let etag = app.api_get(path).await.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
        let weak = format!("W/{etag}");
        edit("PATCH", path, &weak, one.clone()).await.expect(412);
        let edited = edit("PATCH", path, &etag, one.clone()).await.expect(200);
        let shown = app.api_get(path).await;
        assert_eq!(shown.header("etag"), edited.header("etag"));
        let stale = edit("PATCH", path, &etag, another.clone()).await;
        assert_eq!(stale.expect(412).json()["status"], 412);
        assert_eq!(app.api_get(path).await.bytes, shown.bytes);
        edit("DELETE", path, &etag, Value::Null).await.expect(412);
        let either = format!("\"x\", {}", shown.header("etag"));
        edit("PATCH", path, &either, another).await.expect(200);
    }
    edit("DELETE", &update, "*", Value::Null).await.expect(200);
    edit("PUT", component, "\"x\"", json!({"name": "N"}))
        .await
        .expect(412);
    edit("DELETE", component, "\"x\"", Value::Null)
        .await
        .expect(412);
}

#[tokio::test]
async fn a_preview_is_what_the_page_will_have() {
    let mut app = start().await;
    let text = "## Don't you have a backup?\n\nYes & <b>no</b>. <script>alert(1)</script>\n\n\
                | a | b |\n|---|---|\n| 1 | 2 |\n";
    let preview = app
        .api("POST", "/preview", Some(json!({"markdown": text})))
        .await
        .expect(200)
        .json();
    let html = preview["html"].as_str().expect("HTML");
    assert!(!html.contains("script"), "{html}");
    let body = json!({"title": "Selma", "markdown": text});
    app.post("/incidents", body).await.expect(201);
    let page = app.get("/incidents/selma").await.expect(200);
    assert!(page.text().contains(html), "{html}\n{}", page.text());
}

#[tokio::test]
async fn hostile_bodies_are_refused_each_with_its_reason() {
    let app = start().await;
    let deep = "[".repeat(100_000);
    let long = format!("{{\"title\":\"{}\"}}", "a".repeat(256 * 1024));
    let just_fits = format!("{{\"title\":\"a\",\"x\":\"{}\"}}", "a".repeat(262_120));
    let check = async |body: &[u8], status: u16, part: &str| {
        let request = Request::post("/api/v1/incidents")
            .header("authorization", format!("Bearer {}", app.token))
            .header("content-type", "application/json; charset=utf-8")
            .body(Body::from(body.to_vec()))
            .expect("a request");
        let reply = app.send(request).await;
        let said: String = String::from_utf8_lossy(body).chars().take(60).collect();
        assert_eq!(reply.status, status, "{said}: {}", reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem = reply.json();
        assert_eq!(problem["request_id"], reply.header("x-request-id"));
        assert!(reply.text().contains(part), "{said}: {}", reply.text());
    };
    check(b"", 400, "line 1 column 0").await;
    check(b"{\"title\": \"a\",}", 400, "line 1 column 15").await;
    check(b"{\"title\":\n\"a\" \"b\"}", 400, "line 2 column 5").await;
    check(b"{\"title\": \"\xff\"}", 400, "line 1 column 12").await;
    check(b"\xef\xbb\xbf{}", 400, "line 1 column 1").await;
    check(b"{\"title\": NaN}", 400, "not JSON").await;
    check(b"{\"title\": 1e999}", 400, "out of range").await;
    check(b"{\"title\": \"\\ud800\"}", 400, "not JSON").await;
    check(deep.as_bytes(), 400, "recursion limit").await;
    check(b"null", 422, "expected an object, got null").await;
    check(b"[[]]", 422, "expected an object, got a list").await;
    check(
        b"{\"title\": \"a\", \"title\": \"b\"}",
        422,
        "appears twice",
    )
    .await;
    check(b"{\"title\": 1e300}", 422, "got a number").await;
    check(b"{\"title\": \"a\\u0000b\"}", 422, "/title").await;
    check(b"{\"title\": \"a\", \"\": 1}", 422, "unknown field").await;
    for date in [
        "\"NaN\"",
        "1361870100",
        "\"2013-02-30T00:00:00Z\"",
        "\"2013-02-26T24:00:00Z\"",
        "\"+292277-01-01T00:00:00Z\"",
        "\"0000-01-01T00:00:00Z\"",
        "\"2013-02-26\"",
        "[]",
    ] {
        let body = format!("{{\"title\": \"a\", \"published_at\": {date}}}");
        check(body.as_bytes(), 422, "/published_at").await;
    }
    check(long.as_bytes(), 413, "256 KiB").await;
    check(just_fits.as_bytes(), 422, "/x").await;
    assert_eq!(count(&app).await, 0);
}

#[tokio::test]
async fn a_body_that_is_not_sent_as_json_is_refused() {
    let app = start().await;
    let body = || Some(json!({"title": "a"}));
    for (header, value, status) in [
        ("content-type", "application/x-www-form-urlencoded", 415),
        ("content-type", "text/plain", 415),
        ("content-type", "json", 415),
        ("content-encoding", "gzip", 415),
        ("content-encoding", "identity", 201),
    ] {
        let mut request = Request::post("/api/v1/incidents")
            .header("authorization", format!("Bearer {}", app.token))
            .body(Body::from(body().expect("a body").to_string()))
            .expect("a request");
        let value = value.parse().expect("a value");
        request.headers_mut().insert(header, value);
        let reply = app.send(request).await;
        assert_eq!(reply.status, status, "{header}: {}", reply.text());
    }
}

#[tokio::test]
async fn paths_that_lead_nowhere_are_problems_too() {
    let app = start().await;
    for (path, status) in [
        ("/nothing", 404),
        ("/incidents/", 404),
        ("//incidents", 404),
        ("/incidents/%ff", 400),
        ("/incidents/%00", 404),
        ("/incidents/a%2Fb", 404),
        ("/incidents/..%2f..%2fetc", 404),
        ("/incidents/%F0%9F%9A%A2", 404),
        ("/incidents/a/updates/%C3%28", 400),
    ] {
        let reply = app.api_get(path).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json()["request_id"], reply.header("x-request-id"));
    }
    for path in ["/api", "/api/", "/api/v1", "/api/v3/incidents"] {
        let reply = app.get(path).await.expect(404);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let post = Request::post(path).body(Body::empty()).expect("a request");
        let reply = app.send(post).await.expect(404);
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    let page = app.get("/apiary").await.expect(404);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
}
