//! Adding a subscriber.

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
use crate::actions::subscribers::{NewSubscriber, add_subscriber};
use crate::domain::email_address::EmailAddress;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Following, Target};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::subscriber_form::{
    self as form, ADDRESS, COMPONENT, CONSENT, GROUP,
};
use crate::urls;
use crate::web::api::subscribers::NO_MAIL;
use crate::web::state::AppState;

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
) -> Result<Response, StaffError> {
    let form_state = fresh(visit.kept().unwrap_or_default());
    page(&state, &visit, StatusCode::OK, &form_state).await
}

/// Adds a subscriber, or has them asked.
pub(super) async fn create(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = add(&state, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn add(state: &AppState, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            return page(state, visit, StatusCode::CONFLICT, &form_state).await;
        }
    };
    let sends_mail = state.site.current().snapshot().site.sends_mail;
    let wrong = match read(&sent.fields, sends_mail) {
        Ok(wanted) => match add_subscriber(&mut posting.change, wanted).await {
            Ok(added) => {
                let done = if added.is_some() { "added" } else { "asked" };
                return lead_to(posting, &flash::path_with(urls::STAFF_SUBSCRIBERS, done)).await;
            }
            Err(ActionError::Invalid(errors)) => wrong_fields(errors),
            Err(ActionError::Conflict(how)) => vec![wrong(ADDRESS, &how)],
            Err(other) => return Err(other.into()),
        },
        Err(wrong) => wrong,
    };
    drop(posting);
    let form_state = again(sent.fields.clone(), wrong);
    page(state, visit, StatusCode::UNPROCESSABLE_ENTITY, &form_state).await
}

fn wrong(field: &str, detail: &str) -> Wrong {
    Wrong {
        field: field.to_owned(),
        detail: sentence(detail),
    }
}

fn read(fields: &Fields, sends_mail: bool) -> Result<NewSubscriber, Vec<Wrong>> {
    let mut found = Vec::new();
    let address = EmailAddress::parse(fields.first(ADDRESS));
    if let Err(why) = &address {
        found.push(wrong(ADDRESS, &why.to_string()));
    }
    let consent = fields.nonblank(CONSENT).map(str::to_owned);
    if consent.is_none() && !sends_mail {
        found.push(wrong(CONSENT, NO_MAIL));
    }
    let slugs = fields.under(COMPONENT).map(|(slug, _)| Slug::parse(slug));
    let components = slugs.filter_map(Result::ok).map(Target::Component);
    let groups = fields.under(GROUP).map(|(_, name)| name.to_owned());
    let targets: std::collections::BTreeSet<_> =
        components.chain(groups.map(Target::Group)).collect();
    match address {
        Ok(address) if found.is_empty() => Ok(NewSubscriber {
            address,
            following: Following {
                everything: targets.is_empty(),
                targets,
                ..Following::default()
            },
            consent,
            is_welcomed: sends_mail,
        }),
        Ok(_) | Err(_) => Err(found),
    }
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
