//! An incident as staff see it.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::flash;
use super::html_response::html_response;
use super::reading::{SlugOf, again, new_key};
use super::session::Visit;
use super::staff_error::StaffError;
use super::update::find;
use crate::actions::entry_place::lines_of;
use crate::domain::update::Source;
use crate::render::html::staff::fields::{Fields, Wrong};
use crate::render::html::staff::incident::{self, IncidentContext};
use crate::store::incidents::StoredIncident;
use crate::store::updates::list_updates_of_incident;
use crate::web::state::AppState;

/// Shows the page.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, &slug, &visit).await?;
    drop(tx);
    page(
        &state,
        &visit,
        &stored,
        PageNotice {
            flash: flash::on_incident(&uri),
            wrong: Vec::new(),
        },
    )
    .await
}

/// What the page reports: what was just done, or what failed.
#[derive(Debug, Default)]
pub(super) struct PageNotice {
    pub(super) flash: Option<&'static str>,
    pub(super) wrong: Vec<Wrong>,
}

/// Renders the page of an incident that was read already.
pub(super) async fn page(
    state: &AppState,
    visit: &Visit,
    stored: &StoredIncident,
    shown: PageNotice,
) -> Result<Response, StaffError> {
    let site = state.latest.find().await?;
    let mut tx = state.store.read().await?;
    let mut withdrawn = list_updates_of_incident(&mut tx, &stored.incident.id).await?;
    drop(tx);
    // Updates that were removed from a file can only be reinstated in the file.
    withdrawn.retain(|it| it.withdrawn_at.is_some() && it.update.source != Source::File);
    let withdrawn: Vec<_> = withdrawn.into_iter().map(|it| it.update).collect();
    let status = if shown.wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let form_state = again(Fields::default().with(Fields::KEY, new_key()), shown.wrong);
    let lines = lines_in_file(state, stored).await;
    let context = IncidentContext {
        incident: &stored.incident,
        file: stored.file.as_deref(),
        lines: &lines,
        withdrawn: &withdrawn,
        flash: shown.flash,
    };
    let page = incident::page(site.snapshot(), &visit.staff.actor, &context, &form_state);
    Ok(html_response(status, page.into_string()))
}

/// The line of each of a file's updates, by the update's id, as far as the file can be read here.
async fn lines_in_file(state: &AppState, stored: &StoredIncident) -> HashMap<String, usize> {
    let (Some(file), Some(folder)) = (&stored.file, &state.content) else {
        return HashMap::new();
    };
    let path = folder.join(file);
    let updates = stored.incident.updates.iter();
    let of_file = updates.filter(|update| update.source == Source::File);
    let of_file: Vec<_> = of_file.cloned().collect();
    let looking = tokio::task::spawn_blocking(move || {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        lines_of(&text, &of_file)
    });
    looking.await.unwrap_or_default()
}
