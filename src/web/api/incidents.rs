//! Incidents and their updates.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::ActionError;
use crate::actions::add_update::{NewUpdate, add_update};
use crate::actions::correct_update::{
    Correction, bring_back_update, correct_update, withdraw_update,
};
use crate::actions::edit_incident::{EditIncident, edit_incident, withdraw_incident};
use crate::actions::write_incident::{NewIncident, create_incident};
use crate::domain::slug::Slug;
use crate::domain::staff::Scope;
use crate::domain::state::States;
use crate::render::json::incident as wire;
use crate::render::json::incident::{IncidentBody, IncidentList};
use crate::render::json::update as wire_update;
use crate::render::json::update::UpdateBody;
use crate::store::Tx;
use crate::store::incidents::{StoredIncident, find_incident_by_slug, list_incidents};
use crate::store::states::list_own_states;
use crate::urls;
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::{Begun, Call, Writing, as_json, check_match, json_response};

/// The newest incidents; drafts only for those who write them.
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    staff: Staff,
) -> Result<Response, AppError> {
    let mut tx = state.store.read().await?;
    let drafts = staff.token.allows(Scope::IncidentsWrite);
    let states = States::with_own(list_own_states(&mut tx).await?);
    let stored = list_incidents(&mut tx, 100, None, drafts).await?;
    let now = state.clock.now();
    let site = state.site.current();
    let incidents = stored
        .iter()
        .map(|stored| IncidentBody::of(&stored.incident, now, &states, &site.snapshot().site))
        .collect();
    Ok(json_response(
        StatusCode::OK,
        None,
        as_json(&IncidentList { incidents }),
    ))
}

/// One incident.
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let mut tx = state.store.read().await?;
    let body = read(&state, &mut tx, &slug, &staff).await?;
    Ok(json_response(StatusCode::OK, None, as_json(&body)))
}

/// Makes an incident, with its first update and its components' states.
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    staff: Staff,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::IncidentsWrite)?;
    let said: wire::NewIncident = extract::body(&call)?;
    let sets_states = said.components.is_some()
        || said
            .update
            .as_ref()
            .is_some_and(|update| update.components.is_some());
    if sets_states {
        staff.must(Scope::StatesWrite)?;
    }
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        Begun::Fresh(writing) => writing,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let wanted = NewIncident {
        title: said.title,
        markdown: said.markdown,
        kind: said.kind,
        phase: said.phase,
        impact: said.impact,
        components: extract::settings(said.components),
        starts: said.starts,
        ends: said.ends,
        author: said.author,
        published_at: said.published_at,
        draft: said.draft.unwrap_or(false),
        update: said.update.map(new_update),
    };
    let slug = create_incident(&mut writing.change, wanted).await?;
    let body = read(&state, writing.change.tx(), &slug, &staff).await?;
    let location = format!("{}{}", urls::API, urls::incident(&slug));
    writing
        .finish(StatusCode::CREATED, Some(location), &body, None)
        .await
}

/// Corrects an incident's post.
pub(in crate::web) async fn edit(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::IncidentsWrite)?;
    let slug = extract::slug(&name, "incident")?;
    let said: wire::EditIncident = extract::body(&call)?;
    if said.components.is_some() {
        staff.must(Scope::StatesWrite)?;
    }
    let mut writing = fresh(&state, &staff, &call).await?;
    let current = read(&state, writing.change.tx(), &slug, &staff).await?;
    check_match(&call.headers, &as_json(&current))?;
    let wanted = EditIncident {
        title: said.title,
        markdown: said.markdown,
        kind: said.kind,
        impact: said.impact,
        components: said
            .components
            .map(|components| extract::settings(Some(components))),
        starts: said.starts,
        ends: said.ends,
        author: said.author,
        published_at: said.published_at,
        draft: said.draft,
    };
    edit_incident(&mut writing.change, &slug, wanted).await?;
    let body = read(&state, writing.change.tx(), &slug, &staff).await?;
    writing.finish(StatusCode::OK, None, &body, None).await
}

/// Withdraws an incident.
pub(in crate::web) async fn delete(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::IncidentsWrite)?;
    let slug = extract::slug(&name, "incident")?;
    let mut writing = fresh(&state, &staff, &call).await?;
    let current = read(&state, writing.change.tx(), &slug, &staff).await?;
    check_match(&call.headers, &as_json(&current))?;
    withdraw_incident(&mut writing.change, &slug).await?;
    writing.finish(StatusCode::OK, None, &current, None).await
}

/// Adds an update.
pub(in crate::web) async fn create_update(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::IncidentsWrite)?;
    let slug = extract::slug(&name, "incident")?;
    let said: wire_update::NewUpdate = extract::body(&call)?;
    if said.components.is_some() {
        staff.must(Scope::StatesWrite)?;
    }
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        Begun::Fresh(writing) => writing,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let id = add_update(&mut writing.change, &slug, new_update(said)).await?;
    let body = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    let location = format!("{}{}/updates/{id}", urls::API, urls::incident(&slug));
    writing
        .finish(StatusCode::CREATED, Some(location), &body, None)
        .await
}

/// One update.
pub(in crate::web) async fn show_update(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let mut tx = state.store.read().await?;
    let body = read_update(&state, &mut tx, &slug, &id, &staff).await?;
    Ok(json_response(StatusCode::OK, None, as_json(&body)))
}

/// Corrects an update.
pub(in crate::web) async fn edit_update(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::IncidentsWrite)?;
    let slug = extract::slug(&name, "incident")?;
    let said: wire_update::EditUpdate = extract::body(&call)?;
    if said.components.is_some() {
        staff.must(Scope::StatesWrite)?;
    }
    let mut writing = fresh(&state, &staff, &call).await?;
    let current = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    check_match(&call.headers, &as_json(&current))?;
    let correction = Correction {
        markdown: said.markdown,
        phase: said.phase,
        components: said
            .components
            .map(|components| extract::settings(Some(components))),
        at: said.at,
        author: said.author,
    };
    correct_update(&mut writing.change, &slug, &id, correction).await?;
    let body = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    writing.finish(StatusCode::OK, None, &body, None).await
}

/// Withdraws an update.
pub(in crate::web) async fn delete_update(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::IncidentsWrite)?;
    let slug = extract::slug(&name, "incident")?;
    let mut writing = fresh(&state, &staff, &call).await?;
    let current = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    check_match(&call.headers, &as_json(&current))?;
    withdraw_update(&mut writing.change, &slug, &id).await?;
    writing.finish(StatusCode::OK, None, &current, None).await
}

/// Brings a withdrawn update back.
pub(in crate::web) async fn restore_update(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::IncidentsWrite)?;
    let slug = extract::slug(&name, "incident")?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        Begun::Fresh(writing) => writing,
        Begun::Repeated(answer) => return Ok(answer),
    };
    bring_back_update(&mut writing.change, &slug, &id).await?;
    let body = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    writing.finish(StatusCode::OK, None, &body, None).await
}

async fn fresh(state: &AppState, staff: &Staff, call: &Call) -> Result<Box<Writing>, AppError> {
    match Writing::begin(state, staff, call).await? {
        Begun::Fresh(writing) => Ok(writing),
        // Only a POST is ever answered from memory.
        Begun::Repeated(_) => Err(AppError::StillRunning),
    }
}

fn new_update(said: wire_update::NewUpdate) -> NewUpdate {
    NewUpdate {
        markdown: said.markdown,
        phase: said.phase,
        components: extract::settings(said.components),
        at: said.at,
        author: said.author,
        restore: said.restore,
    }
}

async fn find(tx: &mut Tx, slug: &Slug, staff: &Staff) -> Result<StoredIncident, AppError> {
    let drafts = staff.token.allows(Scope::IncidentsWrite);
    find_incident_by_slug(tx, slug)
        .await?
        .filter(|stored| stored.is_present() && (drafts || !stored.incident.draft))
        .ok_or_else(|| {
            AppError::Action(ActionError::NotFound(format!(
                "there is no incident {:?}",
                slug.as_str()
            )))
        })
}

async fn read(
    state: &AppState,
    tx: &mut Tx,
    slug: &Slug,
    staff: &Staff,
) -> Result<IncidentBody, AppError> {
    let stored = find(tx, slug, staff).await?;
    let states = States::with_own(list_own_states(tx).await?);
    let site = state.site.current();
    Ok(IncidentBody::of(
        &stored.incident,
        state.clock.now(),
        &states,
        &site.snapshot().site,
    ))
}

async fn read_update(
    state: &AppState,
    tx: &mut Tx,
    slug: &Slug,
    id: &str,
    staff: &Staff,
) -> Result<UpdateBody, AppError> {
    let stored = find(tx, slug, staff).await?;
    let update = stored
        .incident
        .updates
        .iter()
        .find(|update| update.id == id)
        .ok_or_else(|| {
            AppError::Action(ActionError::NotFound(format!("there is no update {id:?}")))
        })?;
    let site = state.site.current();
    Ok(UpdateBody::of(
        &stored.incident,
        update,
        &site.snapshot().site,
    ))
}
