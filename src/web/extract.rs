//! Reading requests: slugs and ids from paths, the part of a list from the query, and bodies from
//! JSON, with errors that name the field.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use utoipa::IntoParams;

use super::error::AppError;
use super::writing::Call;
use crate::actions::ActionError;
use crate::actions::add_update::Settings;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::render::json::fields::{Body, unknown};
use crate::render::json::ordered::ByComponent;
use crate::render::json::setting::Setting;
use crate::render::json::{self, FieldError, Unusable};

/// The body of a request, read.
pub(super) fn body<T: Body>(call: &Call) -> Result<T, AppError> {
    check_format(&call.headers)?;
    json::parse(&call.body).map_err(|error| match error {
        Unusable::NotJson(detail) => AppError::BadRequest(detail),
        Unusable::Mistaken(errors) => AppError::Invalid(errors),
    })
}

/// JSON, as it is. A body whose format isn't named is taken for JSON.
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

/// A slug from a path. One that can't be a slug names nothing.
pub(super) fn slug(text: &str, what: &str) -> Result<Slug, AppError> {
    Slug::parse(text).map_err(|_| {
        AppError::Action(ActionError::NotFound(format!(
            "there is no {what} {text:?}"
        )))
    })
}

/// What a request says of components, as actions take it.
pub(super) fn settings(said: Option<ByComponent<Option<Setting>>>) -> Settings {
    said.map(|settings| settings.0)
        .unwrap_or_default()
        .into_iter()
        .map(|(slug, setting)| {
            let setting =
                setting.map(|setting| (setting.state().clone(), setting.note().map(str::to_owned)));
            (slug, setting)
        })
        .collect()
}

/// A slug for something that may be made.
pub(super) fn new_slug(text: &str) -> Result<Slug, AppError> {
    Slug::parse(text)
        .map_err(|error| AppError::Invalid(vec![FieldError::new("", error.to_string())]))
}

/// The one name in a path.
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
        // PostgreSQL can't even be asked about U+0000.
        if let Some(odd) = names.iter().find(|name| name.contains(char::is_control)) {
            return Err(AppError::NotFound(format!(
                "there is nothing named {odd:?}"
            )));
        }
        names.try_into().map(Self).map_err(|_| unreadable())
    }
}

/// Which part of a list is wanted.
#[derive(Debug, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// How many at most.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: usize,
    /// Go on after the one with this id; the header `Link` of the part before has it.
    pub(super) before: Option<String>,
}

/// How many are listed if nothing is said.
const USUAL_LIMIT: usize = 50;
/// How many are listed at most.
const MAX_LIMIT: usize = 200;

/// The parameters of a query, in order.
fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, Vec<FieldError>> {
    #[expect(
        clippy::disallowed_types,
        reason = "this is where errors get the name of their parameter"
    )]
    let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
    query
        .map(|query| query.0)
        .map_err(|_| vec![FieldError::new("", "the query can't be read")])
}

impl Part {
    /// Reads `?limit=&before=`.
    fn read(uri: &Uri) -> Result<Self, Vec<FieldError>> {
        let pairs = pairs(uri)?;
        let mut part = Self {
            limit: USUAL_LIMIT,
            before: None,
        };
        let mut seen = Vec::new();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            let mut refuse = |detail: String| {
                errors.push(FieldError::of_field(&name, detail));
            };
            if seen.contains(&name) {
                refuse("stands twice; leave one out".to_owned());
                continue;
            }
            match name.as_str() {
                "limit" => match value.parse::<usize>() {
                    Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => part.limit = limit,
                    Ok(_) | Err(_) => refuse(format!("must be a number from 1 to {MAX_LIMIT}")),
                },
                "before" if value.is_empty() || value.contains(char::is_control) => {
                    refuse("must be the id of the last one that you have".to_owned());
                }
                "before" => part.before = Some(value),
                _ => refuse(unknown("parameter", &name, &["limit", "before"])),
            }
            seen.push(name);
        }
        if errors.is_empty() {
            Ok(part)
        } else {
            Err(errors)
        }
    }
}

impl Part {
    /// How many to read: one more than wanted, to see whether there are more.
    pub(super) fn to_read(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// What was read without the one too many, and the query of the next part if there is one.
    pub(super) fn divide<T>(
        &self,
        mut read: Vec<T>,
        id: impl Fn(&T) -> &str,
    ) -> (Vec<T>, Option<String>) {
        let has_more = read.len() > self.limit;
        read.truncate(self.limit);
        let last = read.last().filter(|_| has_more);
        let next = last.map(|last| format!("?limit={}&before={}", self.limit, encoded(id(last))));
        (read, next)
    }
}

/// The list goes on after something that isn't there.
pub(super) fn unknown_before(what: &str) -> AppError {
    let how = format!("there is no {what} with this id; take it from the header Link");
    AppError::Invalid(vec![FieldError::of_field("before", how)])
}

/// A value as it may stand in a query (RFC 3986).
fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

impl<S: Send + Sync> FromRequestParts<S> for Part {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        Self::read(&parts.uri).map_err(AppError::Invalid)
    }
}

/// Components that something is about, each with its state where that is known:
/// `?component=selma&component=nelson=degraded`.
#[derive(Debug)]
pub(super) struct Affected(pub(super) Vec<(Slug, Option<StateKey>)>);

impl Affected {
    fn read(uri: &Uri) -> Result<Self, AppError> {
        let mut affected: Vec<(Slug, Option<StateKey>)> = Vec::new();
        for (name, value) in pairs(uri).map_err(AppError::Invalid)? {
            if name != "component" {
                let detail = unknown("parameter", &name, &["component"]);
                return Err(AppError::Invalid(vec![FieldError::of_field(&name, detail)]));
            }
            let (slug, state) = match value.split_once('=') {
                Some((slug, state)) => (slug, Some(StateKey::new(state.trim()))),
                None => (value.as_str(), None),
            };
            let slug = Slug::parse(slug.trim()).map_err(|error| Self::refuse(error.to_string()))?;
            if !affected.iter().any(|(known, _)| *known == slug) {
                affected.push((slug, state));
            }
        }
        Ok(Self(affected))
    }

    /// One of them can't be used.
    pub(super) fn refuse(detail: String) -> AppError {
        AppError::Invalid(vec![FieldError::of_field("component", detail)])
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Affected {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        Self::read(&parts.uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_which_part_of_a_list_or_what_is_wrong_with_it() {
        let check = |query: &str, expected: Result<(usize, Option<&str>), &[&str]>| {
            let uri: Uri = format!("/x{query}").parse().expect("a path");
            let found = Part::read(&uri);
            let found = match &found {
                Ok(part) => Ok((part.limit, part.before.as_deref())),
                Err(errors) => Err(errors.iter().map(|it| it.pointer.as_str()).collect()),
            };
            assert_eq!(found, expected.map_err(<[&str]>::to_vec), "{query}");
        };
        check("", Ok((50, None)));
        check("?", Ok((50, None)));
        check("?limit=200&before=a%20b", Ok((200, Some("a b"))));
        check("?before=%ff", Ok((50, Some("\u{fffd}"))));
        for limit in ["0", "201", "-1", "", "x", "1.0", "99999999999999999999"] {
            check(&format!("?limit={limit}"), Err(&["/limit"]));
        }
        check("?before=", Err(&["/before"]));
        check("?before=%00", Err(&["/before"]));
        check("?limit=1&limit=1", Err(&["/limit"]));
        check("?limt=1&&=&;%zz", Err(&["/limt", "/", "/;%zz"]));
        check("?a/b~=1&limit=x", Err(&["/a~1b~0", "/limit"]));
    }
}
