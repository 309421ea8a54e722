//! Queries of the activity log: by actor, component, incident and time.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::error::AppError;
use super::query::{Part, Query};
use crate::domain::zone::start_of_day;
use crate::store::audit::{AuditFilter, find_actor, list_actors};
use crate::store::components::list_components;
use crate::store::incident_names::list_incidents_named;
use crate::store::{StoreError, Tx};
use crate::urls;
use crate::wire::FieldError;
use crate::wire::audit::ActivityLogQuery;
use crate::wire::fields::unknown;

/// A page of the activity log.
#[derive(Debug)]
pub(super) struct ActivityLogPart {
    pub(super) part: Part,
    pub(super) query: ActivityLogQuery,
}

/// A query of the whole activity log.
#[derive(Debug)]
pub(super) struct AuditQuery(pub(super) ActivityLogQuery);

impl ActivityLogQuery {
    /// Takes the parameters. An empty one, as forms send it, counts as absent.
    pub(super) fn take(query: &mut Query) -> Self {
        let text = |name| {
            let value = query.take(name).map(|value| value.trim().to_owned());
            if value
                .as_ref()
                .is_some_and(|it| it.contains(char::is_control))
            {
                query.refuse(name, "must be on one line, without control characters");
                return None;
            }
            value.filter(|value| !value.is_empty())
        };
        Self::read(text)
    }

    /// The filter for the store. The outer error comes from the database; the inner one names each
    /// invalid parameter.
    pub(super) async fn filter(
        &self,
        tx: &mut Tx,
        zone: Tz,
    ) -> Result<Result<AuditFilter, Vec<FieldError>>, StoreError> {
        let mut errors = Vec::new();
        if let Some(actor) = &self.actor
            && !find_actor(tx, actor).await?
        {
            let known = list_actors(tx).await?;
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            errors.push(FieldError::of_field(
                "actor",
                unknown("actor", actor, &known),
            ));
        }
        if let Some(component) = &self.component {
            let known = list_components(tx).await?;
            let known: Vec<&str> = known.iter().map(|it| it.slug.as_str()).collect();
            if !known.contains(&component.as_str()) {
                let how = unknown("component", component, &known);
                errors.push(FieldError::of_field("component", how));
            }
        }
        if let Some(incident) = &self.incident
            && list_incidents_named(tx, incident).await?.is_empty()
        {
            let how =
                format!("no incident has or had the slug {incident:?}, or has that in its title");
            errors.push(FieldError::of_field("incident", how));
        }
        let mut span = |name: &str, value: &Option<String>, read: Reader| match value {
            Some(value) => read(value, zone)
                .map_err(|how| errors.push(FieldError::of_field(name, how)))
                .unwrap_or_default(),
            None => (None, None),
        };
        let (day_from, day_until) = span("day", &self.day, read_day);
        let (from, _) = span("from", &self.from, read_time);
        let (_, to) = span("to", &self.to, read_time);
        Ok(if errors.is_empty() {
            Ok(AuditFilter {
                actor: self.actor.clone(),
                component: self.component.clone(),
                incident: self.incident.clone(),
                from: day_from.max(from),
                until: [day_until, to].into_iter().flatten().min(),
            })
        } else {
            Err(errors)
        })
    }
}

/// The start and the end.
type Span = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);
type Reader = fn(&str, Tz) -> Result<Span, String>;

fn read_day(text: &str, zone: Tz) -> Result<Span, String> {
    let wrong = || format!("{text:?} is not a day; write it as 2013-02-26");
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wrong())?;
    let next = day.succ_opt().ok_or_else(wrong)?;
    Ok((
        Some(start_of_day(zone, day)),
        Some(start_of_day(zone, next)),
    ))
}

/// An instant, or the start and the end of a day.
fn read_time(text: &str, zone: Tz) -> Result<Span, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok((Some(at.to_utc()), Some(at.to_utc())));
    }
    read_day(text, zone).map_err(|_| {
        format!(
            "{text:?} is neither a day, such as 2013-02-26, nor a time with its offset, such as \
             2013-02-26T09:15:00Z"
        )
    })
}

impl ActivityLogPart {
    /// The path of the page that begins at `next`, with the same parameters.
    pub(super) fn next(&self, next: &str) -> String {
        let asked = urls::query(&self.query.pairs());
        format!("{next}{}", asked.replacen('?', "&", 1))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ActivityLogPart {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let mut query = Query::of(&parts.uri).map_err(AppError::Invalid)?;
        let part = Part::take(&mut query);
        let asked = ActivityLogQuery::take(&mut query);
        query.finish().map_err(AppError::Invalid)?;
        Ok(Self { part, query: asked })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AuditQuery {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let mut query = Query::of(&parts.uri).map_err(AppError::Invalid)?;
        let asked = ActivityLogQuery::take(&mut query);
        query.finish().map_err(AppError::Invalid)?;
        Ok(Self(asked))
    }
}
