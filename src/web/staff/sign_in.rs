//! Signing in with a token, and signing out.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::guard::{Way, way_of};
use super::html_response::html_response;
use super::session::{MAX_NEXT, Visit, cookie};
use super::staff_error::StaffError;
use super::submission::{Sender, read_fields};
use crate::actions::Change;
use crate::actions::sessions::{begin_session, end_session};
use crate::domain::actor::Credential;
use crate::domain::staff::{KeptForm, Token};
use crate::metrics::SignInWay;
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::sign_in::{self, KEPT, NEXT, TOKEN};
use crate::urls;
use crate::web::auth::{Staff, find_token, note_failure};
use crate::web::layers::reader_address;
use crate::web::state::AppState;

/// Shows the page.
pub(super) async fn show(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, StaffError> {
    let (parts, _) = request.into_parts();
    if way_of(&parts, &state.proxies) == Way::Plain {
        return Err(StaffError::needs_https());
    }
    let next = next_of(&parts.uri);
    let page = sign_in::page(
        state.site.current().snapshot(),
        &FormState::default(),
        &next,
        &Fields::default(),
    );
    Ok(html_response(StatusCode::OK, page.into_string()))
}

/// Opens a session.
pub(super) async fn create(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, StaffError> {
    let (parts, body) = request.into_parts();
    let way = way_of(&parts, &state.proxies);
    if way == Way::Plain {
        return Err(StaffError::needs_https());
    }
    let fields = read_fields(
        Request::from_parts(parts.clone(), body),
        &state,
        Sender::SigningIn,
    )
    .await?;
    let next = checked(fields.first(NEXT));
    let kept = Fields::new(
        fields
            .under(KEPT)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    );
    let address = reader_address(&parts, &state.proxies);
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let token = match find_valid(&state, fields.first(TOKEN), address).await? {
        Ok(token) => token,
        Err(refusal) => return Ok(refused(&state, &refusal, &next, &kept)),
    };
    let staff = Staff::of(token, Credential::Session);
    let device = parts.headers.get(header::USER_AGENT);
    let device = device.and_then(|value| value.to_str().ok());
    let mut change = Change::begin(&state.store, &state.clock, staff.actor.clone()).await?;
    let waiting = (!kept.pairs().is_empty()).then(|| KeptForm {
        path: next.clone(),
        key: None,
        form: serde_json::to_string(kept.pairs()).unwrap_or_default(),
    });
    let (_, secret) = begin_session(&mut change, &staff.token, device, waiting).await?;
    change.commit().await?;
    Ok(with_cookie(way, Some(&secret), Redirect::to(&next)))
}

/// Ends the session.
pub(super) async fn delete(
    State(state): State<AppState>,
    visit: Visit,
    request: Request,
) -> Result<Response, StaffError> {
    let (parts, _) = request.into_parts();
    let staff = &visit.staff;
    let mut change = Change::begin(&state.store, &state.clock, staff.actor.clone()).await?;
    end_session(&mut change, &visit.session.id).await?;
    change.commit().await?;
    let way = way_of(&parts, &state.proxies);
    Ok(with_cookie(way, None, Redirect::to(urls::STAFF_SIGN_IN)))
}

/// Why a token isn't accepted.
struct Refusal {
    status: StatusCode,
    detail: &'static str,
}

async fn find_valid(
    state: &AppState,
    secret: &str,
    address: IpAddr,
) -> Result<Result<Token, Refusal>, StaffError> {
    let refuse = |status, detail| Ok(Err(Refusal { status, detail }));
    let secret = secret.trim();
    if secret.is_empty() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "Enter your token.");
    }
    let now = state.clock.now();
    let found = find_token(&state.store, secret).await?;
    if found.as_ref().is_none_or(|token| !token.is_valid(now)) {
        note_failure(&state.metrics, address, SignInWay::Staff);
    }
    match found {
        Some(token) if token.is_valid(now) => {
            state.uses.note(&token, now);
            Ok(Ok(token))
        }
        Some(_) | None if state.failures.is_exceeded_by(address) => refuse(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many wrong tokens from your address. Wait a minute.",
        ),
        Some(_) => refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This token has expired or was revoked. Ask for another.",
        ),
        None => refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Token not recognised. Was it copied completely?",
        ),
    }
}

fn refused(state: &AppState, refusal: &Refusal, next: &str, kept: &Fields) -> Response {
    let wrong = Wrong {
        field: TOKEN.to_owned(),
        detail: refusal.detail.to_owned(),
    };
    let form_state = FormState {
        fields: Fields::default(),
        wrong: vec![wrong],
        sent_before: None,
        is_lost: false,
    };
    let page = sign_in::page(state.site.current().snapshot(), &form_state, next, kept);
    let mut response = html_response(refusal.status, page.into_string());
    if refusal.status == StatusCode::TOO_MANY_REQUESTS {
        let minute = HeaderValue::from_static("60");
        response.headers_mut().insert(header::RETRY_AFTER, minute);
    }
    response
}

fn with_cookie(way: Way, secret: Option<&str>, redirect: Redirect) -> Response {
    let mut response = redirect.into_response();
    if let Some(cookie) = cookie(way, secret) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// `?next=`, or the dashboard.
fn next_of(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    let said = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == NEXT);
    checked(&said.map(|(_, next)| next.into_owned()).unwrap_or_default())
}

/// The path to continue to, if it is a staff page, or else the dashboard. Browsers treat `//host`
/// and `/\host` as other sites, so only paths that are certainly ours pass.
fn checked(next: &str) -> String {
    let path = next.split('?').next().unwrap_or_default();
    let is_ours = path == urls::STAFF || path.starts_with("/staff/");
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !next.contains("//")
        && !path.split('/').any(|part| {
            [".", ".."].contains(&part) || part.contains("%2e") || part.contains("%2E")
        });
    let is_door = [urls::STAFF_SIGN_IN, urls::STAFF_SIGN_OUT].contains(&path);
    if is_ours && is_plain && !is_door && next.len() <= MAX_NEXT && next.parse::<Uri>().is_ok() {
        next.to_owned()
    } else {
        urls::STAFF.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn signing_in_goes_on_to_staff_pages_only() {
        for good in [
            "/staff",
            "/staff?a=b",
            "/staff/incidents/selma-is-down/update",
            "/staff/record?day=2013-02-26&actor=a%20b",
        ] {
            assert_eq!(checked(good), good);
        }
        for bad in [
            "",
            "/",
            "/incidents/selma",
            "//evil.example",
            "/staff//evil.example",
            "https://evil.example/staff",
            "/\\evil.example",
            "/staff/\\evil.example",
            "/staff/../x",
            "/staff/%2e%2e/x",
            "/staffx",
            "/staff/sign-in",
            "/staff/sign-out",
            "/staff/a b",
            "/staff/\r\nset-cookie:x",
            "/staff/ä",
            "javascript:alert(1)",
            "staff",
            "/staff/sign-in?next=/staff",
        ] {
            assert_eq!(checked(bad), "/staff", "{bad}");
        }
        assert_eq!(checked(&format!("/staff/{}", "x".repeat(1000))), "/staff");
    }
}
