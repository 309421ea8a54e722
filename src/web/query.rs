//! Parses queries: each parameter at most once, no unknown ones, and the page of a list.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use utoipa::IntoParams;

use super::error::AppError;
use crate::urls;
use crate::wire::FieldError;
use crate::wire::fields::unknown;

/// The parameters of a query that haven't been taken yet, and the errors so far.
#[derive(Default)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
    asked: Vec<&'static str>,
    errors: Vec<FieldError>,
}

/// The parameters of a query, in order.
pub(super) fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, Vec<FieldError>> {
    #[expect(
        clippy::disallowed_types,
        reason = "this is where errors get the name of their parameter"
    )]
    let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
    query
        .map(|query| query.0)
        .map_err(|_| vec![FieldError::new("", "the query can't be read")])
}

/// Maximum number of parameters.
const MOST_PAIRS: usize = 20;

impl Query {
    /// Parses the query of a URI.
    pub(super) fn of(uri: &Uri) -> Result<Self, Vec<FieldError>> {
        let pairs = pairs(uri)?;
        if pairs.len() > MOST_PAIRS {
            let how = format!("a query has at most {MOST_PAIRS} parameters; leave some out");
            return Err(vec![FieldError::new("", how)]);
        }
        Ok(Self {
            pairs,
            asked: Vec::new(),
            errors: Vec::new(),
        })
    }

    /// Takes the value of a parameter. A repeated one is an error; its first value is returned.
    pub(super) fn take(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        let (own, rest) = std::mem::take(&mut self.pairs)
            .into_iter()
            .partition::<Vec<_>, _>(|(known, _)| known == name);
        self.pairs = rest;
        if own.len() > 1 {
            self.refuse(name, "appears twice; leave one out");
        }
        own.into_iter().next().map(|(_, value)| value)
    }

    /// Records an error in a parameter.
    pub(super) fn refuse(&mut self, name: &str, detail: impl Into<String>) {
        self.errors.push(FieldError::of_field(name, detail.into()));
    }

    /// Returns all errors, those of unknown parameters first.
    pub(super) fn finish(self) -> Result<(), Vec<FieldError>> {
        let mut errors: Vec<_> = self
            .pairs
            .iter()
            .map(|(name, _)| FieldError::of_field(name, unknown("parameter", name, &self.asked)))
            .collect();
        errors.extend(self.errors);
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

/// Which part of a list is wanted.
#[derive(Debug, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// The maximum number to list.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: usize,
    /// Continue after the one with this id; the `Link` header of the previous page has it.
    #[param(min_length = 1, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    pub(super) before: Option<String>,
}

/// The default limit of a list.
const USUAL_LIMIT: usize = 50;
/// The maximum limit of a list.
const MAX_LIMIT: usize = 200;

impl Part {
    /// Takes `limit` and `before`.
    pub(super) fn take(query: &mut Query) -> Self {
        let mut part = Self {
            limit: take_limit(query),
            before: None,
        };
        match query.take("before") {
            Some(value) if value.is_empty() || value.contains(char::is_control) => {
                query.refuse("before", "must be the id of the last one that you have");
            }
            value => part.before = value,
        }
        part
    }

    /// Reads `?limit=&before=`.
    fn read(uri: &Uri) -> Result<Self, Vec<FieldError>> {
        let mut query = Query::of(uri)?;
        let part = Self::take(&mut query);
        query.finish().map(|()| part)
    }

    /// How many items to read: one more than the limit, to find out whether more follow.
    pub(super) fn to_read(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The items up to the limit, and the query of the next page if there is one.
    pub(super) fn divide<T>(
        &self,
        mut read: Vec<T>,
        id: impl Fn(&T) -> &str,
    ) -> (Vec<T>, Option<String>) {
        let has_more = read.len() > self.limit;
        read.truncate(self.limit);
        let last = read.last().filter(|_| has_more);
        let limit = self.limit.to_string();
        let next = last.map(|last| urls::query(&[("limit", &limit), ("before", id(last))]));
        (read, next)
    }
}

/// Takes `limit`.
pub(super) fn take_limit(query: &mut Query) -> usize {
    match query.take("limit").map(|value| value.parse::<usize>()) {
        None => USUAL_LIMIT,
        Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
        Some(Ok(_) | Err(_)) => {
            query.refuse("limit", format!("must be a number from 1 to {MAX_LIMIT}"));
            USUAL_LIMIT
        }
    }
}

/// The error if `before` names something that doesn't exist.
pub(super) fn unknown_before(what: &str) -> AppError {
    let how = format!("there is no {what} with this id; take it from the header Link");
    AppError::Invalid(vec![FieldError::of_field("before", how)])
}

impl<S: Send + Sync> FromRequestParts<S> for Part {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        Self::read(&parts.uri).map_err(AppError::Invalid)
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
