//! Ends a subscription: by the button on a page, or by the one click of a mail program (RFC 8058),
//! which sends neither a cookie nor where it comes from. The secret in the link suffices.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::fields::MAX_FORM_BYTES;
use super::respond::{failed, html_response, not_subscribed};
use crate::actions::subscriptions::{find_managed, unsubscribe};
use crate::actions::{ActionError, Change};
use crate::domain::actor::Actor;
use crate::domain::email_address::EmailAddress;
use crate::domain::subscriber::Subscriber;
use crate::render::html::subscribe::notice;
use crate::site::Site;
use crate::store::StoreError;
use crate::store::subscribers::find_link_key;
use crate::web::error::AppError;
use crate::web::extract::Name;
use crate::web::state::AppState;

/// Shows the button. Opening the page changes nothing.
pub(super) async fn show(State(state): State<AppState>, token: Result<Name, AppError>) -> Response {
    let site = &state.site.current();
    let Ok(Name(token)) = token else {
        return not_subscribed(site);
    };
    match find(&state, &token).await {
        Ok(Some(subscriber)) => {
            let page = notice::before_unsubscribing(site.snapshot(), &subscriber, &token);
            html_response(StatusCode::OK, page.into_string())
        }
        Ok(None) => not_subscribed(site),
        Err(error) => failed(site, &error.into()),
    }
}

/// Ends the subscription. Doing so twice is harmless.
pub(super) async fn delete(
    State(state): State<AppState>,
    token: Result<Name, AppError>,
    request: Request,
) -> Response {
    let site = &state.site.current();
    // Mail programs send the body in several formats, and it says nothing more than the address.
    let _ = to_bytes(request.into_body(), MAX_FORM_BYTES).await;
    let Name(token) = token.unwrap_or(Name(String::new()));
    match end(&state, &token).await {
        Ok(Ended::Now(address)) => unsubscribed(site, Some(&address)),
        Ok(Ended::Before) => unsubscribed(site, None),
        Ok(Ended::Never) => not_subscribed(site),
        Err(error) => failed(site, &error),
    }
}

async fn find(state: &AppState, token: &str) -> Result<Option<Subscriber>, StoreError> {
    let mut tx = state.store.read().await?;
    find_managed(&mut tx, token).await
}

/// Whether and when a subscription has ended.
enum Ended {
    /// Just now; this address was deleted.
    Now(EmailAddress),
    /// Before, but the link is one of ours.
    Before,
    /// Never: the link isn't ours, or not all of it.
    Never,
}

async fn end(state: &AppState, token: &str) -> Result<Ended, ActionError> {
    let actor = Actor::subscriber();
    let mut change = Change::begin(&state.store, &state.clock, actor).await?;
    let Some(subscriber) = find_managed(change.tx(), token).await? else {
        let key = find_link_key(change.tx()).await?;
        let is_ours = key.is_some_and(|key| key.read(token).is_some());
        return Ok(if is_ours { Ended::Before } else { Ended::Never });
    };
    unsubscribe(&mut change, token).await?;
    change.commit().await?;
    Ok(Ended::Now(subscriber.address))
}

fn unsubscribed(site: &Site, address: Option<&EmailAddress>) -> Response {
    let page = notice::unsubscribed(site.snapshot(), address);
    html_response(StatusCode::OK, page.into_string())
}
