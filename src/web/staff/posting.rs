//! What a form asks for, done once: the memory of where it led is written in the same transaction
//! as the change, under the form's key. Sent again, it leads there again.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::session::key_of;
use super::submission::Submission;
use super::trouble::StaffError;
use crate::actions::Change;
use crate::domain::hash::{digest_of_parts, hex};
use crate::render::html::staff::fields::Fields;
use crate::store::idempotency::{Answer, delete_answers, find_answer, insert_answer};
use crate::store::sessions::{find_session, set_kept};
use crate::web::state::AppState;
use crate::web::writing::KEPT;

/// A change in the making, asked for by a form.
pub(super) struct Posting {
    pub(super) change: Change,
    remember: Option<(String, String, String)>,
    forget: Option<Forget>,
    nudge: Arc<tokio::sync::Notify>,
}

/// A form that need not be kept once it is posted.
struct Forget {
    session: String,
    path: String,
    key: Option<String>,
}

/// What a form leads to.
pub(super) enum Begun {
    /// A change to make.
    Fresh(Box<Posting>),
    /// It was sent before; this leads to what came of it.
    Done(Response),
    /// It was sent before with something else in it; this is the path of what came of that.
    Changed(String),
}

impl Posting {
    /// Begins what a form asks for, unless that was done.
    pub(super) async fn begin(state: &AppState, sent: &Submission) -> Result<Begun, StaffError> {
        let staff = &sent.visit.staff;
        let mut change = Change::begin(&state.store, &state.clock, staff.actor.clone()).await?;
        let key = key_of(&sent.fields);
        let mut remember = None;
        if let Some(key) = key {
            let (token, hash) = (&staff.token.id, hash_of(sent));
            let forgotten = change.now() - KEPT;
            delete_answers(change.tx(), forgotten).await?;
            if let Some(answer) = find_answer(change.tx(), token, key).await? {
                let location = answer.location.unwrap_or_default();
                return Ok(if answer.request_hash == hash {
                    Begun::Done(Redirect::to(&location).into_response())
                } else {
                    Begun::Changed(location)
                });
            }
            remember = Some((token.clone(), key.to_owned(), hash));
        }
        let visit = &sent.visit;
        let forget = (!visit.session.kept.is_empty()).then(|| Forget {
            session: visit.session.id.clone(),
            path: visit.path.clone(),
            key: key.map(str::to_owned),
        });
        Ok(Begun::Fresh(Box::new(Self {
            change,
            remember,
            forget,
            nudge: state.nudge.clone(),
        })))
    }

    /// Begins what is only to be looked at: it is remembered nowhere.
    pub(super) async fn try_out(
        state: &AppState,
        sent: &Submission,
    ) -> Result<Box<Self>, StaffError> {
        let actor = sent.visit.staff.actor.clone();
        Ok(Box::new(Self {
            change: Change::begin(&state.store, &state.clock, actor).await?,
            remember: None,
            forget: None,
            nudge: state.nudge.clone(),
        }))
    }

    /// Begins what a single button asks for, with nothing to type and so nothing to lose; or, if
    /// that was done, leads to where it led.
    pub(super) async fn begin_button(
        state: &AppState,
        sent: &Submission,
    ) -> Result<Result<Box<Self>, Response>, StaffError> {
        Ok(match Self::begin(state, sent).await? {
            Begun::Fresh(posting) => Ok(posting),
            Begun::Done(response) => Err(response),
            Begun::Changed(path) => Err(Redirect::to(&path).into_response()),
        })
    }

    /// Commits the change together with the memory of where it led, and leads there.
    pub(super) async fn finish(
        mut self: Box<Self>,
        location: &str,
    ) -> Result<Response, StaffError> {
        let now = self.change.now();
        if let Some((token, key, hash)) = &self.remember {
            let answer = Answer {
                request_hash: hash.clone(),
                status: StatusCode::SEE_OTHER.as_u16().into(),
                location: Some(location.to_owned()),
                body: String::new(),
            };
            insert_answer(self.change.tx(), token, key, &answer, now).await?;
        }
        if let Some(Forget { session, path, key }) = &self.forget
            && let Some(mut session) = find_session(self.change.tx(), session).await?
        {
            session.forget(path, key.as_deref());
            set_kept(self.change.tx(), &session.id, &session.kept).await?;
        }
        if self.change.commit().await?.is_some() {
            self.nudge.notify_one();
        }
        Ok(Redirect::to(location).into_response())
    }
}

fn hash_of(sent: &Submission) -> String {
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
