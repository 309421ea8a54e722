//! Health checks for operators: liveness and readiness.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::MethodRouter;

use super::channels_line::channels_line;
use super::mail_line::mail_line;
use super::public_get::not_allowed;
use super::state::AppState;

/// A health check, which says what is allowed if it is asked wrongly.
pub(super) fn check(route: MethodRouter<AppState>) -> MethodRouter<AppState> {
    route.fallback(|| async { not_allowed() })
}

/// Liveness: the process is running.
pub(super) async fn show_health() -> impl IntoResponse {
    ([("cache-control", "no-store")], "ok\n")
}

/// Readiness: whether posts are accepted and pages are up to date, by the latest findings. Pages
/// are served even if it isn't ready.
pub(super) async fn show_readiness(State(state): State<AppState>) -> impl IntoResponse {
    let headers = [
        ("cache-control", "no-store"),
        ("content-type", "text/plain; charset=utf-8"),
    ];
    let report = state.readiness.report();
    let site = state.site.current();
    let mail = mail_line(&site.snapshot().site, &state.metrics.mail);
    let channels = channels_line(&state.metrics.channels);
    let status = match report.is_ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (
        status,
        headers,
        format!("{}{mail}\n{channels}\n", report.text),
    )
}
