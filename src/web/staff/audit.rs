//! The activity log: its search page, and the export as a table.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

use super::html_response::html_response;
use super::reading::said_in;
use super::session::Visit;
use super::staff_error::{StaffError, sentence};
use crate::domain::permission::Permission;
use crate::render::html::staff::audit::{self, AuditPage};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::store::Tx;
use crate::store::audit::{AuditFilter, list_actors, list_entries};
use crate::store::components::list_components;
use crate::urls;
use crate::web::api::audit::{body_of, table_of};
use crate::web::audit_query::ActivityLogPart;
use crate::web::error::AppError;
use crate::web::query::{Part, Query};
use crate::web::state::AppState;
use crate::wire::FieldError;
use crate::wire::audit::ActivityLogQuery;

/// How many entries a page has by default: a few screens of a phone.
const LINES: usize = 20;

/// Shows a page of the activity log.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ReadActivity)?;
    let site = state.latest.find().await?;
    let mut tx = state.store.read().await?;
    let (mut asked, mut errors) = read(&uri);
    // A single day is a span that begins and ends with it.
    if let Some(day) = asked.query.day.take() {
        asked.query.from.get_or_insert_with(|| day.clone());
        asked.query.to.get_or_insert(day);
    }
    if said_in(&uri, "limit").is_empty() {
        asked.part.limit = LINES;
    }
    let filter = match asked
        .query
        .filter(&mut tx, site.snapshot().site.zone)
        .await?
    {
        Ok(filter) => filter,
        Err(wrong) => {
            errors.extend(wrong);
            AuditFilter::default()
        }
    };
    let (entries, next) = if errors.is_empty() {
        let before = asked.part.before.as_deref();
        let entries = list_entries(&mut tx, &filter, asked.part.to_read(), before).await?;
        asked.part.divide(entries, |entry| &entry.id)
    } else {
        (Vec::new(), None)
    };
    let older = next.map(|next| format!("{}{}", urls::STAFF_ACTIVITY_LOG, asked.next(&next)));
    let table = format!(
        "{}{}",
        urls::STAFF_ACTIVITY_LOG_CSV,
        urls::query(&asked.query.pairs())
    );
    let actors = list_actors(&mut tx).await?;
    let components = list_components(&mut tx).await?;
    drop(tx);
    let entries: Vec<_> = entries.into_iter().map(body_of).collect();
    let found = AuditPage {
        actors: &actors,
        components: &components,
        entries: &entries,
        older: older.as_deref(),
        table: &table,
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let form_state = search_form(&asked.query, errors);
    let page = audit::page(site.snapshot(), &visit.staff.actor, &found, &form_state);
    Ok(html_response(status, page.into_string()))
}

/// Exports all entries as a table for spreadsheets.
pub(super) async fn export(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ReadActivity)?;
    let zone = state.site.current().snapshot().site.zone;
    let mut tx = state.store.read().await?;
    let (asked, errors) = read(&uri);
    let filter = asked.query.filter(&mut tx, zone).await?;
    let filter = match filter {
        Ok(filter) if errors.is_empty() => filter,
        Ok(_) => return Err(refused(&errors)),
        Err(wrong) => return Err(refused(&wrong)),
    };
    let table = table(&mut tx, &filter).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"activity-log.csv\"",
        ),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, table).into_response())
}

async fn table(tx: &mut Tx, filter: &AuditFilter) -> Result<String, StaffError> {
    match table_of(tx, filter).await {
        Ok(table) => Ok(table),
        Err(AppError::Action(error)) => Err(error.into()),
        Err(AppError::Invalid(errors)) => Err(refused(&errors)),
        Err(_) => Err(StaffError::error_page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The CSV file can’t be made",
            "Try again in a moment, or search for less.",
        )),
    }
}

/// Parses the query, and collects its errors.
fn read(uri: &Uri) -> (ActivityLogPart, Vec<FieldError>) {
    let mut query = match Query::of(uri) {
        Ok(query) => query,
        Err(errors) => return (take(&mut Query::default()), errors),
    };
    let asked = take(&mut query);
    let mut errors = query.finish().err().unwrap_or_default();
    // An id begins with its time, so any id marks a position in the log.
    let before = asked.part.before.as_deref();
    if before.is_some_and(|id| Uuid::try_parse(id).is_err()) {
        errors.push(FieldError::new(
            "",
            "there is no such entry; start again from the newest",
        ));
    }
    (asked, errors)
}

fn take(query: &mut Query) -> ActivityLogPart {
    ActivityLogPart {
        part: Part::take(query),
        query: ActivityLogQuery::take(query),
    }
}

fn search_form(asked: &ActivityLogQuery, errors: Vec<FieldError>) -> FormState {
    let pairs = asked.pairs().into_iter();
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let known = [
        audit::ACTOR,
        audit::COMPONENT,
        audit::INCIDENT,
        audit::FROM,
        audit::TO,
    ];
    let to_wrong = |error: FieldError| {
        let field = error.pointer.trim_start_matches('/');
        let field = if known.contains(&field) { field } else { "" };
        Wrong {
            field: field.to_owned(),
            detail: sentence(&error.detail),
        }
    };
    FormState {
        fields: Fields::new(pairs.collect()),
        wrong: errors.into_iter().map(to_wrong).collect(),
        sent_before: None,
        is_lost: false,
    }
}

fn refused(errors: &[FieldError]) -> StaffError {
    let details: Vec<_> = errors.iter().map(|it| sentence(&it.detail)).collect();
    StaffError::error_page(
        StatusCode::UNPROCESSABLE_ENTITY,
        "The activity log can’t be searched like this",
        &details.join(" "),
    )
}
