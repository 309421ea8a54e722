//! What subscribers do: ask, confirm, choose, pause and leave. The form itself is a document.

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};

use self::fields::MAX_FORM_BYTES;
use super::public_get::show_document;
use super::state::AppState;
use crate::site::document::CachePolicy;
use crate::urls;

mod confirm;
mod fields;
mod manage;
mod respond;
mod signup;
mod unsubscribe;

/// The routes under `/subscribe`.
pub(super) fn router() -> Router<AppState> {
    let private = Router::new()
        .route(urls::SUBSCRIBE, post(signup::create))
        .route(urls::SUBSCRIBE_ASKED, get(signup::show_asked))
        .route(
            "/subscribe/confirm/{token}",
            get(confirm::show).post(confirm::create),
        )
        .route(
            "/subscribe/manage/{token}",
            get(manage::show).post(manage::edit),
        )
        .route(
            "/subscribe/unsubscribe/{token}",
            get(unsubscribe::show).post(unsubscribe::delete),
        )
        .method_not_allowed_fallback(respond::not_allowed)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(from_fn(keep_private));
    Router::new()
        .route(urls::SUBSCRIBE, get(show_document))
        .merge(private)
}

/// Keeps the pages out of caches and search engines, and their addresses from other sites.
async fn keep_private(request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, CachePolicy::Private.header()),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
        // With "no-referrer", browsers wouldn't say that a form comes from our own page.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
