//! Answers public GET and HEAD requests with ready documents: which encoding, which ETag, whether
//! the reader has it already. Never touches the database.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::error::{AppError, nothing_here};
use super::negotiation::{accepts, has_it};
use crate::site::document::{CachePolicy, Document};
use crate::site::{Found, SiteHandle};
use crate::urls;

/// What every path that isn't the API's leads to.
pub(super) async fn show_document(
    State(site): State<SiteHandle>,
    request: Request<Body>,
) -> Response {
    let path = request.uri().path();
    let is_for_programs = urls::is_for_programs(path);
    let reads = request.method() == Method::GET || request.method() == Method::HEAD;
    if !reads && !is_for_programs {
        return not_allowed();
    }
    match site.current().find(path) {
        Found::Nothing(_) if is_for_programs => nothing_here().await.into_response(),
        _ if !reads => ([(header::ALLOW, "GET, HEAD")], AppError::NotAllowed).into_response(),
        Found::Document(document) => answer(&document, StatusCode::OK, &request).into_response(),
        Found::Nothing(document) => {
            answer(&document, StatusCode::NOT_FOUND, &request).into_response()
        }
        Found::Moved(present) => moved(&present),
    }
}

/// The answer with a document's bytes, or that the reader has them already.
pub(super) fn answer<B>(document: &Document, status: StatusCode, request: &Request<B>) -> Ready {
    let asked = request.headers();
    let variant = document.variant(|encoding| accepts(asked, encoding));
    if status == StatusCode::OK && has_it(asked, variant, document.last_modified) {
        return Ready {
            status: StatusCode::NOT_MODIFIED,
            headers: variant.not_modified.clone(),
            bytes: None,
        };
    }
    let mut headers = variant.headers.clone();
    if status != StatusCode::OK {
        headers.remove(header::ETAG);
        headers.remove(header::LAST_MODIFIED);
    }
    Ready {
        status,
        headers,
        bytes: (request.method() != Method::HEAD).then(|| variant.bytes.clone()),
    }
}

/// An answer that is whole.
pub(super) struct Ready {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Option<Bytes>,
}

impl Ready {
    /// The answer with a body of any kind.
    pub(super) fn with<B>(self, body: impl FnOnce(Option<Bytes>) -> B) -> Response<B> {
        let mut response = Response::new(body(self.bytes));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

impl IntoResponse for Ready {
    fn into_response(self) -> Response {
        self.with(|bytes| bytes.map_or_else(Body::empty, Body::from))
    }
}

fn moved(path: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let out = response.headers_mut();
    set(out, header::LOCATION, path);
    // The old address may be given to something else one day.
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(CachePolicy::Live.header()),
    );
    response
}

fn not_allowed() -> Response {
    let mut response = Response::new(Body::from(format!(
        "Only GET and HEAD work here. The admin API is under {}.\n",
        urls::API
    )));
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let out = response.headers_mut();
    out.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(CachePolicy::Private.header()),
    );
    response
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
