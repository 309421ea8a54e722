//! An open page is told what changes on it, as it changes.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_recv_buffer_size;
use serde_json::json;

use crate::support::app::write;
use crate::support::database::new_database;
use crate::support::process::{Poster, Server, token};
use crate::support::stream::Stream;

const SITE: &str = "name = \"Example status\"\ntime_zone = \"UTC\"\n\
                    [[components]]\nslug = \"selma\"\nname = \"Selma\"\n\
                    [[components]]\nslug = \"nelson\"\nname = \"Nelson\"\n";

/// A server, and what it takes to post and to start another one.
struct Running {
    server: Server,
    poster: Poster,
    database: String,
    folder: tempfile::TempDir,
}

async fn start_with(flags: &[&str]) -> Running {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    write(&content, "site.toml", SITE.as_bytes());
    let database = new_database(folder.path()).await;
    let server = Server::start_with(&database, &content, flags, None);
    let poster = Poster::new(&token(&database).await);
    Running {
        server,
        poster,
        database,
        folder,
    }
}

async fn start() -> Running {
    start_with(&[]).await
}

impl Running {
    fn post(&self, path: &str, body: &serde_json::Value) {
        let (status, text) = self.poster.send(&self.server.url, path, body);
        assert!((200..300).contains(&status), "{status} {text}");
    }

    fn set_state(&self, slug: &str, state: &str) {
        let path = format!("/components/{slug}/state");
        self.post(&path, &json!({"state": state}));
    }

    fn open_incident(&self, title: &str) {
        let body = json!({"title": title, "markdown": "We look into it.",
            "components": {"selma": "major_outage"}});
        self.post("/incidents", &body);
    }

    fn listen(&self, query: &str) -> Stream {
        self.listen_with(query, "")
    }

    /// With further header lines.
    fn listen_with(&self, query: &str, lines: &str) -> Stream {
        let address: SocketAddr = self.server.url["http://".len()..]
            .parse()
            .expect("an address");
        let mut wire = TcpStream::connect(address).expect("it is there");
        let patience = Some(Duration::from_secs(20));
        wire.set_read_timeout(patience).expect("a timeout");
        let request = format!("GET /live?{query} HTTP/1.1\r\nHost: a\r\n{lines}\r\n");
        wire.write_all(request.as_bytes()).expect("it is taken");
        Stream::new(wire)
    }

    /// What recognises the main element of a page, as the page says it.
    fn shown(&self, path: &str) -> String {
        let (status, html) = self.poster.read(&self.server.url, path);
        assert_eq!(status, 200);
        let hash = html.split("data-page=\"").nth(1).expect("a script");
        hash.split('"').next().expect("its hash").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_told_what_changes_on_it() {
    let running = start().await;
    let hash = running.shown("/");
    let mut stream = running.listen(&format!("page=/&seen={hash}"));
    for line in [
        "HTTP/1.1 200 OK",
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-accel-buffering: no",
        "x-content-type-options: nosniff",
    ] {
        assert!(
            stream.head.iter().any(|known| known == line),
            "{:?}",
            stream.head
        );
    }
    running.set_state("selma", "degraded");
    let event = stream.expect();
    assert_eq!(event.hash(), running.shown("/"));
    assert!(event.id.ends_with(".0"), "{event:?}");
    let html = event.html();
    assert!(
        html.contains("<h1 class=\"\" id=\"headline\" dir=\"auto\">Selma is degraded.</h1>"),
        "{html}"
    );
    assert!(html.contains("<li id=\"component-selma\"><div"), "{html}");
    // Nelson is as before.
    assert!(
        html.contains("<li id=\"component-nelson\" data-same></li>"),
        "{html}"
    );
    running.set_state("nelson", "degraded");
    let event = stream.expect();
    let html = event.html();
    assert!(html.contains("Nelson") && !html.contains("<main"), "{html}");
    assert!(!html.contains("component-selma"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn incidents_and_components_are_live_and_nothing_that_doesnt_concern_them_is_told() {
    let running = start().await;
    running.open_incident("Selma is down");
    let mut incident = running.listen("page=/incidents/selma-is-down");
    let mut component = running.listen("page=/components/nelson");
    assert!(
        incident
            .expect()
            .html()
            .starts_with("<main id=\"main\" data-tone=\"bad\">")
    );
    assert!(
        component
            .expect()
            .html()
            .starts_with("<main id=\"main\" data-tone=\"ok\">")
    );
    running.set_state("nelson", "degraded");
    let update = json!({"markdown": "It is back.", "phase": "resolved"});
    running.post("/incidents/selma-is-down/updates", &update);
    let told = incident.expect();
    assert!(told.html().contains("It is back.") && told.html().contains("data-tone=\"ok\""));
    assert!(
        !told.html().contains("We look into it."),
        "the post is as before: {}",
        told.html()
    );
    let told = component.expect();
    assert!(told.html().contains("Degraded") && !told.html().contains("It is back."));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_break_it_brings_what_was_missed() {
    let running = start().await;
    let mut stream = running.listen("page=/");
    stream.expect();
    running.set_state("selma", "degraded");
    let seen = stream.expect();
    drop(stream);
    running.set_state("nelson", "degraded");
    let goes_on = [
        running.listen_with(
            "page=/&seen=stale",
            &format!("Last-Event-ID: {}\r\n", seen.id),
        ),
        running.listen(&format!("page=/&seen={}&id={}", seen.hash(), seen.id)),
    ];
    for mut stream in goes_on {
        let event = stream.expect();
        assert_eq!(event.hash(), running.shown("/"));
        assert!(
            event.html().contains("<li id=\"component-nelson\">"),
            "{event:?}"
        );
        assert!(!event.html().contains("component-selma"), "{event:?}");
    }
    // Who has missed nothing is told nothing but what comes.
    let mut stream = running.listen(&format!("page=/&seen={}", running.shown("/")));
    running.set_state("nelson", "operational");
    assert!(stream.expect().html().contains("component-nelson"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_nobody_gave_has_the_page_loaded_anew() {
    let running = start().await;
    let reload = |mut stream: Stream| {
        let event = stream.expect();
        assert_eq!(event.kind, "reload", "{event:?}");
        assert!(event.data.parse::<u64>().expect("milliseconds") < 10_000);
        assert_eq!(stream.next(), None, "it ends");
    };
    reload(running.listen_with("page=/", "Last-Event-ID: yesterday\r\n"));
    reload(running.listen("page=/&id=-1.0"));
    reload(running.listen("page=/&build=another"));
    reload(running.listen("page=/incidents/never-was"));
    let start = Instant::now();
    reload(running.listen("page=/&id=99.0"));
    assert!(
        start.elapsed() > Duration::from_secs(4),
        "another process may be there already"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_from_a_process_that_is_ahead_waits_for_this_one() {
    let running = start().await;
    let mut stream = running.listen("page=/");
    let first = stream.expect();
    let revision: i64 = first
        .id
        .split('.')
        .next()
        .and_then(|it| it.parse().ok())
        .expect("an id");
    let mut ahead = running.listen(&format!("page=/&seen=later&id={}.0", revision + 1));
    running.set_state("selma", "degraded");
    let event = ahead.expect();
    assert_eq!(
        (event.kind.as_str(), event.hash()),
        ("", running.shown("/").as_str())
    );
    assert!(event.html().contains("Selma is degraded."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_gone_is_loaded_anew() {
    let running = start().await;
    running.open_incident("Selma is down");
    let mut stream = running.listen("page=/incidents/selma-is-down");
    stream.expect();
    let url = &running.server.url;
    let (status, text) = running.poster.delete(url, "/incidents/selma-is-down");
    assert!(status < 300, "{status} {text}");
    assert_eq!(stream.expect().kind, "reload");
    assert_eq!(stream.next(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_reach_no_open_page() {
    let running = start().await;
    let mut stream = running.listen("page=/");
    stream.expect();
    let draft = json!({"title": "Nobody may know", "markdown": "Not yet.", "draft": true});
    running.post("/incidents", &draft);
    running.set_state("selma", "degraded");
    let event = stream.expect();
    assert!(event.html().contains("Selma is degraded."));
    assert!(!event.data.contains("Nobody may know"), "{event:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cant_be_followed_is_refused_with_a_reason() {
    let running = start().await;
    let status = |stream: &Stream| stream.head[0].clone();
    for (query, words) in [
        ("page=/history", "isn't kept up to date; name the home page"),
        ("page=nowhere", "isn't kept up to date"),
        ("pages=/", "did you mean \\\"page\\\"?"),
        ("page=/&page=/", "appears twice"),
    ] {
        let mut refused = running.listen_with(query, "Connection: close\r\n");
        assert_eq!(
            status(&refused),
            "HTTP/1.1 422 Unprocessable Entity",
            "{query}"
        );
        let body = refused.line().expect("a reason");
        assert!(body.contains(words), "{query}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn past_their_limit_pages_are_asked_to_poll() {
    let running = start_with(&["--live-connections", "1"]).await;
    let mut first = running.listen("page=/");
    first.expect();
    let second = running.listen("page=/");
    assert_eq!(second.head[0], "HTTP/1.1 503 Service Unavailable");
    assert!(
        second.head.contains(&"retry-after: 60".to_owned()),
        "{:?}",
        second.head
    );
    // The first one is told all the same, and its place is free once it has left.
    running.set_state("selma", "degraded");
    first.expect();
    drop(first);
    let start = Instant::now();
    while running.listen("page=/").head[0] != "HTTP/1.1 200 OK" {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "its place stays taken"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_takes_nothing_holds_up_nobody() {
    let running = start().await;
    // More than the system keeps for a reader who takes nothing.
    let long = "We are looking into it, word by word.\n\n".repeat(5000);
    let body = json!({"title": "Selma is down", "markdown": long});
    running.post("/incidents", &body);
    let _stalled: Vec<Stream> = (0..20)
        .map(|_| {
            let stream = running.listen("page=/incidents/selma-is-down");
            set_socket_recv_buffer_size(stream.wire(), 4096).expect("it may be small");
            stream
        })
        .collect();
    let mut stream = running.listen("page=/incidents/selma-is-down");
    stream.expect();
    for number in 0..3 {
        let update = json!({"markdown": format!("{number}: {long}"), "again": true});
        running.post("/incidents/selma-is-down/updates", &update);
        let told = stream.expect();
        assert!(
            told.html().contains(&format!("<p>{number}: We are")),
            "{number}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_doesnt_wait_for_streams_and_a_new_process_goes_on() {
    let mut running = start().await;
    let mut streams: Vec<Stream> = (0..20).map(|_| running.listen("page=/")).collect();
    for stream in &mut streams {
        stream.expect();
    }
    let hash = running.shown("/");
    let start = Instant::now();
    assert!(running.server.stop().success());
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    for stream in &mut streams {
        assert_eq!(stream.next(), None);
    }
    let content = running.folder.path().join("content");
    running.server = Server::start(&running.database, &content);
    let mut stream = running.listen(&format!("page=/&seen={hash}"));
    running.set_state("selma", "degraded");
    let event = stream.expect();
    assert!(event.html().contains("Selma is degraded."));
    assert!(
        event.html().contains("component-nelson\" data-same"),
        "it had missed nothing"
    );
}
