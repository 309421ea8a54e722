//! Components and their states.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};

use crate::actions::edit_components::{
    Description, order_components, put_component, reinstate_component, retire_component,
};
use crate::actions::set_component_state::{NewState, set_component_state as set_state};
use crate::domain::dispatch::Telling;
use crate::domain::slug::Slug;
use crate::store::components::{find_component, list_components};
use crate::store::history::find_standing;
use crate::store::{StoreError, Tx};
use crate::urls;
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::{BegunWriting, Writing, check_match, shown};
use crate::wire::component::{
    ComponentBody, ComponentList, OrderComponents, PutComponent, SetState,
};

/// List every component, including retired ones.
#[utoipa::path(
    get,
    path = "/components",
    tag = "components",
    operation_id = "list_components",
    responses((status = OK, description = "Every component, in the order shown on the page.", body = ComponentList)),
)]
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    _staff: Staff,
) -> Result<Response, AppError> {
    let mut tx = state.store.read().await?;
    let list = list_of(&mut tx, state.clock.now()).await?;
    Ok(shown(&list))
}

/// Set the order of components.
///
/// Needs `admin`.
#[utoipa::path(
    patch,
    path = "/components",
    tag = "components",
    operation_id = "order_components",
    request_body = OrderComponents,
    responses((status = OK, description = "Every component, in the order shown on the page.", body = ComponentList)),
)]
pub(in crate::web) async fn order(
    State(state): State<AppState>,
    staff: Staff,
    call: Call,
) -> Result<Response, AppError> {
    let wanted: OrderComponents = extract::body(&call)?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    let now = writing.change.now();
    let current = list_of(writing.change.tx(), now).await?;
    check_match(&call, &current)?;
    order_components(&mut writing.change, &wanted.order).await?;
    let body = list_of(writing.change.tx(), now).await?;
    writing.shown(&body).await
}

/// Show a component, even a retired one.
#[utoipa::path(
    get,
    path = "/components/{slug}",
    tag = "components",
    operation_id = "show_component",
    params(("slug" = String, Path, description = "The component.", example = "selma")),
    responses((status = OK, description = "As it is now.", body = ComponentBody)),
)]
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    _staff: Staff,
    extract::Name(name): extract::Name,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "component")?;
    let mut tx = state.store.read().await?;
    let body = read(&mut tx, &slug, state.clock.now()).await?;
    let body = body.ok_or_else(|| AppError::missing("component", &name))?;
    Ok(shown(&body))
}

/// Create a component, or replace its description. A retired one comes back.
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
        (status = OK, description = "The component as it is now.", body = ComponentBody),
        (status = CREATED, description = "The component is new.", body = ComponentBody,
            headers(("Location" = String, description = "Its page."))),
    ),
)]
pub(in crate::web) async fn put(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::new_slug(&name)?;
    let wanted: PutComponent = extract::body(&call)?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    if let Some(current) = read_now(&mut writing, &slug).await? {
        check_match(&call, &current)?;
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
    let body = read_now(&mut writing, &slug).await?;
    let location = is_new.then(|| urls::component(&slug));
    writing.finish(status, location, &body, None).await
}

/// Retire a component: it leaves the lists, its history stays.
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
    let slug = extract::slug(&name, "component")?;
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    if let Some(current) = read_now(&mut writing, &slug).await? {
        check_match(&call, &current)?;
    }
    retire_component(&mut writing.change, &slug).await?;
    let body = read_now(&mut writing, &slug).await?;
    writing.shown(&body).await
}

/// Bring a retired component back, with its earlier description.
///
/// Needs `admin`.
#[utoipa::path(
    post,
    path = "/components/{slug}/restore",
    tag = "components",
    operation_id = "restore_component",
    params(("slug" = String, Path, description = "The component.", example = "selma")),
    responses((status = OK, description = "As it is now.", body = ComponentBody)),
)]
pub(in crate::web) async fn restore(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "component")?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    reinstate_component(&mut writing.change, &slug).await?;
    let body = read_now(&mut writing, &slug).await?;
    writing.shown(&body).await
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
    let slug = extract::slug(&name, "component")?;
    let wanted: SetState = extract::body(&call)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    writing.change.tell(Telling::of(wanted.notify));
    let new_state = NewState {
        component: slug.clone(),
        state: wanted.state,
        note: wanted.note,
        incident: wanted.incident,
        at: wanted.at,
        seen: wanted.seen,
    };
    set_state(&mut writing.change, new_state).await?;
    let body = read_now(&mut writing, &slug).await?;
    writing.shown(&body).await
}

async fn list_of(tx: &mut Tx, now: DateTime<Utc>) -> Result<ComponentList, StoreError> {
    let mut components = Vec::new();
    for component in list_components(tx).await? {
        let standing = find_standing(tx, &component.slug, now).await?;
        components.push(ComponentBody::of(&component, &standing));
    }
    Ok(ComponentList { components })
}

async fn read_now(writing: &mut Writing, slug: &Slug) -> Result<Option<ComponentBody>, StoreError> {
    let now = writing.change.now();
    read(writing.change.tx(), slug, now).await
}

async fn read(
    tx: &mut Tx,
    slug: &Slug,
    now: DateTime<Utc>,
) -> Result<Option<ComponentBody>, StoreError> {
    let Some(component) = find_component(tx, slug).await? else {
        return Ok(None);
    };
    let standing = find_standing(tx, slug, now).await?;
    Ok(Some(ComponentBody::of(&component, &standing)))
}
