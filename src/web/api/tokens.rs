//! Tokens: issuing, listing, revoking.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::tokens::{self, issue_token, revoke_token};
use crate::domain::permission::Permission;
use crate::store::tokens::{find_token, list_tokens};
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::writing::{BegunWriting, Writing, check_match, shown};
use crate::wire::token::{NewToken, TokenBody, TokenList};

/// List every token, including revoked ones.
///
/// Needs `admin`.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "tokens",
    operation_id = "list_tokens",
    responses((status = OK, description = "Every token, oldest first.", body = TokenList)),
)]
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    staff: Staff,
) -> Result<Response, AppError> {
    staff.require(Permission::ManageTokens)?;
    let mut tx = state.store.read().await?;
    let tokens = list_tokens(&mut tx).await?;
    let tokens = tokens.iter().map(TokenBody::of).collect();
    Ok(shown(&TokenList { tokens }))
}

/// Issue a token.
///
/// Its `secret` is shown in this answer only, not even if the request is repeated with the same
/// `Idempotency-Key`. Needs `admin`.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "tokens",
    operation_id = "issue_token",
    request_body = NewToken,
    responses((status = CREATED, description = "The token, with its secret.", body = TokenBody)),
)]
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    staff: Staff,
    call: Call,
) -> Result<Response, AppError> {
    let said: NewToken = extract::body(&call)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let wanted = tokens::NewToken {
        name: said.name,
        display_name: said.display_name,
        scopes: said.scopes,
        expires_at: said.expires_at,
    };
    let (token, secret) = issue_token(&mut writing.change, wanted).await?;
    let remembered = TokenBody::of(&token);
    let body = TokenBody {
        secret: Some(secret),
        ..remembered.clone()
    };
    writing
        .finish(StatusCode::CREATED, None, &body, Some(&remembered))
        .await
}

/// Revoke a token; it stops working at once.
///
/// Needs `admin`.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    tag = "tokens",
    operation_id = "revoke_token",
    params(("id" = String, Path, description = "The token.")),
    responses((status = OK, description = "As it is now.", body = TokenBody)),
)]
pub(in crate::web) async fn delete(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let mut writing = Writing::begin_edit(&state, &staff).await?;
    let before = find_token(writing.change.tx(), &id).await?;
    let token = revoke_token(&mut writing.change, &id).await?;
    if let Some(before) = before {
        check_match(&call, &TokenBody::of(&before))?;
    }
    let body = TokenBody::of(&token);
    writing.shown(&body).await
}
