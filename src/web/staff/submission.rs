//! A form sent by a signed-in member of staff. If nobody is signed in, the form isn't lost: the
//! sign-in page carries it along.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;

use super::html_response::html_response;
use super::reading::fresh;
use super::session::{Visit, find_visit};
use super::staff_error::StaffError;
use crate::render::html::staff::fields::Fields;
use crate::render::html::staff::known_fields::is_known;
use crate::render::html::staff::sign_in::{self, KEPT};
use crate::urls;
use crate::web::state::AppState;

/// Maximum size of a form, in bytes: the longest text with every byte percent-encoded.
pub(super) const MAX_FORM_BYTES: usize = 1024 * 1024;

/// A form and its sender.
#[derive(Debug)]
pub(super) struct Submission {
    /// The sender and the page.
    pub(super) visit: Visit,
    /// The fields.
    pub(super) fields: Fields,
}

impl Submission {
    /// Whether this button sent it.
    pub(super) fn is(&self, button: &str) -> bool {
        self.fields.first(Fields::BUTTON) == button
    }

    /// An error that keeps what was typed.
    pub(super) fn keeping(&self, error: StaffError) -> StaffError {
        error.keeping(&self.visit.path, &self.fields)
    }
}

impl FromRequest<AppState> for Submission {
    type Rejection = StaffError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, StaffError> {
        let (parts, body) = request.into_parts();
        let path = sign_in_path(parts.uri.path());
        // If the sender isn't signed in, only little is read.
        let visit = find_visit(&parts, state).await;
        let sender = match &visit {
            Ok(Some(_)) => Sender::Staff,
            Ok(None) | Err(_) => Sender::Anybody,
        };
        let request = Request::from_parts(parts, body);
        let fields = read_fields(request, state, sender).await?;
        match visit.map_err(|error| error.keeping(&path, &fields))? {
            Some(visit) => Ok(Self { visit, fields }),
            None => {
                let site = state.site.current();
                let page =
                    sign_in::page(site.snapshot(), &fresh(Fields::default()), &path, &fields);
                let response = html_response(StatusCode::UNAUTHORIZED, page.into_string());
                Err(StaffError::SignInPage(Box::new(response)))
            }
        }
    }
}

/// The sign-in page that leads back to a path; a path that is too long isn't ours.
fn sign_in_path(path: &str) -> String {
    match path.len() <= MAX_PATH_BYTES {
        true => path.to_owned(),
        false => urls::STAFF.to_owned(),
    }
}

/// Maximum length of a form's path.
const MAX_PATH_BYTES: usize = 1000;

/// What is known about a form's sender before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// A signed-in member of staff.
    Staff,
    /// Anybody at all.
    Anybody,
    /// Somebody who is signing in, perhaps with a form that was sent before.
    SigningIn,
}

impl Sender {
    /// Maximum size of a form, in bytes.
    fn max_bytes(self) -> usize {
        match self {
            Self::Staff => MAX_FORM_BYTES,
            Self::Anybody => 64 * 1024,
            // Each field of the earlier form has a prefix.
            Self::SigningIn => 80 * 1024,
        }
    }
}

/// Maximum number of fields in a form, and additionally for each component.
const MAX_FIELDS: usize = 100;
const MAX_FIELDS_EACH: usize = 5;

/// Reads the known fields of a form, with normalised line breaks.
pub(super) async fn read_fields(
    request: Request,
    state: &AppState,
    sender: Sender,
) -> Result<Fields, StaffError> {
    if !is_form(request.headers()) {
        return Err(StaffError::error_page(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "That isn’t a form",
            "The staff pages only accept their own forms. Programs use the API.",
        ));
    }
    let too_long = || {
        let text = match sender {
            Sender::Staff => "Go back and shorten it. What you wrote is still there.",
            Sender::Anybody | Sender::SigningIn => {
                "You aren’t signed in, and until then only short forms are accepted. Sign in in \
                 another window, then go back and send it again. What you wrote is still there."
            }
        };
        StaffError::error_page(StatusCode::PAYLOAD_TOO_LARGE, "That is too long", text)
    };
    let stated = request.headers().get(header::CONTENT_LENGTH);
    let stated = stated.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if stated.is_some_and(|stated| stated > sender.max_bytes() as u64) {
        return Err(too_long());
    }
    let body = Bytes::from_request(request, state)
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_long(),
            _ => StaffError::error_page(
                StatusCode::BAD_REQUEST,
                "The form didn’t arrive in full",
                "Go back and send it again. What you wrote is still there.",
            ),
        })?;
    if body.len() > sender.max_bytes() {
        return Err(too_long());
    }
    let components = state.site.current().snapshot().components.len();
    let most = MAX_FIELDS + MAX_FIELDS_EACH * components;
    if body.iter().filter(|byte| **byte == b'&').count() >= most {
        return Err(StaffError::error_page(
            StatusCode::BAD_REQUEST,
            "That has too many fields",
            "No form on the staff pages has as many.",
        ));
    }
    let pairs = form_urlencoded::parse(&body)
        .filter(|(name, _)| is_known(name.strip_prefix(KEPT).unwrap_or(name)))
        .map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")))
        .collect();
    Ok(Fields::new(pairs))
}

fn is_form(headers: &HeaderMap) -> bool {
    let said = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    said.is_none_or(|value| {
        let format = value.split(';').next().unwrap_or_default().trim();
        format.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}
