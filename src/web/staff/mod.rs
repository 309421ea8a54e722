//! The staff pages, one screen a file, on the same actions as the API.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::auth;
use super::state::AppState;
use crate::urls;

mod component_state;
mod correct_post;
mod correct_update;
mod desk;
mod guard;
mod incident;
mod new_incident;
mod posting;
mod reading;
mod session;
mod settings;
mod sign_in;
mod submission;
mod templates;
mod trouble;
mod update;

/// Longest form, in bytes: the longest text, each byte of it written as three.
const MAX_FORM_BYTES: usize = 1024 * 1024;

/// Everything under `/staff`.
pub(super) fn router(state: &AppState) -> Router<AppState> {
    let pages = Router::new()
        .route(urls::STAFF, get(desk::show))
        .route(
            urls::STAFF_SIGN_IN,
            get(sign_in::show).post(sign_in::create),
        )
        .route(urls::STAFF_SIGN_OUT, post(sign_in::delete))
        .route(
            "/staff/components/{slug}/state",
            get(component_state::show).post(component_state::create),
        )
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

/// A path under `/staff` that leads nowhere.
async fn nothing_here() -> Response {
    trouble::StaffError::missing("there is no page here").into_response()
}
