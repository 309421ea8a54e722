//! Responses with pages for subscribers, also if something goes wrong.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};

use crate::actions::ActionError;
use crate::render::html::subscribe::notice;
use crate::site::{Site, SiteHandle};
use crate::store::StoreError;

/// A response with a page.
pub(super) fn html_response(status: StatusCode, page: String) -> Response {
    (status, Html(page)).into_response()
}

/// Leads on with a GET, so that reloading the next page does nothing twice.
pub(super) fn lead_to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A short page.
pub(super) fn say(site: &Site, status: StatusCode, title: &str, text: &str) -> Response {
    let page = notice::notice(site.snapshot(), title, text);
    html_response(status, page.into_string())
}

/// Adds when to try again, in seconds.
pub(super) fn try_again(mut response: Response, secs: &'static str) -> Response {
    let secs = HeaderValue::from_static(secs);
    response.headers_mut().insert(header::RETRY_AFTER, secs);
    response
}

/// Logs that the database failed, and returns a sentence on what that means.
pub(super) fn why(error: &StoreError) -> &'static str {
    if let StoreError::Uncertain(_) = error {
        tracing::error!(%error, "the database didn't say whether a subscriber's change was committed");
        return "The database didn’t answer in time, so it may have worked or not. Try again in a \
                moment: doing it twice is harmless.";
    }
    tracing::error!(%error, "a subscriber's request failed in the database; nothing was changed");
    "The database isn’t responding, so nothing was changed. Try again in a moment."
}

/// The page if an action failed.
pub(super) fn failed(site: &Site, error: &ActionError) -> Response {
    match error {
        ActionError::Store(error) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let response = say(site, status, "That didn’t work just now", why(error));
            try_again(response, "5")
        }
        ActionError::NotFound(_) => not_subscribed(site),
        ActionError::Invalid(_)
        | ActionError::Conflict(_)
        | ActionError::Meanwhile(_)
        | ActionError::Repeated(_)
        | ActionError::StillRunning
        | ActionError::Lacking(_)
        | ActionError::Forbidden(_) => {
            let status = StatusCode::CONFLICT;
            say(site, status, "That can’t be done", "Open the link again.")
        }
    }
}

/// The page if the link to manage leads to no subscription.
pub(super) fn not_subscribed(site: &Site) -> Response {
    let page = notice::not_subscribed(site.snapshot());
    html_response(StatusCode::NOT_FOUND, page.into_string())
}

/// The response to a method that an address doesn't have; the router adds `Allow`.
pub(super) async fn not_allowed(State(site): State<SiteHandle>) -> Response {
    let text = "This address is for the forms of this site only.";
    let status = StatusCode::METHOD_NOT_ALLOWED;
    say(&site.current(), status, "That can’t be done", text)
}
