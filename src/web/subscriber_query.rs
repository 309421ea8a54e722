//! Queries of the list of subscribers: a search, and a page.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use utoipa::IntoParams;
use uuid::Uuid;

use super::error::AppError;
use super::query::{Query, take_limit};
use crate::domain::subscriber::Subscriber;
use crate::store::subscribers::SubscriberFilter;
use crate::urls;
use crate::wire::FieldError;

/// Which subscribers are wanted.
#[derive(Debug, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SubscriberQuery {
    /// Only those whose address contains this, in any case.
    #[param(example = "example.com")]
    pub(super) search: Option<String>,
    /// The maximum number to list.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: usize,
    /// Continue after the one with this id; the `Link` header of the previous page has it.
    pub(super) after: Option<String>,
}

impl SubscriberQuery {
    /// Reads `?search=&limit=&after=`. An empty search, as forms send it, counts as absent.
    pub(super) fn read(uri: &Uri) -> Result<Self, Vec<FieldError>> {
        let mut query = Query::of(uri)?;
        let search = query.take("search").map(|value| value.trim().to_owned());
        if search
            .as_ref()
            .is_some_and(|it| it.contains(char::is_control))
        {
            query.refuse("search", "must be on one line, without control characters");
        }
        let limit = take_limit(&mut query);
        // An id begins with its time, so any id marks a position in the list.
        let after = query.take("after").filter(|value| !value.is_empty());
        if after
            .as_ref()
            .is_some_and(|id| Uuid::try_parse(id).is_err())
        {
            let how = "there is no subscriber with this id; take it from the header Link";
            query.refuse("after", how);
        }
        query.finish()?;
        Ok(Self {
            search: search.filter(|it| !it.is_empty()),
            limit,
            after,
        })
    }

    /// The filter for the store: one more than the limit, to find out whether more follow.
    pub(super) fn filter(&self) -> SubscriberFilter {
        SubscriberFilter {
            search: self.search.clone(),
            after: self.after.clone(),
            limit: i64::try_from(self.limit + 1).unwrap_or(i64::MAX),
        }
    }

    /// The subscribers up to the limit, and the query of the next page if there is one.
    pub(super) fn divide(&self, mut read: Vec<Subscriber>) -> (Vec<Subscriber>, Option<String>) {
        let has_more = read.len() > self.limit;
        read.truncate(self.limit);
        let last = read.last().filter(|_| has_more);
        let next = last.map(|last| {
            let limit = self.limit.to_string();
            let search = self.search.as_deref().map(|search| ("search", search));
            let page = [("limit", limit.as_str()), ("after", last.id.as_str())];
            let pairs: Vec<_> = search.into_iter().chain(page).collect();
            urls::query(&pairs)
        });
        (read, next)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SubscriberQuery {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        Self::read(&parts.uri).map_err(AppError::Invalid)
    }
}
