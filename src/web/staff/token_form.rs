//! Issuing a token.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono_tz::Tz;

use super::html_response::html_response;
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{again, fresh, sent_before, wrong_fields};
use super::session::Visit;
use super::settings::{day_of, no_day};
use super::staff_error::StaffError;
use super::submission::Submission;
use super::tokens::issued_already;
use crate::actions::ActionError;
use crate::actions::tokens::{NewToken, issue_token};
use crate::domain::permission::Permission;
use crate::domain::scope::Scope;
use crate::domain::zone::start_of_day;
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::token_form::{
    self as form, DISPLAY_NAME, EXPIRES, NAME, SCOPE, SCOPES,
};
use crate::web::state::AppState;

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
) -> Result<Response, StaffError> {
    let form_state = fresh(visit.kept().unwrap_or_default());
    page(&state, &visit, StatusCode::OK, &form_state).await
}

/// Issues a token, and shows its secret in this response only.
pub(super) async fn create(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = issue(&state, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn issue(state: &AppState, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            return page(state, visit, StatusCode::CONFLICT, &form_state).await;
        }
    };
    let zone = state.site.current().snapshot().site.zone;
    let wrong = match read(&sent.fields, zone) {
        Ok(wanted) => match issue_token(&mut posting.change, wanted).await {
            Ok((token, secret)) => {
                // Only this response has the secret. A repeated form leads to the list.
                lead_to(posting, &issued_already(&token.id)).await?;
                let site = state.latest.find().await?;
                let page = form::issued(site.snapshot(), &visit.staff.actor, &token, &secret);
                return Ok(html_response(StatusCode::OK, page.into_string()));
            }
            Err(ActionError::Invalid(errors)) => reworded(wrong_fields(errors)),
            Err(other) => return Err(other.into()),
        },
        Err(wrong) => vec![wrong],
    };
    drop(posting);
    let form_state = again(sent.fields.clone(), wrong);
    page(state, visit, StatusCode::UNPROCESSABLE_ENTITY, &form_state).await
}

/// Rewords errors for the form.
fn reworded(mut wrong: Vec<Wrong>) -> Vec<Wrong> {
    for wrong in &mut wrong {
        if wrong.field == SCOPES {
            "Choose at least one thing it may change.".clone_into(&mut wrong.detail);
        } else if wrong.field == EXPIRES {
            "This day is already over.".clone_into(&mut wrong.detail);
        }
    }
    wrong
}

fn read(fields: &Fields, zone: Tz) -> Result<NewToken, Wrong> {
    let scopes = Scope::ALL
        .into_iter()
        .filter(|scope| fields.has(&format!("{SCOPE}{}", scope.as_str())))
        .collect();
    let expires_at = match day_of(fields, EXPIRES)? {
        None => None,
        Some(day) => {
            let next = day.succ_opt();
            let next = next.ok_or_else(|| no_day(EXPIRES, fields.first(EXPIRES)))?;
            Some(start_of_day(zone, next))
        }
    };
    Ok(NewToken {
        name: fields.first(NAME).to_owned(),
        display_name: fields.nonblank(DISPLAY_NAME).map(str::to_owned),
        scopes,
        expires_at,
    })
}

async fn page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    form_state: &FormState,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageTokens)?;
    let site = state.latest.find().await?;
    let page = form::page(site.snapshot(), &visit.staff.actor, form_state);
    Ok(html_response(status, page.into_string()))
}
