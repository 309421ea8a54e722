//! The door in front of the router: what is ready is answered here, before any layer; everything
//! else is handed on.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, Response, StatusCode, header};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tower::ServiceExt;

use super::documents::{Ready, answer};
use super::layers::{HSTS, says_https};
use super::state::AppState;

/// Answers requests; clones share everything.
#[derive(Debug, Clone)]
pub struct Front {
    state: AppState,
    router: Router,
}

/// The body of an answer: ready bytes, or whatever the router makes.
#[derive(Debug)]
pub enum Body {
    /// Bytes in one piece; none once they are sent.
    Ready(Option<Bytes>),
    /// What the router answers with.
    Other(axum::body::Body),
}

impl Front {
    /// The door in front of all routes.
    pub fn new(state: AppState) -> Self {
        let router = super::router(state.clone());
        Self { state, router }
    }

    /// The answer, if it is ready. `peer` is the other end of the connection.
    pub fn ready<B>(&self, request: &Request<B>, peer: SocketAddr) -> Option<Response<Body>> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return None;
        }
        let path = request.uri().path();
        let ready = self
            .state
            .site
            .with_ready(path, |document| answer(document, StatusCode::OK, request));
        let mut ready: Ready = match ready {
            Some(ready) => ready,
            None => answer(self.state.assets.find(path)?, StatusCode::OK, request),
        };
        if says_https(request.headers(), peer, &self.state.proxies) {
            ready
                .headers
                .insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
        }
        Some(ready.with(Body::Ready))
    }

    /// The router's answer.
    pub async fn other<B>(self, mut request: Request<B>, peer: SocketAddr) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        request.extensions_mut().insert(ConnectInfo(peer));
        let Ok(response) = self
            .router
            .oneshot(request.map(axum::body::Body::new))
            .await;
        response.map(Body::Other)
    }
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
