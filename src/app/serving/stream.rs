//! Streams to open pages. Each is a small task of its own, so a reader who takes nothing holds up
//! nobody else.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Request, Response, StatusCode, Version};
use httparse::Status;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::logged::Line;
use super::request_head::MAX_HEADERS;
use super::shared::Shared;
use crate::metrics::{OpenConnection, RequestKind};
use crate::site::live::News;
use crate::site::live::spread::{reload_ms, retry_ms};
use crate::web::front::Body;
use crate::web::live::StreamRequest;

/// How often something is sent, so that no proxy takes the connection for dead. Many close one
/// after a minute without traffic.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How long a reader may take nothing.
const STALLED: Duration = Duration::from_secs(30);

/// A connection that has become a stream.
pub(super) struct Streaming {
    pub(super) request: StreamRequest,
    pub(super) stream: Arc<TcpStream>,
    /// Counts it.
    pub(super) open: OpenConnection,
}

/// The stream that a request asks for, if there is room for it. It is counted and logged.
pub(super) fn wanted<B>(
    request: &Request<B>,
    peer: SocketAddr,
    shared: &Shared,
) -> Option<(StreamRequest, OpenConnection)> {
    let wanted = shared.front.live(request, peer)?;
    let open = shared.front.open_stream(shared.max_streams)?;
    shared.front.count(RequestKind::Live, StatusCode::OK);
    if let Some(log) = &shared.access_log {
        let begun = Response::new(Body::Ready(None));
        log.write(&Line::of(request, peer, shared).entry(&begun));
    }
    Some((wanted, open))
}

/// The same for a request whose head is `read`. Most streams begin like this, without hyper, which
/// needs much more memory.
pub(super) fn wanted_at_once(
    read: &[u8],
    peer: SocketAddr,
    shared: &Shared,
) -> Option<(StreamRequest, OpenConnection)> {
    if !read.starts_with(b"GET /live") {
        return None;
    }
    let mut room = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut room);
    let Ok(Status::Complete(len)) = head.parse(read) else {
        return None;
    };
    let mut request = Request::builder()
        .method(head.method?)
        .uri(head.path?)
        .version(match head.version? {
            0 => Version::HTTP_10,
            _ => Version::HTTP_11,
        });
    for header in head.headers {
        request = request.header(header.name, header.value);
    }
    let request = request.body(()).ok()?;
    // A body, or another request after it, is hyper's to judge.
    let is_alone = len == read.len() && !request.headers().contains_key(CONTENT_LENGTH);
    let is_alone = is_alone && !request.headers().contains_key(TRANSFER_ENCODING);
    is_alone.then(|| wanted(&request, peer, shared))?
}

/// Sends what changes on a page, until the reader leaves or the server stops.
pub(super) async fn serve(streaming: Streaming, shared: Arc<Shared>) {
    let Streaming {
        request,
        stream,
        open,
    } = streaming;
    tokio::select! {
        biased;
        () = shared.stop_requested() => {}
        () = left(&stream) => {}
        ended = tell(&request, &stream, &shared) => {
            if let Err(error) = ended {
                // Clients disappear at any time, so this isn't an error.
                tracing::debug!(%error, "a stream ended early");
            }
        }
    }
    drop(open);
}

async fn tell(request: &StreamRequest, stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut begin = request.head(shared.clock.now());
    begin.extend_from_slice(format!("retry: {}\n\n", retry_ms()).as_bytes());
    send(stream, &begin).await?;
    // What that needs is needed once, so it isn't kept for as long as the stream.
    let (mut listener, missed) = Box::pin(shared.front.join(request)).await;
    if let Some(version) = listener.version() {
        send(stream, format!("id: {version}\n\n").as_bytes()).await?;
    }
    let mut news = missed;
    loop {
        match news {
            Some(News::Event(event)) => send(stream, &event).await?,
            Some(News::Reload) => {
                let event = format!("event: reload\ndata: {}\n\n", reload_ms());
                return send(stream, event.as_bytes()).await;
            }
            None => {}
        }
        news = match timeout(HEARTBEAT, listener.next()).await {
            Ok(news) => Some(news),
            Err(_) => {
                send(stream, b":\n\n").await?;
                None
            }
        };
    }
}

async fn send(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(sent) => bytes = &bytes[sent..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let stalled = || io::Error::from(io::ErrorKind::TimedOut);
                let writable = timeout(STALLED, stream.writable()).await;
                writable.map_err(|_| stalled())??;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Completes when the reader has closed the connection. Whatever else comes is ignored.
async fn left(stream: &TcpStream) {
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut [0; 64]) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
