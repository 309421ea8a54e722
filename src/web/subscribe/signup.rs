//! Asking for a subscription. Whoever asks gets the same answer, whether the address is known or
//! not.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::fields::{check_choice, chosen, read_fields, read_form};
use super::respond::{html_response, lead_to, say, try_again, why};
use crate::actions::subscriptions::subscribe;
use crate::actions::{ActionError, Change};
use crate::domain::actor::Actor;
use crate::domain::email_address::EmailAddress;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Following, Target};
use crate::render::html::subscribe::form::{Form, INCIDENT, Part, TRAP};
use crate::render::html::subscribe::{self, confirm, incident};
use crate::site::safety::ContentSecurity;
use crate::site::{Site, SiteHandle};
use crate::urls;
use crate::web::cross_site::is_cross_site;
use crate::web::layers::reader_address;
use crate::web::sentence::sentence;
use crate::web::state::AppState;

/// Shows what to do after asking.
pub(super) async fn show_asked(State(site): State<SiteHandle>) -> Response {
    let page = confirm::asked(site.current().snapshot());
    html_response(StatusCode::OK, page.into_string())
}

/// Takes the form.
pub(super) async fn create(State(state): State<AppState>, request: Request) -> Response {
    let site = &state.site.current();
    let settings = &site.snapshot().site;
    let (parts, body) = request.into_parts();
    if is_cross_site(&parts, &settings.base_url) {
        return say(
            site,
            StatusCode::FORBIDDEN,
            "This came from another site",
            "Another website tried to subscribe in your name, or your browser didn’t say where \
             the request came from. If it was you, subscribe on this site.",
        );
    }
    if !settings.sends_mail {
        return say(
            site,
            StatusCode::CONFLICT,
            "We don’t send e-mail",
            "Nothing was stored. The page “Subscribe” says how you can follow us instead.",
        );
    }
    let reader = reader_address(&parts, &state.proxies);
    let fields = match read_fields(site, Request::from_parts(parts, body)).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    let mut form = read_form(site, &fields);
    let about = match fields.first(INCIDENT) {
        "" => None,
        slug => match find_incident(site, slug) {
            Ok(found) => Some(found),
            Err(response) => return *response,
        },
    };
    match &about {
        Some(incident) => form.following = only(incident),
        None => check_choice(&mut form),
    }
    let address = EmailAddress::parse(&form.address);
    if let Err(error) = &address {
        form.refuse(Part::Address, sentence(&error.to_string()));
    }
    let page = |form: &Form, status| page(site, about.as_ref(), form, status);
    let (Ok(address), true) = (address, form.wrong.is_empty()) else {
        return page(&form, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let reader = reader.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    if state.signups.is_exceeded_by(reader) {
        let detail = "Too many subscriptions were just asked for from your network. Wait a minute, and send \
                      this again.";
        form.refuse(Part::Whole, detail);
        return try_again(page(&form, StatusCode::TOO_MANY_REQUESTS), "60");
    }
    if !fields.first(TRAP).is_empty() {
        return lead_to(urls::SUBSCRIBE_ASKED);
    }
    match ask(&state, &address, chosen(&form)).await {
        Ok(()) => lead_to(urls::SUBSCRIBE_ASKED),
        Err(ActionError::Store(error)) => {
            form.refuse(Part::Whole, why(&error));
            try_again(page(&form, StatusCode::SERVICE_UNAVAILABLE), "5")
        }
        Err(error) => {
            form.refuse(Part::What, sentence(&error.to_string()));
            page(&form, StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

async fn ask(
    state: &AppState,
    address: &EmailAddress,
    following: Following,
) -> Result<(), ActionError> {
    let actor = Actor::subscriber();
    let mut change = Change::begin(&state.store, &state.clock, actor).await?;
    subscribe(&mut change, address, following).await?;
    change.commit().await?;
    state.outbox.notify_one();
    Ok(())
}

/// The incident that a form is about.
fn find_incident(site: &Site, slug: &str) -> Result<Incident, Box<Response>> {
    let found = Slug::parse(slug).ok();
    let found = found.and_then(|slug| site.snapshot().find_incident(&slug));
    let Some(found) = found else {
        let text = "It was withdrawn, or its address has changed.";
        let status = StatusCode::NOT_FOUND;
        let response = say(site, status, "There is no such incident", text);
        return Err(Box::new(response));
    };
    if !incident::goes_on(site.snapshot(), &found) {
        let response = page(site, Some(&found), &Form::default(), StatusCode::CONFLICT);
        return Err(Box::new(response));
    }
    Ok(found)
}

/// Only this incident, with all that is said of it.
fn only(incident: &Incident) -> Following {
    Following {
        everything: false,
        targets: [Target::Incident(incident.id.clone())].into(),
        ..Following::default()
    }
}

/// The page with the form, as it was filled in.
fn page(site: &Site, about: Option<&Incident>, form: &Form, status: StatusCode) -> Response {
    let snapshot = site.snapshot();
    let Some(about) = about else {
        let page = subscribe::filled_page(snapshot, form).into_string();
        let security = HeaderValue::from_static(ContentSecurity::WithFrames.header());
        let header = [(header::CONTENT_SECURITY_POLICY, security)];
        return (header, html_response(status, page)).into_response();
    };
    html_response(status, incident::page(snapshot, about, form).into_string())
}
