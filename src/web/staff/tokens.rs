//! The list of tokens, and revoking one.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::html_response::html_response;
use super::posting::{begin_button, lead_to};
use super::reading::{IdOf, new_key, said_in};
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::tokens::revoke_token;
use crate::domain::permission::Permission;
use crate::render::html::staff::tokens;
use crate::store::tokens::list_tokens;
use crate::urls;
use crate::web::state::AppState;

/// The keyword in the URL for the message, followed by the token's id.
const REVOKED: &str = "revoked";
const ISSUED: &str = "issued";

/// Shows the list.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageTokens)?;
    let site = state.latest.find().await?;
    let mut tx = state.store.read().await?;
    let tokens = list_tokens(&mut tx).await?;
    drop(tx);
    let name_of = |word| {
        let id = said_in(&uri, word);
        let known = tokens.iter().find(|token| token.id == id);
        known.map(|token| token.name.as_str())
    };
    let revoked = name_of(REVOKED).map(|name| format!("{name} was revoked and no longer works."));
    let issued = name_of(ISSUED).map(|name| {
        format!(
            "{name} has already been issued. Its secret can’t be shown again; if nobody copied it, \
             revoke it and issue another."
        )
    });
    let page = tokens::page(
        site.snapshot(),
        &visit.staff.actor,
        &tokens,
        state.clock.now(),
        &new_key(),
        revoked.or(issued).as_deref(),
    );
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// Revokes a token.
pub(super) async fn revoke(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    let token = revoke_token(&mut posting.change, &id).await?;
    lead_to(posting, &path_with_flash(REVOKED, &token.id)).await
}

/// The path of the list, for when a token was issued already.
pub(super) fn issued_already(id: &str) -> String {
    path_with_flash(ISSUED, id)
}

fn path_with_flash(word: &'static str, id: &str) -> String {
    format!("{}{}", urls::STAFF_TOKENS, urls::query(&[(word, id)]))
}
