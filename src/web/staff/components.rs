//! The list of components: moving, retiring and reinstating them.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::flash;
use super::html_response::html_response;
use super::posting::{BegunForm, begin_button, begin_form, lead_to};
use super::reading::{SlugOf, fresh, sent_before};
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::edit_components::{order_components, reinstate_component, retire_component};
use crate::domain::component_order::{component_moved, group_moved, groups};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::render::html::staff::component_list::{self, MOVE, Moved};
use crate::render::html::staff::fields::{Fields, FormState};
use crate::store::components::list_components;
use crate::urls;
use crate::web::state::AppState;

/// Shows the list.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    let done = flash::keyword(&uri);
    page(
        &state,
        &visit,
        StatusCode::OK,
        &fresh(Fields::default()),
        &done,
    )
    .await
}

/// Moves a component or a group.
pub(super) async fn reorder(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_form(&state, &sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(Fields::default(), path);
            return page(&state, &sent.visit, StatusCode::CONFLICT, &form_state, "").await;
        }
    };
    let wanted = sent.fields.first(MOVE);
    let moved =
        Moved::parse(wanted).ok_or_else(|| StaffError::missing("this button moves nothing"))?;
    let components = list_components(posting.change.tx()).await?;
    let groups = groups(&components);
    let order = match &moved {
        Moved::Component(direction, slug) => component_moved(&groups, slug, *direction),
        Moved::Group(direction, name) => {
            let name = Some(name.as_str()).filter(|name| !name.is_empty());
            group_moved(&groups, name, *direction)
        }
    };
    // Somebody else may have moved it to the end in the meantime; then nothing is left to do.
    if let Some(order) = order {
        order_components(&mut posting.change, &order).await?;
    }
    lead_to(posting, &path_with_flash(&moved.as_text())).await
}

/// Retires a component.
pub(super) async fn retire(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    retire_component(&mut posting.change, &slug).await?;
    lead_to(posting, &path_with_flash(&format!("retired.{slug}"))).await
}

/// Reinstates a component.
pub(super) async fn bring_back(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    reinstate_component(&mut posting.change, &slug).await?;
    lead_to(posting, &path_with_flash(&format!("back.{slug}"))).await
}

/// The path of the list, with a message about what was just done.
pub(super) fn path_with_flash(done: &str) -> String {
    flash::path_with(urls::STAFF_COMPONENTS, done)
}

async fn page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    form_state: &FormState,
    done: &str,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::EditComponents)?;
    let site = state.latest.find().await?;
    let mut tx = state.store.read().await?;
    let components = list_components(&mut tx).await?;
    drop(tx);
    let name_of = |slug: &Slug| {
        let known = components.iter().find(|it| it.slug == *slug);
        known.map(|component| component.name.as_str())
    };
    let moved = Moved::parse(done);
    let sentence = match &moved {
        Some(Moved::Component(_, slug)) => name_of(slug).map(|name| format!("{name} was moved.")),
        Some(Moved::Group(_, name)) if name.is_empty() => Some("The group was moved.".to_owned()),
        Some(Moved::Group(_, name)) => components
            .iter()
            .any(|it| it.group.as_ref() == Some(name))
            .then(|| format!("The group {name} was moved.")),
        None => done.split_once('.').and_then(|(word, slug)| {
            let name = name_of(&Slug::parse(slug).ok()?)?;
            match word {
                "added" => Some(format!("{name} added (Operational).")),
                "described" => Some(format!("{name} was saved.")),
                "retired" => Some(format!("{name} was retired.")),
                "back" => Some(format!("{name} is back.")),
                _ => None,
            }
        }),
    };
    let page = component_list::page(
        site.snapshot(),
        &visit.staff.actor,
        &components,
        form_state,
        moved.as_ref(),
        sentence.as_deref(),
    );
    Ok(html_response(status, page.into_string()))
}
