//! Correcting the post of an incident: headline, text, impact.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::posting::{Begun, Posting};
use super::reading::{SlugOf, again, fresh, html_response, sent_before, wrong_fields};
use super::session::Visit;
use super::settings::impact_of;
use super::submission::Submission;
use super::trouble::{StaffError, must};
use super::update::find;
use crate::actions::ActionError;
use crate::actions::edit_incident::{EditIncident, edit_incident};
use crate::domain::incident::{Impact, Incident};
use crate::domain::slug::Slug;
use crate::domain::staff::Scope;
use crate::render::html::staff::correct::{self as form, IMPACT, TITLE, WAS};
use crate::render::html::staff::fields::{Fields, Filled};
use crate::render::html::staff::update::TEXT;
use crate::store::incidents::StoredIncident;
use crate::urls;
use crate::web::state::AppState;

/// The form.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    must(&visit.staff, Scope::IncidentsWrite)?;
    let stored = read(&state, &slug, &visit).await?;
    if let Some(file) = &stored.file {
        let site = state.latest.find().await?;
        let page = form::file_page(site.snapshot(), &visit.staff.token, &stored.incident, file);
        return Ok(html_response(StatusCode::OK, page.into_string()));
    }
    let fields = visit.kept().unwrap_or_else(|| as_it_is(&stored.incident));
    page(
        &state,
        &visit,
        &stored,
        false,
        StatusCode::OK,
        &fresh(fields),
    )
    .await
}

/// Corrects it.
pub(super) async fn create(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = correct(&state, &slug, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn correct(state: &AppState, slug: &Slug, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    must(&visit.staff, Scope::IncidentsWrite)?;
    let mut posting = match Posting::begin(state, sent).await? {
        Begun::Fresh(posting) => posting,
        Begun::Done(response) => return Ok(response),
        Begun::Changed(path) => {
            let filled = sent_before(sent.fields.clone(), path);
            let stored = read(state, slug, visit).await?;
            return page(state, visit, &stored, false, StatusCode::CONFLICT, &filled).await;
        }
    };
    let stored = find(posting.change.tx(), slug, visit).await?;
    let impact = match impact_of(&sent.fields, IMPACT) {
        Ok(impact) => impact,
        Err(wrong) => {
            drop(posting);
            let filled = again(sent.fields.clone(), vec![wrong]);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(state, visit, &stored, false, status, &filled).await;
        }
    };
    if version_of(&stored.incident) != sent.fields.first(WAS) {
        drop(posting);
        let fields = sent.fields.clone().with(WAS, version_of(&stored.incident));
        let filled = again(fields, Vec::new());
        return page(state, visit, &stored, true, StatusCode::CONFLICT, &filled).await;
    }
    let wanted = EditIncident {
        title: Some(sent.fields.first(TITLE).to_owned()),
        markdown: (sent.fields.first(TEXT) != stored.incident.markdown)
            .then(|| sent.fields.first(TEXT).to_owned()),
        impact: (impact != stored.incident.stated_impact).then_some(impact),
        ..EditIncident::default()
    };
    match edit_incident(&mut posting.change, slug, wanted).await {
        Ok(()) => posting.finish(&urls::staff_incident(slug)).await,
        Err(ActionError::Invalid(errors)) => {
            drop(posting);
            let filled = again(sent.fields.clone(), wrong_fields(errors));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(state, visit, &stored, false, status, &filled).await
        }
        Err(other) => Err(other.into()),
    }
}

fn as_it_is(incident: &Incident) -> Fields {
    Fields::default()
        .with(TITLE, incident.title.as_str())
        .with(TEXT, incident.markdown.as_str())
        .with(IMPACT, incident.stated_impact.map_or("", Impact::as_str))
        .with(WAS, version_of(incident))
}

/// What tells one version of a post from another.
fn version_of(incident: &Incident) -> String {
    let edited = incident.edited_at.map(|at| at.timestamp_millis());
    edited.map_or_else(|| "first".to_owned(), |millis| millis.to_string())
}

async fn read(state: &AppState, slug: &Slug, visit: &Visit) -> Result<StoredIncident, StaffError> {
    let mut tx = state.store.read().await?;
    find(&mut tx, slug, visit).await
}

async fn page(
    state: &AppState,
    visit: &Visit,
    stored: &StoredIncident,
    is_other: bool,
    status: StatusCode,
    filled: &Filled,
) -> Result<Response, StaffError> {
    let site = state.latest.find().await?;
    let viewer = &visit.staff.token;
    let page = form::post_page(site.snapshot(), viewer, &stored.incident, is_other, filled);
    Ok(html_response(status, page.into_string()))
}
