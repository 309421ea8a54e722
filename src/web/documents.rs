//! Answers public GET and HEAD requests with ready documents: which encoding, which ETag, whether
//! the reader has it already. Never touches the database.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use super::error::{AppError, nothing_here};
use super::state::AppState;
use crate::site::document::{CachePolicy, Document, Encoding, Variant};
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
        Found::Document(document) => answer(&document, StatusCode::OK, &request),
        Found::Nothing(document) => answer(&document, StatusCode::NOT_FOUND, &request),
        Found::Moved(present) => moved(&present),
    }
}

/// The stylesheet, the icon: documents that come with the binary.
pub(super) async fn show_asset(State(state): State<AppState>, request: Request<Body>) -> Response {
    match state.assets.find(request.uri().path()) {
        Some(document) => answer(document, StatusCode::OK, &request),
        None => {
            let found = state.site.current();
            let path = request.uri().path();
            let document = Arc::new(crate::site::pages::render_not_found(found.snapshot(), path));
            answer(&document, StatusCode::NOT_FOUND, &request)
        }
    }
}

fn answer(document: &Document, status: StatusCode, request: &Request<Body>) -> Response {
    let headers = request.headers();
    let variant = document.variant(|encoding| accepts(headers, encoding));
    let fresh = status == StatusCode::OK && has_it(headers, variant, document.last_modified);
    let body = if fresh || request.method() == Method::HEAD {
        Body::empty()
    } else {
        Body::from(variant.bytes.clone())
    };
    let mut response = Response::new(body);
    *response.status_mut() = if fresh {
        StatusCode::NOT_MODIFIED
    } else {
        status
    };
    let out = response.headers_mut();
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(document.policy.header()),
    );
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if status == StatusCode::OK {
        set(out, header::ETAG, &variant.etag);
        set(
            out,
            header::LAST_MODIFIED,
            &http_date(document.last_modified),
        );
    }
    if !fresh {
        out.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(document.media_type),
        );
        out.insert(
            header::CONTENT_LENGTH,
            HeaderValue::from(variant.bytes.len()),
        );
        let encoding = match variant.encoding {
            Encoding::Plain => None,
            Encoding::Gzip => Some("gzip"),
            Encoding::Brotli => Some("br"),
        };
        if let Some(encoding) = encoding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    response
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

fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Whether a reader takes this encoding, by `Accept-Encoding` (RFC 9110, 12.5.3).
fn accepts(headers: &HeaderMap, encoding: Encoding) -> bool {
    let wanted: &[&str] = match encoding {
        Encoding::Plain => return true,
        Encoding::Gzip => &["gzip", "x-gzip"],
        Encoding::Brotli => &["br"],
    };
    let mut by_star = false;
    for value in headers.get_all(header::ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or("").split(',') {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or("");
            let refused = parts
                .filter_map(|part| part.strip_prefix("q="))
                .any(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
            if wanted.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                return !refused;
            }
            by_star |= name == "*" && !refused;
        }
    }
    by_star
}

/// Whether the reader has these bytes already (RFC 9110, 13.1): `If-None-Match` decides if it is
/// there, else `If-Modified-Since`.
fn has_it(headers: &HeaderMap, variant: &Variant, last_modified: DateTime<Utc>) -> bool {
    let mut tags = headers.get_all(header::IF_NONE_MATCH).iter().peekable();
    if tags.peek().is_some() {
        return tags
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag == variant.etag);
    }
    headers
        .get(header::IF_MODIFIED_SINCE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok())
        .is_some_and(|since| last_modified.timestamp() <= since.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_taken_as_the_header_says() {
        let check = |value: &'static str, brotli: bool, gzip: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            let found = (
                accepts(&headers, Encoding::Brotli),
                accepts(&headers, Encoding::Gzip),
            );
            assert_eq!(found, (brotli, gzip), "{value}");
        };
        check("gzip, deflate, br, zstd", true, true);
        check("gzip", false, true);
        check("br;q=0, gzip;q=0.5", false, true);
        check("*", true, true);
        check("*;q=0", false, false);
        check("identity", false, false);
        check("", false, false);
    }

    #[test]
    fn a_reader_who_has_the_bytes_is_told_so() {
        let variant = Variant {
            encoding: Encoding::Plain,
            bytes: bytes::Bytes::new(),
            etag: "\"abc\"".to_owned(),
        };
        let at = DateTime::from_timestamp(1_361_870_100, 0).expect("in range");
        let check = |name: header::HeaderName, value: &'static str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(has_it(&headers, &variant, at), expected, "{value}");
        };
        check(header::IF_NONE_MATCH, "\"abc\"", true);
        check(header::IF_NONE_MATCH, "W/\"abc\", \"x\"", true);
        check(header::IF_NONE_MATCH, "*", true);
        check(header::IF_NONE_MATCH, "\"abc-br\"", false);
        check(
            header::IF_MODIFIED_SINCE,
            "Tue, 26 Feb 2013 09:15:00 GMT",
            true,
        );
        check(
            header::IF_MODIFIED_SINCE,
            "Tue, 26 Feb 2013 09:14:59 GMT",
            false,
        );
        check(header::IF_MODIFIED_SINCE, "yesterday", false);
    }
}
