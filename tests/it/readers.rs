//! What readers get: ready documents, whatever the database does.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use lightship::site::Found;
use lightship::site::document::CachePolicy;
use lightship::site::public_page::Page;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::every_page::{every_page, kinds};

const POST: &str = "---\ntitle: Selma moves\ndate: 2013-02-25\ncomponents: {selma: migrating}\n---\n\
    We are moving Selma.\n\nUPDATE (2013-02-26 01:15 MST): Mail is up.\n";

#[test]
fn each_page_has_one_path_and_is_what_that_leads_to() {
    for kind in kinds() {
        let path = kind.example.path();
        assert_eq!(Page::parse(&path), Some(kind.example), "{path}");
    }
    for other in [
        "",
        "history",
        "/history/",
        "/history/2013",
        "/history/2013/2",
        "/history/+2013/02",
        "/history/2013/02/",
        "/feed.xml",
        "/incidents",
        "/incidents/",
        "/incidents/selma.",
        "/incidents/selma.html",
        "/incidents/selma.md/feed.rss",
        "/incidents/Selma",
        "/incidents/selma/2013/02",
        "/components/selma.json",
        "/components/selma/",
        "/components/selma/2013/2",
        "/components/selma/feed.xml",
        "/groups/selma",
        "/groups/Selma/badge.svg",
        "/groups/selma/badge.png",
        "/groups/selma/2013/02",
        "/incidents/selma/calendar.ics",
        "/embed/",
        "/sitemap-01.xml",
        "/sitemap-1.xml/",
        "/assets/lightship.css",
    ] {
        assert_eq!(Page::parse(other), None, "{other}");
    }
}

#[tokio::test]
async fn every_page_answers_while_the_database_is_gone() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file("incidents/2013-02-25-selma-moves.md", POST)
        .start_with_every_page()
        .await;
    let open = json!({"title": "Mail is slow", "markdown": "We look.", "components": {"selma": "degraded"}});
    app.post("/incidents", open).await.expect(201);
    let pages = every_page(&app);
    app.app.state().store.close().await;
    for page in pages {
        let path = page.path();
        let reply = app.get(&path).await.expect(200);
        assert!(!reply.bytes.is_empty(), "{path}");
        assert!(reply.header("etag").starts_with('"'), "{path}");
        let policy = match page {
            Page::BrandStylesheet(_) => CachePolicy::Immutable,
            _ => CachePolicy::Live,
        };
        assert_eq!(reply.header("cache-control"), policy.header(), "{path}");
        assert_eq!(reply.header("vary"), "Accept-Encoding", "{path}");
        assert!(!reply.header("last-modified").is_empty(), "{path}");
    }
    app.get("/nowhere").await.expect(404);
    app.app.probe().await;
    app.get("/readyz").await.expect(503);
    app.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn head_and_conditional_requests_spare_the_bytes() {
    let app = TestApp::new().with_component("selma").start().await;
    let whole = app.get("/").await.expect(200);
    let head = Request::head("/").body(Body::empty()).expect("a request");
    let head = app.send(head).await.expect(200);
    assert!(head.bytes.is_empty());
    assert_eq!(head.header("content-length"), whole.bytes.len().to_string());
    assert_eq!(head.header("etag"), whole.header("etag"));
    let again = Request::get("/")
        .header("if-none-match", whole.header("etag"))
        .body(Body::empty())
        .expect("a request");
    let again = app.send(again).await.expect(304);
    assert!(again.bytes.is_empty());
    assert_eq!(again.header("etag"), whole.header("etag"));
    let small = Request::get("/")
        .header("accept-encoding", "gzip, br")
        .body(Body::empty())
        .expect("a request");
    let small = app.send(small).await.expect(200);
    assert_eq!(small.header("content-encoding"), "br");
    assert_ne!(small.header("etag"), whole.header("etag"));
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut small.bytes.as_slice(), &mut plain).expect("Brotli");
    assert_eq!(plain, whole.bytes);
}

#[tokio::test]
async fn answers_carry_the_headers_that_keep_browsers_safe() {
    let app = TestApp::new().with_component("selma").start().await;
    for path in [
        "/",
        "/nowhere",
        "/api/v1/components",
        "/assets/lightship.css",
        "/healthz",
    ] {
        let reply = app.get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!reply.header("referrer-policy").is_empty(), "{path}");
        assert_eq!(reply.header("strict-transport-security"), "", "{path}");
    }
    let by_https = Request::get("/")
        .header("x-forwarded-proto", "https")
        .body(Body::empty())
        .expect("a request");
    let reply = app.send(by_https).await;
    assert!(
        reply
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
}

#[tokio::test]
async fn pictures_of_posts_are_served_and_nothing_beside_them() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let app = TestApp::new()
        .with_component("selma")
        .with_file("media/disk.svg", svg)
        .with_file("media/2013/rack.png", b"png")
        .with_file("media/.secret", "x")
        .start()
        .await;
    let picture = app.get("/media/disk.svg").await.expect(200);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(
        picture
            .header("content-security-policy")
            .ends_with("; sandbox")
    );
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert_eq!(picture.text(), svg);
    app.get("/media/2013/rack.png").await.expect(200);
    for wrong in [
        "/media/",
        "/media/2013",
        "/media/2013/",
        "/media/.secret",
        "/media/../site.toml",
        "/media/..%2fsite.toml",
        "/media/%2e%2e/site.toml",
        "/media//etc/passwd",
        "/media/none.png",
    ] {
        let reply = app.get(wrong).await.expect(404);
        assert!(reply.text().contains("<main"), "{wrong}");
    }
}

#[tokio::test]
async fn files_of_the_binary_are_served_and_others_are_not_found() {
    let app = TestApp::new().start().await;
    for path in ["/assets/lightship.css", "/favicon.svg", "/openapi.json"] {
        assert!(!app.get(path).await.expect(200).bytes.is_empty(), "{path}");
        let post = Request::post(path).body(Body::empty()).expect("a request");
        assert_eq!(
            app.send(post).await.expect(405).header("allow"),
            "GET, HEAD"
        );
    }
    app.get("/assets/other.css").await.expect(404);
}

#[tokio::test]
async fn whoever_tries_thousands_of_addresses_costs_one_page() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let nothing_at = |app: &TestApp, path: &str| match app.app.state().site.current().find(path) {
        Found::Nothing(document) => document,
        other => panic!("{path}: {other:?}"),
    };
    let first = nothing_at(&app, "/wp-login.php");
    let second = nothing_at(&app, "/incidents/nothing-such");
    assert!(Arc::ptr_eq(&first, &second));
    let open = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", open).await.expect(201);
    let reply = app.get("/wp-login.php").await.expect(404);
    assert!(reply.text().contains("Selma is down."), "{}", reply.text());
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("etag"), "");
}

/// The home page's date, and the status that a reader gets who knows only this date.
async fn dated(app: &TestApp, since: &str) -> (String, u16) {
    let request = Request::get("/").header("if-modified-since", since);
    let request = request.body(Body::empty()).expect("a request");
    let reply = app.send(request).await;
    (
        reply.header("last-modified").to_owned(),
        reply.status.as_u16(),
    )
}

#[tokio::test]
async fn a_reader_who_knows_only_the_date_never_keeps_an_old_page() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let ever = "Tue, 01 Jan 2013 00:00:00 GMT";
    let mut put = 0;
    for apart in [10_000, 400, 0, 10_000] {
        app.advance(chrono::Duration::milliseconds(apart));
        put += 1;
        let post = json!({"title": format!("Trouble {put}"), "markdown": "We look into it."});
        app.post("/incidents", post).await.expect(201);
        let (date, status) = dated(&app, ever).await;
        assert_eq!(status, 200);
        let again = dated(&app, &date).await.1;
        // Of what was served within the second, one is recognised at most.
        let is_alone = apart >= 1_000;
        assert_eq!(again, if is_alone { 304 } else { 200 }, "{apart} ms");
    }
    let date = dated(&app, ever).await.0;
    let mut other = app.another().await;
    app.post("/incidents", json!({"title": "More", "markdown": "x"}))
        .await
        .expect(201);
    other.refresh_site().await.expect("pages are made");
    let site = other.state().site.current();
    let home = site.find("/");
    let Found::Document(home) = home else {
        panic!("no page")
    };
    assert_eq!(home.telling_date(), None, "{date}");
}

#[tokio::test]
async fn a_missing_document_says_so_as_json_and_scripts_may_read_it() {
    let app = TestApp::new().with_component("selma").start().await;
    for (path, open, word) in [
        ("/nowhere.json", "", "/feed.json"),
        ("/incidents/nothing.json", "", "/incidents/SLUG.json"),
        ("/incidents/nothing/feed.json", "*", "/feed.json"),
        ("/components/nothing/badge.json", "*", "/feed.json"),
        ("/api/v2/nothing.json", "*", "/api/v2/summary.json"),
        ("/api/v2", "*", "/api/v2/scheduled-maintenances/active.json"),
        ("/api", "", "/openapi.json"),
    ] {
        let request = Request::get(path).header("accept", "*/*");
        let request = request.body(Body::empty()).expect("a request");
        let reply = app.send(request).await.expect(404);
        assert_eq!(
            reply.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        assert_eq!(reply.header("access-control-allow-origin"), open, "{path}");
        let detail = reply.json()["detail"].clone();
        assert!(
            detail.as_str().is_some_and(|it| it.contains(word)),
            "{path}: {detail}"
        );
    }
    let html = app.get("/nowhere").await.expect(404);
    assert!(html.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn a_health_check_that_is_asked_wrongly_says_what_is_allowed() {
    let app = TestApp::new().start().await;
    for path in ["/healthz", "/readyz"] {
        let request = Request::post(path).body(Body::empty()).expect("a request");
        let reply = app.send(request).await.expect(405);
        assert_eq!(reply.header("allow"), "GET, HEAD", "{path}");
        assert!(
            reply.text().contains("Only GET and HEAD work here"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_confirms_a_page_has_the_same_headers_whoever_makes_it() {
    let app = TestApp::new().with_component("selma").start().await;
    let mut seen = Vec::new();
    for path in ["/", "/components"] {
        // The second one is ready, the first one may have been made by the router.
        for _ in 0..2 {
            let tag = app.get(path).await.header("etag").to_owned();
            let request = Request::get(path).header("if-none-match", tag);
            let request = request.body(Body::empty()).expect("a request");
            let reply = app.send(request).await.expect(304);
            let mut names: Vec<_> = reply.headers.keys().map(|it| it.to_string()).collect();
            names.sort();
            seen.push(names);
        }
    }
    assert!(seen.iter().all(|names| *names == seen[0]), "{seen:#?}");
}
