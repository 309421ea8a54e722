//! Maintenance: the list, and the steps of each maintenance.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::flash;
use super::html_response::html_response;
use super::local_time::{frame_now, is_same_minute, set_time, window_of};
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{SlugOf, again, fresh, new_key, sent_before, wrong_fields};
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use super::update::find;
use crate::actions::change_maintenance::{MaintenanceStep, Step, change_maintenance};
use crate::actions::{ActionError, FieldError};
use crate::domain::incident::{Incident, Kind};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::render;
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::maintenance;
use crate::render::html::staff::maintenance_steps::{
    self as form, CANCEL, END, EXTEND, MaintenanceStepsContext, START, STEP, TEXT,
};
use crate::render::html::staff::update::SEEN;
use crate::render::html::staff::window::{ENDS, OVERLAP, STARTS};
use crate::render::markdown::of_typed;
use crate::render::time::Frame;
use crate::urls;
use crate::web::state::AppState;

/// Shows the list.
pub(super) async fn list(
    State(state): State<AppState>,
    visit: Visit,
) -> Result<Response, StaffError> {
    let site = state.latest.find().await?;
    let page = maintenance::page(site.snapshot(), &visit.staff.actor);
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// Shows what staff can do with a maintenance.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    let form_state = fresh(visit.kept().unwrap_or_default());
    let done = flash::keyword(&uri);
    page(&state, &slug, &visit, StatusCode::OK, form_state, &done).await
}

/// Takes a step.
pub(super) async fn create(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = take_step(&state, &slug, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn take_step(
    state: &AppState,
    slug: &Slug,
    sent: &Submission,
) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let frame = frame_now(state);
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            return page(state, slug, visit, StatusCode::CONFLICT, form_state, "").await;
        }
    };
    let stored = find(posting.change.tx(), slug, visit).await?;
    let (status, form_state) = match read(&sent.fields, &stored.incident, frame)? {
        Ok(wanted) => match change_maintenance(&mut posting.change, slug, wanted).await {
            Ok(_) => {
                let step = sent.fields.first(STEP);
                return lead_to(posting, &path_with_flash(slug, step)).await;
            }
            Err(ActionError::Invalid(errors)) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                again(sent.fields.clone(), wrong(errors)),
            ),
            Err(ActionError::Meanwhile(_)) => {
                let fields = sent.fields.clone().with(SEEN, last_made(&stored.incident));
                (StatusCode::CONFLICT, again(fields, vec![meanwhile()]))
            }
            Err(other) => return Err(other.into()),
        },
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            again(sent.fields.clone(), wrong),
        ),
    };
    // Showing the form reads the database, so the transaction must end first.
    drop(posting);
    page(state, slug, visit, status, form_state, "").await
}

fn meanwhile() -> Wrong {
    Wrong {
        field: String::new(),
        detail: "A colleague posted an update while you were here. Read it; if you still want to \
                 do this, press the button again."
            .to_owned(),
    }
}

/// Parses the step of a form. For a move, it contains only the times that changed.
fn read(
    fields: &Fields,
    incident: &Incident,
    frame: Frame,
) -> Result<Result<MaintenanceStep, Vec<Wrong>>, StaffError> {
    let word = fields.first(STEP);
    let step = match word {
        START => Step::Start,
        END => Step::End,
        CANCEL => Step::Cancel,
        EXTEND => {
            let window = match window_of(fields, frame) {
                Ok(window) => window,
                Err(wrong) => return Ok(Err(wrong)),
            };
            let old = incident.window();
            if window.ends.is_none() || fields.has(STARTS) && window.starts.is_none() {
                let (field, detail) = if window.ends.is_none() {
                    (ENDS, "Say when it ends.")
                } else {
                    (STARTS, "Say when it starts.")
                };
                return Ok(Err(vec![Wrong {
                    field: field.to_owned(),
                    detail: detail.to_owned(),
                }]));
            }
            // Times that weren't edited don't move.
            let starts = window
                .starts
                .filter(|at| !is_same_minute(Some(*at), old.starts));
            let ends = window
                .ends
                .filter(|at| !is_same_minute(Some(*at), old.ends));
            if starts.is_none() && ends.is_none() {
                return Ok(Err(vec![Wrong {
                    field: ENDS.to_owned(),
                    detail:
                        "These are its current times. Change them, then press the button again."
                            .to_owned(),
                }]));
            }
            // The form showed both fields, so an end that wasn't edited is meant to stay.
            let ends = if starts.is_some() {
                ends.or(old.ends)
            } else {
                ends
            };
            Step::Extend { starts, ends }
        }
        _ => return Err(StaffError::missing("there is no such step")),
    };
    let seen = fields
        .has(SEEN)
        .then(|| fields.nonblank(SEEN).map(str::to_owned));
    Ok(Ok(MaintenanceStep {
        step,
        markdown: fields.nonblank(&format!("{TEXT}{word}")).map(of_typed),
        author: None,
        overlap: fields.has(OVERLAP),
        seen,
    }))
}

/// Maps an action's field errors to the fields of the form.
pub(super) fn wrong(errors: Vec<FieldError>) -> Vec<Wrong> {
    let mut wrong = wrong_fields(errors);
    for wrong in &mut wrong {
        if wrong.field == OVERLAP
            && let Some((what, _)) = wrong.detail.split_once("; choose another time")
        {
            let detail =
                format!("{what}. Choose another time, or confirm that both are meant to happen.");
            wrong.detail = detail;
        }
        if wrong.field == STARTS
            && let Some((what, _)) = wrong.detail.split_once(", or give a phase")
        {
            wrong.detail = format!("{what}.");
        }
    }
    wrong
}

/// The path of a maintenance's steps, with a message about what was just done.
pub(super) fn path_with_flash(slug: &Slug, done: &str) -> String {
    flash::path_with(&urls::staff_maintenance(slug), done)
}

fn last_made(incident: &Incident) -> String {
    let last = incident.last_made();
    last.map(|update| update.id.clone()).unwrap_or_default()
}

async fn page(
    state: &AppState,
    slug: &Slug,
    visit: &Visit,
    status: StatusCode,
    form_state: FormState,
    done: &str,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::WriteIncidents)?;
    let site = state.latest.find().await?;
    let frame = render::frame_of(site.snapshot());
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, slug, visit).await?;
    drop(tx);
    let incident = &stored.incident;
    if incident.kind != Kind::Maintenance {
        return Err(StaffError::missing("this incident isn’t maintenance"));
    }
    let window = incident.window();
    let mut usual = Fields::default()
        .with(Fields::KEY, new_key())
        .with(SEEN, last_made(incident));
    set_time(&mut usual, STARTS, window.starts, frame);
    set_time(&mut usual, ENDS, window.ends, frame);
    let usual = fresh(usual);
    let sentence = match done {
        "planned" => Some("Planned, and announced to customers."),
        START => Some("Started. Customers see an update."),
        END => Some("Completed. Customers see an update."),
        EXTEND => Some("Time changed. Customers see an update."),
        CANCEL => Some("Cancelled. Customers see an update."),
        _ => None,
    };
    let context = MaintenanceStepsContext {
        incident,
        now: state.clock.now(),
        flash: sentence,
    };
    let page = form::page(
        site.snapshot(),
        &visit.staff.actor,
        &context,
        &form_state,
        &usual,
    );
    Ok(html_response(status, page.into_string()))
}
