//! Updates of incidents.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::incidents::find;
use super::refusal::refusal;
use crate::actions::add_update::add_update_to;
use crate::actions::correct_update::{
    Correction, correct_update, reinstate_update, withdraw_update,
};
use crate::actions::new_update::NewUpdate;
use crate::actions::once::IfRepeated;
use crate::domain::dispatch::Telling;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::render::json;
use crate::render::time::duration;
use crate::store::Tx;
use crate::urls;
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::{BegunWriting, Writing, check_match, shown};
use crate::wire::update as wire;
use crate::wire::update::UpdateBody;

/// Add an update and change states, in one step.
///
/// Needs `incidents:write`, and `states:write` if it changes any state; ending the incident does,
/// unless `restore` is false.
#[utoipa::path(
    post,
    path = "/incidents/{slug}/updates",
    tag = "updates",
    operation_id = "add_update",
    params(("slug" = String, Path, description = "The incident.", example = "selma-is-down")),
    request_body = wire::NewUpdate,
    responses((status = CREATED, description = "The update; `restored` lists the components that \
                                                reverted.", body = UpdateBody,
        headers(("Location" = String, description = "Its address in the API.")))),
)]
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let said: wire::NewUpdate = extract::body(&call)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    writing.change.tell(Telling::of(said.notify));
    let before = find(writing.change.tx(), &slug, &staff).await?;
    let hint = hint(&before.incident, &said, writing.change.now());
    let again = IfRepeated::of(said.again);
    let wanted = NewUpdate {
        again,
        ..extract::new_update(said)
    };
    // An update that is only text changes no state, so the incident needn't be read again.
    let is_text = wanted.is_text();
    let made = add_update_to(&mut writing.change, &before, wanted)
        .await
        .map_err(|error| refusal(&state, error))?;
    let mut body = if is_text {
        let site = state.site.current();
        json::update(&before.incident, &made, &site.snapshot().site)
    } else {
        read_update(&state, writing.change.tx(), &slug, &made.id, &staff).await?
    };
    body.hint = hint;
    let location = urls::api_update(&slug, &made.id);
    writing.created(location, &body).await
}

/// Show an update.
#[utoipa::path(
    get,
    path = "/incidents/{slug}/updates/{id}",
    tag = "updates",
    operation_id = "show_update",
    params(
        ("slug" = String, Path, description = "The incident.", example = "selma-is-down"),
        ("id" = String, Path, description = "The update."),
    ),
    responses((status = OK, description = "As it is now.", body = UpdateBody)),
)]
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let mut tx = state.store.read().await?;
    let body = read_update(&state, &mut tx, &slug, &id, &staff).await?;
    Ok(shown(&body))
}

/// Correct an update; the earlier version is kept.
///
/// Needs `incidents:write`, and `states:write` if it changes any state: new `components`, a new
/// time or status.
#[utoipa::path(
    patch,
    path = "/incidents/{slug}/updates/{id}",
    tag = "updates",
    operation_id = "correct_update",
    params(
        ("slug" = String, Path, description = "The incident.", example = "selma-is-down"),
        ("id" = String, Path, description = "The update."),
    ),
    request_body = wire::EditUpdate,
    responses((status = OK, description = "As it is now.", body = UpdateBody)),
)]
pub(in crate::web) async fn edit(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let said: wire::EditUpdate = extract::body(&call)?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    writing.change.tell(Telling::of(said.notify));
    let current = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    check_match(&call, &current)?;
    let correction = Correction {
        // If the text equals the words of the update's fact, the fact stays.
        markdown: said.markdown.filter(|text| text.trim() != current.markdown),
        phase: said.phase,
        components: said.components.map(extract::settings),
        at: said.at,
        author: said.author,
    };
    correct_update(&mut writing.change, &slug, &id, correction).await?;
    let body = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    writing.shown(&body).await
}

/// Withdraw an update: it disappears from the page and the feeds and stays in the activity log.
///
/// Needs `incidents:write`, and `states:write` if it changes any state.
#[utoipa::path(
    delete,
    path = "/incidents/{slug}/updates/{id}",
    tag = "updates",
    operation_id = "withdraw_update",
    params(
        ("slug" = String, Path, description = "The incident.", example = "selma-is-down"),
        ("id" = String, Path, description = "The update."),
    ),
    responses((status = OK, description = "As it was.", body = UpdateBody)),
)]
pub(in crate::web) async fn delete(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    let current = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    check_match(&call, &current)?;
    withdraw_update(&mut writing.change, &slug, &id).await?;
    writing.shown(&current).await
}

/// Bring a withdrawn update back as it was.
///
/// Needs `incidents:write`, and `states:write` if it changes any state; ending the incident does,
/// unless `restore` is false.
#[utoipa::path(
    post,
    path = "/incidents/{slug}/updates/{id}/restore",
    tag = "updates",
    operation_id = "restore_update",
    params(
        ("slug" = String, Path, description = "The incident.", example = "selma-is-down"),
        ("id" = String, Path, description = "The update."),
    ),
    responses((status = OK, description = "As it is now.", body = UpdateBody)),
)]
pub(in crate::web) async fn restore(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    reinstate_update(&mut writing.change, &slug, &id).await?;
    let body = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    writing.shown(&body).await
}

/// A warning about a likely mistake: an update of an incident that is over, or an end that a later
/// update contradicts.
fn hint(incident: &Incident, said: &wire::NewUpdate, now: DateTime<Utc>) -> Option<String> {
    if let (Some(at), true) = (said.at, said.phase.is_some_and(Phase::is_final)) {
        let later = incident.updates.iter().filter(|update| update.at > at);
        let phase = later.filter_map(|update| update.phase).next_back();
        if let Some(phase) = phase.filter(|phase| !phase.is_final()) {
            return Some(format!(
                "a later update says {}, so {:?} is still open; if it is over, resolve it again \
                 without a time",
                phase.label().to_lowercase(),
                incident.title
            ));
        }
    }
    let early = said.at.and_then(|at| incident.unusually_early(at));
    if let Some(early) = early {
        return Some(format!(
            "this is dated {} before {:?} began; if that is a mistake, correct its time",
            duration(early),
            incident.title
        ));
    }
    let phase = incident.phase(now);
    let goes_on = said.phase.is_some_and(|said| !said.is_final());
    let is_earlier = said.at.is_some_and(|at| at < incident.last_said());
    let accounts = said.phase == Some(Phase::Postmortem);
    if !phase.is_final() || goes_on || is_earlier || accounts {
        return None;
    }
    let over = phase.label().to_lowercase();
    Some(match said.phase {
        Some(_) => format!(
            "{:?} was already {over}; this was added to it",
            incident.title
        ),
        None => format!(
            "{:?} is {over}, and stays so; to open it again, send a phase",
            incident.title
        ),
    })
}

pub(super) async fn read_update(
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
        .ok_or_else(|| AppError::missing("update", id))?;
    let site = state.site.current();
    Ok(json::update(
        &stored.incident,
        update,
        &site.snapshot().site,
    ))
}
