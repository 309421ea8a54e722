//! The access log: a line for each request, on standard output. Lines contain neither the query nor
//! who is signed in, and no secret of a link.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use hyper::Version;
use serde_json::json;

use crate::config::AccessLogFormat;
use crate::web::secret_paths::without_secret;

/// How often waiting lines are written.
const EVERY: Duration = Duration::from_millis(200);

/// The most bytes that may wait to be written. Beyond that, lines are dropped and counted, so that
/// requests never wait for a slow reader of the log.
const MOST_WAITING: usize = 4 << 20;

/// The log; clones share it.
#[derive(Debug, Clone)]
pub(super) struct AccessLog(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    format: AccessLogFormat,
    waiting: Mutex<Waiting>,
    ended: Condvar,
    writer: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: String,
    lost: u64,
    is_over: bool,
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The reader's address.
    pub(super) address: IpAddr,
    /// When the request arrived.
    pub(super) at: DateTime<Utc>,
    /// The method.
    pub(super) method: &'a str,
    /// The path, without the query.
    pub(super) path: &'a str,
    /// The protocol, such as `HTTP/1.1`.
    pub(super) version: &'a str,
    /// The response's status.
    pub(super) status: u16,
    /// The size of the response's body, if it is known.
    pub(super) bytes: Option<u64>,
}

/// The protocol, as the log names it.
pub(super) fn version_of(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}

impl AccessLog {
    /// Starts the thread that writes the log.
    pub(super) fn start(format: AccessLogFormat) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared {
            format,
            waiting: Mutex::default(),
            ended: Condvar::new(),
            writer: Mutex::default(),
        });
        let own = shared.clone();
        let writer = thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || own.write_out())
            .context("starting the thread that writes the access log")?;
        *shared.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
        Ok(Self(shared))
    }

    /// Adds a line.
    pub(super) fn write(&self, entry: &Entry<'_>) {
        let path = without_secret(entry.path);
        let entry = &Entry {
            path: &path,
            ..*entry
        };
        let mut waiting = self.0.waiting();
        if waiting.lines.len() >= MOST_WAITING {
            waiting.lost += 1;
            return;
        }
        match self.0.format {
            AccessLogFormat::Common => common(&mut waiting.lines, entry),
            AccessLogFormat::Json => as_json(&mut waiting.lines, entry),
        }
    }

    /// Writes the remaining lines, and ends the thread.
    pub(super) fn finish(&self) {
        self.0.waiting().is_over = true;
        self.0.ended.notify_all();
        let writer = self.0.writer.lock();
        let writer = writer.unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let start = std::time::Instant::now();
            // Standard output may be a pipe that nobody reads, so the wait is limited.
            while !writer.is_finished() && start.elapsed() < Duration::from_secs(1) {
                thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

impl Shared {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_out(&self) {
        loop {
            let waiting = self.waiting();
            let (mut waiting, _) = self
                .ended
                .wait_timeout_while(waiting, EVERY, |waiting| !waiting.is_over)
                .unwrap_or_else(PoisonError::into_inner);
            let (lines, lost) = (
                std::mem::take(&mut waiting.lines),
                std::mem::take(&mut waiting.lost),
            );
            let is_over = waiting.is_over;
            drop(waiting);
            if lost > 0 {
                tracing::warn!(lost, "access log lines are being lost: nothing reads them");
            }
            let mut out = std::io::stdout().lock();
            let written = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
            if let Err(error) = written {
                tracing::warn!(%error, "the access log can't be written, so it ends");
                return;
            }
            if is_over {
                return;
            }
        }
    }
}

/// `203.0.113.7 - - [26/Feb/2013:09:15:00 +0000] "GET / HTTP/1.1" 200 12640`
fn common(line: &mut String, entry: &Entry<'_>) {
    let at = entry.at.format("%d/%b/%Y:%H:%M:%S +0000");
    let _ = write!(line, "{} - - [{at}] \"{} ", entry.address, entry.method);
    for byte in entry.path.bytes() {
        if byte.is_ascii_graphic() && byte != b'"' && byte != b'\\' {
            line.push(char::from(byte));
        } else {
            let _ = write!(line, "\\x{byte:02x}");
        }
    }
    let _ = write!(line, " {}\" {} ", entry.version, entry.status);
    let _ = match entry.bytes {
        Some(bytes) => writeln!(line, "{bytes}"),
        None => writeln!(line, "-"),
    };
}

fn as_json(line: &mut String, entry: &Entry<'_>) {
    let at = entry.at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let object = json!({
        "timestamp": at, "address": entry.address.to_string(), "method": entry.method,
        "path": entry.path, "version": entry.version, "status": entry.status,
        "bytes": entry.bytes,
    });
    let _ = writeln!(line, "{object}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, bytes: Option<u64>) -> Entry<'_> {
        Entry {
            address: "203.0.113.7".parse().expect("an address"),
            at: "2013-02-26T09:15:00.5Z".parse().expect("an instant"),
            method: "GET",
            path,
            version: "HTTP/1.1",
            status: 200,
            bytes,
        }
    }

    #[test]
    fn a_line_is_as_every_tool_reads_it() {
        let check = |path: &str, bytes, expected: &str| {
            let mut line = String::new();
            common(&mut line, &entry(path, bytes));
            assert_eq!(line, expected);
        };
        check(
            "/",
            Some(12640),
            "203.0.113.7 - - [26/Feb/2013:09:15:00 +0000] \"GET / HTTP/1.1\" 200 12640\n",
        );
        // No request can forge a line of its own.
        check(
            "/a\"b\\ü\n",
            None,
            "203.0.113.7 - - [26/Feb/2013:09:15:00 +0000] \
             \"GET /a\\x22b\\x5c\\xc3\\xbc\\x0a HTTP/1.1\" 200 -\n",
        );
    }

    #[test]
    fn json_says_the_same() {
        let mut line = String::new();
        as_json(&mut line, &entry("/a\"b", Some(3)));
        let value: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(value["path"], "/a\"b");
        assert_eq!(value["timestamp"], "2013-02-26T09:15:00.500Z");
        assert_eq!(value["bytes"], 3);
    }
}
