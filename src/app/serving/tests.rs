//! What a connection may not do forever, tested with shorter limits than in production.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream as Wire};
use std::path::Path;

use super::shared::Patience;
use super::*;
use crate::app::App;
use crate::config::{Config, LogFormat, SourceConfig};

/// A server that closes connections that are quiet for a moment.
async fn serve_impatiently(folder: &Path) -> SocketAddr {
    std::fs::write(
        folder.join("site.toml"),
        "name = \"a\"\ntime_zone = \"UTC\"\n",
    )
    .expect("a file");
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = Config {
        listen: here.into(),
        metrics_listen: None,
        source: SourceConfig {
            database: format!("sqlite:{}", folder.join("test.db").display()),
            content: folder.to_owned(),
            machine: Some("test".to_owned()),
        },
        state_dir: None,
        base_url: None,
        trusted_proxy: Vec::new(),
        database_connections: 8,
        smtp: None,
        dkim_key: None,
        dkim_selector: "lightship".to_owned(),
        live_connections: 20_000,
        smtp_connections: 16,
        smtp_rate: None,
        webhooks_to_private_networks: false,
        access_log: None,
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
        patience: Patience {
            quiet: Duration::from_millis(60),
            head: Duration::from_millis(60),
        },
        connection_limit: ConnectionLimit::new(1000),
        access_log: None,
        max_streams: 500,
    });
    // This makes the page ready, so that both paths are tested.
    app.state().site.current().find("/");
    let listener = listen_on(here).expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        // It stops when the sender is dropped.
        let (_stop, stopped) = signal::channel(false);
        run(listener, shared, stopped).await
    });
    address
}

/// Whether the server closes the connection. After a deadline, the answer is no.
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
