//! What resolving an incident would change.

use axum::extract::State;
use axum::response::Response;

use super::incidents::find;
use crate::actions::preview_resolution::preview_resolution;
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::shown;
use crate::wire::resolution::{ResolutionBody, ReturningBody};

/// Show which states resolving an incident now would change, without doing it. To leave a component
/// as it is, give its current state in the update's `components` when you resolve.
#[utoipa::path(
    get,
    path = "/incidents/{slug}/resolution",
    tag = "incidents",
    operation_id = "preview_resolution",
    params(("slug" = String, Path, description = "The incident.", example = "selma-is-down")),
    responses((status = OK, description = "What would change.", body = ResolutionBody)),
)]
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, &slug, &staff).await?;
    let found = preview_resolution(&mut tx, &stored, state.clock.now()).await?;
    let components = found.into_iter().map(|returning| ReturningBody {
        component: returning.component,
        from: returning.from,
        to: returning.to,
    });
    let body = ResolutionBody {
        phase: stored.incident.kind.resolving_phase(),
        components: components.collect(),
    };
    Ok(shown(&body))
}
