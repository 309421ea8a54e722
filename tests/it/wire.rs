//! What readers get byte by byte: the same whether an answer was ready or hyper made it, whatever
//! is sent and however it is cut.

use lightship::site::Site;

use crate::support::app::TestApp;
use crate::support::wire::{Served, Told};

/// A path that is long enough for two pieces, uncompressed.
const LONG: &str = "/incidents/selma-moves";

/// Pages are served, and those of `LONG` and the home page are ready.
async fn served() -> Served {
    let post = format!(
        "---\ntitle: Selma moves\ndate: 2013-02-25\ncomponents: {{selma: migrating}}\n---\n{}",
        "We are moving Selma, word by word and disk by disk.\n\n".repeat(400)
    );
    let app = TestApp::new()
        .with_component("selma")
        .with_file("incidents/2013-02-25-selma-moves.md", post)
        .start()
        .await;
    for path in ["/", LONG, "/feed.json"] {
        app.get(path).await.expect(200);
    }
    Served::start(app)
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// The answer to a request on a connection that hyper has taken over before.
fn by_hyper(served: &Served, request: &str) -> Told {
    let mut wire = served.connect();
    wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!(wire.answer(false).status, "HTTP/1.1 405 Method Not Allowed");
    wire.send(request);
    wire.answer(request.starts_with("HEAD"))
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_answers_are_what_hyper_would_make_of_them() {
    let served = served().await;
    let tag = |encoding: &str| {
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {encoding}\r\n\r\n");
        served.ask(&request).header("etag").to_owned()
    };
    let (plain, brotli) = (tag("identity"), tag("br"));
    let modified = served.ask(&get("/")).header("last-modified").to_owned();
    let lines = [
        String::new(),
        "Accept-Encoding: gzip, deflate, br, zstd\r\n".to_owned(),
        "Accept-Encoding: gzip;q=1.0, br;q=0\r\n".to_owned(),
        "accept-encoding: gzip\r\nACCEPT-ENCODING: br\r\n".to_owned(),
        format!("If-None-Match: {plain}\r\n"),
        format!("If-None-Match: \"x\", W/{plain}\r\n"),
        format!("If-None-Match: \"x\"\r\nIf-None-Match: {plain}\r\n"),
        format!("If-None-Match: {brotli}\r\nAccept-Encoding: br\r\n"),
        format!("If-None-Match: {plain}\r\nAccept-Encoding: br\r\n"),
        "If-None-Match: *\r\n".to_owned(),
        format!("If-Modified-Since: {modified}\r\n"),
        "If-Modified-Since: Fri, 01 Feb 2013 00:00:00 GMT\r\n".to_owned(),
        format!("If-None-Match: \"x\"\r\nIf-Modified-Since: {modified}\r\n"),
        "Range: bytes=0-1\r\n".to_owned(),
        "X-Forwarded-Proto: https\r\n".to_owned(),
        "Connection: close\r\n".to_owned(),
        "Connection: keep-alive\r\n".to_owned(),
        "Cookie: a=\u{e9}\r\nEmpty:\r\nX-Spaces:  \t a b \t\r\n".to_owned(),
    ];
    let mut statuses = std::collections::BTreeSet::new();
    for line in &lines {
        for first in [
            "GET /",
            "HEAD /",
            "GET /?utm_source=a%20b",
            &format!("GET {LONG}"),
        ] {
            for version in ["1.1", "1.0"] {
                let request = format!("{first} HTTP/{version}\r\nHost: a\r\n{line}\r\n");
                let ready = served.ask(&request);
                assert_eq!(ready, by_hyper(&served, &request), "{request}");
                statuses.insert(ready.status);
            }
        }
    }
    let seen: Vec<&str> = statuses.iter().map(String::as_str).collect();
    let expected = [
        "HTTP/1.0 200 OK",
        "HTTP/1.0 304 Not Modified",
        "HTTP/1.1 200 OK",
        "HTTP/1.1 304 Not Modified",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_before_leaves_no_trace_in_the_next_answer() {
    let served = served().await;
    let tag = served.ask(&get("/")).header("etag").to_owned();
    let ask = |first: &str, line: &str| format!("{first} HTTP/1.1\r\nHost: a\r\n{line}\r\n");
    let requests = [
        get("/"),
        ask("HEAD /", ""),
        ask("GET /", &format!("If-None-Match: {tag}\r\n")),
        ask("GET /", "Accept-Encoding: gzip\r\n"),
        ask("GET /", "X-Forwarded-Proto: https\r\n"),
        get("/feed.json"),
        get(LONG),
        ask(&format!("HEAD {LONG}"), ""),
    ];
    let expected: Vec<Told> = requests.iter().map(|it| by_hyper(&served, it)).collect();
    let all = || requests.iter().zip(&expected);
    let mut wire = served.connect();
    for (before, told_before) in all() {
        for (after, told_after) in all() {
            // Alone, together, and twice the same.
            wire.send(before);
            assert_eq!(&wire.answer(before.starts_with("HEAD")), told_before);
            wire.send(after);
            assert_eq!(
                &wire.answer(after.starts_with("HEAD")),
                told_after,
                "{after}"
            );
            wire.send(format!("{after}{before}{after}"));
            for (request, told) in [
                (after, told_after),
                (before, told_before),
                (after, told_after),
            ] {
                assert_eq!(&wire.answer(request.starts_with("HEAD")), told, "{request}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_before_is_sent_no_more_once_the_site_is_another() {
    let served = served().await;
    let mut wire = served.connect();
    // So often that it happens while the answer before is still held, too.
    for number in 0..50 {
        let mut snapshot = served.site.current().snapshot().clone();
        snapshot.site.name = format!("name {number}.");
        let next = Site::new(snapshot);
        next.warm();
        served.site.replace(next);
        for time in 0..3 {
            wire.send(get("/"));
            let told = wire.answer(false);
            let shows = told.body.contains(&format!("name {number}."));
            assert!(shows, "asked {time} times before: {told:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_was_sent_is_not_for_others() {
    let proxy = [127, 0, 0, 2];
    let app = TestApp::new().with_proxy(proxy).start().await;
    app.get("/").await.expect(200);
    let served = Served::start(app);
    // Threads share the listener, so each of them meets both after a while.
    let mut wires = Vec::new();
    for number in 0..16 {
        let from = [127, 0, 0, 2 + number % 2];
        wires.push((from == proxy, served.connect_from(from).await));
    }
    for _ in 0..4 {
        for (is_proxy, wire) in &mut wires {
            wire.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n");
            let told = wire.answer(false);
            let is_for_proxy = !told.header("strict-transport-security").is_empty();
            assert_eq!(is_for_proxy, *is_proxy);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_may_be_cut_anywhere() {
    let served = served().await;
    let request = get("/feed.json");
    let expected = served.ask(&request);
    for cut in 1..request.len() {
        let mut wire = served.connect();
        // The first part of the second request arrives with the first.
        wire.send(format!("{}{}", get("/"), &request[..cut]));
        assert_eq!(wire.answer(false).status, "HTTP/1.1 200 OK");
        wire.send(&request[cut..]);
        assert_eq!(wire.answer(false), expected, "cut at {cut}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_come_at_once_are_answered_in_order() {
    let served = served().await;
    let paths = [
        "/",
        "/feed.json",
        LONG,
        "/healthz",
        "/",
        "/nowhere",
        LONG,
        LONG,
        "/",
    ];
    let expected: Vec<Told> = paths.iter().map(|path| served.ask(&get(path))).collect();
    let mut wire = served.connect();
    wire.send(paths.map(get).concat());
    for (path, expected) in paths.iter().zip(&expected) {
        assert_eq!(&wire.answer(false), expected, "{path}");
    }
    // What stands behind the last request of a connection was never asked.
    let mut wire = served.connect();
    wire.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /feed.json");
    assert_eq!(wire.answer(false).header("connection"), "close");
    assert!(wire.ends());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_takes_his_time_gets_everything() {
    let served = served().await;
    let expected = served.ask(&get(LONG));
    assert!(expected.body.len() > 20_000, "{}", expected.body.len());
    let mut wire = served.connect();
    // More than the system keeps on the way, so that the server has to wait for us.
    let count = 1000;
    wire.send(get(LONG).repeat(count));
    for number in 0..count {
        assert_eq!(wire.answer(false), expected, "{number}");
    }
    wire.send(get("/"));
    assert_eq!(wire.answer(false).status, "HTTP/1.1 200 OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_nothing_more_to_say_gets_the_answers_and_then_the_end() {
    let served = served().await;
    for path in ["/", LONG, "/healthz"] {
        let expected = served.ask(&get(path));
        let mut wire = served.connect();
        wire.send(get(path).repeat(3));
        wire.finish();
        for _ in 0..3 {
            assert_eq!(wire.answer(false), expected, "{path}");
        }
        // The deadline of the wire is shorter than our patience with those who are quiet.
        assert!(wire.ends(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_be_read_in_two_ways_is_refused() {
    let served = served().await;
    let check = |request: &str, status: &str| {
        let mut wire = served.connect();
        wire.send(request);
        assert_eq!(
            wire.answer(false).status,
            format!("HTTP/1.1 {status}"),
            "{request:?}"
        );
        assert!(wire.ends(), "{request:?}");
    };
    for request in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        check(request, "400 Bad Request");
    }
    let huge = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "a".repeat(1 << 20)
    );
    let mut wire = served.connect();
    // It may stop listening before we have said everything.
    wire.try_send(&huge);
    assert!(wire.ends() || wire.answer(false).status.contains(" 431 "));
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: a\r\n".repeat(200)
    );
    check(&many, "431 Request Header Fields Too Large");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_smuggled_in_a_body() {
    let served = served().await;
    let inner = get("/healthz");
    // A body belongs to its request, whatever it looks like.
    let mut wire = served.connect();
    let length = inner.len();
    wire.send(format!(
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{inner}{}",
        get("/feed.json")
    ));
    assert_eq!(wire.answer(false), served.ask(&get("/")));
    assert_eq!(wire.answer(false), served.ask(&get("/feed.json")));
    // With two lengths, the connection isn't used again.
    let mut wire = served.connect();
    wire.send(format!(
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n\
         0\r\n\r\n{inner}"
    ));
    let first = wire.answer(false);
    assert_eq!(first.header("connection"), "close");
    assert!(wire.ends());
    for lengths in [
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: +1",
        "Transfer-Encoding: gzip",
    ] {
        let mut wire = served.connect();
        wire.send(format!(
            "GET / HTTP/1.1\r\nHost: a\r\n{lengths}\r\n\r\n{inner}"
        ));
        let says_no = wire.ends() || wire.answer(false).status.contains(" 400 ");
        assert!(says_no && wire.ends(), "{lengths}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_heads_and_odd_targets_are_answered_too() {
    let served = served().await;
    let expected = served.ask(&get("/"));
    let cookie = "a".repeat(20_000);
    for request in [
        format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: a\r\n".repeat(80)),
        "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\nHost: a\n\n".to_owned(),
    ] {
        assert_eq!(served.ask(&request), expected, "{request:.60}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_closes_what_is_idle_and_finishes_what_runs() {
    let served = served().await;
    let (mut fresh, mut idle, mut by_hyper) =
        (served.connect(), served.connect(), served.connect());
    idle.send(get("/"));
    idle.answer(false);
    by_hyper.send(get("/healthz"));
    by_hyper.answer(false);
    let mut slow = served.connect();
    let expected = served.ask(&get(LONG));
    slow.send(get(LONG).repeat(1000));
    assert_eq!(slow.answer(false), expected);
    let running = served.tell_to_stop();
    for wire in [&mut fresh, &mut idle, &mut by_hyper] {
        assert!(wire.ends());
    }
    // What was on its way arrives whole.
    while !slow.ends() {
        assert_eq!(slow.answer(false).body, expected.body);
    }
    running.await.expect("no panic").expect("it ends well");
}
