//! Health checks for operators: liveness and readiness.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::readiness::Readiness;

/// Liveness: the process is running.
pub(super) async fn show_health() -> impl IntoResponse {
    ([("cache-control", "no-store")], "ok\n")
}

/// Readiness: whether posts are accepted and pages are up to date, by the latest findings. Pages
/// are served even if it isn't ready.
pub(super) async fn show_readiness(State(readiness): State<Arc<Readiness>>) -> impl IntoResponse {
    let headers = [
        ("cache-control", "no-store"),
        ("content-type", "text/plain; charset=utf-8"),
    ];
    let report = readiness.report();
    let status = match report.is_ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, headers, report.text)
}
