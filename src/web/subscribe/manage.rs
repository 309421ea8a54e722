//! The link in every message: change what one hears, pause, and go on.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::fields::{Fields, check_choice, chosen, read_fields, read_form};
use super::respond::{failed, html_response, lead_to, not_subscribed, try_again, why};
use crate::actions::subscriptions::{change_following, find_managed, pause_subscription};
use crate::actions::{ActionError, Change};
use crate::domain::actor::Actor;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Following, Subscriber, Target};
use crate::render::html::subscribe::form::{BUTTON, Form, INCIDENT, Part};
use crate::render::html::subscribe::manage::{self, GO_ON, PAUSE};
use crate::site::Site;
use crate::store::StoreError;
use crate::urls;
use crate::web::error::AppError;
use crate::web::extract::Name;
use crate::web::sentence::sentence;
use crate::web::state::AppState;

/// What a form asks for.
enum Wish {
    Follow(Following),
    Pause(bool),
}

/// Shows the page.
pub(super) async fn show(
    State(state): State<AppState>,
    token: Result<Name, AppError>,
    uri: Uri,
) -> Response {
    let site = &state.site.current();
    let Ok(Name(token)) = token else {
        return not_subscribed(site);
    };
    match find(&state, &token).await {
        Ok(Some(subscriber)) => {
            let form = form_of(&subscriber);
            let page = manage::page(site.snapshot(), &subscriber, &token, &form, done(&uri));
            html_response(StatusCode::OK, page.into_string())
        }
        Ok(None) => not_subscribed(site),
        Err(error) => failed(site, &error.into()),
    }
}

/// Takes the form, or the button that pauses or goes on.
pub(super) async fn edit(
    State(state): State<AppState>,
    token: Result<Name, AppError>,
    request: Request,
) -> Response {
    let site = &state.site.current();
    let Ok(Name(token)) = token else {
        return not_subscribed(site);
    };
    let fields = match read_fields(site, request).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    let subscriber = match find(&state, &token).await {
        Ok(Some(subscriber)) => subscriber,
        Ok(None) => return not_subscribed(site),
        Err(error) => return failed(site, &error.into()),
    };
    let page = |form: &Form, status| {
        let page = manage::page(site.snapshot(), &subscriber, &token, form, None);
        html_response(status, page.into_string())
    };
    let mut form = form_of(&subscriber);
    let (wish, done) = match fields.first(BUTTON) {
        PAUSE => (Wish::Pause(true), "paused"),
        GO_ON => (Wish::Pause(false), "resumed"),
        _ => {
            let single = std::mem::take(&mut form.single);
            form = read_form(site, &fields);
            form.single = single;
            let incidents = incidents_in(site, &fields, &subscriber);
            form.following.targets.extend(incidents);
            check_choice(&mut form);
            if !form.wrong.is_empty() {
                return page(&form, StatusCode::UNPROCESSABLE_ENTITY);
            }
            (Wish::Follow(chosen(&form)), "saved")
        }
    };
    match fulfil(&state, &token, wish).await {
        Ok(()) => {
            let query = urls::query(&[(DONE, done)]);
            lead_to(&format!("{}{query}", urls::manage_subscription(&token)))
        }
        Err(ActionError::Invalid(errors)) => {
            for error in errors {
                form.refuse(Part::What, sentence(&error.detail));
            }
            page(&form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(ActionError::Store(error)) => {
            form.refuse(Part::Whole, why(&error));
            try_again(page(&form, StatusCode::SERVICE_UNAVAILABLE), "5")
        }
        Err(error) => failed(site, &error),
    }
}

async fn find(state: &AppState, token: &str) -> Result<Option<Subscriber>, StoreError> {
    let mut tx = state.store.read().await?;
    find_managed(&mut tx, token).await
}

async fn fulfil(state: &AppState, token: &str, wish: Wish) -> Result<(), ActionError> {
    let actor = Actor::subscriber();
    let mut change = Change::begin(&state.store, &state.clock, actor).await?;
    match wish {
        Wish::Follow(following) => change_following(&mut change, token, following).await?,
        Wish::Pause(pause) => pause_subscription(&mut change, token, pause).await?,
    };
    change.commit().await?;
    Ok(())
}

/// The form as the subscriber last chose.
fn form_of(subscriber: &Subscriber) -> Form {
    Form {
        following: subscriber.following.clone(),
        single: subscriber.following.targets.clone(),
        ..Form::default()
    }
}

/// The single incidents that a form still has, of those that are followed.
fn incidents_in(site: &Site, fields: &Fields, subscriber: &Subscriber) -> BTreeSet<Target> {
    let slugs = fields
        .all(INCIDENT)
        .filter_map(|slug| Slug::parse(slug).ok());
    let ids = slugs.filter_map(|slug| {
        let post = site.snapshot().posts.find(&slug)?;
        Some(Target::Incident(post.id.to_string()))
    });
    ids.filter(|target| subscriber.following.targets.contains(target))
        .collect()
}

/// The parameter that says what was just done. Only a keyword is in the URL, so that nobody can put
/// their own text into one.
const DONE: &str = "done";

/// A sentence on what was just done.
fn done(uri: &Uri) -> Option<&'static str> {
    let query = uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, word) = pairs.find(|(name, _)| name == DONE)?;
    match &*word {
        "saved" => Some("Saved. From now on you hear of this."),
        "paused" => Some("Paused. Nothing is sent until you resume."),
        "resumed" => Some("Messages are sent again."),
        _ => None,
    }
}
