//! Responses with a page or a part of one.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

/// A response with a page.
pub(super) fn html_response(status: StatusCode, page: String) -> Response {
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}

/// The response to a script that asks for a part of a page if there is nothing to show yet.
pub(super) fn no_part() -> Response {
    html_response(StatusCode::OK, String::new())
}
