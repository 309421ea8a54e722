//! Drafts: previewing, publishing, discarding.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::flash;
use super::html_response::html_response;
use super::incident::{self, PageNotice};
use super::maintenance;
use super::posting::{begin_button, lead_to};
use super::reading::SlugOf;
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use super::update::find;
use crate::actions::ActionError;
use crate::actions::publish_draft::{discard_draft, publish_draft};
use crate::domain::permission::Permission;
use crate::render::html::incident as public;
use crate::urls;
use crate::web::state::AppState;

/// Shows the preview of a draft; if it is published already, the actual page.
pub(super) async fn preview(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ReadDrafts)?;
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, &slug, &visit).await?;
    drop(tx);
    if !stored.incident.draft {
        return Ok(Redirect::to(&urls::incident(&slug)).into_response());
    }
    let site = state.latest.find().await?;
    let page = public::draft_page(site.snapshot(), &stored.incident);
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// Publishes a draft.
pub(super) async fn publish(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    let stored = find(posting.change.tx(), &slug, &sent.visit).await?;
    match publish_draft(&mut posting.change, &slug).await {
        Ok(()) => {
            let path = urls::staff_incident(&slug);
            lead_to(posting, &flash::path_with(&path, "published")).await
        }
        Err(ActionError::Invalid(errors)) => {
            // Showing the page reads the database, so the transaction must end first.
            drop(posting);
            let shown = PageNotice {
                wrong: maintenance::wrong(errors),
                ..PageNotice::default()
            };
            incident::page(&state, &sent.visit, &stored, shown).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Discards a draft.
pub(super) async fn discard(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    discard_draft(&mut posting.change, &slug).await?;
    lead_to(posting, &flash::path_with(urls::STAFF, "discarded")).await
}
