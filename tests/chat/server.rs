//! A double that listens: HTTP on a port of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use http::Method;
use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use lightship::domain::chat::ChatAddress;

use super::{Double, Posted};

/// A service that listens.
pub(crate) struct Server {
    pub(crate) place: SocketAddr,
    double: Arc<Mutex<Double>>,
}

impl Server {
    /// Starts a service at which this address is known.
    pub(crate) fn start(address: ChatAddress) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let place = listener.local_addr().expect("an address");
        let double = Arc::new(Mutex::new(Double::default()));
        let shared = double.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &address, &shared);
            }
        });
        Self { place, double }
    }

    /// Deletes every message, as somebody in the chat may.
    pub(crate) fn delete_all(&self) {
        let mut double = self.double.lock().unwrap_or_else(PoisonError::into_inner);
        double.posts.clear();
    }

    /// What was posted so far.
    pub(crate) fn posts(&self) -> Vec<Posted> {
        let double = self.double.lock().unwrap_or_else(PoisonError::into_inner);
        double.posts.clone()
    }
}

/// Answers one request, and closes.
fn serve(mut stream: TcpStream, address: &ChatAddress, double: &Mutex<Double>) {
    let Some(request) = read(&stream) else {
        return;
    };
    let mut double = double.lock().unwrap_or_else(PoisonError::into_inner);
    let HttpAnswer { status, body, .. } = double.take(address, &request);
    drop(double);
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body);
}

fn read(stream: &TcpStream) -> Option<HttpRequest> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let method: Method = words.next()?.parse().ok()?;
    let url = format!("http://double{}", words.next()?);
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        let value = value.trim().to_owned();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "content-type" => headers.push(("content-type", value)),
            "authorization" => headers.push(("authorization", value)),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(HttpRequest {
        method,
        url,
        headers,
        body,
        answer_bytes: 0,
    })
}
