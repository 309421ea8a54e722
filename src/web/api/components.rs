//! Components and their states.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::edit_components::{Description, put_component, retire_component};
use crate::actions::set_component_state::{NewState, set_component_state as set_state};
use crate::domain::component::standing;
use crate::domain::slug::Slug;
use crate::domain::staff::Scope;
use crate::render::json::component::{ComponentBody, ComponentList, PutComponent, SetState};
use crate::store::components::{find_component, list_components};
use crate::store::states::{list_changes, list_changes_of_component};
use crate::store::{StoreError, Tx};
use crate::urls;
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::{Begun, Call, Writing, as_json, check_match, json_response};

/// Every component, retired ones too.
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    _staff: Staff,
) -> Result<Response, AppError> {
    let mut tx = state.store.read().await?;
    let changes = list_changes(&mut tx).await?;
    let now = state.clock.now();
    let components = list_components(&mut tx).await?;
    let components = components
        .iter()
        .map(|component| {
            let own: Vec<_> = changes
                .iter()
                .filter(|change| change.component == component.slug)
                .cloned()
                .collect();
            ComponentBody::of(component, &standing(&own, now))
        })
        .collect();
    Ok(json_response(
        StatusCode::OK,
        None,
        as_json(&ComponentList { components }),
    ))
}

/// Creates a component or describes it anew.
pub(in crate::web) async fn put(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::Admin)?;
    let slug = extract::new_slug(&name)?;
    let wanted: PutComponent = extract::body(&call)?;
    let Begun::Fresh(mut writing) = Writing::begin(&state, &staff, &call).await? else {
        return Err(AppError::StillRunning);
    };
    if let Some(current) = read(&mut writing, &slug).await? {
        check_match(&call.headers, &as_json(&current))?;
    }
    let description = Description {
        name: wanted.name,
        group: wanted.group,
        description: wanted.description,
        position: wanted.position,
        since: wanted.since,
    };
    let is_new = put_component(&mut writing.change, &slug, description).await?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let body = read(&mut writing, &slug).await?;
    let location = is_new.then(|| urls::component(&slug));
    writing.finish(status, location, &body, None).await
}

/// Retires a component.
pub(in crate::web) async fn delete(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::Admin)?;
    let slug = extract::slug(&name, "component")?;
    let Begun::Fresh(mut writing) = Writing::begin(&state, &staff, &call).await? else {
        return Err(AppError::StillRunning);
    };
    if let Some(current) = read(&mut writing, &slug).await? {
        check_match(&call.headers, &as_json(&current))?;
    }
    retire_component(&mut writing.change, &slug).await?;
    let body = read(&mut writing, &slug).await?;
    writing.finish(StatusCode::OK, None, &body, None).await
}

/// Changes a component's state.
pub(in crate::web) async fn create_state(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::StatesWrite)?;
    let slug = extract::slug(&name, "component")?;
    let wanted: SetState = extract::body(&call)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        Begun::Fresh(writing) => writing,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let new_state = NewState {
        component: slug.clone(),
        state: wanted.state,
        note: wanted.note,
        incident: wanted.incident,
    };
    set_state(&mut writing.change, new_state).await?;
    let body = read(&mut writing, &slug).await?;
    writing.finish(StatusCode::OK, None, &body, None).await
}

async fn read(writing: &mut Writing, slug: &Slug) -> Result<Option<ComponentBody>, StoreError> {
    let now = writing.change.now();
    let tx: &mut Tx = writing.change.tx();
    let Some(component) = find_component(tx, slug).await? else {
        return Ok(None);
    };
    let changes = list_changes_of_component(tx, slug).await?;
    Ok(Some(ComponentBody::of(
        &component,
        &standing(&changes, now),
    )))
}
