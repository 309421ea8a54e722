//! A receiver of webhooks on this machine that answers as a test wants it to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lightship::delivery::Resolver;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::app::{TestApp, TestAppBuilder};

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What to answer.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A status.
    Status(u16),
    /// A status, with a header.
    With(u16, String),
    /// A body that never ends, as fast as it is read.
    Endless,
    /// Nothing.
    Silence,
}

type Decide = dyn Fn(usize, &Received) -> Answer + Send + Sync;

/// The receiver. It stops when the test's runtime does.
pub(crate) struct Receiver {
    /// Where it listens, without a slash at the end.
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Receiver {
    /// One that takes everything.
    pub(crate) async fn start() -> Self {
        Self::answering(|_, _| Answer::Status(204)).await
    }

    /// One that decides by the number of the request, from 0 on, and by the request.
    pub(crate) async fn answering(
        decide: impl Fn(usize, &Received) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::new(Mutex::new(Vec::new()));
        let (all, decide): (_, Arc<Decide>) = (received.clone(), Arc::new(decide));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, all.clone(), decide.clone()));
            }
        });
        Self {
            url: format!("http://{address}"),
            received,
        }
    }

    /// The requests so far.
    pub(crate) fn all(&self) -> Vec<Received> {
        self.received.lock().expect("not poisoned").clone()
    }

    /// The types of the events so far.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.all().iter().map(Received::kind).collect()
    }
}

async fn serve(mut stream: TcpStream, all: Arc<Mutex<Vec<Received>>>, decide: Arc<Decide>) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    let number = {
        let mut all = all.lock().expect("not poisoned");
        all.push(request.clone());
        all.len() - 1
    };
    let head = match decide(number, &request) {
        Answer::Status(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"),
        Answer::With(status, header) => {
            format!("HTTP/1.1 {status} X\r\n{header}\r\ncontent-length: 0\r\n\r\n")
        }
        Answer::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while stream.write_all(&[b'x'; 1024]).await.is_ok() {}
            return;
        }
        Answer::Silence => {
            let _ = stream.read(&mut [0; 1]).await;
            return;
        }
    };
    let _ = stream.write_all(head.as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let length = stream.read(&mut part).await.ok().filter(|it| *it > 0)?;
        bytes.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let path = lines.next()?.split(' ').nth(1)?.to_owned();
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let wanted: usize = headers.get("content-length")?.parse().ok()?;
        if body.len() >= wanted {
            let body = body.to_owned();
            return Some(Received {
                path,
                headers,
                body,
            });
        }
    }
}

impl TestApp {
    /// Sends every message to channels that is due.
    pub(crate) async fn send_to_channels(&self) {
        self.send_to_channels_by(Resolver::system()).await;
    }

    /// Sends every message to channels that is due; names are looked up with `resolver`.
    pub(crate) async fn send_to_channels_by(&self, resolver: Resolver) {
        let worker = self.app.channel_worker(resolver);
        let mut worker = worker.expect("a thread");
        worker.send_due().await.expect("the database answers");
    }
}

impl TestAppBuilder {
    /// Lets webhooks lead only to the public internet, as by default.
    pub(crate) fn public_only(mut self) -> Self {
        self.to_private_networks = false;
        self
    }
}
