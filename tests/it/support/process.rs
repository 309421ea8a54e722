//! The real program as a process of its own, over a database and a content folder of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A server that runs; dropping it kills it.
pub(crate) struct Server {
    child: Child,
    /// Scheme, host and port.
    pub(crate) url: String,
}

impl Server {
    /// Starts `lightship serve` and waits until it listens.
    pub(crate) fn start(database: &str, content: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lightship"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(["--machine", "test", "--database", database])
            .arg("--content")
            .arg(content)
            .env("LIGHTSHIP_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        let (told, address) = mpsc::channel();
        // The pipe is read to its end, so that the server never waits for room in it.
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let line: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(address) = line["fields"]["address"].as_str() {
                    let _ = told.send(address.to_owned());
                }
            }
        });
        let address = address
            .recv_timeout(Duration::from_secs(30))
            .expect("it says where it listens");
        Self {
            child,
            url: format!("http://{address}"),
        }
    }

    /// Kills it as a loss of power would: it gets no chance to do anything.
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
