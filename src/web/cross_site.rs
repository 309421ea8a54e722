//! Tells requests that another site's page sends from those of our own pages.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::urls;

/// The host that a request is for.
pub(super) fn host_of(parts: &Parts) -> Option<&str> {
    let said = parts.headers.get(header::HOST);
    said.and_then(|value| value.to_str().ok())
        .or_else(|| parts.uri.authority().map(|authority| authority.as_str()))
}

/// Whether a page of another site sent the request, as far as its browser says.
pub(super) fn is_cross_site(parts: &Parts, base_url: &str) -> bool {
    let said = |name: &str| text_of(&parts.headers, name);
    let is_ours = |origin: &str| {
        let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        !authority.is_empty()
            && (host_of(parts).is_some_and(|host| host.eq_ignore_ascii_case(authority))
                || urls::authority_of(base_url).eq_ignore_ascii_case(authority))
    };
    let fetched = said("sec-fetch-site").map(|site| ["same-origin", "none"].contains(&site));
    let origin = said("origin").map(is_ours);
    let referer = said("referer").map(is_ours);
    match (fetched, origin) {
        (None, None) => referer == Some(false),
        (fetched, origin) => fetched == Some(false) || origin == Some(false),
    }
}

/// A header's text; an unreadable one still counts as present.
fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or("unreadable"))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post("/staff/sign-in");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn what_comes_from_elsewhere_is_told_apart() {
        let check = |headers: &[(&str, &str)], refused: bool| {
            let mut all = vec![("host", "status.example.com:8443")];
            all.extend(headers);
            let parts = parts(&all);
            assert_eq!(
                is_cross_site(&parts, "https://status.example.org"),
                refused,
                "{headers:?}"
            );
        };
        check(&[], false);
        check(&[("sec-fetch-site", "same-origin")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("sec-fetch-site", "same-site")], true);
        check(&[("sec-fetch-site", "cross-site")], true);
        check(&[("sec-fetch-site", "")], true);
        check(&[("origin", "https://status.example.com:8443")], false);
        check(&[("origin", "https://status.example.org")], false);
        check(&[("origin", "https://status.example.com")], true);
        check(
            &[("origin", "https://status.example.com:8443.evil.example")],
            true,
        );
        check(&[("origin", "null")], true);
        check(&[("origin", "")], true);
        check(
            &[
                ("origin", "https://evil.example"),
                ("sec-fetch-site", "same-origin"),
            ],
            true,
        );
        check(
            &[("referer", "https://status.example.com:8443/staff")],
            false,
        );
        check(
            &[("referer", "https://evil.example/?status.example.com:8443")],
            true,
        );
        check(
            &[
                ("referer", "https://evil.example/"),
                ("sec-fetch-site", "same-origin"),
            ],
            false,
        );
    }
}
