//! One error for every handler: the API answers problem+json (RFC 9457).

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::actions::ActionError;
use crate::render::json::FieldError;
use crate::render::json::problem::Problem;
use crate::store::StoreError;

/// Why a request of the admin API was refused or failed.
#[derive(Debug)]
pub(super) enum AppError {
    /// No token, or none that opens anything.
    Unauthorized(&'static str),
    /// Too many failed tokens from this address.
    Throttled,
    /// The token may not do it.
    Forbidden(String),
    /// The body or the query can't be used.
    Invalid(Vec<FieldError>),
    /// The request itself is malformed.
    BadRequest(String),
    /// It was changed meanwhile.
    PreconditionFailed,
    /// The same request is still running.
    StillRunning,
    /// The action refused or failed.
    Action(ActionError),
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
    fn problem(&self) -> Problem {
        let with = |status: StatusCode, detail: &str| Problem {
            detail: Some(detail.to_owned()),
            ..Problem::new(
                status.as_u16(),
                status.canonical_reason().unwrap_or("Problem"),
            )
        };
        match self {
            Self::Unauthorized(detail) => with(StatusCode::UNAUTHORIZED, detail),
            Self::Throttled => with(
                StatusCode::TOO_MANY_REQUESTS,
                "too many wrong tokens came from your address; wait a minute",
            ),
            Self::Forbidden(detail) => with(StatusCode::FORBIDDEN, detail),
            Self::Invalid(errors) => invalid(errors.clone()),
            Self::BadRequest(detail) => with(StatusCode::BAD_REQUEST, detail),
            Self::PreconditionFailed => with(
                StatusCode::PRECONDITION_FAILED,
                "it was changed since you read it; read it again and repeat your change",
            ),
            Self::StillRunning => with(
                StatusCode::CONFLICT,
                "the first request with this Idempotency-Key is still running; ask again in a second",
            ),
            Self::Action(ActionError::Invalid(fields)) => invalid(
                fields
                    .iter()
                    .map(|field| FieldError::new(field.pointer.clone(), field.detail.clone()))
                    .collect(),
            ),
            Self::Action(ActionError::NotFound(detail)) => with(StatusCode::NOT_FOUND, detail),
            Self::Action(ActionError::Conflict(detail)) => with(StatusCode::CONFLICT, detail),
            Self::Action(ActionError::Forbidden(detail)) => with(StatusCode::FORBIDDEN, detail),
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

fn invalid(errors: Vec<FieldError>) -> Problem {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let details: Vec<_> = errors.iter().map(|error| error.detail.as_str()).collect();
    Problem {
        detail: Some(details.join("; ")),
        errors,
        ..Problem::new(status.as_u16(), "Unprocessable content")
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::Unauthorized(_) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Throttled => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            }
            Self::StillRunning | Self::Action(ActionError::Store(_)) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Forbidden(_)
            | Self::Invalid(_)
            | Self::BadRequest(_)
            | Self::PreconditionFailed
            | Self::Action(
                ActionError::Invalid(_)
                | ActionError::NotFound(_)
                | ActionError::Conflict(_)
                | ActionError::Forbidden(_),
            ) => {}
        }
        response
    }
}
