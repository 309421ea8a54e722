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

/// List every component, retired ones too.
#[utoipa::path(
    get,
    path = "/components",
    tag = "components",
    operation_id = "list_components",
    responses((status = OK, description = "Every component, in the order of the page.", body = ComponentList)),
)]
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

/// Create a component, or describe it anew. A retired one comes back.
///
/// Needs `admin`.
#[utoipa::path(
    put,
    path = "/components/{slug}",
    tag = "components",
    operation_id = "put_component",
    params(("slug" = String, Path, description = "The component.", example = "selma")),
    request_body = PutComponent,
    responses(
        (status = OK, description = "As it is described now.", body = ComponentBody),
        (status = CREATED, description = "It is new.", body = ComponentBody,
            headers(("Location" = String, description = "Its page."))),
    ),
)]
pub(in crate::web) async fn put(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::Admin)?;
    let slug = extract::new_slug(&name)?;
    let wanted: PutComponent = extract::body(&call)?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
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

/// Retire a component: it leaves the lists, its past stays.
///
/// Needs `admin`.
#[utoipa::path(
    delete,
    path = "/components/{slug}",
    tag = "components",
    operation_id = "retire_component",
    params(("slug" = String, Path, description = "The component.", example = "selma")),
    responses((status = OK, description = "As it is now.", body = ComponentBody)),
)]
pub(in crate::web) async fn delete(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    staff.must(Scope::Admin)?;
    let slug = extract::slug(&name, "component")?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    if let Some(current) = read(&mut writing, &slug).await? {
        check_match(&call.headers, &as_json(&current))?;
    }
    retire_component(&mut writing.change, &slug).await?;
    let body = read(&mut writing, &slug).await?;
    writing.finish(StatusCode::OK, None, &body, None).await
}

/// Change a component's state.
///
/// Needs `states:write`.
#[utoipa::path(
    post,
    path = "/components/{slug}/state",
    tag = "components",
    operation_id = "set_component_state",
    params(("slug" = String, Path, description = "The component.", example = "selma")),
    request_body = SetState,
    responses((status = OK, description = "As it is now.", body = ComponentBody)),
)]
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
        at: wanted.at,
        seen: wanted.seen,
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
