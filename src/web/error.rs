//! One error for every handler: the API answers problem+json (RFC 9457).
//!
//! The response made here has the status, the headers and, as an extension, the problem itself.
//! `layers` writes the body once it knows the request's id.

use std::any::Any;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::actions::ActionError;
use crate::domain::actor::Lacking;
use crate::render::statuspage::Resource;
use crate::store::StoreError;
use crate::urls;
use crate::wire::FieldError;
use crate::wire::fields::MOST_ERRORS;
use crate::wire::problem::{self, FirstPost, Problem};
use crate::wire::update::UpdateBody;

/// Why a request of the admin API was refused or failed.
#[derive(Debug)]
pub(super) enum AppError {
    /// No token.
    NoToken,
    /// A token that isn't valid.
    Unauthorized(&'static str),
    /// Too many invalid tokens from this address.
    Throttled,
    /// The body or the query is invalid.
    Invalid(Vec<FieldError>),
    /// The request itself is malformed.
    BadRequest(String),
    /// The resource doesn't exist.
    NotFound(String),
    /// The resource exists, but doesn't support this method.
    NotAllowed,
    /// The body is too long.
    TooLarge {
        /// The limit.
        max_bytes: usize,
    },
    /// The body's format isn't supported.
    UnsupportedFormat(&'static str),
    /// The resource has changed since the client read it.
    PreconditionFailed,
    /// There are newer updates that the author hasn't seen.
    Newer(String, Vec<UpdateBody>),
    /// The same was posted a moment ago.
    Repeated(String, FirstPost),
    /// A bug: the handler panicked.
    Panicked,
    /// The action refused or failed.
    Action(ActionError),
}

/// What the client is told if a permission is missing.
fn how_to_get(lacking: &Lacking) -> String {
    let scope = lacking.permission.scope();
    format!(
        "your token {:?} can't do this: it needs the scope {}; make one that has it with \
         `lightship token create NAME --scope {}`",
        lacking.name,
        scope.named(),
        scope.as_str()
    )
}

impl From<Lacking> for AppError {
    fn from(lacking: Lacking) -> Self {
        Self::Action(lacking.into())
    }
}

impl From<ActionError> for AppError {
    fn from(error: ActionError) -> Self {
        Self::Action(error)
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::Action(ActionError::Store(error))
    }
}

impl AppError {
    /// No resource has this name.
    pub(super) fn missing(what: &str, name: &str) -> Self {
        Self::NotFound(format!("there is no {what} {name:?}"))
    }

    fn problem(&self) -> Problem {
        let with = |status: StatusCode, detail: &str| Problem {
            detail: Some(detail.to_owned()),
            ..Problem::new(
                status.as_u16(),
                status.canonical_reason().unwrap_or("Problem"),
            )
        };
        match self {
            Self::NoToken => with(
                StatusCode::UNAUTHORIZED,
                "send a token in the header: Authorization: Bearer lsp_…",
            ),
            Self::Unauthorized(detail) => with(StatusCode::UNAUTHORIZED, detail),
            Self::Throttled => with(
                StatusCode::TOO_MANY_REQUESTS,
                "too many wrong tokens came from your address; wait a minute",
            ),
            Self::Invalid(errors) => invalid(errors.clone()),
            Self::BadRequest(detail) => with(StatusCode::BAD_REQUEST, detail),
            Self::NotFound(detail) => with(StatusCode::NOT_FOUND, detail),
            Self::NotAllowed => with(
                StatusCode::METHOD_NOT_ALLOWED,
                "this address doesn't accept this method; the header Allow lists those it does",
            ),
            Self::TooLarge { max_bytes } => with(
                StatusCode::PAYLOAD_TOO_LARGE,
                &format!(
                    "the body is longer than {} KiB; shorten it",
                    max_bytes / 1024
                ),
            ),
            Self::UnsupportedFormat(detail) => with(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail),
            Self::PreconditionFailed => with(
                StatusCode::PRECONDITION_FAILED,
                "it was changed since you read it; read it again and repeat your change",
            ),
            Self::Newer(detail, newer) => Problem {
                newer: newer.clone(),
                ..with(StatusCode::CONFLICT, detail)
            },
            Self::Repeated(detail, first) => Problem {
                first: Some(first.clone()),
                ..with(StatusCode::CONFLICT, detail)
            },
            Self::Action(ActionError::StillRunning) => with(
                StatusCode::CONFLICT,
                "the first request with this Idempotency-Key is still running; ask again in a second",
            ),
            Self::Panicked => with(
                StatusCode::INTERNAL_SERVER_ERROR,
                "a fault in Lightship; nothing was done; the log has the details",
            ),
            Self::Action(ActionError::Invalid(fields)) => invalid(
                fields
                    .iter()
                    .map(|field| FieldError::new(field.pointer.clone(), field.detail.clone()))
                    .collect(),
            ),
            Self::Action(ActionError::NotFound(detail)) => with(StatusCode::NOT_FOUND, detail),
            Self::Action(ActionError::Conflict(detail)) => with(StatusCode::CONFLICT, detail),
            Self::Action(error @ (ActionError::Meanwhile(_) | ActionError::Repeated(_))) => {
                with(StatusCode::CONFLICT, &error.to_string())
            }
            Self::Action(ActionError::Lacking(lacking)) => {
                with(StatusCode::FORBIDDEN, &how_to_get(lacking))
            }
            Self::Action(ActionError::Forbidden(detail)) => with(StatusCode::FORBIDDEN, detail),
            Self::Action(ActionError::Store(error @ StoreError::Uncertain(_))) => {
                tracing::error!(%error, "the database didn't say whether a change was committed");
                with(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the database didn't answer in time, so it may have been posted; send it \
                     again with the same Idempotency-Key, and it is posted only once; without a \
                     key, check first",
                )
            }
            Self::Action(ActionError::Store(error)) => {
                tracing::error!(%error, "a request failed in the database; nothing was changed");
                with(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the database can't do this right now; nothing was changed, so send it again",
                )
            }
        }
    }
}

fn invalid(mut errors: Vec<FieldError>) -> Problem {
    let more = errors.len().saturating_sub(MOST_ERRORS);
    if more > 0 {
        errors.truncate(MOST_ERRORS);
        errors.push(FieldError::new("", format!("and {more} more")));
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let details: Vec<_> = errors.iter().map(|error| error.detail.as_str()).collect();
    Problem {
        detail: Some(details.join("; ")),
        errors,
        ..Problem::new(status.as_u16(), "Unprocessable content")
    }
}

/// The response to an unknown path of the API.
pub(super) async fn nothing_here() -> AppError {
    AppError::NotFound(format!(
        "the API has nothing under this address; {} lists what it has",
        urls::OPENAPI
    ))
}

/// The response to a path of a public document that doesn't exist.
pub(super) fn no_document(path: &str) -> AppError {
    let under = |root: &str| path.strip_prefix(root);
    let is_statuspage = under(urls::STATUSPAGE_API)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']));
    let (what, known) = if is_statuspage {
        let documents = Resource::ALL.map(|it| urls::statuspage(it.name()));
        ("the API of Statuspage has", documents.join(", "))
    } else if urls::is_of_api(path) {
        return AppError::NotFound(format!(
            "no API has anything under this address; {} lists what ours has, and {}/ begins the \
             addresses of Statuspage's",
            urls::OPENAPI,
            urls::STATUSPAGE_API
        ));
    } else {
        let documents = [urls::FEED_JSON, "/incidents/SLUG.json"];
        ("the site has", documents.join(", "))
    };
    AppError::NotFound(format!(
        "{what} no document under this address; it has, for example, {known}"
    ))
}

/// The response if a path of the API doesn't support the method; the router adds `Allow`.
pub(super) async fn not_allowed() -> AppError {
    AppError::NotAllowed
}

/// The response if a handler panics. The panic itself is in the log already.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    AppError::Panicked.into_response()
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(problem::MEDIA_TYPE),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let more = match self {
            Self::NoToken => Some((header::WWW_AUTHENTICATE, "Bearer")),
            Self::Unauthorized(_) => {
                Some((header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""))
            }
            Self::Throttled => Some((header::RETRY_AFTER, "60")),
            Self::Action(ActionError::StillRunning | ActionError::Store(_)) => {
                Some((header::RETRY_AFTER, "1"))
            }
            Self::Invalid(_)
            | Self::BadRequest(_)
            | Self::NotFound(_)
            | Self::NotAllowed
            | Self::TooLarge { .. }
            | Self::UnsupportedFormat(_)
            | Self::PreconditionFailed
            | Self::Newer(..)
            | Self::Repeated(..)
            | Self::Panicked
            | Self::Action(
                ActionError::Invalid(_)
                | ActionError::NotFound(_)
                | ActionError::Conflict(_)
                | ActionError::Meanwhile(_)
                | ActionError::Repeated(_)
                | ActionError::Lacking(_)
                | ActionError::Forbidden(_),
            ) => None,
        };
        if let Some((name, value)) = more {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response.extensions_mut().insert(problem);
        response
    }
}
