//! Sessions and their cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Duration, Utc};

use super::guard::{Way, way_of};
use super::reading::{fresh, lost, new_key, said_in};
use super::staff_error::StaffError;
use crate::actions::tokens::hash_of;
use crate::domain::actor::Credential;
use crate::domain::staff::{KeptForm, Session};
use crate::render::html::staff::fields::{Fields, FormState};
use crate::store::sessions::{find_session, find_session_by_hash, set_kept, set_session_seen};
use crate::store::tokens::find_token;
use crate::store::{Store, StoreError};
use crate::urls;
use crate::web::auth::Staff;
use crate::web::state::AppState;

/// The cookie's name with HTTPS. Browsers tie the prefix `__Host-` to this host and to HTTPS.
const COOKIE: &str = "__Host-lightship";
/// The cookie's name with HTTP, on the machine itself.
const COOKIE_HERE: &str = "lightship";
/// How long browsers keep the cookie, in seconds: a month. The session may end earlier.
const MAX_AGE: u32 = 30 * 24 * 60 * 60;
/// The minimum time between two writes of a session's last use.
const SEEN_EVERY: Duration = Duration::minutes(5);

/// A request of a signed-in member of staff. As a parameter, it restricts a handler to staff.
#[derive(Debug)]
pub(super) struct Visit {
    /// The member of staff.
    pub(super) staff: Staff,
    /// The session.
    pub(super) session: Session,
    /// The path of the page.
    pub(super) path: String,
}

impl Visit {
    /// What was typed into this page's form while nobody was signed in.
    pub(super) fn kept(&self) -> Option<Fields> {
        let mut fields = self.kept_fields(None)?;
        fields.remove(Fields::BUTTON);
        Some(fields)
    }

    /// What was typed into this page's form and is being previewed.
    pub(super) fn previewed(&self, uri: &Uri) -> Option<Fields> {
        self.kept_fields(Some(&said_in(uri, PREVIEW)))
    }

    /// The form of this page when nothing is previewed: with what was typed while nobody was signed
    /// in, or else with the usual values.
    pub(super) fn opened(&self, uri: &Uri, usual: impl FnOnce() -> Fields) -> FormState {
        if asks_for_preview(uri) {
            return lost(usual());
        }
        fresh(self.kept().unwrap_or_else(usual))
    }

    fn kept_fields(&self, key: Option<&str>) -> Option<Fields> {
        let kept = self.session.find_kept(&self.path, key)?;
        serde_json::from_str(&kept.form).ok().map(Fields::new)
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = StaffError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, StaffError> {
        if let Some(visit) = find_visit(parts, state).await? {
            return Ok(visit);
        }
        let is_reading = [Method::GET, Method::HEAD].contains(&parts.method);
        let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
        Err(StaffError::SignIn(
            if is_reading && path.len() <= MAX_NEXT {
                path.to_owned()
            } else {
                urls::STAFF.to_owned()
            },
        ))
    }
}

/// The query parameter of a preview, whose value is the form's key.
const PREVIEW: &str = "preview";

/// Whether a URI asks for a preview, stored or not.
pub(super) fn asks_for_preview(uri: &Uri) -> bool {
    !said_in(uri, PREVIEW).is_empty()
}

/// Stores a form for its preview, and redirects to its page. Because that is a GET, a browser that
/// goes back to it doesn't ask whether to send the form again.
pub(super) async fn keep_preview(
    state: &AppState,
    visit: &Visit,
    fields: &Fields,
) -> Result<Response, StaffError> {
    let key = key_of(fields).map_or_else(new_key, str::to_owned);
    let fields = fields.clone().with(Fields::KEY, key.as_str());
    let form = KeptForm {
        path: visit.path.clone(),
        key: Some(key.clone()),
        form: serde_json::to_string(fields.pairs()).unwrap_or_default(),
    };
    let mut tx = state.store.begin().await?;
    // Another window may have stored a form in the meantime.
    if let Some(mut session) = find_session(&mut tx, &visit.session.id).await? {
        session.keep(form);
        set_kept(&mut tx, &session.id, &session.kept).await?;
    }
    tx.commit().await?;
    let query = urls::query(&[(PREVIEW, &key)]);
    Ok(Redirect::to(&format!("{}{query}", visit.path)).into_response())
}

/// Maximum length of a form's key.
const MAX_KEY: usize = 100;

/// The form's idempotency key.
pub(super) fn key_of(fields: &Fields) -> Option<&str> {
    fields
        .nonblank(Fields::KEY)
        .filter(|key| key.len() <= MAX_KEY)
}

/// Maximum length of the path to continue to after signing in.
pub(super) const MAX_NEXT: usize = 1000;

/// The visit of whoever sends the request, if their session is valid.
pub(super) async fn find_visit(
    parts: &Parts,
    state: &AppState,
) -> Result<Option<Visit>, StaffError> {
    let Some(secret) = secret_of(&parts.headers, way_of(parts, &state.proxies)) else {
        return Ok(None);
    };
    let now = state.clock.now();
    let mut tx = state.store.read().await?;
    let Some(session) = find_session_by_hash(&mut tx, &hash_of(secret)).await? else {
        return Ok(None);
    };
    let token = find_token(&mut tx, &session.token_id).await?;
    drop(tx);
    let Some(token) = token.filter(|token| token.is_valid(now) && session.is_alive(now)) else {
        return Ok(None);
    };
    state.uses.note(&token, now);
    if now - session.seen_at >= SEEN_EVERY
        && let Err(error) = note_seen(&state.store, &session.id, now).await
    {
        tracing::debug!(%error, "when a session was used last isn't written down");
    }
    Ok(Some(Visit {
        staff: Staff::of(token, Credential::Session),
        session,
        path: parts.uri.path().to_owned(),
    }))
}

async fn note_seen(store: &Store, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    set_session_seen(&mut tx, id, now).await?;
    tx.commit().await
}

fn secret_of(headers: &HeaderMap, way: Way) -> Option<&str> {
    let name = cookie_name(way)?;
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, secret)| secret)
}

fn cookie_name(way: Way) -> Option<&'static str> {
    match way {
        Way::Https => Some(COOKIE),
        Way::Loopback => Some(COOKIE_HERE),
        Way::Plain => None,
    }
}

/// The cookie of a session; `None` deletes it.
pub(super) fn cookie(way: Way, secret: Option<&str>) -> Option<HeaderValue> {
    let name = cookie_name(way)?;
    let secure = if way == Way::Https { "; Secure" } else { "" };
    let (value, age) = secret.map_or(("", 0), |secret| (secret, MAX_AGE));
    let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(text).ok()
}
