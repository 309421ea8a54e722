//! Sessions: one's own or, for admins, all of them. Each can be ended.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::html_response::html_response;
use super::posting::{begin_button, lead_to};
use super::reading::{IdOf, new_key, said_in};
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::sessions::end_session;
use crate::domain::permission::Permission;
use crate::render::html::staff::sessions::{self, Row};
use crate::store::sessions::list_sessions;
use crate::store::tokens::list_tokens;
use crate::urls;
use crate::web::state::AppState;

/// The keyword in the URL for the message.
const ENDED: &str = "ended";

/// Shows the list.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    let viewer = &visit.staff.actor;
    let whose = if viewer.may(Permission::ManageSessions) {
        None
    } else {
        viewer.id()
    };
    let site = state.latest.find().await?;
    let mut tx = state.store.read().await?;
    let sessions = list_sessions(&mut tx, whose).await?;
    let tokens = list_tokens(&mut tx).await?;
    drop(tx);
    let now = state.clock.now();
    let rows: Vec<_> = sessions
        .iter()
        .filter(|session| session.is_alive(now))
        .filter_map(|session| {
            let token = tokens.iter().find(|token| token.id == session.token_id);
            let token = token.filter(|token| token.is_valid(now))?;
            Some(Row {
                session,
                token: &token.name,
                is_this: session.id == visit.session.id,
            })
        })
        .collect();
    let flash = (!said_in(&uri, ENDED).is_empty()).then_some("That session has ended.");
    let page = sessions::page(site.snapshot(), viewer, &rows, &new_key(), flash);
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// Ends a session.
pub(super) async fn end(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    end_session(&mut posting.change, &id).await?;
    let query = urls::query(&[(ENDED, "yes")]);
    lead_to(posting, &format!("{}{query}", urls::STAFF_SESSIONS)).await
}
