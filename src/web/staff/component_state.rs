//! Changing a component's state without an update.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::flash;
use super::html_response::html_response;
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{SlugOf, again, fresh, sent_before, wrong_fields};
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::ActionError;
use crate::actions::set_component_state::{NewState, set_component_state};
use crate::domain::component::Standing;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::render::html::staff::component_state::{self, HOLDS, NOTE, SEEN, STATE};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::site::Site;
use crate::store::history::find_standing;
use crate::urls;
use crate::web::state::AppState;

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    let site = state.latest.find().await?;
    let fields = match visit.kept() {
        Some(kept) => kept,
        None => as_it_is(&site, &slug)?,
    };
    page(&site, &visit, &slug, StatusCode::OK, &fresh(fields), false)
}

/// Changes the state.
pub(super) async fn create(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = change(&state, &slug, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn change(state: &AppState, slug: &Slug, sent: &Submission) -> Result<Response, StaffError> {
    let site = state.latest.find().await?;
    refuse_missing(&site, slug)?;
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            return show_again(state, slug, sent, StatusCode::CONFLICT, &form_state).await;
        }
    };
    let wanted = NewState {
        component: slug.clone(),
        state: StateKey::new(sent.fields.first(STATE)),
        note: sent.fields.nonblank(NOTE).map(str::to_owned),
        incident: None,
        at: None,
        seen: None,
    };
    let at = posting.change.now();
    let now = find_standing(posting.change.tx(), slug, at).await?;
    if (&now.state, &now.note) == (&wanted.state, &wanted.note) {
        let path = flash::path_with(urls::STAFF, &format!("same.{slug}"));
        return lead_to(posting, &path).await;
    }
    let seen = seen_of(&now);
    if sent.fields.nonblank(SEEN).is_some_and(|it| it != seen) {
        drop(posting);
        let form_state = again(sent.fields.clone().with(SEEN, seen), Vec::new());
        let site = state.latest.find().await?;
        return page(
            &site,
            &sent.visit,
            slug,
            StatusCode::CONFLICT,
            &form_state,
            true,
        );
    }
    if let Some(asks) = asks_about_note(&site, &now, &wanted, sent) {
        drop(posting);
        return show_again(state, slug, sent, StatusCode::UNPROCESSABLE_ENTITY, &asks).await;
    }
    match set_component_state(&mut posting.change, wanted).await {
        Ok(()) => {
            let path = flash::path_with(urls::STAFF, &format!("state.{slug}"));
            lead_to(posting, &path).await
        }
        Err(ActionError::Invalid(errors)) => {
            // Showing the form reads the database, so the transaction must end first.
            drop(posting);
            let form_state = again(sent.fields.clone(), wrong_fields(errors));
            show_again(
                state,
                slug,
                sent,
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_state,
            )
            .await
        }
        Err(other) => Err(other.into()),
    }
}

/// Shows the form again if it still has the note of the former state: otherwise customers might
/// read that Selma works, and beside it that her disk is failing. Sending it again confirms it.
fn asks_about_note(
    site: &Site,
    now: &Standing,
    wanted: &NewState,
    sent: &Submission,
) -> Option<FormState> {
    let note = wanted.note.as_deref()?;
    let is_left_over = now.note.as_deref() == Some(note) && now.state != wanted.state;
    let both = format!("{} {note}", wanted.state.as_str());
    if !is_left_over || sent.fields.first(HOLDS) == both {
        return None;
    }
    let states = &site.snapshot().states;
    let state = states.find(&wanted.state).filter(|state| !state.dropped)?;
    let detail = format!(
        "This note was written for “{}”. If it fits “{}” too, send the form again. If not, change \
         or clear the note.",
        states.label(&now.state),
        state.label
    );
    let wrong = Wrong {
        field: NOTE.to_owned(),
        detail,
    };
    let fields = sent.fields.clone().with(HOLDS, both);
    Some(again(fields, vec![wrong]))
}

async fn show_again(
    state: &AppState,
    slug: &Slug,
    sent: &Submission,
    status: StatusCode,
    form_state: &FormState,
) -> Result<Response, StaffError> {
    let site = state.latest.find().await?;
    page(&site, &sent.visit, slug, status, form_state, false)
}

fn page(
    site: &Arc<Site>,
    visit: &Visit,
    slug: &Slug,
    status: StatusCode,
    form_state: &FormState,
    is_other: bool,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::SetStates)?;
    let snapshot = site.snapshot();
    refuse_missing(site, slug)?;
    let record = snapshot.find_component(slug).ok_or_else(missing)?;
    let viewer = &visit.staff.actor;
    let page = component_state::page(snapshot, viewer, record, is_other, form_state);
    Ok(html_response(status, page.into_string()))
}

/// Fails unless the slug belongs to an active component.
fn refuse_missing(site: &Site, slug: &Slug) -> Result<(), StaffError> {
    let mut active = site.snapshot().active_components();
    let is_there = active.any(|record| record.component.slug == *slug);
    is_there.then_some(()).ok_or_else(missing)
}

fn missing() -> StaffError {
    StaffError::missing("there is no such component, or it is retired")
}

/// A value that shows whether a component has changed since the form was opened.
fn seen_of(standing: &Standing) -> String {
    let note = standing.note.as_deref().unwrap_or_default();
    format!("{} {note}", standing.state.as_str())
        .trim()
        .to_owned()
}

fn as_it_is(site: &Arc<Site>, slug: &Slug) -> Result<Fields, StaffError> {
    let snapshot = site.snapshot();
    let record = snapshot
        .find_component(slug)
        .ok_or_else(|| StaffError::missing("there is no such component"))?;
    let standing = snapshot.standing(record);
    Ok(Fields::default()
        .with(SEEN, seen_of(&standing))
        .with(STATE, standing.state.as_str())
        .with(NOTE, standing.note.unwrap_or_default()))
}
