//! Shared by the handlers of the staff pages: names from paths, and forms.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use uuid::Uuid;

use super::staff_error::{StaffError, sentence};
use crate::actions::FieldError;
use crate::domain::slug::Slug;
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::web::extract::Names;

/// The slug in a path.
pub(super) struct SlugOf(pub(super) Slug);

/// The slug of an incident and the id of one of its updates in a path.
pub(super) struct UpdateOf(pub(super) Slug, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for UpdateOf {
    type Rejection = StaffError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StaffError> {
        let Names([name, id]) = Names::<2>::from_request_parts(parts, state)
            .await
            .map_err(|_| nothing_named())?;
        let slug = Slug::parse(&name).map_err(|_| nothing_named())?;
        Ok(Self(slug, id))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SlugOf {
    type Rejection = StaffError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StaffError> {
        let Names([name]) = Names::<1>::from_request_parts(parts, state)
            .await
            .map_err(|_| nothing_named())?;
        Slug::parse(&name).map(Self).map_err(|_| nothing_named())
    }
}

/// The id in a path.
pub(super) struct IdOf(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for IdOf {
    type Rejection = StaffError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StaffError> {
        let Names([id]) = Names::<1>::from_request_parts(parts, state)
            .await
            .map_err(|_| nothing_named())?;
        Ok(Self(id))
    }
}

fn nothing_named() -> StaffError {
    StaffError::missing("there is nothing at this address")
}

/// The value of a query parameter; empty if it is absent.
pub(super) fn said_in(uri: &Uri, name: &str) -> String {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// A form that nobody has sent yet, with a new key.
pub(super) fn fresh(fields: Fields) -> FormState {
    again(fields, Vec::new())
}

/// The form as it was sent, with its errors.
pub(super) fn again(mut fields: Fields, wrong: Vec<Wrong>) -> FormState {
    if fields.nonblank(Fields::KEY).is_none() {
        fields.set(Fields::KEY, new_key());
    }
    FormState {
        fields,
        wrong,
        sent_before: None,
        is_lost: false,
    }
}

/// A form that starts over, because its preview is no longer stored.
pub(super) fn lost(fields: Fields) -> FormState {
    FormState {
        is_lost: true,
        ..fresh(fields)
    }
}

/// The form as it was sent, after the same key led to `path` with other contents. It gets a new
/// key.
pub(super) fn sent_before(mut fields: Fields, path: String) -> FormState {
    fields.set(Fields::KEY, new_key());
    FormState {
        fields,
        wrong: Vec::new(),
        sent_before: Some(path),
        is_lost: false,
    }
}

/// A new random key for a form.
pub(super) fn new_key() -> String {
    Uuid::now_v7().to_string()
}

/// Maps an action's field errors to the form: `/components/selma` is `state.selma`, and `/update`
/// is the form itself.
pub(super) fn wrong_fields(errors: Vec<FieldError>) -> Vec<Wrong> {
    let to_wrong = |error: FieldError| {
        let pointer = error.pointer.trim_start_matches("/update");
        let pointer = pointer.strip_prefix('/').unwrap_or(pointer);
        let field = match pointer.split_once('/') {
            Some(("components", slug)) => format!("state.{slug}"),
            Some((first, _)) => first.to_owned(),
            None => pointer.to_owned(),
        };
        Wrong {
            field,
            detail: sentence(&error.detail),
        }
    };
    errors.into_iter().map(to_wrong).collect()
}
