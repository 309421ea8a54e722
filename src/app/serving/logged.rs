//! What the access log says of a request that isn't answered with a ready document.

use std::net::SocketAddr;

use http::{Method, Request, Response, header};

use super::shared::Shared;
use crate::app::access_log::{Entry, version_of};
use crate::web::front::Body;

/// What the access log needs of a request.
pub(super) struct Line {
    address: std::net::IpAddr,
    method: Method,
    path: String,
    version: &'static str,
    at: chrono::DateTime<chrono::Utc>,
}

impl Line {
    pub(super) fn of<B>(request: &Request<B>, peer: SocketAddr, shared: &Shared) -> Self {
        let mut forwarded = request.headers().get_all("x-forwarded-for").iter();
        let forwarded = forwarded.next_back().and_then(|value| value.to_str().ok());
        Self {
            address: shared.front.reader(peer, forwarded),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            version: version_of(request.version()),
            at: shared.clock.now(),
        }
    }

    pub(super) fn entry(&self, response: &Response<Body>) -> Entry<'_> {
        let stated = response.headers().get(header::CONTENT_LENGTH);
        let stated = stated.and_then(|value| value.to_str().ok()?.parse().ok());
        let size = http_body::Body::size_hint(response.body()).exact();
        Entry {
            address: self.address,
            at: self.at,
            method: self.method.as_str(),
            path: &self.path,
            version: self.version,
            status: response.status().as_u16(),
            bytes: match self.method == Method::HEAD {
                true => Some(0),
                false => size.or(stated),
            },
        }
    }
}
