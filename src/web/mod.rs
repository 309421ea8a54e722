//! The only room with axum: every route on one screen, then the layers in order.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::state::AppState;

mod api;
pub mod assets;
mod audit_query;
pub mod auth;
mod contract_rules;
mod contract_texts;
mod documents;
mod error;
mod extract;
pub mod front;
mod identify;
mod layers;
pub mod media;
mod negotiation;
mod openapi;
mod ops;
mod query;
pub mod rate_limit;
pub mod readiness;
mod staff;
pub mod state;
pub mod writing;

use self::api::{
    audit, components, incidents, maintenance, preview, resolution, site, templates, tokens,
    updates, versions,
};

/// Longest body of a request, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// The admin API. What is routed here stands in its contract, too.
fn api_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(components::list_all, components::order))
        .routes(routes!(
            components::show,
            components::put,
            components::delete
        ))
        .routes(routes!(components::restore))
        .routes(routes!(components::create_state))
        .routes(routes!(incidents::list_all, incidents::create))
        .routes(routes!(incidents::show, incidents::edit, incidents::delete))
        .routes(routes!(versions::of_incident))
        .routes(routes!(maintenance::change))
        .routes(routes!(resolution::show))
        .routes(routes!(updates::create))
        .routes(routes!(updates::show, updates::edit, updates::delete))
        .routes(routes!(updates::restore))
        .routes(routes!(versions::of_update))
        .routes(routes!(preview::create))
        .routes(routes!(site::show))
        .routes(routes!(templates::list_all))
        .routes(routes!(tokens::list_all, tokens::create))
        .routes(routes!(tokens::delete))
        .routes(routes!(audit::list_all))
        .routes(routes!(audit::export))
}

/// Everything that is served on the public address and isn't ready. What is ready, `front` answers
/// before it comes here, the files of the binary among it.
fn router(state: AppState) -> Router {
    let (api, _) = api_routes().split_for_parts();
    let api = api
        .fallback(error::nothing_here)
        .method_not_allowed_fallback(error::not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(state.clone(), auth::note_uses));
    Router::new()
        .nest(crate::urls::API, api)
        .merge(staff::router(&state))
        .route("/healthz", get(ops::show_health))
        .route("/readyz", get(ops::show_readiness))
        .route("/media/{*file}", any(media::show_file))
        .fallback(documents::show_document)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn(identify::identify))
        .layer(from_fn_with_state(state.clone(), layers::secure))
        .with_state(state)
}
