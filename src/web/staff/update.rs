//! Posting an update: the form, its preview, and the page that confirms it.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::html_response::{html_response, no_part};
use super::local_time::{frame_now, local_time};
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{SlugOf, UpdateOf, again, sent_before, wrong_fields};
use super::session::{Visit, keep_preview};
use super::settings::{gather, phase_of, settings_of};
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::add_update::add_update;
use crate::actions::new_update::NewUpdate;
use crate::actions::once::IfRepeated;
use crate::actions::preview_resolution::preview_resolution;
use crate::actions::{ActionError, Change};
use crate::domain::event::facts::StatedStates;
use crate::domain::incident::Incident;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Phase, Update};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::posted;
use crate::render::html::staff::update::{self as form, PostUpdateContext};
use crate::render::markdown::of_typed;
use crate::render::time::duration;
use crate::store::Tx;
use crate::store::incidents::{StoredIncident, find_incident_for};
use crate::urls;
use crate::web::state::AppState;

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    if let Some(fields) = visit.previewed(&uri) {
        let sent = Submission { visit, fields };
        return post(&state, &slug, &sent).await;
    }
    let screen = Screen::read(&state, &slug, &visit).await?;
    let form_state = visit.opened(&uri, || screen.as_it_is(&state));
    screen
        .page(&state, &visit, StatusCode::OK, &form_state)
        .await
}

/// Posts the update, or shows a preview.
pub(super) async fn create(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    // A chosen state takes precedence over reverting.
    let sent = Submission {
        fields: form::settled(sent.fields),
        ..sent
    };
    if sent.is("preview") {
        return keep_preview(&state, &sent.visit, &sent.fields).await;
    }
    let done = post(&state, &slug, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

/// Shows what the public sees of an update.
pub(super) async fn show_posted(
    State(state): State<AppState>,
    UpdateOf(slug, id): UpdateOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    let mut tx = state.store.read().await?;
    let stored = find(&mut tx, &slug, &visit).await?;
    drop(tx);
    let updates = &stored.incident.updates;
    let update = updates.iter().find(|update| update.id == id);
    let update = update.ok_or_else(|| StaffError::missing("this update no longer exists"))?;
    let site = state.latest.find().await?;
    let page = posted::page(
        site.snapshot(),
        &visit.staff.actor,
        &stored.incident,
        update,
    );
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// Finds an incident that this member of staff may see.
pub(super) async fn find(
    tx: &mut Tx,
    slug: &Slug,
    visit: &Visit,
) -> Result<StoredIncident, StaffError> {
    find_incident_for(tx, slug, &visit.staff.actor)
        .await?
        .ok_or_else(|| StaffError::missing(&format!("there is no incident {:?}", slug.as_str())))
}

async fn post(state: &AppState, slug: &Slug, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let mut wanted = match read(state, &sent.fields) {
        Ok(wanted) => wanted,
        Err(wrong) => return refuse(state, slug, sent, wrong).await,
    };
    if !visit.staff.actor.may(Permission::SetStates) {
        // The form has told the author that states stay as they are.
        wanted.restore = Some(false);
    }
    if sent.is("preview") || sent.is("part") {
        return preview(state, slug, sent, wanted).await;
    }
    if let Some(asks) = asks_about_time(state, slug, sent, &wanted).await? {
        return Ok(asks);
    }
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            let screen = Screen::read(state, slug, &sent.visit).await?;
            return screen
                .page(state, visit, StatusCode::CONFLICT, &form_state)
                .await;
        }
    };
    wanted.again = IfRepeated::Refuse;
    match add_update(&mut posting.change, slug, wanted).await {
        Ok(id) => lead_to(posting, &urls::staff_update(slug, &id)).await,
        Err(ActionError::Repeated(repeated)) => {
            let path = repeated.update.as_ref().map_or_else(
                || urls::staff_incident(slug),
                |update| urls::staff_update(slug, &update.id),
            );
            lead_to(posting, &path).await
        }
        Err(error) => {
            // Showing the form reads the database, so the transaction must end first.
            drop(posting);
            not_added(state, slug, sent, error).await
        }
    }
}

/// Shows the form again if the time is long before the incident, such as after a wrong day or am
/// for pm. Sending it again confirms the time.
async fn asks_about_time(
    state: &AppState,
    slug: &Slug,
    sent: &Submission,
    wanted: &NewUpdate,
) -> Result<Option<Response>, StaffError> {
    let Some(at) = wanted.at else { return Ok(None) };
    let screen = Screen::read(state, slug, &sent.visit).await?;
    let typed = sent.fields.first(form::AT);
    let early = screen.stored.incident.unusually_early(at);
    let Some(early) = early.filter(|_| sent.fields.first(form::EARLY) != typed) else {
        return Ok(None);
    };
    let wrong = Wrong {
        field: form::AT.to_owned(),
        detail: format!(
            "This is {} before the incident began. Correct the time, or post it once more if you \
             mean it.",
            duration(early)
        ),
    };
    let fields = sent.fields.clone().with(form::EARLY, typed);
    let form_state = again(fields, vec![wrong]);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let page = screen.page(state, &sent.visit, status, &form_state).await?;
    Ok(Some(page))
}

async fn not_added(
    state: &AppState,
    slug: &Slug,
    sent: &Submission,
    error: ActionError,
) -> Result<Response, StaffError> {
    match error {
        ActionError::Invalid(errors) => refuse(state, slug, sent, wrong_fields(errors)).await,
        ActionError::Meanwhile(meanwhile) => {
            let mut screen = Screen::read(state, slug, &sent.visit).await?;
            screen.newer = meanwhile.newer;
            let seen = last_made(&screen.stored.incident);
            let fields = sent.fields.clone().with(form::SEEN, seen);
            let form_state = again(fields, Vec::new());
            screen
                .page(state, &sent.visit, StatusCode::CONFLICT, &form_state)
                .await
        }
        other => Err(other.into()),
    }
}

/// Shows a preview: runs the action, renders the result and rolls back.
async fn preview(
    state: &AppState,
    slug: &Slug,
    sent: &Submission,
    wanted: NewUpdate,
) -> Result<Response, StaffError> {
    let mut change =
        Change::begin(&state.store, &state.clock, sent.visit.staff.actor.clone()).await?;
    // Newer updates are reported when it is posted, not in the preview.
    let wanted = NewUpdate {
        seen: None,
        ..wanted
    };
    let id = match add_update(&mut change, slug, wanted).await {
        Ok(id) => id,
        Err(error) => {
            drop(change);
            return not_added(state, slug, sent, error).await;
        }
    };
    let stored = find(change.tx(), slug, &sent.visit).await?;
    drop(change);
    let mut screen = Screen::read(state, slug, &sent.visit).await?;
    let would_be = |update: &&Update| update.id == id;
    let update = stored.incident.updates.iter().find(would_be).cloned();
    if sent.is("part") {
        let site = state.latest.find().await?;
        let part = update.map(|update| form::preview(site.snapshot(), &stored.incident, &update));
        let part = part.map(|part| part.into_string()).unwrap_or_default();
        return Ok(html_response(StatusCode::OK, part));
    }
    screen.preview = update.map(|update| (stored.incident, update));
    let form_state = again(sent.fields.clone(), Vec::new());
    screen
        .page(state, &sent.visit, StatusCode::OK, &form_state)
        .await
}

async fn refuse(
    state: &AppState,
    slug: &Slug,
    sent: &Submission,
    wrong: Vec<Wrong>,
) -> Result<Response, StaffError> {
    if sent.is("part") {
        return Ok(no_part());
    }
    let screen = Screen::read(state, slug, &sent.visit).await?;
    let form_state = again(sent.fields.clone(), wrong);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    screen.page(state, &sent.visit, status, &form_state).await
}

/// Parses the form into an update.
fn read(state: &AppState, fields: &Fields) -> Result<NewUpdate, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let phase = gather(phase_of(fields, form::PHASE), &mut wrong);
    let frame = frame_now(state);
    let at = gather(local_time(fields, form::AT, frame), &mut wrong);
    let mut components = gather(settings_of(fields), &mut wrong);
    let markdown = fields.first(form::TEXT);
    if markdown.trim().is_empty() {
        wrong.push(Wrong {
            field: form::TEXT.to_owned(),
            detail: "Say what customers need to know.".to_owned(),
        });
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    components.extend(held_back(state, fields, phase, &components));
    let seen = fields.has(form::SEEN).then(|| {
        let id = fields.nonblank(form::SEEN);
        id.map(str::to_owned)
    });
    Ok(NewUpdate {
        markdown: of_typed(markdown),
        phase,
        components,
        at,
        seen,
        ..NewUpdate::default()
    })
}

/// The id of the update that was made last; empty if there is none.
fn last_made(incident: &Incident) -> &str {
    incident.last_made().map_or("", |update| update.id.as_str())
}

/// Components whose states don't revert when the incident is resolved, with their current states.
fn held_back(
    state: &AppState,
    fields: &Fields,
    phase: Option<Phase>,
    stated: &StatedStates,
) -> StatedStates {
    if !phase.is_some_and(Phase::is_final) {
        return StatedStates::new();
    }
    let site = state.site.current();
    let snapshot = site.snapshot();
    let shown = fields
        .pairs()
        .iter()
        .filter(|(name, _)| name == form::RETURNS);
    shown
        .filter(|(_, slug)| !fields.has(&format!("{}{slug}", form::RETURN)))
        .filter_map(|(_, slug)| Slug::parse(slug).ok())
        .filter(|slug| !stated.iter().any(|(known, _)| known == slug))
        .filter_map(|slug| {
            let standing = snapshot.standing(snapshot.find_component(&slug)?);
            Some((slug, Some((standing.state, standing.note))))
        })
        .collect()
}

/// What the form shows.
struct Screen {
    stored: StoredIncident,
    returning: Vec<(Slug, StateKey)>,
    newer: Vec<Update>,
    preview: Option<(Incident, Update)>,
}

impl Screen {
    async fn read(state: &AppState, slug: &Slug, visit: &Visit) -> Result<Self, StaffError> {
        let now = state.clock.now();
        let mut tx = state.store.read().await?;
        let stored = find(&mut tx, slug, visit).await?;
        let mut returning = Vec::new();
        if !stored.incident.phase(now).is_final() {
            let all = preview_resolution(&mut tx, &stored, now).await?.into_iter();
            let returns = all.filter(|it| it.from != it.to);
            returning = returns.map(|it| (it.component, it.to)).collect();
        }
        Ok(Self {
            stored,
            returning,
            newer: Vec::new(),
            preview: None,
        })
    }

    /// The initial values of the form: nothing changes, and all states revert.
    fn as_it_is(&self, state: &AppState) -> Fields {
        let incident = &self.stored.incident;
        let phase = incident.phase(state.clock.now());
        let mut fields = Fields::default()
            .with(form::PHASE, phase.as_str())
            .with(form::SEEN, last_made(incident));
        for (slug, _) in &self.returning {
            fields.set(format!("{}{slug}", form::RETURN), "yes");
        }
        fields
    }

    async fn page(
        &self,
        state: &AppState,
        visit: &Visit,
        status: StatusCode,
        form_state: &FormState,
    ) -> Result<Response, StaffError> {
        visit.staff.require(Permission::WriteIncidents)?;
        let site = state.latest.find().await?;
        let newer: Vec<&Update> = self.newer.iter().collect();
        let preview = self.preview.as_ref();
        let context = PostUpdateContext {
            now: state.clock.now(),
            incident: &self.stored.incident,
            returning: &self.returning,
            newer: &newer,
            preview: preview.map(|(incident, update)| (incident, update)),
        };
        let page = form::page(site.snapshot(), &visit.staff.actor, &context, form_state);
        Ok(html_response(status, page.into_string()))
    }
}
