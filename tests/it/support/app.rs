//! The whole application over a content folder of its own, called through its router.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, Duration, Utc};
use ipnet::IpNet;
use lightship::actions::tokens::{NewToken, issue_token};
use lightship::actions::{Change, sync_report::SyncReport};
use lightship::app::{App, content_sync};
use lightship::clock::Clock;
use lightship::config::{Config, LogFormat, SourceConfig};
use lightship::domain::actor::Actor;
use lightship::domain::incident::Incident;
use lightship::domain::scope::Scope;
use serde_json::Value;

use super::new_database;

/// What to start.
pub(crate) struct TestAppBuilder {
    now: DateTime<Utc>,
    components: Vec<String>,
    site_lines: String,
    files: Vec<(String, Vec<u8>)>,
    proxies: Vec<IpAddr>,
    smtp: Option<String>,
    pub(super) to_private_networks: bool,
}

/// The application, with an admin token.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    /// The secret of a token with every scope.
    pub(crate) token: String,
    folder: tempfile::TempDir,
}

/// A response, read completely.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl TestApp {
    #[expect(clippy::new_ret_no_self, reason = "it reads as a sentence")]
    pub(crate) fn new() -> TestAppBuilder {
        TestAppBuilder {
            now: "2013-02-26T09:15:00Z".parse().expect("an instant"),
            components: Vec::new(),
            site_lines: String::new(),
            files: Vec::new(),
            proxies: Vec::new(),
            smtp: None,
            to_private_networks: true,
        }
    }

    /// Wraps an application that was built elsewhere, and issues a token.
    pub(crate) async fn over(app: App) -> Self {
        let clock = app.state().clock.clone();
        let token = issue(&app, &clock, "test", &Scope::ALL).await;
        Self::of(app, token)
    }

    /// Wraps an application that was built elsewhere, with a token from its database.
    pub(crate) fn of(app: App, token: String) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            clock: app.state().clock.clone(),
            config: config(String::new(), folder.path().to_owned()),
            app,
            token,
            folder,
        }
    }

    /// The content folder.
    pub(crate) fn content(&self) -> PathBuf {
        self.folder.path().join("content")
    }

    /// The application, and the folder that must outlive it.
    pub(crate) fn into_parts(self) -> (App, tempfile::TempDir) {
        (self.app, self.folder)
    }

    /// Writes a file of the content folder, such as `incidents/selma.md`.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        write(&self.content(), name, text.as_ref());
    }

    /// Removes a file of the content folder.
    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.content().join(name)).expect("the file was there");
    }

    /// Syncs the content folder; files in `gone` count as gone if they are missing.
    pub(crate) async fn sync(&mut self, gone: &[&str]) -> anyhow::Result<SyncReport> {
        let gone: BTreeSet<String> = gone.iter().map(|name| (*name).to_owned()).collect();
        let store = &self.app.state().store;
        let report = content_sync::sync_once(store, &self.clock, &self.config.source, gone).await?;
        self.refresh_site().await;
        Ok(report)
    }

    /// A public incident as readers see it now.
    pub(crate) fn incident(&self, slug: &str) -> Option<Arc<Incident>> {
        let site = self.app.state().site.current();
        site.snapshot()
            .find_incident(&super::slug(slug))
            .map(Arc::new)
    }

    /// A component's state as readers see it now.
    pub(crate) fn state_of(&self, component: &str) -> String {
        let site = self.app.state().site.current();
        let snapshot = site.snapshot();
        let record = snapshot.find_component(&super::slug(component));
        let standing = snapshot.standing(record.expect("a component"));
        standing.state.to_string()
    }

    /// Advances the clock.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Restarts it over the same database and folder.
    pub(crate) async fn restart(&mut self) {
        self.app = self.another().await;
    }

    /// A second process over the same database.
    pub(crate) async fn another(&self) -> App {
        let mut app = App::build(self.config.clone(), self.clock.clone())
            .await
            .expect("the application starts");
        app.catch_up().await.expect("it catches up");
        app
    }

    /// Renders the site again if anything has changed.
    pub(crate) async fn refresh_site(&mut self) -> bool {
        self.app.refresh_site().await.expect("pages are made")
    }

    /// Sends every message that is due.
    pub(crate) async fn send_outbox(&self) {
        let mut worker = self
            .app
            .worker()
            .expect("a thread")
            .expect("a mail server is configured");
        worker.send_due().await.expect("the database answers");
    }

    /// Issues a token with these scopes and returns its secret.
    pub(crate) async fn issue_token(&self, name: &str, scopes: &[Scope]) -> String {
        issue(&self.app, &self.clock, name, scopes).await
    }

    /// A GET by a reader.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// A GET of the API, with the admin token.
    pub(crate) async fn api_get(&self, path: &str) -> Reply {
        self.api("GET", path, None).await
    }

    /// A POST to the API with the admin token; then renders the site again.
    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Reply {
        let reply = self.api("POST", path, Some(body)).await;
        self.refresh_site().await;
        reply
    }

    /// Any call of the API with the admin token. The path is relative to `/api/v1`.
    pub(crate) async fn api(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let token = self.token.clone();
        self.api_as(&token, method, path, &[], body).await
    }

    /// Any call of the API with any token and headers.
    pub(crate) async fn api_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).expect("a request")).await
    }

    /// Any request; it comes from the same machine unless it says otherwise.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 4711));
        let said = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = said.map_or(here, |ConnectInfo(peer)| *peer);
        let front = self.app.front();
        let response = match front.ready(&request, peer) {
            Some(response) => response,
            None => front.other(request, peer).await,
        };
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(Body::new(body), usize::MAX)
            .await
            .expect("a whole body");
        Reply {
            status: parts.status,
            headers: parts.headers,
            bytes: bytes.to_vec(),
        }
    }
}

impl Reply {
    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("UTF-8")
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Asserts the status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// A header's value, or the empty string.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }
}

impl TestAppBuilder {
    /// Sets the clock.
    pub(crate) fn at(mut self, now: &str) -> Self {
        self.now = now.parse().expect("an instant");
        self
    }

    /// Adds a component to `site.toml`; its name is the capitalised slug.
    pub(crate) fn with_component(mut self, slug: &str) -> Self {
        self.components.push(slug.to_owned());
        self
    }

    /// Adds lines to `site.toml`, before its components.
    pub(crate) fn with_site(mut self, lines: &str) -> Self {
        self.site_lines.push_str(lines);
        self.site_lines.push('\n');
        self
    }

    /// Adds a file to the content folder.
    pub(crate) fn with_file(mut self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.files.push((name.to_owned(), text.as_ref().to_vec()));
        self
    }

    /// Makes this address the only trusted proxy.
    pub(crate) fn with_proxy(mut self, address: impl Into<IpAddr>) -> Self {
        self.proxies.push(address.into());
        self
    }

    /// Sends mail through this server (a URL), from `status@example.com`.
    pub(crate) fn with_mail(mut self, smtp: &str) -> Self {
        self.smtp = Some(smtp.to_owned());
        self
    }

    /// Starts the application.
    pub(crate) async fn start(self) -> TestApp {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let content = folder.path().join("content");
        write(&content, "site.toml", self.site_toml().as_bytes());
        for (name, text) in &self.files {
            write(&content, name, text);
        }
        let config = Config {
            trusted_proxy: self.proxies.iter().copied().map(IpNet::from).collect(),
            webhooks_to_private_networks: self.to_private_networks,
            smtp: self.smtp.map(|url| url.parse().expect("a mail server")),
            ..config(new_database(folder.path()).await, content)
        };
        let clock = Clock::fixed(self.now);
        let mut app = App::build(config.clone(), clock.clone())
            .await
            .expect("the application starts");
        app.catch_up().await.expect("it catches up");
        let token = issue(&app, &clock, "test", &Scope::ALL).await;
        TestApp {
            app,
            clock,
            config,
            token,
            folder,
        }
    }

    fn site_toml(&self) -> String {
        let mut text = format!(
            "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
             time_zone = \"America/Denver\"\n{}",
            self.site_lines
        );
        for slug in &self.components {
            let name = slug[..1].to_uppercase() + &slug[1..];
            text.push_str(&format!(
                "\n[[components]]\nslug = \"{slug}\"\nname = \"{name}\"\n"
            ));
        }
        if self.smtp.is_some() {
            text.push_str("\n[delivery]\nfrom = \"status@example.com\"\n");
        }
        text
    }
}

/// Settings over a database and a content folder.
pub(crate) fn config(database: String, content: PathBuf) -> Config {
    Config {
        state_dir: None,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into(),
        metrics_listen: None,
        source: SourceConfig {
            database,
            content,
            machine: Some("test".to_owned()),
        },
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
    }
}

/// Writes a file of a content folder.
pub(crate) fn write(content: &Path, name: &str, text: &[u8]) {
    let path = content.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
    std::fs::write(path, text).expect("the file is written");
}

async fn issue(app: &App, clock: &Clock, name: &str, scopes: &[Scope]) -> String {
    let mut change = Change::begin(&app.state().store, clock, Actor::host())
        .await
        .expect("a change begins");
    let wanted = NewToken {
        name: name.to_owned(),
        display_name: None,
        scopes: scopes.to_vec(),
        expires_at: None,
    };
    let (_, secret) = issue_token(&mut change, wanted).await.expect("a token");
    change.commit().await.expect("it is kept");
    secret
}
