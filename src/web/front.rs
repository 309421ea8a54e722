//! The entry in front of the router. Requests for ready documents are answered here, before any
//! layer; all others go to the router.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tower::ServiceExt;

use super::layers::{address_of, is_proxy, says_https};
use super::live::{self, StreamRequest};
use super::public_get::choose;
use super::request_kind::kind_of;
use super::state::AppState;
use crate::metrics::{OpenConnection, RequestKind, ThreadCounts};
use crate::site::document::{CachePolicy, Document};
use crate::site::live::News;
use crate::site::live::watched::Listener;
use crate::site::safety::safety_headers;
use crate::urls;

pub use super::negotiation::RequestHeaders;
pub use super::public_get::DocumentResponse;
pub use crate::site::head::Head;

/// Answers requests. Clones share everything.
#[derive(Debug, Clone)]
pub struct Front {
    state: AppState,
    router: Router,
}

/// A request for a document.
#[derive(Debug, Clone, Copy)]
pub struct DocumentRequest<'r> {
    /// The path without the query.
    pub path: &'r str,
    /// Whether it is a HEAD request.
    pub is_head: bool,
    /// The relevant headers.
    pub headers: RequestHeaders<'r>,
}

/// The body of a response: ready bytes, or whatever the router makes.
#[derive(Debug)]
pub enum Body {
    /// Bytes in one piece; `None` once they are sent.
    Ready(Option<Bytes>),
    /// The body of the router's response.
    Other(axum::body::Body),
}

impl Front {
    /// Creates the entry and its router.
    pub fn new(state: AppState) -> Self {
        let router = super::router(state.clone());
        Self { state, router }
    }

    /// How often the site was replaced. If the number hasn't changed since a request was answered,
    /// the same request has the same answer, except that the compression may have improved. A
    /// trusted proxy's headers aren't covered, because they depend on the peer.
    pub fn replaced(&self) -> u64 {
        self.state.site.replaced()
    }

    /// Passes the answer to `take` if it is ready. `peer` is the other end of the connection.
    /// `take` must be quick, because the document is borrowed while it runs.
    pub fn find<T>(
        &self,
        wanted: &DocumentRequest,
        peer: SocketAddr,
        take: impl FnOnce(DocumentResponse) -> T,
    ) -> Option<T> {
        let by_https = wanted.headers.says_https() && is_proxy(peer, &self.state.proxies);
        let answer = |document: &Document| {
            let mut answer = choose(document, &wanted.headers, wanted.is_head);
            answer.by_https = by_https;
            take(answer)
        };
        if let Some(document) = self.state.assets.find(wanted.path) {
            return Some(answer(document));
        }
        self.state.site.with_ready(wanted.path, answer)
    }

    /// The answer as a response, if it is ready.
    pub fn ready<B>(&self, request: &Request<B>, peer: SocketAddr) -> Option<Response<Body>> {
        let is_head = request.method() == Method::HEAD;
        if request.method() != Method::GET && !is_head {
            return None;
        }
        let wanted = DocumentRequest {
            path: request.uri().path(),
            is_head,
            headers: RequestHeaders::of(request.headers()),
        };
        self.find(&wanted, peer, |answer| answer.response(Body::Ready))
    }

    /// Refuses a request that doesn't have exactly one `Host` header (RFC 9112, 3.2): a proxy in
    /// front of us may have understood it differently.
    pub fn refuse<B>(request: &Request<B>) -> Option<Response<Body>> {
        let hosts = request.headers().get_all(header::HOST).iter().count();
        if hosts == 1 || (hosts == 0 && request.version() < Version::HTTP_11) {
            return None;
        }
        Some(plain(
            StatusCode::BAD_REQUEST,
            "A request needs one header Host, neither less nor more.\n",
        ))
    }

    /// The stream that a request asks for. `None` if it asks for something else, or if there is no
    /// stream for it; the router then says why.
    pub fn live<B>(&self, request: &Request<B>, peer: SocketAddr) -> Option<StreamRequest> {
        let is_meant = request.uri().path() == urls::LIVE && request.method() == Method::GET;
        if !is_meant || Self::refuse(request).is_some() {
            return None;
        }
        let stream = live::read(request).ok()?;
        let by_https = says_https(request.headers(), peer, &self.state.proxies);
        let has_room = self.state.live.has_room_for(&stream.page);
        has_room.then_some(StreamRequest { by_https, ..stream })
    }

    /// Begins to listen: who listens, and what they have missed.
    pub async fn join(&self, stream: &StreamRequest) -> (Listener, Option<News>) {
        let (listener, missed) = self.state.live.join(&stream.page, &stream.seen).await;
        let missed = match stream.is_foreign {
            true => Some(News::Reload),
            false => missed,
        };
        (listener, missed)
    }

    /// Counts a stream for as long as what is returned is held; `None` if `limit` are open already.
    pub fn open_stream(&self, limit: usize) -> Option<OpenConnection> {
        self.state.metrics.live.open_below(limit as u64)
    }

    /// Counters for a thread that answers requests with [`Front::find`].
    pub fn count_on_this_thread(&self) -> ThreadCounts {
        self.state.metrics.requests.add_thread()
    }

    /// What a request for `path` asks for, as it is counted.
    pub fn kind_of(&self, path: &str) -> RequestKind {
        match self.state.assets.find(path) {
            Some(document) => document.kind,
            None => kind_of(path),
        }
    }

    /// Counts a request that [`Front::find`] didn't answer.
    pub fn count(&self, kind: RequestKind, status: StatusCode) {
        self.state.metrics.requests.add(kind, status.as_u16());
    }

    /// The reader's address: that of the connection, or the last one in a trusted proxy's
    /// X-Forwarded-For.
    pub fn reader(&self, peer: SocketAddr, forwarded: Option<&str>) -> IpAddr {
        address_of(peer, forwarded, &self.state.proxies)
    }

    /// The response if making one took too long.
    pub fn took_too_long() -> Response<Body> {
        tracing::error!("an answer took too long to make, and was given up");
        plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "This took too long. Please try again in a moment.\n",
        )
    }

    /// The router's response.
    pub async fn other<B>(self, mut request: Request<B>, peer: SocketAddr) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        request.extensions_mut().insert(ConnectInfo(peer));
        let Ok(mut response) = self
            .router
            .oneshot(request.map(axum::body::Body::new))
            .await;
        if response.status() == StatusCode::NOT_MODIFIED {
            // The router states the length of its own body, which isn't the document's.
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        response.map(Body::Other)
    }
}

/// A refusal of one line, after which the connection is closed.
fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let bytes = Bytes::from_static(text.as_bytes());
    let mut response = Response::new(Body::Ready(Some(bytes)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.extend(safety_headers());
    for (name, value) in [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, CachePolicy::Private.header()),
        (header::CONNECTION, "close"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.get_mut() {
            Self::Ready(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Other(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Ready(bytes) => bytes.is_none(),
            Self::Other(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Ready(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Other(body) => body.size_hint(),
        }
    }
}
