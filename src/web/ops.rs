//! For those who run it: is it alive, can it take work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::readiness::Readiness;

/// It runs.
pub(super) async fn show_health() -> impl IntoResponse {
    ([("cache-control", "no-store")], "ok\n")
}

/// Whether it takes posts and keeps its pages up to date, as was found out last. Pages are served
/// also while this says no.
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
