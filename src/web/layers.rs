//! What every answer carries, whatever made it.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::Next;
use axum::response::Response;

use super::state::AppState;

/// No inline style or script, nothing from elsewhere but pictures that a post shows.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' https:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Adds the headers that keep browsers safe; HSTS only where the request came by HTTPS.
pub(super) async fn secure(
    State(state): State<AppState>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let by_https = came_by_https(&request, &state.proxies);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // What an answer says itself, it knows better.
    let mut set = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    if by_https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// The address of whoever asks: the connection's, or what a trusted proxy says last.
pub(super) fn reader_address(parts: &Parts, proxies: &[IpAddr]) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    if !is_proxy(peer, proxies) {
        return Some(peer);
    }
    let said = parts.headers.get_all("x-forwarded-for").iter().next_back();
    let last = said
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|text| text.trim().parse::<IpAddr>().ok());
    Some(last.unwrap_or(peer))
}

fn came_by_https(request: &Request<Body>, proxies: &[IpAddr]) -> bool {
    is_from_proxy(request, proxies)
        && request
            .headers()
            .get("x-forwarded-proto")
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"))
}

/// Whether the connection comes from a proxy that may speak for a reader.
fn is_from_proxy(request: &Request<Body>, proxies: &[IpAddr]) -> bool {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .is_some_and(|ConnectInfo(peer)| is_proxy(peer.ip().to_canonical(), proxies))
}

fn is_proxy(address: IpAddr, proxies: &[IpAddr]) -> bool {
    if proxies.is_empty() {
        address.is_loopback()
    } else {
        proxies.contains(&address)
    }
}
