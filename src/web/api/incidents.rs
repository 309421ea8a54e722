//! Incidents: the posts.

use axum::extract::State;
use axum::response::Response;

use super::refusal::refusal;
use crate::actions::create_incident::create_incident;
use crate::actions::edit_incident::{EditIncident, edit_incident, withdraw_incident};
use crate::actions::new_incident::NewIncident;
use crate::actions::once::IfRepeated;
use crate::domain::dispatch::Telling;
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::render::json;
use crate::store::Tx;
use crate::store::incidents::{StoredIncident, find_incident, find_incident_for, list_incidents};
use crate::store::states::list_own_states;
use crate::urls;
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::query;
use crate::web::state::AppState;
use crate::web::writing::{BegunWriting, Writing, as_json, check_match, list_response, shown};
use crate::wire::incident as wire;
use crate::wire::incident::{IncidentBody, IncidentList};

/// List incidents, newest first. Tokens with `incidents:write` see drafts too.
#[utoipa::path(
    get,
    path = "/incidents",
    tag = "incidents",
    operation_id = "list_incidents",
    params(query::Part),
    responses((status = OK, description = "A page of the list.", body = IncidentList,
        headers(("Link" = String, description = "The next page, as `rel=\"next\"`, if there is \
                                                 one.")))),
)]
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    staff: Staff,
    part: query::Part,
) -> Result<Response, AppError> {
    let mut tx = state.store.read().await?;
    let states = States::with_own(list_own_states(&mut tx).await?);
    if let Some(before) = &part.before {
        // A draft that the token may not read counts as missing.
        let found = find_incident(&mut tx, before).await?;
        if !found.is_some_and(|stored| stored.may_be_known_to(&staff.actor)) {
            return Err(query::unknown_before("incident"));
        }
    }
    let before = part.before.as_deref();
    let stored = list_incidents(&mut tx, part.to_read(), before, &staff.actor).await?;
    let (stored, next) = part.divide(stored, |stored| &stored.incident.id);
    let now = state.clock.now();
    let site = state.site.current();
    let incidents = stored
        .iter()
        .map(|stored| json::incident(&stored.incident, now, &states, &site.snapshot().site))
        .collect();
    Ok(list_response(
        &format!("{}/incidents", urls::API),
        next.as_deref(),
        as_json(&IncidentList { incidents }),
    ))
}

/// Show a whole incident.
#[utoipa::path(
    get,
    path = "/incidents/{slug}",
    tag = "incidents",
    operation_id = "show_incident",
    params(("slug" = String, Path, description = "The incident.", example = "selma-is-down")),
    responses((status = OK, description = "As it is now.", body = IncidentBody)),
)]
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let mut tx = state.store.read().await?;
    let body = read(&state, &mut tx, &slug, &staff).await?;
    Ok(shown(&body))
}

/// Create an incident, with its first update and its components' states in one step.
///
/// Needs `incidents:write`, and `states:write` if it changes any state, also through UPDATE entries
/// in the text.
#[utoipa::path(
    post,
    path = "/incidents",
    tag = "incidents",
    operation_id = "create_incident",
    request_body = wire::NewIncident,
    responses((status = CREATED, description = "As it is now.", body = IncidentBody,
        headers(("Location" = String, description = "Its address in the API.")))),
)]
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    staff: Staff,
    call: Call,
) -> Result<Response, AppError> {
    let said: wire::NewIncident = extract::body(&call)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let notify = said.update.as_ref().and_then(|update| update.notify);
    writing.change.tell(Telling::of(said.notify.or(notify)));
    let wanted = NewIncident {
        title: said.title,
        markdown: said.markdown,
        kind: said.kind,
        phase: said.phase,
        impact: said.impact,
        components: said.components.map(extract::settings).unwrap_or_default(),
        starts: said.starts,
        ends: said.ends,
        author: said.author,
        published_at: said.published_at,
        draft: said.draft.unwrap_or(false),
        update: said.update.map(extract::new_update),
        overlap: said.overlap.unwrap_or(false),
        again: IfRepeated::of(said.again),
    };
    let slug = create_incident(&mut writing.change, wanted)
        .await
        .map_err(|error| refusal(&state, error))?;
    let body = read(&state, writing.change.tx(), &slug, &staff).await?;
    let location = urls::api_incident(&slug);
    writing.created(location, &body).await
}

/// Correct an incident's post; the earlier version is kept. Only updates change the phase.
///
/// Needs `incidents:write`, and `states:write` if it changes any state: through `components`,
/// entries in the text, a new kind, date or window, or by publishing it or making it a draft.
#[utoipa::path(
    patch,
    path = "/incidents/{slug}",
    tag = "incidents",
    operation_id = "edit_incident",
    params(("slug" = String, Path, description = "The incident.", example = "selma-is-down")),
    request_body = wire::EditIncident,
    responses((status = OK, description = "As it is now.", body = IncidentBody)),
)]
pub(in crate::web) async fn edit(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let said: wire::EditIncident = extract::body(&call)?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    writing.change.tell(Telling::of(said.notify));
    let current = read(&state, writing.change.tx(), &slug, &staff).await?;
    check_match(&call, &current)?;
    let wanted = EditIncident {
        title: said.title,
        markdown: said.markdown,
        kind: said.kind,
        impact: said.impact,
        components: said.components.map(extract::settings),
        starts: said.starts,
        ends: said.ends,
        author: said.author,
        published_at: said.published_at,
        draft: said.draft,
        overlap: said.overlap.unwrap_or(false),
    };
    edit_incident(&mut writing.change, &slug, wanted).await?;
    let body = read(&state, writing.change.tx(), &slug, &staff).await?;
    writing.shown(&body).await
}

/// Withdraw an incident: it disappears from everything public and stays in the activity log.
///
/// Needs `incidents:write`, and `states:write` if it changes any state.
#[utoipa::path(
    delete,
    path = "/incidents/{slug}",
    tag = "incidents",
    operation_id = "withdraw_incident",
    params(("slug" = String, Path, description = "The incident.", example = "selma-is-down")),
    responses((status = OK, description = "As it was.", body = IncidentBody)),
)]
pub(in crate::web) async fn delete(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    let current = read(&state, writing.change.tx(), &slug, &staff).await?;
    check_match(&call, &current)?;
    withdraw_incident(&mut writing.change, &slug).await?;
    writing.shown(&current).await
}

/// Finds an incident that this member of staff may see.
pub(super) async fn find(
    tx: &mut Tx,
    slug: &Slug,
    staff: &Staff,
) -> Result<StoredIncident, AppError> {
    find_incident_for(tx, slug, &staff.actor)
        .await?
        .ok_or_else(|| AppError::missing("incident", slug.as_str()))
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
    Ok(json::incident(
        &stored.incident,
        state.clock.now(),
        &states,
        &site.snapshot().site,
    ))
}
