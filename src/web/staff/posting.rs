//! Runs a form once per key. Sending it again leads to the same place.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::session::key_of;
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::once;
use crate::actions::{Change, Once};
use crate::domain::dispatch::Telling;
use crate::domain::hash::{digest_of_parts, hex};
use crate::render::html::staff::fields::Fields;
use crate::render::html::staff::telling;
use crate::store::sessions::{find_session, set_kept};
use crate::web::state::AppState;
use crate::web::writing::Writing;

/// The result of beginning a form.
pub(super) enum BegunForm {
    /// A change to make.
    Fresh(Box<Writing>),
    /// The form was sent before; this redirects to the result.
    Done(Response),
    /// The form was sent before with other contents; this is the path of that result.
    Changed(String),
}

/// Begins the change of a form, unless it was made before. Once it is posted, the form isn't kept.
pub(super) async fn begin_form(
    state: &AppState,
    sent: &Submission,
) -> Result<BegunForm, StaffError> {
    let visit = &sent.visit;
    let key = key_of(&sent.fields);
    let once = key.map(|key| Once {
        key: key.to_owned(),
        digest: digest_of(sent),
    });
    let actor = visit.staff.actor.clone();
    let mut change = match Change::begin_once(&state.store, &state.clock, actor, once).await? {
        once::BegunOnce::Fresh(change) => change,
        once::BegunOnce::Done(answer) => {
            let location = answer.location.unwrap_or_default();
            return Ok(BegunForm::Done(Redirect::to(&location).into_response()));
        }
        once::BegunOnce::Other(answer) => {
            return Ok(BegunForm::Changed(answer.location.unwrap_or_default()));
        }
    };
    change.tell(telling_in(&sent.fields));
    if !visit.session.kept.is_empty()
        && let Some(mut session) = find_session(change.tx(), &visit.session.id).await?
    {
        session.forget(&visit.path, key);
        set_kept(change.tx(), &session.id, &session.kept).await?;
    }
    Ok(BegunForm::Fresh(Writing::of(state, change)))
}

/// Begins the change of a single button, which has no typed text to lose. If it was made before,
/// redirects to the earlier result.
pub(super) async fn begin_button(
    state: &AppState,
    sent: &Submission,
) -> Result<Result<Box<Writing>, Response>, StaffError> {
    Ok(match begin_form(state, sent).await? {
        BegunForm::Fresh(writing) => Ok(writing),
        BegunForm::Done(response) => Err(response),
        BegunForm::Changed(path) => Err(Redirect::to(&path).into_response()),
    })
}

/// Commits the change, stores where it led, and redirects there.
pub(super) async fn lead_to(writing: Box<Writing>, location: &str) -> Result<Response, StaffError> {
    writing
        .commit(StatusCode::SEE_OTHER, Some(location), "")
        .await?;
    Ok(Redirect::to(location).into_response())
}

/// Whether the form says that subscribers are told.
fn telling_in(fields: &Fields) -> Telling {
    match (fields.first(telling::ASKED), fields.has(telling::NOTIFY)) {
        (telling::POST, false) => Telling::Quietly,
        (telling::CORRECTION, true) => Telling::Surely,
        _ => Telling::AsUsual,
    }
}

fn digest_of(sent: &Submission) -> String {
    let names = [Fields::KEY, Fields::BUTTON];
    let path = ("", sent.visit.path.as_str());
    let pairs = sent.fields.pairs().iter();
    let pairs = pairs.map(|(name, value)| (name.as_str(), value.as_str()));
    let parts = pairs
        .filter(|(name, _)| !names.contains(name))
        .chain([path])
        .flat_map(|(name, value)| [name, value]);
    hex(&digest_of_parts(parts))
}
