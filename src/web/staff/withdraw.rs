//! Withdrawing an incident after a confirmation, and reinstating a withdrawn update.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::flash;
use super::html_response::html_response;
use super::posting::{begin_button, lead_to};
use super::reading::{SlugOf, UpdateOf, new_key};
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use super::update::find;
use crate::actions::correct_update::reinstate_update;
use crate::actions::edit_incident::withdraw_incident;
use crate::domain::permission::Permission;
use crate::render::html::staff::withdraw;
use crate::urls;
use crate::web::state::AppState;

/// Asks for confirmation.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::WriteIncidents)?;
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, &slug, &visit).await?;
    drop(tx);
    if stored.file.is_some() {
        // That page says which file the incident comes from.
        return Ok(Redirect::to(&urls::staff_correct_incident(&slug)).into_response());
    }
    let site = state.latest.find().await?;
    let viewer = &visit.staff.actor;
    let page = withdraw::page(site.snapshot(), viewer, &stored.incident, &new_key());
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// Withdraws it.
pub(super) async fn create(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    withdraw_incident(&mut posting.change, &slug).await?;
    lead_to(posting, &flash::path_with(urls::STAFF, "withdrawn")).await
}

/// Reinstates an update.
pub(super) async fn bring_back(
    State(state): State<AppState>,
    UpdateOf(slug, id): UpdateOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    reinstate_update(&mut posting.change, &slug, &id).await?;
    lead_to(
        posting,
        &flash::path_with(&urls::staff_incident(&slug), "back"),
    )
    .await
}
