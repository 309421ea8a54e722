//! Answers public GET and HEAD requests with documents: chooses the encoding and compares the ETag.
//! Never touches the database.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::error::{AppError, no_document};
use super::layers::HSTS;
use super::negotiation::RequestHeaders;
use crate::metrics::{RequestCell, RequestKind};
use crate::site::document::{CachePolicy, Document};
use crate::site::head::Head;
use crate::site::public_page::Page;
use crate::site::renderer::Renderer;
use crate::site::safety::FOR_OTHER_SITES;
use crate::site::{Found, SiteHandle};
use crate::urls;

/// The handler of every path outside the admin API. A script of another site that may read a
/// document may read, too, why there is none.
pub(super) async fn show_document(
    State(site): State<SiteHandle>,
    State(renderer): State<Renderer>,
    request: Request<Body>,
) -> Response {
    let path = request.uri().path();
    let would_be = Page::parse(path).is_some_and(|page| page.is_for_other_sites());
    let is_for_other_sites = would_be || path.starts_with(urls::STATUSPAGE_API);
    let mut response = find_document(&site, &renderer, request).await;
    if is_for_other_sites && response.status().is_client_error() {
        let (name, value) = FOR_OTHER_SITES;
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

async fn find_document(site: &SiteHandle, renderer: &Renderer, request: Request<Body>) -> Response {
    let path = request.uri().path();
    let is_for_programs = urls::is_for_programs(path);
    let is_preflight = request.method() == Method::OPTIONS;
    if is_preflight && site.current().is_for_other_sites(path) {
        return preflight();
    }
    let reads = request.method() == Method::GET || request.method() == Method::HEAD;
    if !reads && !urls::is_of_api(path) {
        return match is_for_programs {
            true => only_read(),
            false => not_allowed(),
        };
    }
    let Some(found) = renderer.find(site.current(), path).await else {
        return AppError::Panicked.into_response();
    };
    match found {
        Found::Nothing(_) if is_for_programs => no_document(path).into_response(),
        _ if !reads => only_read(),
        Found::Document(document) => show(&document, &request),
        Found::Nothing(document) => show_nothing(&document, &request),
        Found::Moved(present) => moved(&present, site.current().is_for_other_sites(&present)),
    }
}

/// The response that a document gives to a request.
#[derive(Debug, Clone, Copy)]
pub struct DocumentResponse<'d> {
    /// Status and headers.
    pub head: &'d Head,
    /// The bytes, if there is a body.
    pub bytes: Option<&'d Bytes>,
    /// Whether to send HSTS.
    pub by_https: bool,
    /// Whether `head` says 304 Not Modified.
    not_modified: bool,
    kind: RequestKind,
}

/// Chooses the encoding, and whether a body is sent.
pub(super) fn choose<'d>(
    document: &'d Document,
    headers: &RequestHeaders,
    is_head: bool,
) -> DocumentResponse<'d> {
    let variant = document.variant(|encoding| headers.accepts(encoding));
    match headers.has(variant, document.telling_date()) {
        Some(known) => DocumentResponse {
            head: &known.not_modified,
            bytes: None,
            by_https: false,
            not_modified: true,
            kind: document.kind,
        },
        None => DocumentResponse {
            head: &variant.head,
            by_https: false,
            not_modified: false,
            kind: document.kind,
            bytes: (!is_head).then_some(&variant.bytes),
        },
    }
}

impl DocumentResponse<'_> {
    /// The status code.
    pub fn status(&self) -> u16 {
        match self.not_modified {
            true => StatusCode::NOT_MODIFIED.as_u16(),
            false => StatusCode::OK.as_u16(),
        }
    }

    /// The counter of such responses.
    pub fn cell(&self) -> RequestCell {
        RequestCell::of(self.kind, self.status())
    }

    /// Converts it into a response; `body` makes the body.
    pub(super) fn response<B>(self, body: impl FnOnce(Option<Bytes>) -> B) -> Response<B> {
        let mut response = Response::new(body(self.bytes.cloned()));
        if self.not_modified {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        *headers = self.head.headers();
        if self.by_https {
            headers.insert(
                header::STRICT_TRANSPORT_SECURITY,
                HeaderValue::from_static(HSTS),
            );
        }
        response
    }
}

/// Responds with the document of an existing path.
fn show<B>(document: &Document, request: &Request<B>) -> Response {
    let is_head = request.method() == Method::HEAD;
    choose(document, &RequestHeaders::of(request.headers()), is_head)
        .response(|bytes| bytes.map_or_else(Body::empty, Body::from))
}

/// Responds with a "not found" document.
fn show_nothing<B>(document: &Document, request: &Request<B>) -> Response {
    let headers = RequestHeaders::of(request.headers());
    let variant = document.variant(|encoding| headers.accepts(encoding));
    let body = match *request.method() {
        Method::HEAD => Body::empty(),
        _ => Body::from(variant.bytes.clone()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    *headers = variant.head.headers();
    headers.remove(header::ETAG);
    headers.remove(header::LAST_MODIFIED);
    response
}

fn moved(path: &str, is_for_other_sites: bool) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let out = response.headers_mut();
    set(out, header::LOCATION, path);
    // The old address may be assigned to something else one day.
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(CachePolicy::Live.header()),
    );
    if is_for_other_sites {
        let (name, value) = FOR_OTHER_SITES;
        out.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Tells a browser that scripts of other sites may ask for a document, with any headers of theirs.
fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        FOR_OTHER_SITES,
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        (header::ALLOW, "GET, HEAD, OPTIONS"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The response to a program that wants to do more than read a document.
fn only_read() -> Response {
    ([(header::ALLOW, "GET, HEAD")], AppError::NotAllowed).into_response()
}

/// The response to a method that a public path doesn't support.
pub(super) fn not_allowed() -> Response {
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
