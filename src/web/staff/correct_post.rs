//! Correcting the post of an incident: title, text, impact, byline, date and components; for an
//! unpublished maintenance, also its window.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::correct_update::version_of;
use super::flash;
use super::html_response::html_response;
use super::local_time::{frame_now, is_same_minute, local_time, set_time, window_of};
use super::maintenance;
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{SlugOf, again, fresh, sent_before};
use super::session::Visit;
use super::settings::{impact_of, settings_of, sorted};
use super::staff_error::StaffError;
use super::submission::Submission;
use super::update::find;
use crate::actions::ActionError;
use crate::actions::edit_incident::{EditIncident, edit_incident};
use crate::domain::component::Origin;
use crate::domain::incident::{Impact, Incident};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::render;
use crate::render::html::staff::components::{NAMED, NOTE, STATE};
use crate::render::html::staff::correct::{
    self as form, AUTHOR, CorrectPostContext, IMPACT, PUBLISHED_AT, TITLE, WAS,
};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::update::TEXT;
use crate::render::html::staff::window::{ENDS, OVERLAP, STARTS};
use crate::render::markdown::{as_typed, of_corrected};
use crate::render::time::Frame;
use crate::store::Tx;
use crate::store::audit::list_versions;
use crate::store::incidents::StoredIncident;
use crate::urls;
use crate::web::api::audit::body_of;
use crate::web::state::AppState;
use crate::wire::audit::AuditBody;

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    let mut tx = state.store.read().await?;
    let screen = Screen::of(&mut tx, &slug, &visit).await?;
    drop(tx);
    let site = state.latest.find().await?;
    if let Some(file) = &screen.stored.file {
        let (viewer, incident) = (&visit.staff.actor, &screen.stored.incident);
        let page = form::file_page(site.snapshot(), viewer, incident, file, &screen.versions);
        return Ok(html_response(StatusCode::OK, page.into_string()));
    }
    let frame = render::frame_of(site.snapshot());
    let usual = || as_it_is(&screen.stored.incident, frame);
    let fields = visit.kept().unwrap_or_else(usual);
    screen
        .page(&state, &visit, StatusCode::OK, &fresh(fields))
        .await
}

/// Corrects the post.
pub(super) async fn create(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = correct(&state, &slug, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn correct(state: &AppState, slug: &Slug, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            let mut tx = state.store.read().await?;
            let screen = Screen::of(&mut tx, slug, visit).await?;
            drop(tx);
            return screen
                .page(state, visit, StatusCode::CONFLICT, &form_state)
                .await;
        }
    };
    let mut screen = Screen::of(posting.change.tx(), slug, visit).await?;
    let incident = &screen.stored.incident;
    let frame = frame_now(state);
    let wanted = match read(&sent.fields, incident, frame) {
        Ok(wanted) => wanted,
        Err(wrong) => {
            drop(posting);
            return screen.refuse(state, sent, wrong).await;
        }
    };
    if version_of(incident.edited_at) != sent.fields.first(WAS) {
        drop(posting);
        let fields = sent
            .fields
            .clone()
            .with(WAS, version_of(incident.edited_at));
        let form_state = again(fields, Vec::new());
        screen.is_other = true;
        return screen
            .page(state, visit, StatusCode::CONFLICT, &form_state)
            .await;
    }
    let path = urls::staff_incident(slug);
    let done = match (&wanted, incident.draft) {
        (None, _) => "same",
        (Some(_), true) => "saved",
        (Some(_), false) => "corrected",
    };
    // A correction that changes nothing isn't logged.
    if let Some(wanted) = wanted {
        match edit_incident(&mut posting.change, slug, wanted).await {
            Ok(()) => {}
            Err(ActionError::Invalid(errors)) => {
                drop(posting);
                return screen.refuse(state, sent, maintenance::wrong(errors)).await;
            }
            Err(other) => return Err(other.into()),
        }
    }
    lead_to(posting, &flash::path_with(&path, done)).await
}

/// What the form changes; `None` if it changes nothing.
fn read(
    fields: &Fields,
    incident: &Incident,
    frame: Frame,
) -> Result<Option<EditIncident>, Vec<Wrong>> {
    let impact = impact_of(fields, IMPACT)?;
    let other = |said: &str, was: &str| (said != was).then(|| said.to_owned());
    let markdown = of_corrected(fields.first(TEXT), &incident.markdown);
    let mut wanted = EditIncident {
        title: other(fields.first(TITLE), &incident.title),
        markdown: other(&markdown, &incident.markdown),
        impact: (impact != incident.stated_impact).then_some(impact),
        overlap: fields.has(OVERLAP),
        ..EditIncident::default()
    };
    let author = fields.nonblank(AUTHOR).map(str::to_owned);
    if fields.has(AUTHOR) && author != incident.author {
        wanted.author = Some(author);
    }
    let at = local_time(fields, PUBLISHED_AT, frame)?;
    wanted.published_at = at.filter(|_| !is_same_minute(at, Some(incident.published_at)));
    // The form has no component fields without the permission to set states.
    if form::has_components(incident) && fields.under(STATE).next().is_some() {
        let components = sorted(settings_of(fields)?);
        let stated = settings_of(&as_it_is(incident, frame)).map(sorted);
        if Ok(&components) != stated.as_ref() {
            wanted.components = Some(components);
        }
    }
    if form::has_window(incident) && fields.has(STARTS) {
        let window = window_of(fields, frame)?;
        wanted.starts = (!is_same_minute(window.starts, incident.starts)).then_some(window.starts);
        wanted.ends = (!is_same_minute(window.ends, incident.ends)).then_some(window.ends);
    }
    let changes_something = wanted.title.is_some()
        || wanted.markdown.is_some()
        || wanted.impact.is_some()
        || wanted.author.is_some()
        || wanted.published_at.is_some()
        || wanted.components.is_some()
        || wanted.starts.is_some()
        || wanted.ends.is_some();
    Ok(changes_something.then_some(wanted))
}

fn as_it_is(incident: &Incident, frame: Frame) -> Fields {
    let mut fields = Fields::default()
        .with(TITLE, incident.title.as_str())
        .with(TEXT, as_typed(&incident.markdown))
        .with(IMPACT, incident.stated_impact.map_or("", Impact::as_str))
        .with(AUTHOR, incident.author.as_deref().unwrap_or_default())
        .with(WAS, version_of(incident.edited_at));
    set_time(
        &mut fields,
        PUBLISHED_AT,
        Some(incident.published_at),
        frame,
    );
    for change in &incident.changes {
        if matches!(change.origin, Origin::Post | Origin::Plan) {
            let slug = &change.component;
            let note = change.note.as_deref().unwrap_or_default();
            fields.set(format!("{STATE}{slug}"), change.state.as_str());
            fields.set(format!("{NOTE}{slug}"), note);
        }
    }
    for slug in &incident.mentions {
        fields.set(format!("{STATE}{slug}"), NAMED);
    }
    if form::has_window(incident) {
        set_time(&mut fields, STARTS, incident.stated_window().starts, frame);
        set_time(&mut fields, ENDS, incident.stated_window().ends, frame);
    }
    fields
}

/// What the form shows.
struct Screen {
    stored: StoredIncident,
    versions: Vec<AuditBody>,
    is_other: bool,
}

impl Screen {
    async fn of(tx: &mut Tx, slug: &Slug, visit: &Visit) -> Result<Self, StaffError> {
        visit.staff.require(Permission::WriteIncidents)?;
        let stored = find(tx, slug, visit).await?;
        let versions = list_versions(tx, "incident", &stored.incident.id).await?;
        Ok(Self {
            stored,
            versions: versions.into_iter().map(body_of).collect(),
            is_other: false,
        })
    }

    async fn refuse(
        &self,
        state: &AppState,
        sent: &Submission,
        wrong: Vec<Wrong>,
    ) -> Result<Response, StaffError> {
        let form_state = again(sent.fields.clone(), wrong);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        self.page(state, &sent.visit, status, &form_state).await
    }

    async fn page(
        &self,
        state: &AppState,
        visit: &Visit,
        status: StatusCode,
        form_state: &FormState,
    ) -> Result<Response, StaffError> {
        let site = state.latest.find().await?;
        let context = CorrectPostContext {
            incident: &self.stored.incident,
            is_other: self.is_other,
            versions: &self.versions,
        };
        let page = form::post_page(site.snapshot(), &visit.staff.actor, &context, form_state);
        Ok(html_response(status, page.into_string()))
    }
}
