//! The only room with axum: every route on one screen, then the layers in order.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;

use self::state::AppState;

mod api;
pub mod assets;
pub mod auth;
mod documents;
mod error;
mod extract;
mod layers;
mod media;
mod ops;
pub mod state;
pub mod writing;

use self::api::{components, incidents};

/// Longest body of a request, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// Everything that is served on the public address.
pub fn router(state: AppState) -> Router {
    let api = Router::new()
        .route("/components", get(components::list_all))
        .route(
            "/components/{slug}",
            put(components::put).delete(components::delete),
        )
        .route("/components/{slug}/state", post(components::create_state))
        .route(
            "/incidents",
            get(incidents::list_all).post(incidents::create),
        )
        .route(
            "/incidents/{slug}",
            get(incidents::show)
                .patch(incidents::edit)
                .delete(incidents::delete),
        )
        .route("/incidents/{slug}/updates", post(incidents::create_update))
        .route(
            "/incidents/{slug}/updates/{id}",
            get(incidents::show_update)
                .patch(incidents::edit_update)
                .delete(incidents::delete_update),
        )
        .route(
            "/incidents/{slug}/updates/{id}/restore",
            post(incidents::restore_update),
        )
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    Router::new()
        .nest(crate::urls::API, api)
        .route("/healthz", get(ops::show_health))
        .route("/readyz", get(ops::show_readiness))
        .route("/assets/{file}", get(documents::show_asset))
        .route("/favicon.svg", get(documents::show_asset))
        .route("/media/{*file}", any(media::show_file))
        .fallback(documents::show_document)
        .layer(from_fn_with_state(state.clone(), layers::secure))
        .layer(CatchPanicLayer::new())
        .with_state(state)
}
