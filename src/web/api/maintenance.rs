//! Maintenance: staff begin, end, extend or cancel it.

use axum::extract::State;
use axum::response::Response;

use super::refusal::refusal;
use super::updates::read_update;
use crate::actions::change_maintenance::{MaintenanceStep, Step, change_maintenance};
use crate::domain::dispatch::Telling;
use crate::urls;
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::{BegunWriting, Writing};
use crate::wire::maintenance as wire;
use crate::wire::update::UpdateBody;

/// Begin a maintenance now, end it now, extend, move or cancel it. It begins and ends by itself,
/// with its window. To plan one, create an incident of the kind `maintenance`.
///
/// Needs `incidents:write`, and `states:write` if it changes any state, or plans one for another
/// time.
#[utoipa::path(
    post,
    path = "/incidents/{slug}/maintenance",
    tag = "incidents",
    operation_id = "change_maintenance",
    params(("slug" = String, Path, description = "The maintenance.", example = "new-disks-for-clark")),
    request_body = wire::MaintenanceStep,
    responses((status = CREATED, description = "The update that announces it.", body = UpdateBody,
        headers(("Location" = String, description = "Its address in the API.")))),
)]
pub(in crate::web) async fn change(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(name): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let slug = extract::slug(&name, "incident")?;
    let said: wire::MaintenanceStep = extract::body(&call)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    writing.change.tell(Telling::of(said.notify));
    let wanted = MaintenanceStep {
        step: match said.step {
            wire::Do::Start => Step::Start,
            wire::Do::End => Step::End,
            wire::Do::Cancel => Step::Cancel,
            wire::Do::Extend => Step::Extend {
                starts: said.starts,
                ends: said.ends,
            },
        },
        markdown: said.markdown,
        author: said.author,
        overlap: said.overlap.unwrap_or(false),
        seen: said.seen,
    };
    let id = change_maintenance(&mut writing.change, &slug, wanted)
        .await
        .map_err(|error| refusal(&state, error))?;
    let body = read_update(&state, writing.change.tx(), &slug, &id, &staff).await?;
    let location = urls::api_update(&slug, &id);
    writing.created(location, &body).await
}
