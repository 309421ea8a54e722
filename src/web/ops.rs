//! For those who run it: is it alive, can it take work.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::store::Store;

/// It runs.
pub(super) async fn show_health() -> impl IntoResponse {
    ([("cache-control", "no-store")], "ok\n")
}

/// It runs and the database answers. Pages stay up also while this says no.
pub(super) async fn show_readiness(State(store): State<Store>) -> impl IntoResponse {
    let headers = [("cache-control", "no-store")];
    match store.ping().await {
        Ok(()) => (StatusCode::OK, headers, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready: the database doesn't answer");
            let text = "the database doesn't answer; pages are served, changes can't be made\n";
            (StatusCode::SERVICE_UNAVAILABLE, headers, text)
        }
    }
}
