//! A database that is away for long: pages say since when they may be stale, and a server that
//! starts meanwhile serves its last pages from a copy on disk.

use std::fs;
use std::path::Path;

use chrono::Duration as Span;
use serde_json::json;

use crate::faults_database::{app_over, incident, until};
use crate::support::app::{TestApp, write};
use crate::support::database::{new_database, option_env_database};
use crate::support::process::{Poster, Server, token};
use crate::support::silent::SilentProxy;

const STALE: &str = "This page may be out of date.";

/// A database of its own, by itself and through a proxy that can fall silent.
struct Reached {
    directly: String,
    by_proxy: String,
    proxy: SilentProxy,
}

async fn reached(folder: &Path) -> Option<Reached> {
    let Some(server) = option_env_database() else {
        eprintln!("not run: only a server can be away; it is run with PostgreSQL");
        return None;
    };
    let directly = new_database(folder).await;
    let (host, _) = server.rsplit_once('/').expect("a URL");
    let (_, host) = host.rsplit_once('@').unwrap_or(("", host));
    let proxy = SilentProxy::start(host);
    Some(Reached {
        by_proxy: directly.replacen(host, &proxy.address, 1),
        directly,
        proxy,
    })
}

async fn page(app: &TestApp, path: &str) -> String {
    app.get(path).await.text().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_say_since_when_they_may_be_stale_as_long_as_they_may_be() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(reached) = reached(folder.path()).await else {
        return;
    };
    let app = app_over(reached.by_proxy, folder.path()).await;
    let mut app = TestApp::over(app).await;
    app.post("/incidents", incident("Selma is down"))
        .await
        .expect(201);
    assert!(!page(&app, "/").await.contains(STALE));

    reached.proxy.silence();
    let clock = app.app.state().clock.clone();
    clock.advance(Span::seconds(50));
    assert!(app.app.refresh_site().await.is_err());
    assert!(!page(&app, "/").await.contains(STALE), "not a minute yet");
    clock.advance(Span::seconds(20));
    assert!(app.app.refresh_site().await.is_err());
    for path in [
        "/",
        "/history",
        "/components/selma",
        "/incidents/selma-is-down",
    ] {
        let page = page(&app, path).await;
        assert!(page.contains(STALE), "{path}");
        assert!(
            page.contains("February 26 at 2:15 am MST"),
            "{path}: {page}"
        );
    }

    reached.proxy.speak();
    until("the database answers again", async || {
        app.app.refresh_site().await.is_ok()
    })
    .await;
    assert!(!page(&app, "/").await.contains(STALE));
    assert!(page(&app, "/").await.contains("Selma is down"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_while_its_database_is_away_serves_its_last_pages() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(reached) = reached(folder.path()).await else {
        return;
    };
    let content = folder.path().join("content");
    let site = "name = \"Example status\"\ntime_zone = \"America/Denver\"\n\n[[components]]\n\
                slug = \"selma\"\nname = \"Selma\"\n";
    write(&content, "site.toml", site.as_bytes());
    let state_dir = folder.path().join("state");
    let flags = ["--state-dir", state_dir.to_str().expect("UTF-8")];
    let mut server = Server::start_with(&reached.by_proxy, &content, &flags, None);
    let poster = Poster::new(&token(&reached.directly).await);
    let post = |server: &Server, title: &str| {
        let body = json!({"title": title, "markdown": "We look at it."});
        poster.send(&server.url, "/incidents", &body).0
    };
    assert_eq!(post(&server, "Selma is down"), 201);
    until("it is on the page", async || {
        poster.read(&server.url, "/").1.contains("Selma is down")
    })
    .await;
    // What is shown at a stop is copied, also if it is shown since a moment ago.
    assert!(server.stop().success());
    assert!(state_dir.join("pages").is_file());

    reached.proxy.silence();
    let server = Server::start_with(&reached.by_proxy, &content, &flags, None);
    let (status, page) = poster.read(&server.url, "/");
    assert_eq!(status, 200);
    assert!(
        page.contains("Selma is down") && page.contains(STALE),
        "{page}"
    );
    let feed = poster.read(&server.url, "/feed.rss").1;
    assert!(feed.contains("Selma is down"), "{feed}");
    assert_eq!(post(&server, "Nelson is down"), 503);
    assert_eq!(poster.read(&server.url, "/readyz").0, 503);
    // Others post in the meantime.
    let other = Server::start_with(&reached.directly, Path::new("none"), &[], None);
    assert_eq!(post(&other, "Lincoln is down"), 201);

    reached.proxy.speak();
    until("the database is there", async || {
        let page = poster.read(&server.url, "/").1;
        page.contains("Lincoln is down") && !page.contains(STALE)
    })
    .await;
    assert_eq!(post(&server, "Nelson is down"), 201);
    until("it is ready", async || {
        poster.read(&server.url, "/readyz").0 == 200
    })
    .await;

    // A copy that can't be read is of no use, and says so.
    server.kill();
    fs::write(state_dir.join("pages"), "Something else.").expect("written");
    reached.proxy.silence();
    let refused = std::process::Command::new(env!("CARGO_BIN_EXE_lightship"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database",
            &reached.by_proxy,
        ])
        .args(flags)
        .args(["--content", "none"])
        .output()
        .expect("it ends");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(
        said.contains("the copy in --state-dir can't be used"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_without_a_content_folder_complains_of_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = new_database(folder.path()).await;
    let content = folder.path().join("content");
    let site = "name = \"Fed elsewhere\"\ntime_zone = \"America/Denver\"\n";
    write(&content, "site.toml", site.as_bytes());
    let poster = Poster::new(&token(&database).await);
    let fed = Server::start(&database, &content);
    let mut other = Server::start_with(&database, Path::new("none"), &[], None);
    assert!(poster.read(&other.url, "/").1.contains("Fed elsewhere"));
    let body = json!({"title": "Posted without a folder", "markdown": "It works."});
    assert_eq!(poster.send(&other.url, "/incidents", &body).0, 201);
    until("it is on both", async || {
        let seen = |url: &str| poster.read(url, "/").1.contains("Posted without a folder");
        seen(&fed.url) && seen(&other.url)
    })
    .await;
    assert_eq!(poster.read(&other.url, "/media/a.png").0, 404);
    assert_eq!(poster.read(&other.url, "/readyz").0, 200);
    assert!(other.stop().success());
    let log: Vec<serde_json::Value> = other.log.try_iter().collect();
    assert!(!log.is_empty());
    for line in &log {
        let is_base_url = line["fields"]["message"].as_str().unwrap_or_default();
        let is_base_url = is_base_url.starts_with("links and feeds use the address");
        assert!(line["level"] == "INFO" || is_base_url, "{line}");
        assert!(!line.to_string().contains("site.toml here"), "{line}");
    }
}
