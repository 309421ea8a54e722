//! Extracts slugs and ids from paths, and parses JSON bodies, with errors that name the
//! field.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

use super::call::Call;
use super::error::AppError;
use super::query;
use crate::actions::new_update::NewUpdate;
use crate::actions::once::IfRepeated;
use crate::domain::event::facts::StatedStates;
use crate::domain::slug::Slug;
use crate::domain::window::Window;
use crate::wire::fields::{Body, unknown};
use crate::wire::ordered::ByComponent;
use crate::wire::setting::Setting;
use crate::wire::template::TemplateQuery;
use crate::wire::{self, FieldError, Unusable, update};

/// Parses the body of a request.
pub(super) fn body<T: Body>(call: &Call) -> Result<T, AppError> {
    check_format(&call.headers)?;
    wire::parse(&call.body).map_err(|error| match error {
        Unusable::NotJson(detail) => AppError::BadRequest(detail),
        Unusable::Mistaken(errors) => AppError::Invalid(errors),
    })
}

/// Accepts only JSON without an encoding. A body without a stated format counts as JSON.
fn check_format(headers: &HeaderMap) -> Result<(), AppError> {
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or("unreadable"))
    };
    let is_json = text(header::CONTENT_TYPE).is_none_or(|value| {
        let format = value.split(';').next().unwrap_or_default().trim();
        let (_, format) = format.split_once('/').unwrap_or_default();
        let format = format.to_ascii_lowercase();
        format == "json" || format.ends_with("+json")
    });
    if !is_json {
        return Err(AppError::UnsupportedFormat(
            "send the body as JSON: Content-Type: application/json",
        ));
    }
    match text(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => Err(
            AppError::UnsupportedFormat("send the body as it is, without Content-Encoding"),
        ),
        Some(_) | None => Ok(()),
    }
}

/// Parses a slug from a path. An invalid one counts as missing.
pub(super) fn slug(text: &str, what: &str) -> Result<Slug, AppError> {
    Slug::parse(text).map_err(|_| AppError::missing(what, text))
}

/// Converts the components of a request for actions.
pub(super) fn settings(said: ByComponent<Option<Setting>>) -> StatedStates {
    said.0
        .into_iter()
        .map(|(slug, setting)| {
            let setting =
                setting.map(|setting| (setting.state().clone(), setting.note().map(str::to_owned)));
            (slug, setting)
        })
        .collect()
}

/// Converts a new update for actions.
pub(super) fn new_update(said: update::NewUpdate) -> NewUpdate {
    NewUpdate {
        markdown: said.markdown,
        fact: None,
        phase: said.phase,
        components: said.components.map(settings).unwrap_or_default(),
        at: said.at,
        author: said.author,
        restore: said.restore,
        window: Window::default(),
        seen: said.seen,
        again: IfRepeated::Post,
    }
}

/// Parses the slug of something that the request may create.
pub(super) fn new_slug(text: &str) -> Result<Slug, AppError> {
    Slug::parse(text)
        .map_err(|error| AppError::Invalid(vec![FieldError::new("", error.to_string())]))
}

/// The only name in a path.
pub(super) struct Name(pub(super) String);

/// The names in a path, in order.
pub(super) struct Names<const N: usize>(pub(super) [String; N]);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let Names([name]) = Names::<1>::from_request_parts(parts, state).await?;
        Ok(Self(name))
    }
}

impl<S: Send + Sync, const N: usize> FromRequestParts<S> for Names<N> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let unreadable =
            || AppError::BadRequest("the path can't be read; write it in UTF-8".to_owned());
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| unreadable())?;
        let names: Vec<String> = params.iter().map(|(_, name)| name.to_owned()).collect();
        // PostgreSQL can't store U+0000.
        if let Some(odd) = names.iter().find(|name| name.contains(char::is_control)) {
            return Err(AppError::NotFound(format!(
                "there is nothing named {odd:?}"
            )));
        }
        names.try_into().map(Self).map_err(|_| unreadable())
    }
}

/// The query for templates: `?component=selma&component=nelson=degraded`.
#[derive(Debug)]
pub(super) struct Affected(pub(super) TemplateQuery);

impl Affected {
    fn read(uri: &Uri) -> Result<Self, AppError> {
        let mut asked = TemplateQuery::default();
        for (name, value) in query::pairs(uri).map_err(AppError::Invalid)? {
            if name != TemplateQuery::COMPONENT {
                let detail = unknown("parameter", &name, &[TemplateQuery::COMPONENT]);
                return Err(AppError::Invalid(vec![FieldError::of_field(&name, detail)]));
            }
            asked
                .add(&value)
                .map_err(|error| Self::refuse(error.to_string()))?;
        }
        Ok(Self(asked))
    }

    /// An invalid parameter.
    pub(super) fn refuse(detail: String) -> AppError {
        AppError::Invalid(vec![FieldError::of_field(TemplateQuery::COMPONENT, detail)])
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Affected {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        Self::read(&parts.uri)
    }
}
