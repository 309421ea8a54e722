//! The link that confirms a subscription. Opening it changes nothing, because programs that scan
//! mail open links, too; the button on the page confirms.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::respond::{failed, html_response, lead_to};
use crate::actions::subscriptions::{confirm_subscription, find_to_confirm};
use crate::actions::{ActionError, Change};
use crate::domain::actor::Actor;
use crate::domain::subscriber::Subscriber;
use crate::render::html::subscribe::{confirm, notice};
use crate::site::Site;
use crate::store::StoreError;
use crate::store::subscribers::find_link_key;
use crate::urls;
use crate::web::error::AppError;
use crate::web::extract::Name;
use crate::web::state::AppState;

/// Shows the button, or that it was pressed.
pub(super) async fn show(State(state): State<AppState>, token: Result<Name, AppError>) -> Response {
    let site = &state.site.current();
    let Ok(Name(token)) = token else {
        return not_to_confirm(site);
    };
    match find(&state, &token).await {
        Ok(Some((subscriber, manage))) => {
            let page = confirm::confirm(site.snapshot(), &subscriber, &token, manage.as_deref());
            html_response(StatusCode::OK, page.into_string())
        }
        Ok(None) => not_to_confirm(site),
        Err(error) => failed(site, &error.into()),
    }
}

/// Confirms.
pub(super) async fn create(
    State(state): State<AppState>,
    token: Result<Name, AppError>,
) -> Response {
    let site = &state.site.current();
    let Ok(Name(token)) = token else {
        return not_to_confirm(site);
    };
    match confirm_by(&state, &token).await {
        Ok(()) => lead_to(&urls::confirm_subscription(&token)),
        Err(ActionError::NotFound(_)) => not_to_confirm(site),
        Err(error) => failed(site, &error),
    }
}

/// The subscriber, and the secret of the link to manage the subscription.
async fn find(
    state: &AppState,
    token: &str,
) -> Result<Option<(Subscriber, Option<String>)>, StoreError> {
    let mut tx = state.store.read().await?;
    let found = find_to_confirm(&mut tx, token, state.clock.now()).await?;
    let Some(subscriber) = found else {
        return Ok(None);
    };
    let key = find_link_key(&mut tx).await?;
    let manage = key.map(|key| key.token_of(&subscriber.id));
    Ok(Some((subscriber, manage)))
}

async fn confirm_by(state: &AppState, token: &str) -> Result<(), ActionError> {
    let actor = Actor::subscriber();
    let mut change = Change::begin(&state.store, &state.clock, actor).await?;
    confirm_subscription(&mut change, token).await?;
    change.commit().await?;
    state.outbox.notify_one();
    Ok(())
}

fn not_to_confirm(site: &Site) -> Response {
    let page = notice::not_to_confirm(site.snapshot());
    html_response(StatusCode::NOT_FOUND, page.into_string())
}
