//! The listener for `/metrics`: a small server of its own, so that nobody reads the metrics through
//! the public one. It answers one request for each connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch as signal};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::serving::listen_on;
use crate::config::Listen;

/// The path of the report.
const PATH: &str = "/metrics";

/// Prometheus's text format (its documentation, "Exposition formats").
const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How many connections there can be at once; the next ones wait.
const MAX_CONNECTIONS: usize = 16;

/// The time limit for one connection, from its first byte to its last.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longer heads are refused.
const MAX_HEAD_BYTES: usize = 8 * 1024;

/// A head with more headers is refused.
const MAX_HEADERS: usize = 64;

/// How long to wait for the client to close after the response.
const LEAVE: Duration = Duration::from_secs(1);

/// The pause after a connection couldn't be accepted, for example with too many open files.
const PAUSE: Duration = Duration::from_millis(200);

/// Binds the address.
///
/// # Errors
/// What is wrong with the address, and how to mend it.
pub(super) fn listen(listen: &Listen) -> anyhow::Result<TcpListener> {
    let address = listen.resolve().with_context(|| {
        format!("--metrics-listen: {listen} can't be found; name an IP address")
    })?;
    listen_on(address).with_context(|| {
        format!(
            "listening for metrics on {listen}; is something else using it? Give another address \
             with --metrics-listen (LIGHTSHIP_METRICS_LISTEN), or none"
        )
    })
}

/// Answers with what `report` returns, until the stop signal. Responses in progress end first.
pub(super) async fn serve(
    listener: TcpListener,
    report: Arc<dyn Fn() -> String + Send + Sync>,
    mut stopped: signal::Receiver<bool>,
) {
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            // The semaphore is never closed.
            let permit = free.clone().acquire_owned().await;
            (accept(&listener).await, permit)
        };
        tokio::select! {
            (stream, permit) = next => {
                let report = report.clone();
                connections.spawn(async move {
                    let _permit = permit;
                    // Clients disappear at any time, so this isn't an error.
                    let _ = timeout(PATIENCE, answer(stream, &*report)).await;
                });
            }
            Some(_) = connections.join_next() => {}
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    drop(listener);
    let _ = timeout(LEAVE, connections.join_all()).await;
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::debug!(%error, "a connection for metrics couldn't be accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn answer(
    mut stream: TcpStream,
    report: &(dyn Fn() -> String + Send + Sync),
) -> io::Result<()> {
    let mut head = Vec::with_capacity(1024);
    let response = loop {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
        match parse(&head) {
            Head::Partial if head.len() < MAX_HEAD_BYTES => {}
            Head::Partial => break refusal("431 Request Header Fields Too Large", "", TOO_LONG),
            Head::Invalid => break refusal("400 Bad Request", "", "This is no HTTP/1 request.\n"),
            Head::Elsewhere => break refusal("404 Not Found", "", ELSEWHERE),
            Head::NotAllowed => {
                let allowed = "allow: GET, HEAD\r\n";
                break refusal(
                    "405 Method Not Allowed",
                    allowed,
                    "Only GET and HEAD work here.\n",
                );
            }
            Head::Metrics { is_head } => {
                let body = report();
                let mut response = head_of("200 OK", "", MEDIA_TYPE, body.len());
                if !is_head {
                    response.push_str(&body);
                }
                break response;
            }
        }
    };
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await?;
    // If it were closed with unread data, the system would discard what it hasn't sent yet.
    let _ = timeout(LEAVE, tokio::io::copy(&mut stream, &mut tokio::io::sink())).await;
    Ok(())
}

const ELSEWHERE: &str = "There is nothing here. The metrics are at /metrics.\n";
const TOO_LONG: &str = "The head of the request is too long.\n";

/// What the head of a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    /// It isn't complete yet.
    Partial,
    Invalid,
    /// Another path.
    Elsewhere,
    /// Another method.
    NotAllowed,
    /// The report, or only its head.
    Metrics {
        is_head: bool,
    },
}

fn parse(bytes: &[u8]) -> Head {
    let mut room = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut room);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Head::Partial,
        Err(_) => return Head::Invalid,
    }
    let path = request.path.unwrap_or_default();
    if path.split('?').next() != Some(PATH) {
        return Head::Elsewhere;
    }
    match request.method {
        Some("GET") => Head::Metrics { is_head: false },
        Some("HEAD") => Head::Metrics { is_head: true },
        Some(_) | None => Head::NotAllowed,
    }
}

fn refusal(status: &str, header: &str, text: &str) -> String {
    head_of(status, header, "text/plain; charset=utf-8", text.len()) + text
}

/// The head of a response; `header` is another line for it, or empty.
fn head_of(status: &str, header: &str, media_type: &str, len: usize) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {len}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\n{header}\
         connection: close\r\n\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_get_or_head_of_the_metrics_is_answered_with_them() {
        let check = |text: &str, expected: Head| {
            assert_eq!(parse(text.as_bytes()), expected, "{text:?}");
        };
        let whole = Head::Metrics { is_head: false };
        check("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", whole);
        let whole = Head::Metrics { is_head: false };
        check("GET /metrics?name[]=a HTTP/1.0\r\n\r\n", whole);
        let only_head = Head::Metrics { is_head: true };
        check("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n", only_head);
        check("POST /metrics HTTP/1.1\r\n\r\n", Head::NotAllowed);
        for path in [
            "/",
            "/metrics/",
            "/metrics2",
            "//metrics",
            "http://a/metrics",
        ] {
            let text = format!("GET {path} HTTP/1.1\r\n\r\n");
            check(&text, Head::Elsewhere);
        }
        check("", Head::Partial);
        check("GET /metrics HTTP/1.1\r\nHost: a\r\n", Head::Partial);
        check("\u{16}\u{3}\u{1}", Head::Invalid);
        check("GET /metrics HTTP/2.0\r\n\r\n", Head::Invalid);
        let many = "a: b\r\n".repeat(MAX_HEADERS + 1);
        check(
            &format!("GET /metrics HTTP/1.1\r\n{many}\r\n"),
            Head::Invalid,
        );
    }
}
