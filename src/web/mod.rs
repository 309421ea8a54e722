//! The only room with axum: the routes, then the layers in order. The API's routes are in `api`,
//! those of the staff pages in `staff`, those of subscribers in `subscribe`.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use tower_http::catch_panic::CatchPanicLayer;

use self::call::MAX_BODY_BYTES;
use self::state::AppState;

mod api;
pub mod assets;
mod audit_query;
mod auth;
mod call;
mod channel_answers;
mod channels_line;
mod contract_rules;
mod contract_texts;
mod contract_webhooks;
mod cross_site;
mod error;
mod extract;
pub mod front;
mod identify;
mod layers;
pub mod live;
mod mail_line;
pub mod media;
mod negotiation;
pub mod openapi;
mod ops;
mod public_get;
mod query;
pub mod rate_limit;
pub mod readiness;
mod request_kind;
pub mod running;
pub mod secret_paths;
mod sentence;
mod staff;
pub mod state;
mod subscribe;
mod subscriber_answers;
mod subscriber_query;
pub mod token_uses;
mod writing;

/// The router for everything that isn't a ready document. `front` answers requests for those,
/// including the files in the binary.
fn router(state: AppState) -> Router {
    let (api, _) = api::routes().split_for_parts();
    let api = api
        .fallback(error::nothing_here)
        .method_not_allowed_fallback(error::not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(state.clone(), auth::note_uses));
    Router::new()
        .nest(crate::urls::API, api)
        .merge(staff::router(&state))
        .merge(subscribe::router())
        .route("/healthz", ops::check(get(ops::show_health)))
        .route("/readyz", ops::check(get(ops::show_readiness)))
        .route(crate::urls::LIVE, any(live::without_stream))
        .route("/media/{*file}", any(media::show_file))
        .fallback(public_get::show_document)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn(identify::identify))
        .layer(from_fn_with_state(state.clone(), layers::secure))
        .with_state(state)
}
