//! A real mail server that keeps what it takes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// The URL of a mail server that isn't there.
pub(crate) const NO_MAIL_SERVER: &str = "smtp://127.0.0.1:9";

/// A mail server on a port of its own.
pub(crate) struct MailServer {
    child: Child,
    lines: Receiver<String>,
    folder: tempfile::TempDir,
    /// `smtp://127.0.0.1:PORT`
    pub(crate) url: String,
}

impl MailServer {
    /// Starts the server.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/support/mail_server.py"
        );
        // Debian's python3-aiosmtpd is for Debian's own Python.
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(folder.path().join("down"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let port = lines
            .recv_timeout(Duration::from_secs(60))
            .expect("the server says its port; is Debian's python3-aiosmtpd installed?");
        Self {
            child,
            lines,
            folder,
            url: format!("smtp://127.0.0.1:{port}"),
        }
    }

    /// Checks signatures by this record of the domain's DNS from now on.
    pub(crate) fn check_signatures(&self, record: &str) {
        std::fs::write(self.folder.path().join("dkim"), record).expect("written");
    }

    /// Makes it take nothing, or take messages again.
    pub(crate) fn set_down(&self, is_down: bool) {
        let path = self.folder.path().join("down");
        match is_down {
            true => std::fs::write(path, "").expect("written"),
            false => std::fs::remove_file(path).expect("it was down"),
        }
    }

    /// What it has taken since it was last asked, in order. Each has `from`, `to`, `headers` (by
    /// lower-case name), `text` and `html`.
    pub(crate) fn taken(&self) -> Vec<Value> {
        self.taken_up_to(usize::MAX)
    }

    /// The same, but at most so many.
    pub(crate) fn taken_up_to(&self, most: usize) -> Vec<Value> {
        // A line is written before its message is acknowledged, so a moment is enough.
        let mut taken = Vec::new();
        while taken.len() < most
            && let Ok(line) = self.lines.recv_timeout(Duration::from_millis(100))
        {
            taken.push(serde_json::from_str(&line).expect("a line of JSON"));
        }
        taken
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(mut input) = self.child.stdin.take() {
            let _ = input.flush();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
