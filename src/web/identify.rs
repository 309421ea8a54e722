//! Gives every request an id. It is in each log line about the request, in the headers of responses
//! to programs, and in each refusal.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use uuid::Uuid;

use super::secret_paths::without_secret;
use super::writing::as_json;
use crate::render::html;
use crate::urls;
use crate::wire::problem::Problem;

/// The header with a request's id.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How much of a path is logged.
const MAX_SHOWN_CHARS: usize = 200;

/// Gives the request its id, and writes the body of a refusal.
pub(super) async fn identify(request: Request<Body>, next: Next) -> Response {
    let id = Uuid::now_v7().to_string();
    let path = request.uri().path().to_owned();
    let shown = without_secret(&path);
    let shown: String = shown.chars().take(MAX_SHOWN_CHARS).collect();
    let span =
        tracing::info_span!("request", request.id = id, method = %request.method(), path = shown);
    let mut response = next.run(request).instrument(span).await;
    let is_for_programs = urls::is_for_programs(&path);
    let problem = response.extensions_mut().remove::<Problem>();
    if (is_for_programs || problem.is_some())
        && let Ok(id) = HeaderValue::from_str(&id)
    {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if let Some(problem) = problem {
        if is_for_programs {
            let problem = Problem {
                request_id: Some(id),
                ..problem
            };
            *response.body_mut() = Body::from(as_json(&problem));
        } else {
            show_to_people(&mut response, &problem, &id);
        }
    }
    response
}

/// Turns a refusal into a page, because a browser asked.
fn show_to_people(response: &mut Response, problem: &Problem, id: &str) {
    let text = format!(
        "That's our fault, not yours. Please try again in a moment. If you write to us about it, \
         mention the request {id}."
    );
    let page = html::error::plain(problem.status, "Something went wrong", &text);
    *response.body_mut() = Body::from(page.into_string());
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::body::to_bytes;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;
    use crate::web::error::{AppError, panicked};

    fn router() -> Router {
        async fn burst() {
            panic!("a seam burst")
        }
        async fn fail() -> AppError {
            let error = crate::store::StoreError::File("the disk is gone".to_owned());
            AppError::from(error)
        }
        Router::new()
            .route("/api/v1/burst", get(burst))
            .route("/api/v1/fail", get(fail))
            .route("/burst", get(burst))
            .route("/subscribe/manage/{token}", get(fail))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(identify))
    }

    async fn ask(path: &str) -> (Response, String) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let mut response = router().oneshot(request).await.expect("an answer");
        let body = std::mem::take(response.body_mut());
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        (
            response,
            String::from_utf8(bytes.to_vec()).expect("is UTF-8"),
        )
    }

    #[tokio::test]
    async fn a_panic_becomes_a_problem_for_programs_and_a_page_for_people() {
        let (response, body) = ask("/api/v1/burst").await;
        assert_eq!(response.status(), 500);
        let problem: Problem = serde_json::from_str(&body).expect("a problem");
        let id = problem.request_id.expect("an id");
        assert_eq!(response.headers()[REQUEST_ID], id.as_str());
        assert!(!body.contains("seam"), "{body}");
        let (response, body) = ask("/burst").await;
        assert_eq!(response.status(), 500);
        let id = response.headers()[REQUEST_ID].to_str().expect("ASCII");
        assert!(body.starts_with("<!DOCTYPE html>") && body.contains(id));
        assert!(!body.contains("seam"), "{body}");
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// The response, its body, and what was logged.
    async fn ask_and_log(path: &str) -> (Response, String, String) {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let (response, body) = ask(path).await;
        drop(guard);
        let log = lines.0.lock().expect("no panic").clone();
        (response, body, String::from_utf8(log).expect("UTF-8"))
    }

    #[tokio::test]
    async fn the_secret_of_a_link_is_not_logged() {
        let (_, _, log) = ask_and_log("/subscribe/manage/s3cret").await;
        assert!(log.contains("/subscribe/manage/***"), "{log}");
        assert!(!log.contains("s3cret"), "{log}");
    }

    #[tokio::test]
    async fn what_fails_is_logged_once_with_the_requests_id() {
        let (response, body, log) = ask_and_log("/api/v1/fail").await;
        assert_eq!(response.status(), 503);
        assert!(!body.contains("disk"), "{body}");
        let id = response.headers()[REQUEST_ID].to_str().expect("ASCII");
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(
            log.contains("the disk is gone") && log.contains(id),
            "{log}"
        );
    }
}
