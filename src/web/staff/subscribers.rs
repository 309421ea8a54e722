//! The list of subscribers, its export, and what its buttons do.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use uuid::Uuid;

use super::flash;
use super::html_response::html_response;
use super::posting::begin_button;
use super::reading::{IdOf, new_key, said_in};
use super::session::Visit;
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::subscribers::{allow_subscriber, remove_subscriber, suppress_subscriber};
use crate::domain::permission::Permission;
use crate::render::html::staff::subscriber_import::in_words;
use crate::render::html::staff::subscribers::{
    self as screen, AFTER, REASON, SEARCH, SubscribersPage,
};
use crate::store::subscribers::{SubscriberFilter, count_by_status, list_subscribers};
use crate::urls;
use crate::web::api::subscribers::table_response;
use crate::web::state::AppState;
use crate::web::subscriber_answers::table_of;
use crate::web::writing::Writing;

/// How many subscribers a page has.
const ROWS: usize = 50;

/// Shows a page of the list.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageSubscribers)?;
    let site = state.latest.find().await?;
    let search = said_in(&uri, SEARCH);
    // What no address contains finds nothing; PostgreSQL can't even compare U+0000.
    let search = search.trim().replace(char::is_control, "");
    // An id begins with its time, so any id marks a position in the list.
    let after = said_in(&uri, AFTER);
    let after = Uuid::try_parse(&after).map_or_else(|_| String::new(), |id| id.to_string());
    let filter = SubscriberFilter {
        search: Some(search.clone()),
        after: Some(after.clone()),
        limit: i64::try_from(ROWS + 1).unwrap_or(i64::MAX),
    };
    let mut tx = state.store.read().await?;
    let counts = count_by_status(&mut tx).await?;
    let mut subscribers = list_subscribers(&mut tx, &filter).await?;
    drop(tx);
    let has_more = subscribers.len() > ROWS;
    subscribers.truncate(ROWS);
    let last = subscribers.last().filter(|_| has_more);
    let next = last.map(|last| screen::address(&search, &last.id));
    let told = told(&flash::keyword(&uri));
    let shown = SubscribersPage {
        counts,
        subscribers: &subscribers,
        search: &search,
        after: &after,
        next: next.as_deref(),
        key: &new_key(),
        told: told.as_deref(),
    };
    let page = screen::page(site.snapshot(), &visit.staff.actor, &shown);
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// The message after something was done.
fn told(done: &str) -> Option<String> {
    let (word, rest) = done.split_once('.').unwrap_or((done, ""));
    Some(match word {
        "added" => "Added. They are told from now on.".to_owned(),
        "asked" => "A mail asks them to confirm; once they do, they are told.".to_owned(),
        "removed" => "Removed, with all that was known of them.".to_owned(),
        "suppressed" => "Suppressed. Nothing is sent to that address any more.".to_owned(),
        "allowed" => "Allowed again.".to_owned(),
        "imported" => {
            let mut numbers = rest.split('.').map(|it| it.parse::<usize>().ok());
            let mut next = || numbers.next().flatten();
            format!("{}.", in_words(next()?, next()?, next()?))
        }
        _ => return None,
    })
}

/// Exports all subscribers as a table for spreadsheets.
pub(super) async fn export(
    State(state): State<AppState>,
    visit: Visit,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageSubscribers)?;
    let mut tx = state.store.read().await?;
    let table = table_of(&mut tx, None).await?;
    let table = table.ok_or_else(|| {
        StaffError::error_page(
            StatusCode::CONFLICT,
            "The CSV file can’t be made",
            "It would be longer than 32 MiB. Read the list through the API, page by page.",
        )
    })?;
    Ok(table_response(table))
}

/// Removes a subscriber.
pub(super) async fn remove(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    remove_subscriber(&mut posting.change, &id).await?;
    finish(posting, &sent, "removed").await
}

/// Suppresses a subscriber.
pub(super) async fn suppress(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    suppress_subscriber(&mut posting.change, &id, sent.fields.first(REASON)).await?;
    finish(posting, &sent, "suppressed").await
}

/// Allows a suppressed subscriber again.
pub(super) async fn allow(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    allow_subscriber(&mut posting.change, &id).await?;
    finish(posting, &sent, "allowed").await
}

/// Commits what a button did, and leads back to the page of the list that it was on. The place that
/// is stored has no search: that is an address, and stored places outlive the subscriber.
async fn finish(
    writing: Box<Writing>,
    sent: &Submission,
    done: &str,
) -> Result<Response, StaffError> {
    let place = |search: &str| {
        let pairs = [(SEARCH, search), (AFTER, sent.fields.first(AFTER))];
        let pairs = pairs.into_iter().filter(|it| !it.1.is_empty());
        let pairs: Vec<_> = pairs.chain([("done", done)]).collect();
        format!("{}{}", urls::STAFF_SUBSCRIBERS, urls::query(&pairs))
    };
    let stored = place("");
    writing
        .commit(StatusCode::SEE_OTHER, Some(&stored), "")
        .await?;
    Ok(Redirect::to(&place(sent.fields.first(SEARCH))).into_response())
}
