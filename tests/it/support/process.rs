//! The real program as a process, over a separate database and content folder.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use lightship::actions::Change;
use lightship::actions::tokens::{NewToken, issue_token};
use lightship::clock::Clock;
use lightship::domain::actor::Actor;
use lightship::domain::scope::Scope;
use lightship::store::Store;

/// A running server; dropping it kills it.
pub(crate) struct Server {
    child: Child,
    /// The lines of its log.
    pub(crate) log: mpsc::Receiver<serde_json::Value>,
    /// The lines of its standard output.
    pub(crate) output: mpsc::Receiver<String>,
    /// Scheme, host and port.
    pub(crate) url: String,
}

impl Server {
    /// Starts `lightship serve` and waits until it listens.
    pub(crate) fn start(database: &str, content: &Path) -> Self {
        Self::start_with(database, content, &[], None)
    }

    /// The same, with more flags and a limit on open files.
    pub(crate) fn start_with(
        database: &str,
        content: &Path,
        flags: &[&str],
        files: Option<u32>,
    ) -> Self {
        let mut command = Command::new("sh");
        let limit = files.map_or(String::new(), |files| format!("ulimit -n {files}; "));
        command
            .arg("-c")
            .arg(format!("{limit}exec \"$0\" \"$@\""))
            .arg(env!("CARGO_BIN_EXE_lightship"));
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(["--machine", "test", "--database", database])
            .args(flags)
            .arg("--content")
            .arg(content)
            .env("LIGHTSHIP_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = lines_of(child.stderr.take().expect("a pipe"));
        let output = lines_of(child.stdout.take().expect("a pipe"));
        let (told, log_told) = mpsc::channel();
        let (told_address, address) = mpsc::channel();
        // The pipe is read continuously, so that the server never blocks on it.
        std::thread::spawn(move || {
            for line in log {
                let line: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
                let is_start = line["fields"]["message"]
                    .as_str()
                    .is_some_and(|text| text.starts_with("serving;"));
                if let Some(address) = line["fields"]["address"].as_str().filter(|_| is_start) {
                    let _ = told_address.send(address.to_owned());
                }
                let _ = told.send(line);
            }
        });
        let address = address
            .recv_timeout(Duration::from_secs(30))
            .expect("it says where it listens");
        Self {
            child,
            log: log_told,
            output,
            url: format!("http://{address}"),
        }
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(&mut self) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.expect("kill runs").success());
        self.child.wait().expect("it ends")
    }

    /// Kills it abruptly, as a power failure would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it is gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(pipe: impl std::io::Read + Send + 'static) -> mpsc::Receiver<String> {
    let (told, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = told.send(line);
        }
    });
    lines
}

/// A client that calls servers over a socket.
pub(crate) struct Poster {
    agent: ureq::Agent,
    token: String,
}

impl Poster {
    pub(crate) fn new(token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self {
            agent: config.into(),
            token: token.to_owned(),
        }
    }

    /// Sends a POST to the API; returns status and body.
    pub(crate) fn send(&self, url: &str, path: &str, body: &serde_json::Value) -> (u16, String) {
        let answer = self
            .agent
            .post(format!("{url}/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .send(body.to_string());
        told(answer.expect("an answer"))
    }

    /// Sends a DELETE to the API; returns status and body.
    pub(crate) fn delete(&self, url: &str, path: &str) -> (u16, String) {
        let answer = self
            .agent
            .delete(format!("{url}/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .call();
        told(answer.expect("an answer"))
    }

    /// Sends a GET; returns status and body.
    pub(crate) fn read(&self, url: &str, path: &str) -> (u16, String) {
        told(
            self.agent
                .get(format!("{url}{path}"))
                .call()
                .expect("an answer"),
        )
    }
}

fn told(mut answer: ureq::http::Response<ureq::Body>) -> (u16, String) {
    let text = answer.body_mut().read_to_string().expect("a text");
    (answer.status().as_u16(), text)
}

/// Creates a token with every scope, on the host.
pub(crate) async fn token(database: &str) -> String {
    let store = Store::open(database).await.expect("the database opens");
    let mut change = Change::begin(&store, &Clock::System, Actor::host())
        .await
        .expect("a change begins");
    let wanted = NewToken {
        name: "test".to_owned(),
        display_name: None,
        scopes: Scope::ALL.to_vec(),
        expires_at: None,
    };
    let (_, secret) = issue_token(&mut change, wanted).await.expect("a token");
    change.commit().await.expect("it is kept");
    store.close().await;
    secret
}
