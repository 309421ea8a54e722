//! A new incident: from scratch or from a template, published or saved as a draft.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::flash;
use super::html_response::{html_response, no_part};
use super::local_time::{frame_now, local_time};
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{again, sent_before, wrong_fields};
use super::session::{Visit, keep_preview};
use super::settings::{gather, impact_of, phase_of, settings_of};
use super::staff_error::StaffError;
use super::submission::Submission;
use super::templates;
use super::update::find;
use crate::actions::create_incident::create_incident;
use crate::actions::new_incident::NewIncident;
use crate::actions::new_update::NewUpdate;
use crate::actions::once::IfRepeated;
use crate::actions::{ActionError, Change};
use crate::domain::incident::{Incident, Kind};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::template::COMPONENT;
use crate::domain::update::Phase;
use crate::render::html::staff::correct::{IMPACT, TITLE};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::new_incident::{self as form, DRAFT, KIND, NewIncidentContext};
use crate::render::html::staff::update::{AT, PHASE, TEXT};
use crate::render::markdown::of_typed;
use crate::urls;
use crate::web::state::AppState;

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    if let Some(fields) = visit.previewed(&uri) {
        let sent = Submission { visit, fields };
        return post(&state, &sent).await;
    }
    let is_offered = |kind| kind != Kind::Maintenance;
    let begin = templates::begin(&state, &visit, &uri, is_offered, |fields, _| {
        if fields.has(PHASE) {
            fields
        } else {
            fields.with(PHASE, Phase::Investigating.as_str())
        }
    })
    .await?;
    let context = NewIncidentContext {
        templates: &begin.templates,
        asks_component: begin.asks_component.as_ref(),
        preview: None,
    };
    page(&state, &visit, StatusCode::OK, &begin.form_state, &context).await
}

/// Publishes the incident, saves it as a draft, or shows a preview.
pub(super) async fn create(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    if sent.is("preview") {
        return keep_preview(&state, &sent.visit, &sent.fields).await;
    }
    let done = post(&state, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn post(state: &AppState, sent: &Submission) -> Result<Response, StaffError> {
    let wanted = match read(state, sent) {
        Ok(wanted) => wanted,
        Err(wrong) => return refuse(state, sent, wrong).await,
    };
    if sent.is("preview") || sent.is("part") {
        return preview(state, sent, wanted).await;
    }
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            let status = StatusCode::CONFLICT;
            return page(
                state,
                &sent.visit,
                status,
                &form_state,
                &NewIncidentContext::default(),
            )
            .await;
        }
    };
    let wanted = NewIncident {
        again: IfRepeated::Refuse,
        ..wanted
    };
    match create_incident(&mut posting.change, wanted).await {
        Ok(slug) => {
            let made = find(posting.change.tx(), &slug, &sent.visit).await?;
            lead_to(posting, &path_of(&made.incident)).await
        }
        Err(ActionError::Repeated(repeated)) => {
            lead_to(posting, &path_of(&repeated.incident)).await
        }
        Err(ActionError::Invalid(errors)) => {
            drop(posting);
            refuse(state, sent, wrong_fields(errors)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Where the browser goes afterwards: to the first update, or to the incident if it isn't public.
fn path_of(incident: &Incident) -> String {
    let path = urls::staff_incident(&incident.slug);
    if incident.draft {
        return flash::path_with(&path, "kept");
    }
    incident.updates.first().map_or_else(
        || flash::path_with(&path, "published"),
        |update| urls::staff_update(&incident.slug, &update.id),
    )
}

/// Shows a preview: runs the action, renders the result and rolls back.
async fn preview(
    state: &AppState,
    sent: &Submission,
    wanted: NewIncident,
) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let mut change = Change::begin(&state.store, &state.clock, visit.staff.actor.clone()).await?;
    let made: Result<Slug, ActionError> = create_incident(&mut change, wanted).await;
    let incident: Incident = match made {
        Ok(slug) => find(change.tx(), &slug, visit).await?.incident,
        Err(ActionError::Invalid(errors)) => {
            drop(change);
            return refuse(state, sent, wrong_fields(errors)).await;
        }
        Err(other) => return Err(other.into()),
    };
    drop(change);
    let first = incident.updates.first();
    if sent.is("part") {
        let site = state.latest.find().await?;
        let part = form::preview(site.snapshot(), &incident, first);
        return Ok(html_response(StatusCode::OK, part.into_string()));
    }
    let context = NewIncidentContext {
        preview: Some((&incident, first)),
        ..NewIncidentContext::default()
    };
    let form_state = again(sent.fields.clone(), Vec::new());
    page(state, visit, StatusCode::OK, &form_state, &context).await
}

async fn refuse(
    state: &AppState,
    sent: &Submission,
    wrong: Vec<Wrong>,
) -> Result<Response, StaffError> {
    if sent.is("part") {
        return Ok(no_part());
    }
    let form_state = again(sent.fields.clone(), wrong);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(
        state,
        &sent.visit,
        status,
        &form_state,
        &NewIncidentContext::default(),
    )
    .await
}

async fn page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    form_state: &FormState,
    context: &NewIncidentContext<'_>,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::WriteIncidents)?;
    let site = state.latest.find().await?;
    let page = form::page(site.snapshot(), &visit.staff.actor, context, form_state);
    Ok(html_response(status, page.into_string()))
}

/// Parses the form into an incident.
fn read(state: &AppState, sent: &Submission) -> Result<NewIncident, Vec<Wrong>> {
    let fields: &Fields = &sent.fields;
    let is_draft = sent.is(DRAFT);
    let site = state.site.current();
    let frame = frame_now(state);
    let mut wrong = Vec::new();
    let phase = gather(phase_of(fields, PHASE), &mut wrong);
    let at = gather(local_time(fields, AT, frame), &mut wrong);
    let impact = gather(impact_of(fields, IMPACT), &mut wrong);
    let components = gather(settings_of(fields), &mut wrong);
    let kind = match fields.nonblank(KIND) {
        None => Kind::Disruption,
        Some(word) => Kind::parse(word).unwrap_or(Kind::Disruption),
    };
    let filling = templates::filling(&site, &components);
    let (title, markdown) = (filling(fields.first(TITLE)), filling(fields.first(TEXT)));
    for (field, text) in [(TITLE, &title), (TEXT, &markdown)] {
        if text.contains(COMPONENT) && !is_draft {
            wrong.push(Wrong {
                field: field.to_owned(),
                detail: if sent.visit.staff.actor.may(Permission::SetStates) {
                    "Choose the component below, under Components, or replace the word in braces \
                     with its name."
                        .to_owned()
                } else {
                    "Replace the word in braces with the component’s name.".to_owned()
                },
            });
        }
    }
    if markdown.trim().is_empty() && !is_draft {
        wrong.push(Wrong {
            field: TEXT.to_owned(),
            detail: "Say what customers need to know.".to_owned(),
        });
    }
    if !wrong.is_empty() {
        if title.trim().is_empty() {
            wrong.insert(
                0,
                Wrong {
                    field: TITLE.to_owned(),
                    detail: "Give it a headline.".to_owned(),
                },
            );
        }
        return Err(wrong);
    }
    let update = NewUpdate {
        markdown: of_typed(&markdown),
        phase,
        components: components.clone(),
        at,
        ..NewUpdate::default()
    };
    let says_nothing = update.markdown.trim().is_empty();
    Ok(NewIncident {
        title,
        kind: Some(kind),
        impact,
        published_at: at,
        draft: is_draft,
        phase: phase.filter(|_| says_nothing),
        components: if says_nothing { components } else { Vec::new() },
        update: (!says_nothing).then_some(update),
        ..NewIncident::default()
    })
}
