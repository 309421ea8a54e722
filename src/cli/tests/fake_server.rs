//! A minimal server: one thread, one request per connection, each answered by a function.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Method and path.
    pub(super) line: String,
    headers: Vec<(String, String)>,
    pub(super) body: Value,
    /// How many requests came before it.
    pub(super) number: usize,
    /// How many of those were POSTs.
    pub(super) posts_before: usize,
}

impl Request {
    pub(super) fn method(&self) -> &str {
        self.line.split(' ').next().unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

/// A response.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// A normal response.
    Answer {
        status: u16,
        headers: String,
        body: String,
    },
    /// The connection is closed without a response.
    HangUp,
}

impl Reply {
    /// A response that the API wouldn't give.
    pub(super) fn text(status: u16, body: &str) -> Self {
        Self::Answer {
            status,
            headers: String::new(),
            body: body.to_owned(),
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::Answer {
            status,
            headers: String::new(),
            body: body.to_string(),
        }
    }

    pub(super) fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push_str(&format!("{name}: {value}\r\n"));
        }
        self
    }
}

pub(super) struct FakeServer {
    pub(super) address: SocketAddr,
    pub(super) requests: Arc<Mutex<Vec<Request>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FakeServer {
    pub(super) fn start(answer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stopped = Arc::new(AtomicBool::new(false));
        let (seen, stop) = (requests.clone(), stopped.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                serve(&stream.unwrap(), &answer, &seen);
            }
        });
        Self {
            address,
            requests,
            stopped,
            thread: Some(thread),
        }
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread, so that it notices the end.
        let _ = TcpStream::connect(self.address);
        let ended = self.thread.take().unwrap().join();
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}

fn serve(mut stream: &TcpStream, answer: &impl Fn(&Request) -> Reply, seen: &Mutex<Vec<Request>>) {
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        match header.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
            None => break,
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let request = {
        let seen = seen.lock().unwrap();
        Request {
            line: line.rsplit_once(' ').unwrap().0.to_owned(),
            headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
            number: seen.len(),
            posts_before: seen.iter().filter(|it| it.method() == "POST").count(),
        }
    };
    let reply = answer(&request);
    seen.lock().unwrap().push(request);
    if let Reply::Answer {
        status,
        headers,
        body,
    } = reply
    {
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
        )
        .unwrap();
    }
}
