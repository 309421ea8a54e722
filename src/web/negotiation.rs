//! What a reader takes and what a reader has, by the headers of the request.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};

use crate::site::document::{Encoding, Variant};

/// Whether a reader takes this encoding, by `Accept-Encoding` (RFC 9110, 12.5.3).
pub(super) fn accepts(headers: &HeaderMap, encoding: Encoding) -> bool {
    let wanted: &[&str] = match encoding {
        Encoding::Plain => return true,
        Encoding::Gzip => &["gzip", "x-gzip"],
        Encoding::Brotli => &["br"],
    };
    let mut by_star = false;
    for value in headers.get_all(header::ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or("").split(',') {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or("");
            let refused = parts
                .filter_map(|part| part.strip_prefix("q="))
                .any(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
            if wanted.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                return !refused;
            }
            by_star |= name == "*" && !refused;
        }
    }
    by_star
}

/// Whether the reader has these bytes already (RFC 9110, 13.1): `If-None-Match` decides if it is
/// there, else `If-Modified-Since`.
pub(super) fn has_it(headers: &HeaderMap, variant: &Variant, last_modified: DateTime<Utc>) -> bool {
    let mut tags = headers.get_all(header::IF_NONE_MATCH).iter().peekable();
    if tags.peek().is_some() {
        return tags
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag == variant.etag);
    }
    headers
        .get(header::IF_MODIFIED_SINCE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok())
        .is_some_and(|since| last_modified.timestamp() <= since.timestamp())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn encodings_are_taken_as_the_header_says() {
        let check = |value: &'static str, brotli: bool, gzip: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            let found = (
                accepts(&headers, Encoding::Brotli),
                accepts(&headers, Encoding::Gzip),
            );
            assert_eq!(found, (brotli, gzip), "{value}");
        };
        check("gzip, deflate, br, zstd", true, true);
        check("gzip", false, true);
        check("br;q=0, gzip;q=0.5", false, true);
        check("*", true, true);
        check("*;q=0", false, false);
        check("identity", false, false);
        check("", false, false);
    }

    #[test]
    fn a_reader_who_has_the_bytes_is_told_so() {
        let variant = Variant {
            encoding: Encoding::Plain,
            bytes: bytes::Bytes::new(),
            etag: "\"abc\"".to_owned(),
            headers: HeaderMap::new(),
            not_modified: HeaderMap::new(),
        };
        let at = DateTime::from_timestamp(1_361_870_100, 0).expect("in range");
        let check = |name: header::HeaderName, value: &'static str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(has_it(&headers, &variant, at), expected, "{value}");
        };
        check(header::IF_NONE_MATCH, "\"abc\"", true);
        check(header::IF_NONE_MATCH, "W/\"abc\", \"x\"", true);
        check(header::IF_NONE_MATCH, "*", true);
        check(header::IF_NONE_MATCH, "\"abc-br\"", false);
        check(
            header::IF_MODIFIED_SINCE,
            "Tue, 26 Feb 2013 09:15:00 GMT",
            true,
        );
        check(
            header::IF_MODIFIED_SINCE,
            "Tue, 26 Feb 2013 09:14:59 GMT",
            false,
        );
        check(header::IF_MODIFIED_SINCE, "yesterday", false);
    }
}
