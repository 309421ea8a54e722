//! The record: who did what when.

use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use crate::domain::staff::Scope;
use crate::render::json::audit::{ActorBody, AuditBody, AuditList};
use crate::store::audit::{AuditEntry, list_entries};
use crate::urls;
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::{as_json, list_response};

/// List who did what, newest first.
///
/// Needs `admin`.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "audit",
    operation_id = "list_audit",
    params(extract::Part),
    responses((status = OK, description = "A part of the record.", body = AuditList,
        headers(("Link" = String, description = "The next part, as `rel=\"next\"`, if there is one.")))),
)]
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    staff: Staff,
    part: extract::Part,
) -> Result<Response, AppError> {
    staff.must(Scope::Admin)?;
    // Ids are times first, so any of them is a place in the record.
    let before = part.before.as_deref();
    if before.is_some_and(|id| Uuid::try_parse(id).is_err()) {
        return Err(extract::unknown_before("line"));
    }
    let mut tx = state.store.read().await?;
    let entries = list_entries(&mut tx, part.to_read(), before).await?;
    let (entries, next) = part.divide(entries, |entry| &entry.id);
    let entries = entries.into_iter().map(body_of).collect();
    Ok(list_response(
        &format!("{}/audit", urls::API),
        next.as_deref(),
        as_json(&AuditList { entries }),
    ))
}

fn body_of(entry: AuditEntry) -> AuditBody {
    let json = |text: Option<String>| {
        text.map(|text| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)))
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
