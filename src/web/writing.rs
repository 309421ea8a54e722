//! A request that changes something: its change, its `Idempotency-Key` and its response, all in one
//! transaction.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use super::auth::Staff;
use super::call::Call;
use super::error::AppError;
use super::running::{KeyLock, lock_key};
use super::state::AppState;
use crate::actions::once;
use crate::actions::{ActionError, Change, Once};
use crate::domain::hash::{digest_of_parts, hex};
use crate::site::document::etag;
use crate::site::encoding::Encoding;
use crate::store::idempotency::StoredAnswer;
use crate::wire::FieldError;

/// A change in progress, for a request or a form.
pub(super) struct Writing {
    pub(super) change: Box<Change>,
    nudge: Arc<tokio::sync::Notify>,
    _lock: Option<KeyLock>,
}

/// The result of beginning a request.
pub(super) enum BegunWriting {
    /// A change to make.
    Fresh(Box<Writing>),
    /// The response that was given before.
    Repeated(Response),
}

impl Writing {
    pub(super) fn of(state: &AppState, change: Box<Change>) -> Box<Self> {
        Box::new(Self {
            change,
            nudge: state.nudge.clone(),
            _lock: None,
        })
    }

    /// Begins a change that is idempotent by itself.
    pub(super) async fn begin_edit(
        state: &AppState,
        staff: &Staff,
    ) -> Result<Box<Self>, ActionError> {
        let change = Change::begin(&state.store, &state.clock, staff.actor.clone()).await?;
        Ok(Self::of(state, Box::new(change)))
    }

    /// Begins the change of a POST, unless it was made already.
    pub(super) async fn begin(
        state: &AppState,
        staff: &Staff,
        call: &Call,
    ) -> Result<BegunWriting, AppError> {
        let key = call.headers.get("idempotency-key").map(checked_key);
        let once = key.transpose()?.map(|key| Once {
            key,
            digest: digest_of(call),
        });
        let lock = once
            .as_ref()
            .map(|once| lock_key(&state.running, &staff.token.id, &once.key));
        let lock = lock.transpose()?;
        let actor = staff.actor.clone();
        match Change::begin_once(&state.store, &state.clock, actor, once).await? {
            once::BegunOnce::Fresh(change) => Ok(BegunWriting::Fresh(Box::new(Self {
                _lock: lock,
                ..*Self::of(state, change)
            }))),
            once::BegunOnce::Done(answer) => Ok(BegunWriting::Repeated(repeated(answer))),
            once::BegunOnce::Other(_) => Err(AppError::Invalid(vec![FieldError::new(
                "",
                "this Idempotency-Key was used for another request; use a new one",
            )])),
        }
    }

    /// Commits the change and stores its response.
    pub(super) async fn commit(
        self,
        status: StatusCode,
        location: Option<&str>,
        body: &str,
    ) -> Result<(), ActionError> {
        let committed = self.change.commit_once(status.as_u16(), location, body);
        if committed.await?.is_some() {
            self.nudge.notify_one();
        }
        Ok(())
    }

    /// Finishes with a response that shows what was changed.
    pub(super) async fn shown<T: Serialize>(
        self: Box<Self>,
        body: &T,
    ) -> Result<Response, AppError> {
        self.finish(StatusCode::OK, None, body, None).await
    }

    /// Finishes with a response that shows what was created, and its location.
    pub(super) async fn created<T: Serialize>(
        self: Box<Self>,
        location: String,
        body: &T,
    ) -> Result<Response, AppError> {
        self.finish(StatusCode::CREATED, Some(location), body, None)
            .await
    }

    /// Commits the change, stores its response and returns it. The stored body may differ:
    /// `remembered` may leave out a secret.
    pub(super) async fn finish<T: Serialize>(
        self: Box<Self>,
        status: StatusCode,
        location: Option<String>,
        body: &T,
        remembered: Option<&T>,
    ) -> Result<Response, AppError> {
        let kept = as_json(remembered.unwrap_or(body));
        self.commit(status, location.as_deref(), &kept).await?;
        Ok(json_response(status, location.as_deref(), as_json(body)))
    }
}

fn checked_key(value: &HeaderValue) -> Result<String, AppError> {
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > 200 || key.contains(char::is_control) {
        return Err(AppError::BadRequest(
            "an Idempotency-Key has 1 to 200 printable ASCII characters; a UUID is good".to_owned(),
        ));
    }
    Ok(key.to_owned())
}

fn digest_of(call: &Call) -> String {
    hex(&digest_of_parts([
        call.method.as_str().as_bytes(),
        call.uri.path().as_bytes(),
        &call.body,
    ]))
}

fn repeated(answer: StoredAnswer) -> Response {
    let status = u16::try_from(answer.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::OK);
    json_response(status, answer.location.as_deref(), answer.body)
}

/// Serialises a value as JSON. The types used here contain only strings, numbers and maps with
/// string keys, so it can't fail.
pub(super) fn as_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A response with a value as JSON.
pub(super) fn shown<T: Serialize>(value: &T) -> Response {
    json_response(StatusCode::OK, None, as_json(value))
}

/// A response with a JSON body and its ETag.
fn json_response(status: StatusCode, location: Option<&str>, body: String) -> Response {
    let etag = etag(body.as_bytes(), Encoding::Plain);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(Ok(location)) = location.map(HeaderValue::from_str) {
        headers.insert(header::LOCATION, location);
    }
    response
}

/// A response with a page of the list at `path`, and a link to the next one; `next` is its query.
pub(super) fn list_response(path: &str, next: Option<&str>, body: String) -> Response {
    let mut response = json_response(StatusCode::OK, None, body);
    let link = next.map(|query| format!("<{path}{query}>; rel=\"next\""));
    if let Some(Ok(link)) = link.map(HeaderValue::try_from) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// Checks `If-Match` against the current value.
pub(super) fn check_match<T: Serialize>(call: &Call, current: &T) -> Result<(), AppError> {
    let Some(value) = call.headers.get(header::IF_MATCH) else {
        return Ok(());
    };
    let etag = etag(as_json(current).as_bytes(), Encoding::Plain);
    let matches = value
        .to_str()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag == etag);
    if matches {
        Ok(())
    } else {
        Err(AppError::PreconditionFailed)
    }
}
