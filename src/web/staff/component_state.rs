//! Changing a component's state, outside of an update.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::posting::{Begun, Posting};
use super::reading::{SlugOf, again, fresh, html_response, sent_before, wrong_fields};
use super::session::Visit;
use super::submission::Submission;
use super::trouble::{StaffError, must};
use crate::actions::ActionError;
use crate::actions::set_component_state::{NewState, set_component_state};
use crate::domain::slug::Slug;
use crate::domain::staff::Scope;
use crate::domain::state::StateKey;
use crate::render::html::staff::component_state::{self, NOTE, STATE};
use crate::render::html::staff::fields::{Fields, Filled};
use crate::site::Site;
use crate::urls;
use crate::web::state::AppState;

/// The form.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    must(&visit.staff, Scope::StatesWrite)?;
    let site = state.latest.find().await?;
    let fields = match visit.kept() {
        Some(kept) => kept,
        None => as_it_is(&site, &slug)?,
    };
    page(&site, &visit, &slug, StatusCode::OK, &fresh(fields))
}

/// Changes it.
pub(super) async fn create(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = change(&state, &slug, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn change(state: &AppState, slug: &Slug, sent: &Submission) -> Result<Response, StaffError> {
    must(&sent.visit.staff, Scope::StatesWrite)?;
    let mut posting = match Posting::begin(state, sent).await? {
        Begun::Fresh(posting) => posting,
        Begun::Done(response) => return Ok(response),
        Begun::Changed(path) => {
            let filled = sent_before(sent.fields.clone(), path);
            return show_again(state, slug, sent, StatusCode::CONFLICT, &filled).await;
        }
    };
    let wanted = NewState {
        component: slug.clone(),
        state: StateKey::new(sent.fields.first(STATE)),
        note: sent.fields.filled(NOTE).map(str::to_owned),
        incident: None,
        at: None,
        seen: None,
    };
    match set_component_state(&mut posting.change, wanted).await {
        Ok(()) => posting.finish(urls::STAFF).await,
        Err(ActionError::Invalid(errors)) => {
            // What waits for the database to answer must not hold it.
            drop(posting);
            let filled = again(sent.fields.clone(), wrong_fields(errors));
            show_again(state, slug, sent, StatusCode::UNPROCESSABLE_ENTITY, &filled).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn show_again(
    state: &AppState,
    slug: &Slug,
    sent: &Submission,
    status: StatusCode,
    filled: &Filled,
) -> Result<Response, StaffError> {
    let site = state.latest.find().await?;
    page(&site, &sent.visit, slug, status, filled)
}

fn page(
    site: &Arc<Site>,
    visit: &Visit,
    slug: &Slug,
    status: StatusCode,
    filled: &Filled,
) -> Result<Response, StaffError> {
    let snapshot = site.snapshot();
    let record = snapshot
        .active_components()
        .find(|record| record.component.slug == *slug)
        .ok_or_else(|| StaffError::missing("there is no such component, or it is retired"))?;
    let page = component_state::page(snapshot, &visit.staff.token, record, filled);
    Ok(html_response(status, page.into_string()))
}

fn as_it_is(site: &Arc<Site>, slug: &Slug) -> Result<Fields, StaffError> {
    let snapshot = site.snapshot();
    let record = snapshot
        .find_component(slug)
        .ok_or_else(|| StaffError::missing("there is no such component"))?;
    let standing = snapshot.standing(record);
    Ok(Fields::default()
        .with(STATE, standing.state.as_str())
        .with(NOTE, standing.note.unwrap_or_default()))
}
