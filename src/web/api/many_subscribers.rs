//! Many subscribers at once: an import, and what a provider reports.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::import_subscribers::{Imported, import_subscribers};
use crate::actions::report_bounce::{BounceOutcome, report_bounce};
use crate::domain::email_address::EmailAddress;
use crate::domain::permission::Permission;
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::subscriber_answers::rows_of;
use crate::web::writing::{BegunWriting, Writing, shown};
use crate::wire::FieldError;
use crate::wire::bounce::{BounceBody, ReportBounce};
use crate::wire::subscriber::{ImportSubscribers, ImportedBody, RefusedBody};

/// Import subscribers who have agreed to get mail.
///
/// They are confirmed, and get no mail about it. Those who are subscribed already keep what they
/// chose; those who are suppressed stay so. Importing a list twice is harmless. A long one goes in
/// several requests. Needs `subscribers:write`.
#[utoipa::path(
    post,
    path = "/subscribers/import",
    tag = "subscribers",
    operation_id = "import_subscribers",
    request_body = ImportSubscribers,
    responses((status = OK, description = "What became of them.", body = ImportedBody)),
)]
pub(in crate::web) async fn import(
    State(state): State<AppState>,
    staff: Staff,
    call: Call,
) -> Result<Response, AppError> {
    let said: ImportSubscribers = extract::body(&call)?;
    staff.require(Permission::ManageSubscribers)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let rows = rows_of(writing.change.tx(), &said.subscribers).await?;
    let imported = import_subscribers(&mut writing.change, &rows, &said.consent).await?;
    let body = imported_body(imported);
    match said.dry_run {
        // Without a commit, nothing is written.
        Some(true) => Ok(shown(&body)),
        Some(false) | None => writing.shown(&body).await,
    }
}

fn imported_body(imported: Imported) -> ImportedBody {
    let refused = imported.refused.into_iter();
    ImportedBody {
        added: imported.added,
        present: imported.present,
        refused: refused
            .map(|it| RefusedBody {
                row: it.row,
                detail: it.why,
            })
            .collect(),
    }
}

/// Report what your mail provider says of an address.
///
/// A complaint suppresses the address at once, the third permanent refusal in a row does, too; a
/// message that arrives in between starts the count again. Needs `subscribers:write`.
#[utoipa::path(
    post,
    path = "/subscribers/bounces",
    tag = "subscribers",
    operation_id = "report_bounce",
    request_body = ReportBounce,
    responses((status = OK, description = "What became of the report.", body = BounceBody)),
)]
pub(in crate::web) async fn bounce(
    State(state): State<AppState>,
    staff: Staff,
    call: Call,
) -> Result<Response, AppError> {
    let said: ReportBounce = extract::body(&call)?;
    let address = EmailAddress::parse(&said.address)
        .map_err(|why| AppError::Invalid(vec![FieldError::of_field("address", why.to_string())]))?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let reason = said.reason.unwrap_or_default();
    let outcome = report_bounce(&mut writing.change, &address, said.kind, &reason).await?;
    let outcome = match outcome {
        BounceOutcome::Unknown => "unknown",
        BounceOutcome::Ignored => "ignored",
        BounceOutcome::Counted => "counted",
        BounceOutcome::Suppressed => "suppressed",
    };
    let body = BounceBody {
        outcome: outcome.to_owned(),
    };
    writing.finish(StatusCode::OK, None, &body, None).await
}
