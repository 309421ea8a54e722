//! Requests for the stream of what changes on a page (server-sent events).

use std::str::FromStr as _;

use axum::http::{HeaderName, Method, Request, StatusCode, header};
use axum::response::IntoResponse as _;
use chrono::{DateTime, Utc};

use super::error::AppError;
use super::layers::HSTS;
use super::query::Query;
use crate::render::html::live::BUILD;
use crate::site::document::CachePolicy;
use crate::site::live::{Seen, is_live};
use crate::site::public_page::Page;
use crate::site::safety::safety;
use crate::site::version::Version;
use crate::urls;
use crate::wire::FieldError;

/// How long a client should poll that can't get a stream, in seconds.
const RETRY_AFTER: &str = "60";

/// A request for a stream.
#[derive(Debug)]
pub struct StreamRequest {
    pub(super) page: Page,
    pub(super) seen: Seen,
    /// Whether the page was made by another Lightship, or by nobody.
    pub(super) is_foreign: bool,
    pub(super) by_https: bool,
}

impl StreamRequest {
    /// The head of the response, as bytes to send.
    pub fn head(&self, now: DateTime<Utc>) -> Vec<u8> {
        let mut text = "HTTP/1.1 200 OK\r\nconnection: close\r\n".to_owned();
        let own = headers().into_iter().chain(safety());
        let hsts = self
            .by_https
            .then_some((header::STRICT_TRANSPORT_SECURITY, HSTS));
        for (name, value) in own.chain(hsts) {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let date = now.format("date: %a, %d %b %Y %H:%M:%S GMT\r\n\r\n");
        text.push_str(&date.to_string());
        text.into_bytes()
    }
}

/// The headers of a stream.
fn headers() -> [(HeaderName, &'static str); 3] {
    [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, CachePolicy::Private.header()),
        // nginx would otherwise wait until there is more to pass on.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ]
}

/// The response where there is no stream: the reason. HEAD gets what a stream begins with.
pub(super) async fn without_stream(request: Request<axum::body::Body>) -> axum::response::Response {
    match read(&request) {
        Err(AppError::NotAllowed) => {
            ([(header::ALLOW, "GET, HEAD")], AppError::NotAllowed).into_response()
        }
        Err(error) => error.into_response(),
        Ok(_) if request.method() == Method::HEAD => headers().into_response(),
        Ok(_) => {
            let why = "Too many pages are kept up to date already. Ask for the page itself now and \
                       then.\n";
            let headers = [
                (header::RETRY_AFTER, RETRY_AFTER),
                (header::CACHE_CONTROL, CachePolicy::Private.header()),
            ];
            (StatusCode::SERVICE_UNAVAILABLE, headers, why).into_response()
        }
    }
}

/// Reads a request for a stream.
pub(super) fn read<B>(request: &Request<B>) -> Result<StreamRequest, AppError> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return Err(AppError::NotAllowed);
    }
    let mut query = Query::of(request.uri()).map_err(AppError::Invalid)?;
    let path = query.take("page").unwrap_or_else(|| urls::HOME.to_owned());
    let hash = query.take("seen");
    let told = query.take("id");
    let build = query.take("build");
    query.finish().map_err(AppError::Invalid)?;
    let Some(page) = Page::parse(&path).filter(is_live) else {
        let how = format!(
            "{path:?} isn't kept up to date; name the home page, an incident's or a component's, \
             such as /components/selma"
        );
        return Err(AppError::Invalid(vec![FieldError::of_field("page", how)]));
    };
    let header = request.headers().get("last-event-id");
    let header = header.map(|value| value.to_str().unwrap_or_default().to_owned());
    // A header comes from a browser that goes on by itself with the address of its first request.
    let (hash, told) = match header {
        Some(header) => (None, Some(header)),
        None => (hash, told),
    };
    let version = told.as_deref().map(Version::from_str);
    let is_of_another_build = build.is_some_and(|build| build != format!("{BUILD:x}"));
    Ok(StreamRequest {
        page,
        is_foreign: is_of_another_build || matches!(version, Some(Err(()))),
        seen: Seen {
            version: version.and_then(Result::ok),
            hash,
        },
        by_https: false,
    })
}
