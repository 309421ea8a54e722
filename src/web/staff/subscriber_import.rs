//! Importing subscribers from a table that was pasted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::flash;
use super::html_response::html_response;
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{again, fresh, sent_before, wrong_fields};
use super::session::Visit;
use super::staff_error::{StaffError, sentence};
use super::submission::Submission;
use crate::actions::ActionError;
use crate::actions::import_subscribers::{Imported, import_subscribers};
use crate::domain::permission::Permission;
use crate::render::html::staff::fields::{FormState, Wrong};
use crate::render::html::staff::subscriber_form::CONSENT;
use crate::render::html::staff::subscriber_import::{self as form, MAX_ROWS, TABLE};
use crate::render::number::grouped;
use crate::urls;
use crate::web::state::AppState;
use crate::web::subscriber_answers::rows_of;
use crate::web::writing::Writing;
use crate::wire::subscriber_table::{self, RefusedLine, Table};

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
) -> Result<Response, StaffError> {
    let form_state = fresh(visit.kept().unwrap_or_default());
    page(&state, &visit, StatusCode::OK, &form_state).await
}

/// Imports what was pasted.
pub(super) async fn create(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = import(&state, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn import(state: &AppState, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    visit.staff.require(Permission::ManageSubscribers)?;
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            return page(state, visit, StatusCode::CONFLICT, &form_state).await;
        }
    };
    let wrong = match read(sent.fields.first(TABLE)) {
        Ok(table) => {
            let rows: Vec<_> = table.rows.iter().map(|(_, row)| row.clone()).collect();
            let rows = rows_of(posting.change.tx(), &rows).await?;
            let consent = sent.fields.first(CONSENT);
            match import_subscribers(&mut posting.change, &rows, consent).await {
                Ok(imported) => return finish(state, visit, posting, (table, imported)).await,
                Err(ActionError::Invalid(errors)) => wrong_fields(errors),
                Err(other) => return Err(other.into()),
            }
        }
        Err(detail) => vec![Wrong {
            field: TABLE.to_owned(),
            detail: sentence(&detail),
        }],
    };
    drop(posting);
    let form_state = again(sent.fields.clone(), wrong);
    page(state, visit, StatusCode::UNPROCESSABLE_ENTITY, &form_state).await
}

/// Commits the import. If lines were refused, only this response lists them; a repeated form leads
/// to the subscribers.
async fn finish(
    state: &AppState,
    visit: &Visit,
    posting: Box<Writing>,
    (table, imported): (Table, Imported),
) -> Result<Response, StaffError> {
    let present = imported.present + table.repeated;
    let refused = all_refused(table, &imported);
    let (added, count) = (imported.added, refused.len());
    let done = format!("imported.{added}.{present}.{count}");
    let led = lead_to(posting, &flash::path_with(urls::STAFF_SUBSCRIBERS, &done)).await?;
    if refused.is_empty() {
        return Ok(led);
    }
    let site = state.latest.find().await?;
    let viewer = &visit.staff.actor;
    let page = form::done(site.snapshot(), viewer, [added, present], &refused);
    Ok(html_response(StatusCode::OK, page.into_string()))
}

fn read(text: &str) -> Result<Table, String> {
    let table = subscriber_table::read(text)?;
    if table.rows.len() > MAX_ROWS {
        return Err(format!(
            "these are {} lines; import up to {} at once, or use the command below",
            grouped(table.rows.len()),
            grouped(MAX_ROWS)
        ));
    }
    Ok(table)
}

/// The lines that the table or the action refused, in order.
fn all_refused(table: Table, imported: &Imported) -> Vec<RefusedLine> {
    let by_action = imported.refused.iter().map(|it| RefusedLine {
        line: table.rows.get(it.row).map_or(0, |(line, _)| *line),
        address: it.address.clone(),
        detail: it.why.clone(),
    });
    let mut all: Vec<_> = by_action.collect();
    all.extend(table.refused);
    all.sort_by_key(|it| it.line);
    for one in &mut all {
        one.detail = sentence(&one.detail);
    }
    all
}

async fn page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    form_state: &FormState,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageSubscribers)?;
    let site = state.latest.find().await?;
    let page = form::page(site.snapshot(), &visit.staff.actor, form_state);
    Ok(html_response(status, page.into_string()))
}
