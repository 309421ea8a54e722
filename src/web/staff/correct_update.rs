//! Correcting an update, or withdrawing it.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::flash;
use super::html_response::{html_response, no_part};
use super::local_time::{frame_now, is_same_minute, local_time, set_time};
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{UpdateOf, again, fresh, sent_before, wrong_fields};
use super::session::{Visit, keep_preview};
use super::settings::{gather, phase_of, settings_of, sorted};
use super::staff_error::StaffError;
use super::submission::Submission;
use super::update::find;
use crate::actions::correct_update::{Correction, correct_update, withdraw_update};
use crate::actions::preview_resolution::preview_withdrawal;
use crate::actions::{ActionError, Change};
use crate::domain::component::Origin;
use crate::domain::incident::Incident;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Source, Update};
use crate::render;
use crate::render::html::staff::components::{NAMED, NOTE, STATE};
use crate::render::html::staff::correct::{self as form, AUTHOR, CorrectUpdateContext, WAS};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::update::{self, AT, PHASE, TEXT};
use crate::render::markdown::{as_typed, of_corrected};
use crate::render::messages;
use crate::store::Tx;
use crate::store::audit::list_versions;
use crate::store::incidents::StoredIncident;
use crate::urls;
use crate::web::api::audit::body_of;
use crate::web::state::AppState;
use crate::web::writing::Writing;
use crate::wire::audit::AuditBody;

/// Shows the form.
pub(super) async fn show(
    State(state): State<AppState>,
    UpdateOf(slug, id): UpdateOf,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    if let Some(fields) = visit.previewed(&uri) {
        let sent = Submission { visit, fields };
        return correct(&state, &slug, &id, &sent).await;
    }
    let mut screen = Screen::read(&state, &slug, &id, &visit).await?;
    if screen.update.source == Source::File {
        let site = state.latest.find().await?;
        let file = screen.stored.file.take().unwrap_or_default();
        let incident = &screen.stored.incident;
        let page = form::file_page(
            site.snapshot(),
            &visit.staff.actor,
            incident,
            &file,
            &screen.versions,
        );
        return Ok(html_response(StatusCode::OK, page.into_string()));
    }
    // The button that withdraws is in a form of its own, with no other fields to keep.
    let mut form_state = visit.opened(&uri, || screen.as_it_is(&state));
    if form_state.fields.nonblank(WAS).is_none() {
        form_state = fresh(screen.as_it_is(&state));
    }
    screen
        .page(&state, &visit, StatusCode::OK, &form_state)
        .await
}

/// Corrects the update, or shows a preview.
pub(super) async fn create(
    State(state): State<AppState>,
    UpdateOf(slug, id): UpdateOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    if sent.is("preview") {
        return keep_preview(&state, &sent.visit, &sent.fields).await;
    }
    let done = correct(&state, &slug, &id, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn correct(
    state: &AppState,
    slug: &Slug,
    id: &str,
    sent: &Submission,
) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let is_preview = sent.is("preview") || sent.is("part");
    let begun = if is_preview {
        BegunForm::Fresh(Writing::begin_edit(state, &visit.staff).await?)
    } else {
        begin_form(state, sent).await?
    };
    let mut posting = match begun {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            let screen = Screen::read(state, slug, id, visit).await?;
            return screen
                .page(state, visit, StatusCode::CONFLICT, &form_state)
                .await;
        }
    };
    let mut screen = Screen::of(posting.change.tx(), slug, id, visit).await?;
    if sent.is("withdraw") {
        withdraw_update(&mut posting.change, slug, id).await?;
        let path = urls::staff_incident(slug);
        return lead_to(posting, &flash::path_with(&path, "withdrawn")).await;
    }
    let wanted = match screen.read_form(state, &sent.fields) {
        Ok(wanted) => wanted,
        Err(wrong) => {
            drop(posting);
            return screen.refuse(state, sent, wrong).await;
        }
    };
    screen.is_other = !is_preview && version_of(screen.update.edited_at) != sent.fields.first(WAS);
    if screen.is_other {
        drop(posting);
        let fields = sent
            .fields
            .clone()
            .with(WAS, version_of(screen.update.edited_at));
        let form_state = again(fields, Vec::new());
        return screen
            .page(state, visit, StatusCode::CONFLICT, &form_state)
            .await;
    }
    if let Err(error) = correct_update(&mut posting.change, slug, id, wanted).await {
        drop(posting);
        return match error {
            ActionError::Invalid(errors) => screen.refuse(state, sent, wrong_fields(errors)).await,
            other => Err(other.into()),
        };
    }
    if is_preview {
        return screen.preview(state, *posting.change, slug, id, sent).await;
    }
    lead_to(posting, &urls::staff_update(slug, id)).await
}

/// A value that identifies a version of an update or a post.
pub(super) fn version_of(edited_at: Option<DateTime<Utc>>) -> String {
    let edited = edited_at.map(|at| at.timestamp_millis());
    edited.map_or_else(|| "first".to_owned(), |millis| millis.to_string())
}

struct Screen {
    stored: StoredIncident,
    update: Update,
    versions: Vec<AuditBody>,
    is_other: bool,
    would_be: Option<(Incident, Update)>,
}

impl Screen {
    async fn read(
        state: &AppState,
        slug: &Slug,
        id: &str,
        visit: &Visit,
    ) -> Result<Self, StaffError> {
        let mut tx = state.store.read().await?;
        Self::of(&mut tx, slug, id, visit).await
    }

    async fn of(tx: &mut Tx, slug: &Slug, id: &str, visit: &Visit) -> Result<Self, StaffError> {
        visit.staff.require(Permission::WriteIncidents)?;
        let stored = find(tx, slug, visit).await?;
        let found = stored
            .incident
            .updates
            .iter()
            .find(|update| update.id == id);
        let mut update = found
            .cloned()
            .ok_or_else(|| StaffError::missing("this update no longer exists"))?;
        update.markdown = messages::text_of(&update).into_owned();
        let versions = list_versions(tx, "update", id).await?;
        Ok(Self {
            stored,
            update,
            versions: versions.into_iter().map(body_of).collect(),
            is_other: false,
            would_be: None,
        })
    }

    /// The initial values of the form.
    fn as_it_is(&self, state: &AppState) -> Fields {
        let update = &self.update;
        let frame = render::frame_of(state.site.current().snapshot());
        let mut fields = Fields::default()
            .with(TEXT, as_typed(&update.markdown))
            .with(PHASE, update.phase.map_or("", Phase::as_str))
            .with(AUTHOR, update.author.as_deref().unwrap_or_default())
            .with(WAS, version_of(update.edited_at));
        set_time(&mut fields, AT, Some(update.at), frame);
        for change in &update.changes {
            if change.origin != Origin::Restore {
                let slug = &change.component;
                fields.set(format!("{STATE}{slug}"), change.state.as_str());
                fields.set(
                    format!("{NOTE}{slug}"),
                    change.note.as_deref().unwrap_or(""),
                );
            }
        }
        for slug in &update.mentions {
            fields.set(format!("{STATE}{slug}"), NAMED);
        }
        fields
    }

    /// What the form changes; unchanged fields are left out.
    fn read_form(&self, state: &AppState, fields: &Fields) -> Result<Correction, Vec<Wrong>> {
        let was = self.as_it_is(state);
        let frame = frame_now(state);
        let mut wrong = Vec::new();
        let phase = gather(phase_of(fields, PHASE), &mut wrong);
        let at = gather(local_time(fields, AT, frame), &mut wrong);
        let components = gather(settings_of(fields), &mut wrong);
        if fields.first(TEXT).trim().is_empty() && !self.update.markdown.is_empty() {
            wrong.push(Wrong {
                field: TEXT.to_owned(),
                detail: "Say what customers need to know, or withdraw the update.".to_owned(),
            });
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let stated = sorted(settings_of(&was).unwrap_or_default());
        let wanted = sorted(components.clone());
        let author = fields.nonblank(AUTHOR).map(str::to_owned);
        let is_signed_anew = fields.has(AUTHOR) && author != self.update.author;
        let is_moved = fields.has(AT) && !is_same_minute(at, Some(self.update.at));
        let text = of_corrected(fields.first(TEXT), &self.update.markdown);
        Ok(Correction {
            markdown: Some(text).filter(|text| text.trim() != self.update.markdown),
            phase: (phase != self.update.phase && fields.has(PHASE)).then_some(phase),
            // The form has no component fields without the permission to set states.
            components: (stated != wanted && fields.under(STATE).next().is_some())
                .then_some(components),
            at: at.filter(|_| is_moved),
            author: is_signed_anew.then_some(author),
        })
    }

    async fn preview(
        mut self,
        state: &AppState,
        mut change: Change,
        slug: &Slug,
        id: &str,
        sent: &Submission,
    ) -> Result<Response, StaffError> {
        let after = Self::of(change.tx(), slug, id, &sent.visit).await?;
        drop(change);
        if sent.is("part") {
            let site = state.latest.find().await?;
            let part = update::preview(site.snapshot(), &after.stored.incident, &after.update);
            return Ok(html_response(StatusCode::OK, part.into_string()));
        }
        self.would_be = Some((after.stored.incident, after.update));
        let form_state = again(sent.fields.clone(), Vec::new());
        self.page(state, &sent.visit, StatusCode::OK, &form_state)
            .await
    }

    async fn refuse(
        &self,
        state: &AppState,
        sent: &Submission,
        wrong: Vec<Wrong>,
    ) -> Result<Response, StaffError> {
        if sent.is("part") {
            return Ok(no_part());
        }
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
        let would_be = self.would_be.as_ref();
        let (mut tx, now) = (state.store.read().await?, state.clock.now());
        let id = &self.update.id;
        let changed = preview_withdrawal(&mut tx, &self.stored, id, now).await?;
        drop(tx);
        let without: Vec<_> = changed
            .into_iter()
            .map(|it| (it.component, it.from, it.to))
            .collect();
        let context = CorrectUpdateContext {
            incident: &self.stored.incident,
            update: &self.update,
            is_other: self.is_other,
            preview: would_be.map(|(incident, update)| (incident, update)),
            versions: &self.versions,
            without: &without,
        };
        let page = form::update_page(site.snapshot(), &visit.staff.actor, &context, form_state);
        Ok(html_response(status, page.into_string()))
    }
}
