//! A form that was sent by somebody who is signed in. If nobody is, it isn't lost: the page to
//! sign in carries it.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;

use super::html_response::html_response;
use super::reading::fresh;
use super::session::{Visit, find_visit};
use super::trouble::StaffError;
use crate::render::html::staff::fields::Fields;
use crate::render::html::staff::known_fields::is_known;
use crate::render::html::staff::sign_in::{self, KEPT};
use crate::urls;
use crate::web::state::AppState;

/// Longest form, in bytes: the longest text, each byte of it written as three.
pub(super) const MAX_FORM_BYTES: usize = 1024 * 1024;

/// A form, and who sent it.
#[derive(Debug)]
pub(super) struct Submission {
    /// Who sent it, from which page.
    pub(super) visit: Visit,
    /// What stands in it.
    pub(super) fields: Fields,
}

impl Submission {
    /// Whether it was sent with this button.
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
        // Before it is known who that is, little is read.
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
                Err(StaffError::Page(Box::new(response)))
            }
        }
    }
}

/// A path that is gone on to after signing in; a longer one isn't one of ours.
fn sign_in_path(path: &str) -> String {
    match path.len() <= MAX_PATH_BYTES {
        true => path.to_owned(),
        false => urls::STAFF.to_owned(),
    }
}

/// Longest path of a form.
const MAX_PATH_BYTES: usize = 1000;

/// Who sends a form, as far as that is known before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// Somebody who is signed in.
    Staff,
    /// Anybody at all.
    Anybody,
    /// Somebody who signs in, perhaps with a form that anybody sent before.
    SigningIn,
}

impl Sender {
    /// Longest form, in bytes.
    fn max_bytes(self) -> usize {
        match self {
            Self::Staff => MAX_FORM_BYTES,
            Self::Anybody => 64 * 1024,
            // Each field then has more before its name.
            Self::SigningIn => 80 * 1024,
        }
    }
}

/// Forms have so many fields at most, and so many more for each component.
const MAX_FIELDS: usize = 100;
const MAX_FIELDS_EACH: usize = 5;

/// The fields of a form that are ours, line breaks as we write them.
pub(super) async fn read_fields(
    request: Request,
    state: &AppState,
    sender: Sender,
) -> Result<Fields, StaffError> {
    if !is_form(request.headers()) {
        return Err(StaffError::trouble(
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
        StaffError::trouble(StatusCode::PAYLOAD_TOO_LARGE, "That is too long", text)
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
            _ => StaffError::trouble(
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
        return Err(StaffError::trouble(
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
