//! The application on a socket, tested with raw bytes.

use std::io::{Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use lightship::site::SiteHandle;
use tokio::net::TcpSocket;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::app::TestApp;

/// The application, serving. The test's runtime must have several threads, because these calls
/// block.
pub(crate) struct Served {
    /// The site that it serves.
    pub(crate) site: SiteHandle,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<anyhow::Result<()>>,
    _folder: tempfile::TempDir,
}

impl Served {
    /// Serves it on a free port.
    pub(crate) fn start(app: TestApp) -> Self {
        let (app, folder) = app.into_parts();
        let address = app.address().expect("an address");
        let site = app.state().site.clone();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(app.run(async {
            let _ = stopped.await;
        }));
        Self {
            site,
            address,
            stop,
            running,
            _folder: folder,
        }
    }

    /// A new connection.
    pub(crate) fn connect(&self) -> Wire {
        Wire::new(TcpStream::connect(self.address).expect("it listens"))
    }

    /// A new connection from one of the machine's addresses.
    pub(crate) async fn connect_from(&self, address: impl Into<IpAddr>) -> Wire {
        let socket = TcpSocket::new_v4().expect("a socket");
        let from = SocketAddr::new(address.into(), 0);
        socket.bind(from).expect("an address of this machine");
        let stream = socket.connect(self.address).await.expect("it listens");
        let stream = stream.into_std().expect("a stream");
        stream.set_nonblocking(false).expect("it blocks");
        Wire::new(stream)
    }

    /// The response to one request on a new connection.
    pub(crate) fn ask(&self, request: &str) -> Told {
        let mut wire = self.connect();
        wire.send(request);
        wire.answer(request.starts_with("HEAD"))
    }

    /// Tells it to stop, without waiting.
    pub(crate) fn tell_to_stop(self) -> JoinHandle<anyhow::Result<()>> {
        self.stop.send(()).expect("it runs");
        self.running
    }
}

/// A connection.
pub(crate) struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        // A deadline for a broken test: nothing here takes long.
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        Self {
            stream,
            read: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("it is taken");
    }

    /// Closes the sending side.
    pub(crate) fn finish(&mut self) {
        self.stream.shutdown(Shutdown::Write).expect("it is open");
    }

    /// Sends as much as the server accepts.
    pub(crate) fn try_send(&mut self, text: &str) {
        let _ = self.stream.write_all(text.as_bytes());
    }

    /// Reads the next response.
    pub(crate) fn answer(&mut self, is_head: bool) -> Told {
        let end = loop {
            let end = self.read.windows(4).position(|four| four == b"\r\n\r\n");
            match end {
                Some(end) => break end,
                None => assert!(self.more(), "it ended: {:?}", self.read.escape_ascii()),
            }
        };
        let head: Vec<u8> = self.read.drain(..end + 4).collect();
        let head = String::from_utf8(head).expect("UTF-8");
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().expect("a status line").to_owned();
        let mut headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let date = headers.iter().position(|(name, _)| name == "date");
        let (_, date) = headers.remove(date.expect("a date"));
        assert!(date.len() == 29 && date.ends_with(" GMT"), "{date}");
        headers.sort();
        let mut told = Told {
            status,
            headers,
            body: String::new(),
        };
        if !is_head && !told.status.contains(" 304 ") {
            let length = told.header("content-length").parse().expect("a length");
            while self.read.len() < length {
                assert!(self.more(), "it ended in the middle of a body");
            }
            told.body = self.read[..length].escape_ascii().to_string();
            self.read.drain(..length);
        }
        told
    }

    /// Whether the connection ends without further data.
    pub(crate) fn ends(&mut self) -> bool {
        self.read.is_empty() && !self.more()
    }

    fn more(&mut self) -> bool {
        let mut room = [0; 64 * 1024];
        let count = match self.stream.read(&mut room) {
            Ok(count) => count,
            // It was closed while data was on its way to it.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("nothing came: {error}"),
        };
        self.read.extend_from_slice(&room[..count]);
        count > 0
    }
}

/// A response as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// The status line.
    pub(crate) status: String,
    /// The headers by name, without the date.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, with non-ASCII bytes escaped so that differences are readable.
    pub(crate) body: String,
}

impl Told {
    /// A header's value, or the empty string.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}
