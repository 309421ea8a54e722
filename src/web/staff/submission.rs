//! A form that was sent by somebody who is signed in. If nobody is, it isn't lost: the page to
//! sign in carries it.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;

use super::reading::{fresh, html_response};
use super::session::{Visit, find_visit};
use super::trouble::StaffError;
use crate::render::html::staff::fields::Fields;
use crate::render::html::staff::sign_in;
use crate::web::state::AppState;

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
        let path = parts.uri.path().to_owned();
        let request = Request::from_parts(parts.clone(), body);
        let fields = read_fields(request, state).await?;
        let visit = find_visit(&parts, state)
            .await
            .map_err(|error| error.keeping(&path, &fields))?;
        match visit {
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

/// The fields of a form, line breaks as we write them.
pub(super) async fn read_fields(request: Request, state: &AppState) -> Result<Fields, StaffError> {
    if !is_form(request.headers()) {
        return Err(StaffError::trouble(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "That isn’t a form",
            "The staff pages take what their forms send. Programs use the API.",
        ));
    }
    let body = Bytes::from_request(request, state)
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => StaffError::trouble(
                StatusCode::PAYLOAD_TOO_LARGE,
                "That is too long",
                "Go back, and say it in fewer words; what you wrote still stands there.",
            ),
            _ => StaffError::trouble(
                StatusCode::BAD_REQUEST,
                "The form broke off",
                "Go back, and send it again; what you wrote still stands there.",
            ),
        })?;
    let pairs = form_urlencoded::parse(&body)
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
