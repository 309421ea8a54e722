//! Planning a maintenance: the form and its preview.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, Duration, Timelike as _, Utc};

use super::html_response::{html_response, no_part};
use super::local_time::{frame_now, set_time, window_of};
use super::maintenance::path_with_flash;
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{again, sent_before};
use super::session::{Visit, keep_preview};
use super::settings::{gather, settings_of};
use super::staff_error::StaffError;
use super::submission::Submission;
use super::templates;
use super::update::find;
use crate::actions::create_incident::create_incident;
use crate::actions::new_incident::NewIncident;
use crate::actions::once::IfRepeated;
use crate::actions::{ActionError, Change};
use crate::domain::incident::Kind;
use crate::domain::permission::Permission;
use crate::domain::template::COMPONENT;
use crate::render;
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::plan_maintenance::{
    self as form, PlanMaintenanceContext, TEXT, TITLE,
};
use crate::render::html::staff::window::{ENDS, OVERLAP, STARTS};
use crate::render::markdown::of_typed;
use crate::render::time::Frame;
use crate::site::Site;
use crate::web::state::AppState;

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    if let Some(fields) = visit.previewed(&uri) {
        let sent = Submission { visit, fields };
        return plan(&state, &sent).await;
    }
    let is_offered = |kind| kind == Kind::Maintenance;
    let begin = templates::begin(&state, &visit, &uri, is_offered, |fields, site| {
        let mut usual = usual(state.clock.now(), render::frame_of(site.snapshot()));
        for (name, value) in fields.pairs() {
            usual.set(name, value);
        }
        usual
    })
    .await?;
    let context = PlanMaintenanceContext {
        templates: &begin.templates,
        asks_component: begin.asks_component.as_ref(),
        preview: None,
    };
    page(&state, &visit, StatusCode::OK, &begin.form_state, &context).await
}

/// The initial values of the form: from the next full hour in the site's zone to one hour
/// later.
fn usual(now: DateTime<Utc>, frame: Frame) -> Fields {
    let mut fields = Fields::default();
    let minute = i64::from(now.with_timezone(&frame.zone).minute());
    let starts = now + Duration::minutes(60 - minute);
    set_time(&mut fields, STARTS, Some(starts), frame);
    set_time(&mut fields, ENDS, Some(starts + Duration::hours(1)), frame);
    fields
}

/// Plans the maintenance, or shows a preview.
pub(super) async fn create(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    if sent.is("preview") {
        return keep_preview(&state, &sent.visit, &sent.fields).await;
    }
    let done = plan(&state, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn plan(state: &AppState, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let site = state.site.current();
    let frame = frame_now(state);
    if sent.is("part") {
        return Ok(match window_of(&sent.fields, frame) {
            Ok(window) if !window.is_empty() => {
                let part = form::window_part(site.snapshot(), window);
                html_response(StatusCode::OK, part.into_string())
            }
            Ok(_) | Err(_) => no_part(),
        });
    }
    let wanted = match read(&site, &sent.fields, frame) {
        Ok(wanted) => wanted,
        Err(wrong) => return refuse(state, sent, wrong).await,
    };
    if sent.is("preview") {
        return preview(state, sent, wanted).await;
    }
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            return page(
                state,
                visit,
                StatusCode::CONFLICT,
                &form_state,
                &PlanMaintenanceContext::default(),
            )
            .await;
        }
    };
    let wanted = NewIncident {
        again: IfRepeated::Refuse,
        ..wanted
    };
    match create_incident(&mut posting.change, wanted).await {
        Err(ActionError::Repeated(repeated)) => {
            let slug = &repeated.incident.slug;
            lead_to(posting, &path_with_flash(slug, "planned")).await
        }
        Ok(slug) => lead_to(posting, &path_with_flash(&slug, "planned")).await,
        Err(ActionError::Invalid(errors)) => {
            drop(posting);
            refuse(state, sent, super::maintenance::wrong(errors)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Shows a preview: runs the action, renders the result and rolls back.
async fn preview(
    state: &AppState,
    sent: &Submission,
    wanted: NewIncident,
) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let mut change = Change::begin(&state.store, &state.clock, visit.staff.actor.clone()).await?;
    let incident = match create_incident(&mut change, wanted).await {
        Ok(slug) => find(change.tx(), &slug, visit).await?.incident,
        Err(ActionError::Invalid(errors)) => {
            drop(change);
            return refuse(state, sent, super::maintenance::wrong(errors)).await;
        }
        Err(other) => return Err(other.into()),
    };
    drop(change);
    let form_state = again(sent.fields.clone(), Vec::new());
    let context = PlanMaintenanceContext {
        preview: Some(&incident),
        ..PlanMaintenanceContext::default()
    };
    page(state, visit, StatusCode::OK, &form_state, &context).await
}

/// Parses the form into an incident, or returns all errors.
fn read(site: &Site, fields: &Fields, frame: Frame) -> Result<NewIncident, Vec<Wrong>> {
    let mut wrong = Vec::new();
    if fields.nonblank(TITLE).is_none() {
        wrong.push(Wrong {
            field: TITLE.to_owned(),
            detail: "Give it a headline.".to_owned(),
        });
    }
    let window = gather(window_of(fields, frame), &mut wrong);
    let is_at_time =
        |wrong: &Wrong| wrong.field.starts_with(STARTS) || wrong.field.starts_with(ENDS);
    if !wrong.iter().any(is_at_time) {
        for (name, at, detail) in [
            (STARTS, window.starts, "Say when it starts."),
            (ENDS, window.ends, "Say when it ends."),
        ] {
            if at.is_none() {
                wrong.push(Wrong {
                    field: name.to_owned(),
                    detail: detail.to_owned(),
                });
            }
        }
    }
    let components = gather(settings_of(fields), &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let filling = templates::filling(site, &components);
    let (title, markdown) = (filling(fields.first(TITLE)), filling(fields.first(TEXT)));
    for (field, text) in [(TITLE, &title), (TEXT, &markdown)] {
        if text.contains(COMPONENT) {
            wrong.push(Wrong {
                field: field.to_owned(),
                detail: "Choose the component below, under Components, or replace the word in \
                         braces with its name."
                    .to_owned(),
            });
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(NewIncident {
        title,
        markdown: of_typed(&markdown),
        kind: Some(Kind::Maintenance),
        starts: window.starts,
        ends: window.ends,
        components,
        overlap: fields.has(OVERLAP),
        ..NewIncident::default()
    })
}

async fn refuse(
    state: &AppState,
    sent: &Submission,
    wrong: Vec<Wrong>,
) -> Result<Response, StaffError> {
    let form_state = again(sent.fields.clone(), wrong);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(
        state,
        &sent.visit,
        status,
        &form_state,
        &PlanMaintenanceContext::default(),
    )
    .await
}

async fn page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    form_state: &FormState,
    context: &PlanMaintenanceContext<'_>,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::WriteIncidents)?;
    let site = state.latest.find().await?;
    let page = form::page(site.snapshot(), &visit.staff.actor, form_state, context);
    Ok(html_response(status, page.into_string()))
}
