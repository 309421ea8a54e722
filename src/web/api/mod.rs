//! The admin API, one resource per file, and its routes.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::AppState;

pub(super) mod audit;
mod channels;
mod components;
mod incidents;
mod maintenance;
mod many_subscribers;
mod preview;
mod refusal;
mod resolution;
mod site;
pub(super) mod subscribers;
mod templates;
mod tokens;
mod updates;
mod versions;

/// The routes of the admin API. Each one is also part of its contract.
pub(super) fn routes() -> OpenApiRouter<AppState> {
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
        .routes(routes!(subscribers::list_all, subscribers::create))
        .routes(routes!(
            subscribers::show,
            subscribers::edit,
            subscribers::delete
        ))
        .routes(routes!(subscribers::export))
        .routes(routes!(subscribers::suppress))
        .routes(routes!(subscribers::allow))
        .routes(routes!(many_subscribers::import))
        .routes(routes!(many_subscribers::bounce))
        .routes(routes!(channels::list_all, channels::create))
        .routes(routes!(channels::show, channels::edit, channels::delete))
        .routes(routes!(channels::test))
        .routes(routes!(channels::rotate))
        .routes(routes!(channels::deliveries))
        .routes(routes!(channels::again))
        .routes(routes!(tokens::list_all, tokens::create))
        .routes(routes!(tokens::delete))
        .routes(routes!(audit::list_all))
        .routes(routes!(audit::export))
}
