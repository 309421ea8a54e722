//! The staff pages, one screen per file. They call the same actions as the API.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use self::staff_error::StaffError;
use self::submission::MAX_FORM_BYTES;
use super::auth;
use super::state::AppState;
use crate::urls;

mod audit;
mod channel_form;
mod channel_messages;
mod channels;
mod component_form;
mod component_state;
mod components;
mod correct_post;
mod correct_update;
mod dashboard;
mod delivery;
mod drafts;
mod flash;
mod guard;
mod html_response;
mod incident;
mod local_time;
mod maintenance;
mod new_incident;
mod plan_maintenance;
mod posting;
mod reading;
mod session;
mod sessions;
mod settings;
mod sign_in;
mod staff_error;
mod submission;
mod subscriber_form;
mod subscriber_import;
mod subscribers;
mod templates;
mod token_form;
mod tokens;
mod update;
mod withdraw;

/// The routes under `/staff`.
pub(super) fn router(state: &AppState) -> Router<AppState> {
    let pages = Router::new()
        .route(urls::STAFF, get(dashboard::show))
        .route(
            urls::STAFF_SIGN_IN,
            get(sign_in::show).post(sign_in::create),
        )
        .route(urls::STAFF_SIGN_OUT, post(sign_in::delete))
        .route(
            "/staff/components/{slug}/state",
            get(component_state::show).post(component_state::create),
        )
        .merge(office())
        .route("/staff/incidents/{slug}", get(incident::show))
        .route(
            "/staff/incidents/{slug}/update",
            get(update::show).post(update::create),
        )
        .route(
            "/staff/incidents/{slug}/updates/{id}",
            get(update::show_posted),
        )
        .route(
            "/staff/incidents/{slug}/correct",
            get(correct_post::show).post(correct_post::create),
        )
        .route(
            "/staff/incidents/{slug}/updates/{id}/correct",
            get(correct_update::show).post(correct_update::create),
        )
        .route(
            "/staff/incidents/{slug}/updates/{id}/bring-back",
            post(withdraw::bring_back),
        )
        .route(
            "/staff/incidents/{slug}/withdraw",
            get(withdraw::show).post(withdraw::create),
        )
        .route(
            urls::STAFF_NEW_INCIDENT,
            get(new_incident::show).post(new_incident::create),
        )
        .route(
            "/staff/",
            get(|| async { Redirect::permanent(urls::STAFF) }),
        )
        .route("/staff/{*rest}", get(nothing_here).post(nothing_here));
    pages
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(from_fn_with_state(state.clone(), auth::note_uses))
        .layer(from_fn_with_state(state.clone(), guard::guard))
}

/// The routes for administration and sessions.
fn office() -> Router<AppState> {
    Router::new()
        .route(
            urls::STAFF_COMPONENTS,
            get(components::show).post(components::reorder),
        )
        .route(
            urls::STAFF_NEW_COMPONENT,
            get(component_form::show_new).post(component_form::create),
        )
        .route(
            "/staff/components/{slug}",
            get(component_form::show).post(component_form::edit),
        )
        .route("/staff/components/{slug}/retire", post(components::retire))
        .route(
            "/staff/components/{slug}/bring-back",
            post(components::bring_back),
        )
        .route(urls::STAFF_MAINTENANCE, get(maintenance::list))
        .route(
            urls::STAFF_NEW_MAINTENANCE,
            get(plan_maintenance::show).post(plan_maintenance::create),
        )
        .route(
            "/staff/incidents/{slug}/maintenance",
            get(maintenance::show).post(maintenance::create),
        )
        .route("/staff/incidents/{slug}/preview", get(drafts::preview))
        .route("/staff/incidents/{slug}/publish", post(drafts::publish))
        .route("/staff/incidents/{slug}/discard", post(drafts::discard))
        .route(urls::STAFF_ACTIVITY_LOG, get(audit::show))
        .route(urls::STAFF_ACTIVITY_LOG_CSV, get(audit::export))
        .route(urls::STAFF_TOKENS, get(tokens::show))
        .route(
            urls::STAFF_NEW_TOKEN,
            get(token_form::show).post(token_form::create),
        )
        .route("/staff/tokens/{id}/revoke", post(tokens::revoke))
        .route(urls::STAFF_DELIVERY_HELD, post(delivery::decide_held))
        .route(urls::STAFF_DELIVERY_RETRY, post(delivery::retry))
        .route("/staff/delivery/{id}/decide", post(delivery::decide))
        .merge(subscribers())
        .merge(channels())
        .route(urls::STAFF_SESSIONS, get(sessions::show))
        .route("/staff/sessions/{id}/end", post(sessions::end))
}

/// The routes for subscribers.
fn subscribers() -> Router<AppState> {
    Router::new()
        .route(urls::STAFF_SUBSCRIBERS, get(subscribers::show))
        .route(urls::STAFF_SUBSCRIBER_TABLE, get(subscribers::export))
        .route(
            urls::STAFF_NEW_SUBSCRIBER,
            get(subscriber_form::show).post(subscriber_form::create),
        )
        .route(
            urls::STAFF_IMPORT_SUBSCRIBERS,
            get(subscriber_import::show).post(subscriber_import::create),
        )
        .route("/staff/subscribers/{id}/remove", post(subscribers::remove))
        .route(
            "/staff/subscribers/{id}/suppress",
            post(subscribers::suppress),
        )
        .route("/staff/subscribers/{id}/allow", post(subscribers::allow))
}

/// The routes for channels.
fn channels() -> Router<AppState> {
    Router::new()
        .route(urls::STAFF_CHANNELS, get(channels::list))
        .route(
            urls::STAFF_NEW_CHANNEL,
            get(channel_form::show_new).post(channel_form::create),
        )
        .route("/staff/channels/{id}", get(channels::show))
        .route(
            "/staff/channels/{id}/change",
            get(channel_form::show).post(channel_form::edit),
        )
        .route("/staff/channels/{id}/test", post(channel_messages::test))
        .route("/staff/channels/{id}/pause", post(channels::pause))
        .route("/staff/channels/{id}/resume", post(channels::resume))
        .route("/staff/channels/{id}/secret", post(channel_form::rotate))
        .route("/staff/channels/{id}/remove", post(channels::remove))
        .route("/staff/channels/{id}/again", post(channel_messages::again))
}

/// The response to an unknown path under `/staff`.
async fn nothing_here() -> Response {
    StaffError::missing("there is no page at this address").into_response()
}
