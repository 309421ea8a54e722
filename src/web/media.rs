//! Pictures and other files that posts show: the content folder's `media/`, as they are.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, header};
use axum::response::Response;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::documents;
use super::state::AppState;
use crate::site::document::CachePolicy;
use crate::urls;

/// A file of the folder is somebody's upload: opened by itself, it runs nothing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; img-src 'self'; style-src \
    'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// A file of `media/`; what begins with a dot is nobody's business.
pub(super) async fn show_file(State(state): State<AppState>, request: Request<Body>) -> Response {
    let is_reading = [Method::GET, Method::HEAD].contains(request.method());
    let path = request.uri().path();
    let inside = path.strip_prefix(urls::MEDIA).unwrap_or_default();
    if !is_reading || inside.is_empty() || inside.split('/').any(|part| part.starts_with('.')) {
        return documents::show_document(State(state.site), State(state.press), request).await;
    }
    let mut wanted = Request::builder()
        .method(request.method())
        .uri(format!("/{inside}"));
    if let Some(headers) = wanted.headers_mut() {
        headers.clone_from(request.headers());
    }
    let Ok(wanted) = wanted.body(Body::empty()) else {
        return documents::show_document(State(state.site), State(state.press), request).await;
    };
    let folder = ServeDir::new(state.media.as_path()).append_index_html_on_directories(false);
    // The folder's service has no error of its own: what it can't read is a 404 or 500.
    let Ok(found) = folder.oneshot(wanted).await;
    if found.status().is_client_error() || found.status().is_server_error() {
        return documents::show_document(State(state.site), State(state.press), request).await;
    }
    let mut response = found.map(Body::new);
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(CachePolicy::Live.header()),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY_POLICY),
    );
    response
}
