//! Errors of the staff pages. Each becomes a page, or a redirect to the sign-in page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::html_response::html_response;
use crate::actions::ActionError;
use crate::domain::actor::Lacking;
use crate::render::html::staff::error_page::{self, ErrorPage};
use crate::render::html::staff::fields::Fields;
use crate::render::html::staff::tokens::scope_name;
use crate::store::StoreError;
use crate::urls;
pub(super) use crate::web::sentence::sentence;

/// Why a request gets no page, or another one.
#[derive(Debug)]
pub(super) enum StaffError {
    /// Nobody is signed in. After signing in, the browser continues to this path.
    SignIn(String),
    /// Nobody is signed in. This page says so and keeps what was typed.
    SignInPage(Box<Response>),
    /// Any other error.
    ErrorPage(Box<ErrorPage>),
}

impl From<StoreError> for StaffError {
    fn from(error: StoreError) -> Self {
        if let StoreError::Uncertain(_) = error {
            tracing::error!(%error, "the database didn't say whether a change was committed");
            return Self::error_page(
                StatusCode::SERVICE_UNAVAILABLE,
                "It may have been posted",
                "The database didn’t answer in time. Send it again: it won’t be posted twice.",
            );
        }
        tracing::error!(%error, "a staff page failed in the database; nothing was changed");
        Self::error_page(
            StatusCode::SERVICE_UNAVAILABLE,
            "The database isn’t responding",
            "Nothing was changed. The public page stays up as it is. Try again in a moment.",
        )
    }
}

impl From<ActionError> for StaffError {
    fn from(error: ActionError) -> Self {
        let (status, title) = match error {
            ActionError::Store(error) => return error.into(),
            ActionError::Lacking(lacking) => return lacking.into(),
            ActionError::NotFound(_) => (StatusCode::NOT_FOUND, "Not found"),
            ActionError::Meanwhile(_) => (StatusCode::CONFLICT, "Someone posted before you"),
            ActionError::Repeated(_) => (StatusCode::CONFLICT, "Already posted"),
            ActionError::Conflict(_) | ActionError::StillRunning => {
                (StatusCode::CONFLICT, "That can’t be done")
            }
            ActionError::Forbidden(_) => (StatusCode::FORBIDDEN, "Your token can’t do this"),
            ActionError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "That can’t be done"),
        };
        Self::error_page(status, title, &sentence(&error.to_string()))
    }
}

impl StaffError {
    pub(super) fn error_page(status: StatusCode, title: &str, text: &str) -> Self {
        Self::ErrorPage(Box::new(ErrorPage {
            status: status.as_u16(),
            title: title.to_owned(),
            text: text.to_owned(),
            form: None,
        }))
    }

    /// The resource doesn't exist.
    pub(super) fn missing(what: &str) -> Self {
        Self::error_page(StatusCode::NOT_FOUND, "Not found", &sentence(what))
    }

    /// The request comes from another site.
    pub(super) fn cross_site() -> Self {
        Self::error_page(
            StatusCode::FORBIDDEN,
            "This came from another site",
            "Another website tried to act in your name, or your browser didn’t say where the \
             request came from. Nothing was changed. If it was you, open the dashboard and send it \
             from there. A proxy in front must pass on the Host header.",
        )
    }

    /// Signing in would expose the token to eavesdroppers.
    pub(super) fn needs_https() -> Self {
        Self::error_page(
            StatusCode::FORBIDDEN,
            "Signing in needs HTTPS",
            "Over plain HTTP, anyone on the way could read your token. Open this page with \
             https://. If you did, the proxy in front must say so in X-Forwarded-Proto and be \
             trusted (--trusted-proxy). On the machine itself, http://localhost works too.",
        )
    }

    /// Adds what was typed, so that it can be sent again or copied.
    pub(super) fn keeping(self, path: &str, fields: &Fields) -> Self {
        match self {
            Self::ErrorPage(mut error_page) => {
                error_page.form = Some((path.to_owned(), fields.clone()));
                Self::ErrorPage(error_page)
            }
            Self::SignIn(_) | Self::SignInPage(_) => self,
        }
    }
}

impl From<Lacking> for StaffError {
    fn from(lacking: Lacking) -> Self {
        let text = format!(
            "It needs the scope {}. The token you are signed in with, “{}”, doesn’t have it. Sign \
             in with one that does, or ask an admin for one.",
            scope_name(lacking.permission.scope()),
            lacking.name
        );
        Self::error_page(StatusCode::FORBIDDEN, "Your token can’t do this", &text)
    }
}

impl IntoResponse for StaffError {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(next) => Redirect::to(&urls::staff_sign_in(&next)).into_response(),
            Self::SignInPage(response) => *response,
            Self::ErrorPage(error_page) => {
                let status = StatusCode::from_u16(error_page.status)
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response =
                    html_response(status, error_page::page(&error_page).into_string());
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    let soon = HeaderValue::from_static("5");
                    response.headers_mut().insert(header::RETRY_AFTER, soon);
                }
                response
            }
        }
    }
}
