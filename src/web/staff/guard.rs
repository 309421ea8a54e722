//! Checks on every request for the staff pages, and headers for every response.
//!
//! **Cross-site requests.** A request that changes something is refused if it comes from another
//! site. A browser states the origin of a request in `Sec-Fetch-Site` (only `same-origin` and
//! `none`, a direct action of the user, pass), in `Origin` (must be this host, or the site's base
//! URL, because a proxy may change the host), or else in `Referer` (the same). Every header that is
//! present must pass. A request without any of them doesn't come from a current browser, so it
//! can't misuse anybody's cookie; older browsers are covered by the cookie's `SameSite=Lax`.
//!
//! **HTTP.** Nobody may intercept a cookie. So signing in requires HTTPS, as reported by a trusted
//! proxy, or a connection that never leaves the machine.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use ipnet::IpNet;

use super::staff_error::StaffError;
use crate::site::document::CachePolicy;
use crate::web::cross_site::{host_of, is_cross_site};
use crate::web::layers::says_https;
use crate::web::state::AppState;

/// How a request arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By HTTPS, at least as far as a trusted proxy.
    Https,
    /// By HTTP from the same machine.
    Loopback,
    /// By HTTP, which others can read.
    Plain,
}

/// Determines how a request arrived.
pub(super) fn way_of(parts: &Parts, proxies: &[IpNet]) -> Way {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return Way::Plain;
    };
    if says_https(&parts.headers, *peer, proxies) {
        return Way::Https;
    }
    let is_forwarded = ["x-forwarded-for", "x-forwarded-proto", "forwarded"]
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    let host = host_of(parts).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(
        host,
        |(name, port)| {
            if port.ends_with(']') { host } else { name }
        },
    );
    let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    if is_here && !is_forwarded && peer.ip().to_canonical().is_loopback() {
        Way::Loopback
    } else {
        Way::Plain
    }
}

/// Checks a request, and forbids caching of the response.
pub(super) async fn guard(
    State(state): State<AppState>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let is_reading = [Method::GET, Method::HEAD].contains(&parts.method);
    let base_url = &state.site.current().snapshot().site.base_url.clone();
    let mut response = if !is_reading && is_cross_site(&parts, base_url) {
        StaffError::cross_site().into_response()
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, CachePolicy::Private.header()),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
        // Other sites must not learn the address of a draft.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(headers: &[(&str, &str)], peer: &str) -> Parts {
        let mut request = Request::post("/staff/sign-in");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).expect("a request").into_parts().0;
        let peer: SocketAddr = peer.parse().expect("an address");
        parts.extensions.insert(ConnectInfo(peer));
        parts
    }

    #[test]
    fn only_this_machine_may_come_without_https() {
        let check = |headers: &[(&str, &str)], peer: &str, expected: Way| {
            assert_eq!(
                way_of(&parts(headers, peer), &[]),
                expected,
                "{headers:?} {peer}"
            );
        };
        let here = "127.0.0.1:4711";
        check(&[("host", "localhost:8080")], here, Way::Loopback);
        check(&[("host", "127.0.0.1")], here, Way::Loopback);
        check(&[("host", "[::1]:8080")], "[::1]:4711", Way::Loopback);
        check(
            &[("host", "[::1]")],
            "[::ffff:127.0.0.1]:4711",
            Way::Loopback,
        );
        check(&[("host", "status.example.com")], here, Way::Plain);
        check(&[("host", "localhost")], "192.0.2.1:4711", Way::Plain);
        check(&[], here, Way::Plain);
        check(
            &[("host", "localhost"), ("x-forwarded-for", "192.0.2.1")],
            here,
            Way::Plain,
        );
        let https = [
            ("host", "status.example.com"),
            ("x-forwarded-proto", "https"),
        ];
        check(&https, here, Way::Https);
        check(&https, "192.0.2.1:4711", Way::Plain);
    }
}
