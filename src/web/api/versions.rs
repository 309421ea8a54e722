//! Earlier versions of posts and updates, from before each correction.

use axum::extract::State;
use axum::response::Response;

use super::audit::body_of;
use super::incidents::find;
use crate::domain::permission::Permission;
use crate::store::audit::list_versions;
use crate::store::updates::find_update;
use crate::store::{StoreError, Tx};
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::shown;
use crate::wire::version::{VersionBody, VersionList};

/// List the earlier versions of an incident's post, newest first.
///
/// Needs `incidents:write`.
#[utoipa::path(
    get,
    path = "/incidents/{slug}/versions",
    tag = "incidents",
    operation_id = "list_incident_versions",
    params(("slug" = String, Path, description = "The incident.", example = "selma-is-down")),
    responses((status = OK, description = "Earlier versions; none if it was never corrected.", body = VersionList)),
)]
pub(in crate::web) async fn of_incident(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
) -> Result<Response, AppError> {
    staff.require(Permission::ReadDrafts)?;
    let slug = extract::slug(&name, "incident")?;
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, &slug, &staff).await?;
    let list = versions_of(&mut tx, "incident", &stored.incident.id).await?;
    Ok(shown(&list))
}

/// List an update's earlier versions, newest first. A withdrawn update has them too.
///
/// Needs `incidents:write`.
#[utoipa::path(
    get,
    path = "/incidents/{slug}/updates/{id}/versions",
    tag = "updates",
    operation_id = "list_update_versions",
    params(
        ("slug" = String, Path, description = "The incident.", example = "selma-is-down"),
        ("id" = String, Path, description = "The update."),
    ),
    responses((status = OK, description = "Earlier versions; none if it was never corrected.", body = VersionList)),
)]
pub(in crate::web) async fn of_update(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([name, id]): extract::Names<2>,
) -> Result<Response, AppError> {
    staff.require(Permission::ReadDrafts)?;
    let slug = extract::slug(&name, "incident")?;
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, &slug, &staff).await?;
    find_update(&mut tx, &id)
        .await?
        .filter(|update| update.incident_id == stored.incident.id)
        .ok_or_else(|| AppError::missing("update", &id))?;
    let list = versions_of(&mut tx, "update", &id).await?;
    Ok(shown(&list))
}

/// The earlier versions, one for each change that replaced one, newest first.
pub(in crate::web) async fn versions_of(
    tx: &mut Tx,
    kind: &str,
    id: &str,
) -> Result<VersionList, StoreError> {
    let entries = list_versions(tx, kind, id).await?;
    let versions = entries
        .into_iter()
        .map(body_of)
        .map(|entry| VersionBody {
            id: entry.id,
            replaced_at: entry.at,
            actor: entry.actor,
            action: entry.action,
            before: entry.before.unwrap_or_default(),
        })
        .collect();
    Ok(VersionList { versions })
}
