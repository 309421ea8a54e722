//! The activity log: who did what and when.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::domain::permission::Permission;
use crate::render::activity_log_csv;
use crate::render::messages;
use crate::store::Tx;
use crate::store::audit::{AuditEntry, AuditFilter, list_entries};
use crate::urls;
use crate::web::audit_query::{ActivityLogPart, AuditQuery};
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::query;
use crate::web::state::AppState;
use crate::web::writing::{as_json, list_response};
use crate::wire::FieldError;
use crate::wire::audit::{ActivityLogQuery, ActorBody, AuditBody, AuditList};

/// Maximum size of the table, in bytes.
const MAX_TABLE_BYTES: usize = 32 << 20;
/// How many entries are read at a time for the table.
const LINES_AT_ONCE: i64 = 500;

/// List who did what, newest first.
///
/// Needs `admin`.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "audit",
    operation_id = "list_audit",
    params(query::Part, ActivityLogQuery),
    responses((status = OK, description = "A page of the activity log.", body = AuditList,
        headers(("Link" = String, description = "The next page, as `rel=\"next\"`, if there is \
                                                 one.")))),
)]
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    staff: Staff,
    wanted: ActivityLogPart,
) -> Result<Response, AppError> {
    staff.require(Permission::ReadActivity)?;
    let part = &wanted.part;
    // An id begins with its time, so any id marks a position in the log.
    let before = part.before.as_deref();
    if before.is_some_and(|id| Uuid::try_parse(id).is_err()) {
        return Err(query::unknown_before("line"));
    }
    let mut tx = state.store.read().await?;
    let filter = filter_of(&state, &mut tx, &wanted.query).await?;
    let entries = list_entries(&mut tx, &filter, part.to_read(), before).await?;
    let (entries, next) = part.divide(entries, |entry| &entry.id);
    let entries = entries.into_iter().map(body_of).collect();
    Ok(list_response(
        &format!("{}/audit", urls::API),
        next.map(|next| wanted.next(&next)).as_deref(),
        as_json(&AuditList { entries }),
    ))
}

/// The whole activity log as a table for spreadsheets.
///
/// After the columns that every line has, each field that any line changed has two: its value
/// before and after. A cell that a spreadsheet would take for a formula begins with an apostrophe.
/// Needs `admin`.
#[utoipa::path(
    get,
    path = "/audit.csv",
    tag = "audit",
    operation_id = "export_audit",
    params(ActivityLogQuery),
    responses((status = OK, description = "Comma-separated values (RFC 4180), newest first.",
        body = String, content_type = "text/csv")),
)]
pub(in crate::web) async fn export(
    State(state): State<AppState>,
    staff: Staff,
    AuditQuery(wanted): AuditQuery,
) -> Result<Response, AppError> {
    staff.require(Permission::ReadActivity)?;
    let mut tx = state.store.read().await?;
    let filter = filter_of(&state, &mut tx, &wanted).await?;
    let table = table_of(&mut tx, &filter).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"record.csv\"",
        ),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, table).into_response())
}

/// The filter that a query describes, or the errors in the query.
async fn filter_of(
    state: &AppState,
    tx: &mut Tx,
    wanted: &ActivityLogQuery,
) -> Result<AuditFilter, AppError> {
    let zone = state.site.current().snapshot().site.zone;
    wanted.filter(tx, zone).await?.map_err(AppError::Invalid)
}

/// All entries that match a filter, as a table.
pub(in crate::web) async fn table_of(
    tx: &mut Tx,
    filter: &AuditFilter,
) -> Result<String, AppError> {
    let mut table = activity_log_csv::Table::default();
    let mut last: Option<String> = None;
    loop {
        let entries = list_entries(tx, filter, LINES_AT_ONCE, last.as_deref()).await?;
        let Some(end) = entries.last() else {
            return Ok(table.finish());
        };
        last = Some(end.id.clone());
        for entry in entries {
            table.push(&body_of(entry));
        }
        if table.size_bytes() > MAX_TABLE_BYTES {
            let how = "the table would be longer than 32 MiB; limit it with from and to";
            return Err(AppError::Invalid(vec![FieldError::new("", how)]));
        }
    }
}

/// An entry of the activity log as the API returns it.
pub(in crate::web) fn body_of(entry: AuditEntry) -> AuditBody {
    let json = |text: Option<String>| {
        let text = text?;
        let mut kept = serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
        messages::put_in_words(&mut kept);
        Some(kept)
    };
    AuditBody {
        id: entry.id,
        at: entry.at,
        actor: ActorBody {
            kind: entry.actor_kind,
            id: entry.actor_id,
            name: entry.actor_name,
        },
        action: entry.action,
        kind: entry.kind,
        subject: entry.entity_id,
        label: entry.label,
        before: json(entry.before),
        after: json(entry.after),
    }
}
