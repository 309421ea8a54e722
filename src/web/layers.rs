//! The headers of every response.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use super::negotiation::RequestHeaders;
use crate::site::safety::safety_headers;

/// Tells a browser that used HTTPS to use it for a year.
pub(super) const HSTS: &str = "max-age=31536000";

/// Adds the security headers; HSTS only if the request came by HTTPS.
pub(super) async fn secure(
    State(proxies): State<Arc<Vec<IpNet>>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let by_https =
        peer.is_some_and(|ConnectInfo(peer)| says_https(request.headers(), *peer, &proxies));
    let mut response = next.run(request).await;
    // What a browser has stored keeps its headers if a response only confirms it.
    let confirms = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    // Headers that the response sets itself take precedence.
    for (name, value) in safety_headers().into_iter().filter(|_| !confirms) {
        headers.entry(name).or_insert(value);
    }
    if by_https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(HSTS),
        );
    }
    response
}

/// The client's address: the connection's, or the last one that a trusted proxy reports.
pub(super) fn reader_address(parts: &Parts, proxies: &[IpNet]) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let said = parts.headers.get_all("x-forwarded-for").iter().next_back();
    let said = said.and_then(|value| value.to_str().ok());
    Some(address_of(*peer, said, proxies))
}

/// The address of a reader whose connection comes from `peer`; `forwarded` is the last
/// X-Forwarded-For.
pub(super) fn address_of(peer: SocketAddr, forwarded: Option<&str>, proxies: &[IpNet]) -> IpAddr {
    let address = peer.ip().to_canonical();
    if !is_proxy(peer, proxies) {
        return address;
    }
    let last = forwarded
        .and_then(|value| value.rsplit(',').next())
        .and_then(|text| text.trim().parse::<IpAddr>().ok());
    last.map_or(address, |last| last.to_canonical())
}

/// Whether a trusted proxy says that the reader used HTTPS.
pub(super) fn says_https(headers: &HeaderMap, peer: SocketAddr, proxies: &[IpNet]) -> bool {
    is_proxy(peer, proxies) && RequestHeaders::of(headers).says_https()
}

/// Whether the other end of a connection is a trusted proxy.
pub(super) fn is_proxy(peer: SocketAddr, proxies: &[IpNet]) -> bool {
    let address = peer.ip().to_canonical();
    if proxies.is_empty() {
        address.is_loopback()
    } else {
        proxies.iter().any(|network| network.contains(&address))
    }
}
