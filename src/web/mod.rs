//! The only room with axum: every route on one screen, then the layers in order.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use self::state::AppState;

pub mod assets;
mod documents;
mod layers;
mod ops;
pub mod state;

/// Everything that is served on the public address.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/healthz", get(ops::show_health))
        .route("/readyz", get(ops::show_readiness))
        .route("/assets/{file}", get(documents::show_asset))
        .route("/favicon.svg", get(documents::show_asset))
        .fallback(documents::show_document)
        .layer(from_fn_with_state(state.clone(), layers::secure))
        .layer(CatchPanicLayer::new())
        .with_state(state)
}
