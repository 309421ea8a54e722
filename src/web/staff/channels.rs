//! The list of channels, the page of one, and the buttons that pause, resume and remove it.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::Response;

use super::channel_messages::SentMessage;
use super::flash;
use super::html_response::html_response;
use super::posting::{begin_button, lead_to};
use super::reading::{IdOf, new_key};
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::channels::{EditChannel, edit_channel, remove_channel};
use crate::domain::added_channel::KEPT_FOR;
use crate::domain::permission::Permission;
use crate::render::html::staff::channels::{self as screen, ChannelPage, Outcome};
use crate::store::channel_attempts::{AttemptFilter, list_attempts};
use crate::store::channel_queue::count_waiting_messages;
use crate::store::channels::{find_channel, list_channels};
use crate::urls;
use crate::web::state::AppState;

/// How many attempts are shown.
const ATTEMPTS: i64 = 100;

/// Shows the list.
pub(super) async fn list(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageChannels)?;
    let site = state.latest.find().await?;
    let mut tx = state.store.read().await?;
    let channels = list_channels(&mut tx).await?;
    drop(tx);
    let told = told(&flash::keyword(&uri));
    let page = screen::page(site.snapshot(), &visit.staff.actor, &channels, told);
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// Shows a channel.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    IdOf(id): IdOf,
    uri: Uri,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageChannels)?;
    let site = state.latest.find().await?;
    let mut tx = state.store.read().await?;
    let channel = find_channel(&mut tx, &id).await?;
    let channel = channel.ok_or_else(|| StaffError::missing("there is no such channel"))?;
    let now = state.clock.now();
    let filter = AttemptFilter {
        channel_id: &id,
        since: now - KEPT_FOR,
        before: None,
        limit: ATTEMPTS,
    };
    let attempts = list_attempts(&mut tx, &filter).await?;
    let outcome = match SentMessage::read(&uri) {
        Some(sent) => Some(sent.outcome(&mut tx, &id, now).await?),
        None => None,
    };
    let waiting = count_waiting_messages(&mut tx).await?;
    drop(tx);
    let waiting = waiting.into_iter().find(|(of, _)| *of == id);
    let shown = ChannelPage {
        channel: &channel,
        waiting: waiting.map_or(0, |(_, many)| many),
        attempts: &attempts,
        key: &new_key(),
        told: told(&flash::keyword(&uri)),
        outcome,
    };
    let page = screen::one(site.snapshot(), &visit.staff.actor, &shown);
    let mut response = html_response(StatusCode::OK, page.into_string());
    if shown.outcome == Some(Outcome::OnItsWay) {
        let after_a_second = HeaderValue::from_static("1");
        response
            .headers_mut()
            .insert(header::REFRESH, after_a_second);
    }
    Ok(response)
}

/// The message after something was done.
fn told(done: &str) -> Option<&'static str> {
    match done {
        "added" => Some("Added. It is told from now on."),
        "changed" => Some("Changed."),
        "same" => Some("Nothing changed: its secret was made already, and can’t be shown again."),
        "paused" => Some("Paused. What happens from now on isn’t sent to it."),
        "resumed" => Some("Resumed."),
        "removed" => Some("Removed."),
        _ => None,
    }
}

/// Sends nothing for now.
pub(super) async fn pause(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    set_paused(&state, &id, &sent, true).await
}

/// Sends to a channel again.
pub(super) async fn resume(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    set_paused(&state, &id, &sent, false).await
}

async fn set_paused(
    state: &AppState,
    id: &str,
    sent: &Submission,
    is_paused: bool,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(state, sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    let wanted = EditChannel {
        is_paused: Some(is_paused),
        rules: state.outgoing,
        ..EditChannel::default()
    };
    edit_channel(&mut posting.change, id, wanted).await?;
    let done = if is_paused { "paused" } else { "resumed" };
    lead_to(posting, &flash::path_with(&urls::staff_channel(id), done)).await
}

/// Removes a channel.
pub(super) async fn remove(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    remove_channel(&mut posting.change, &id).await?;
    lead_to(posting, &flash::path_with(urls::STAFF_CHANNELS, "removed")).await
}
