//! The listener for metrics, and what a running server counts: no request can add a series.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::faults_database::until;
use crate::metrics::{series, value};
use crate::support::app::write;
use crate::support::database::new_database;
use crate::support::process::{Poster, Server, token};

/// A server with metrics, and the address of these.
struct Measured {
    server: Server,
    metrics: String,
    poster: Poster,
    _folder: tempfile::TempDir,
}

const SITE: &str = "name = \"Example status\"\ntime_zone = \"UTC\"\n\
                    [[components]]\nslug = \"selma\"\nname = \"Selma\"\n";

async fn start() -> Measured {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    write(&content, "site.toml", SITE.as_bytes());
    let database = new_database(folder.path()).await;
    let flags = ["--metrics-listen", "127.0.0.1:0"];
    let server = Server::start_with(&database, &content, &flags, None);
    let address = loop {
        let line = server.log.recv_timeout(Duration::from_secs(30));
        let line = line.expect("it says where the metrics are");
        if line["fields"]["message"] == "serving metrics at /metrics" {
            let address = line["fields"]["address"].as_str().expect("an address");
            break address.to_owned();
        }
    };
    Measured {
        server,
        metrics: address,
        poster: Poster::new(&token(&database).await),
        _folder: folder,
    }
}

impl Measured {
    fn report(&self) -> String {
        let url = format!("http://{}", self.metrics);
        let (status, text) = self.poster.read(&url, "/metrics");
        assert_eq!(status, 200, "{text}");
        text
    }

    /// Sends bytes to the listener for metrics, and returns all that comes back.
    fn send(&self, bytes: &[u8]) -> String {
        send(&self.metrics, bytes)
    }
}

fn send(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).expect("it is there");
    stream.write_all(bytes).expect("it takes them");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_a_listener_of_their_own() {
    let measured = start().await;
    let public = &measured.server.url;
    assert_eq!(measured.poster.read(public, "/metrics").0, 404);
    let whole = measured.send(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    let (head, body) = whole.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let media_type = "\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n";
    assert!(head.contains(media_type), "{head}");
    assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())));
    let only_head = measured.send(b"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(only_head.starts_with("HTTP/1.1 200 OK\r\n") && only_head.ends_with("\r\n\r\n"));
    for (request, status, text) in [
        ("GET / HTTP/1.1\r\n\r\n", "404 Not Found", "at /metrics"),
        (
            "GET /readyz HTTP/1.1\r\n\r\n",
            "404 Not Found",
            "at /metrics",
        ),
        (
            "POST /metrics HTTP/1.1\r\n\r\n",
            "405 Method Not Allowed",
            "Only GET",
        ),
        (
            "\u{16}\u{3}\u{1}\u{0}",
            "400 Bad Request",
            "no HTTP/1 request",
        ),
    ] {
        let answer = measured.send(request.as_bytes());
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{answer}"
        );
        assert!(answer.contains(text), "{answer}");
    }
    let long = format!("GET /metrics HTTP/1.1\r\na: {}", "b".repeat(9000));
    assert!(measured.send(long.as_bytes()).starts_with("HTTP/1.1 431 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_nothing_holds_up_neither_the_report_nor_the_stop() {
    let mut measured = start().await;
    let silent: Vec<TcpStream> = (0..15)
        .map(|_| TcpStream::connect(&measured.metrics).expect("it is there"))
        .collect();
    measured.report();
    assert!(measured.server.stop().success());
    let last: Vec<_> = measured.server.log.iter().collect();
    let warned = last
        .iter()
        .find(|line| line["level"] == "WARN" || line["level"] == "ERROR");
    assert_eq!(warned, None);
    drop(silent);
}

#[test]
fn an_address_that_is_taken_is_named_with_its_flag() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_lightship"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--metrics-listen",
            &address,
        ])
        .current_dir(folder.path())
        .output()
        .expect("the program runs");
    assert!(!output.status.success());
    let printed = String::from_utf8(output.stderr).expect("UTF-8");
    for part in [
        address.as_str(),
        "--metrics-listen",
        "LIGHTSHIP_METRICS_LISTEN",
    ] {
        assert!(printed.contains(part), "{printed}");
    }
    let made: Vec<_> = std::fs::read_dir(folder.path()).expect("it").collect();
    assert!(made.is_empty(), "{made:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_on_both_paths_and_none_makes_a_series() {
    let measured = start().await;
    let public = measured.server.url.clone();
    let host = public.strip_prefix("http://").expect("a URL");
    // The home page is ready only after the first request.
    measured.poster.read(&public, "/");
    let before = measured.report();
    let kept = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    // Request by request, so that the second one repeats the first.
    let mut stream = TcpStream::connect(host).expect("it is there");
    for _ in 0..3 {
        stream.write_all(kept.as_bytes()).expect("it takes them");
        let mut room = [0; 64 * 1024];
        assert!(stream.read(&mut room).expect("an answer") > 0);
    }
    drop(stream);
    // Several at once.
    send(host, format!("{kept}{kept}{last}").as_bytes());
    let odd = [
        "GET /nothing-here HTTP/1.1\r\nHost: a\r\n",
        "GET /incidents/nothing-here?kind=x HTTP/1.1\r\nHost: a\r\n",
        "GET /%ff%00 HTTP/1.1\r\nHost: a\r\n",
        "BREW / HTTP/1.1\r\nHost: a\r\n",
        "GET /api/v1/nothing HTTP/1.1\r\nHost: a\r\n",
        "GET /api/v1/tokens HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n",
        "GET /staff HTTP/1.1\r\nHost: a\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
        "GET /assets/lightship.css HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n",
    ];
    for request in odd {
        send(
            host,
            format!("{request}Connection: close\r\n\r\n").as_bytes(),
        );
    }
    let after = measured.report();
    assert_eq!(series(&before), series(&after));
    for (kind, status, expected) in [
        ("home", "200", 6.0),
        ("home", "4xx", 1.0),
        ("incident", "404", 1.0),
        ("api", "404", 1.0),
        ("api", "4xx", 1.0),
        ("staff", "3xx", 1.0),
        ("health", "200", 1.0),
        ("asset", "200", 1.0),
        ("other", "404", 2.0),
        ("other", "4xx", 1.0),
    ] {
        let name = format!("lightship_requests_total{{kind=\"{kind}\",status=\"{status}\"}}");
        let counted = value(&after, &name) - value(&before, &name);
        assert!((counted - expected).abs() < 0.1, "{name}: {counted}");
    }
    let failed = "lightship_failed_sign_ins_total{way=\"api\"}";
    assert_eq!(value(&after, failed), 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_refused_is_counted() {
    let measured = start().await;
    let host = measured.server.url.trim_start_matches("http://");
    let many = "X: a\r\n".repeat(200);
    let long = send(
        host,
        format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n").as_bytes(),
    );
    assert!(long.starts_with("HTTP/1.1 431 "), "{long}");
    let odd = send(host, b"GET / HTTP/1.1\r\nHost : a\r\n\r\n");
    assert!(odd.starts_with("HTTP/1.1 400 "), "{odd}");
    let counted = "lightship_requests_total{kind=\"other\",status=\"4xx\"}";
    until("both are counted", async || {
        value(&measured.report(), counted) == 2.0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_measured_until_it_is_served() {
    let measured = start().await;
    let public = measured.server.url.clone();
    let revision = value(&measured.report(), "lightship_revision");
    let body = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    let (status, text) = measured.poster.send(&public, "/incidents", &body);
    assert_eq!(status, 201, "{text}");
    until("the change is served", async || {
        value(&measured.report(), "lightship_revision") > revision
    })
    .await;
    // It is served a moment before it is counted.
    until("it is counted", async || {
        value(
            &measured.report(),
            "lightship_publish_latency_seconds_count",
        ) >= 1.0
    })
    .await;
    let report = measured.report();
    let count = value(&report, "lightship_publish_latency_seconds_count");
    let all = "lightship_publish_latency_seconds_bucket{le=\"+Inf\"}";
    assert_eq!(value(&report, all), count);
    let sum = value(&report, "lightship_publish_latency_seconds_sum");
    assert!(sum > 0.0 && sum < 60.0, "{sum}");
    assert!(value(&report, "lightship_snapshot_age_seconds") < 30.0);
    assert_eq!(value(&report, "lightship_ready"), 1.0);
}
