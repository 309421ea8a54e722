//! An incident as staff see it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::reading::{SlugOf, html_response, new_key};
use super::session::Visit;
use super::trouble::StaffError;
use super::update::find;
use crate::render::html::staff::incident;
use crate::web::state::AppState;

/// The page.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, &slug, &visit).await?;
    drop(tx);
    let site = state.latest.find().await?;
    let page = incident::page(
        site.snapshot(),
        &visit.staff.token,
        &stored.incident,
        stored.file.as_deref(),
        &new_key(),
    );
    Ok(html_response(StatusCode::OK, page.into_string()))
}
