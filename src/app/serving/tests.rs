//! What a connection may not do for ever, tried with less patience than readers meet; and that what
//! was answered before is answered again only as long as it is true, for whom it is true.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream as Wire};
use std::path::Path;

use super::*;
use crate::app::App;
use crate::config::{Config, LogFormat, SourceConfig};
use crate::site::{Site, SiteHandle};

/// A server that closes what is quiet for a moment.
async fn serve_impatiently(folder: &Path) -> SocketAddr {
    serve_for(folder, Duration::from_millis(60), &[]).await.0
}

/// A server that closes what is quiet for so long, and the site that it serves.
async fn serve_for(folder: &Path, quiet: Duration, proxies: &[IpAddr]) -> (SocketAddr, SiteHandle) {
    std::fs::write(
        folder.join("site.toml"),
        "name = \"a\"\ntime_zone = \"UTC\"\n",
    )
    .expect("a file");
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = Config {
        listen: here,
        source: SourceConfig {
            database: format!("sqlite:{}", folder.join("test.db").display()),
            content: folder.to_owned(),
            machine: Some("test".to_owned()),
        },
        base_url: None,
        trusted_proxy: proxies.to_vec(),
        log_format: LogFormat::Text,
        log: Default::default(),
    };
    let clock = Clock::System;
    let app = App::build(config, clock.clone()).await.expect("it starts");
    let shared = Arc::new(Shared {
        front: app.front(),
        clock,
        main: Handle::current(),
        stopping: AtomicBool::new(false),
        stop: Notify::new(),
        quiet,
    });
    // A page that is ready, so that both ways are tried.
    let site = app.state().site.clone();
    site.current().find("/");
    let listener = listen(here).expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        // It stops when nobody is left to tell it.
        let (_stop, stopped) = signal::channel(false);
        run(listener, shared, stopped).await
    });
    (address, site)
}

/// The answer to a request, head and body.
fn ask(wire: &mut Wire, request: &str) -> String {
    wire.write_all(request.as_bytes()).expect("it is taken");
    let (mut answer, mut part) = (String::new(), [0; 65_536]);
    loop {
        if let Some((head, body)) = answer.split_once("\r\n\r\n") {
            let length = head.split_once("content-length: ").expect("a length").1;
            let length = length.split("\r\n").next().and_then(|it| it.parse().ok());
            if length == Some(body.len()) {
                return answer;
            }
        }
        let length = wire.read(&mut part).expect("an answer");
        assert_ne!(length, 0, "closed after {answer:?}");
        answer.push_str(std::str::from_utf8(&part[..length]).expect("text"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_is_answered_anew_once_it_is_otherwise() {
    let folder = tempfile::tempdir().expect("a folder");
    let (address, site) = serve_for(folder.path(), QUIET, &[]).await;
    let mut wire = Wire::connect(address).expect("a connection");
    // So often that it happens within a second, too, whose answers are kept.
    for number in 0..50 {
        let mut snapshot = site.current().snapshot().clone();
        snapshot.site.name = format!("name {number}.");
        let next = Site::new(snapshot);
        next.warm();
        site.replace(next);
        for time in 0..3 {
            let answer = ask(&mut wire, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            let shows = answer.contains(&format!("name {number}."));
            assert!(shows, "asked {time} times before: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_was_answered_is_not_for_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let proxy = [127, 0, 0, 2];
    let (address, _) = serve_for(folder.path(), QUIET, &[proxy.into()]).await;
    let wire_from = async |from: [u8; 4]| {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((from, 0).into()).expect("an address");
        let wire = socket.connect(address).await.expect("a connection");
        let wire = wire.into_std().expect("a wire");
        wire.set_nonblocking(false).expect("a setting");
        wire
    };
    // Threads share the listener, so each of them meets both after a while.
    let mut wires = Vec::new();
    for number in 0..16 {
        let from = [127, 0, 0, 2 + number % 2];
        wires.push((from == proxy, wire_from(from).await));
    }
    let request = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n";
    for _ in 0..4 {
        for (is_proxy, wire) in &mut wires {
            let says = ask(wire, request).contains("strict-transport-security");
            assert_eq!(says, *is_proxy);
        }
    }
}

/// Whether the other end closes; a deadline says that it doesn't.
fn is_closed(mut wire: Wire) -> bool {
    let mut rest = Vec::new();
    wire.set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a timeout");
    match wire.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_holds_a_connection_for_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = serve_impatiently(folder.path()).await;
    for said in [
        "",
        "GET / HTTP/1.1\r\nHo",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let mut wire = Wire::connect(address).expect("a connection");
        wire.write_all(said.as_bytes()).expect("it is taken");
        assert!(is_closed(wire), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_us_wait_who_asks_and_never_reads() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = serve_impatiently(folder.path()).await;
    for path in ["/", "/nowhere"] {
        let mut wire = Wire::connect(address).expect("a connection");
        wire.set_write_timeout(Some(Duration::from_secs(30)))
            .expect("a timeout");
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let failed = loop {
            match wire.write_all(request.as_bytes()) {
                Ok(()) => {}
                Err(error) => break error.kind(),
            }
        };
        let gone = [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
        assert!(gone.contains(&failed), "{path}: {failed}");
    }
}
