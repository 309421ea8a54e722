//! The request headers that choose a response: accepted encodings and conditions.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};

use crate::site::document::{Validator, Variant};
use crate::site::encoding::Encoding;

/// How many lines of `If-None-Match` are read. If there are more, the document is sent in full.
const MAX_TAG_LINES: usize = 4;

/// The headers that choose a response. They are collected one by one and borrow from the request,
/// so nothing is allocated.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestHeaders<'r> {
    brotli: Option<bool>,
    gzip: Option<bool>,
    anything: bool,
    tags: [&'r [u8]; MAX_TAG_LINES],
    tag_lines: usize,
    since: Option<&'r [u8]>,
    says_https: Option<bool>,
}

impl<'r> RequestHeaders<'r> {
    /// Collects the headers of a request.
    pub(super) fn of(all: &'r HeaderMap) -> Self {
        let mut headers = Self::default();
        for (name, value) in all {
            headers.note(name.as_str().as_bytes(), value.as_bytes());
        }
        headers
    }

    /// Records one header; irrelevant ones are ignored.
    pub fn note(&mut self, name: &[u8], value: &'r [u8]) {
        // Most names differ in length, which is cheap to compare.
        match name.len() {
            13 if is(name, &header::IF_NONE_MATCH) => {
                if let Some(slot) = self.tags.get_mut(self.tag_lines) {
                    *slot = value;
                    self.tag_lines += 1;
                }
            }
            15 if is(name, &header::ACCEPT_ENCODING) => self.note_encodings(value),
            17 if is(name, &header::IF_MODIFIED_SINCE) => self.since = self.since.or(Some(value)),
            17 if name.eq_ignore_ascii_case(b"x-forwarded-proto") => {
                let https = value.eq_ignore_ascii_case(b"https");
                self.says_https = self.says_https.or(Some(https));
            }
            _ => {}
        }
    }

    /// Parses `Accept-Encoding` (RFC 9110, 12.5.3). Nearly every request has it, so names are
    /// compared only if their lengths match, and weights are parsed only if there are parameters.
    fn note_encodings(&mut self, value: &[u8]) {
        for item in value.split(|byte| *byte == b',') {
            let item = item.trim_ascii();
            let (name, parameters) = match item.iter().position(|byte| *byte == b';') {
                Some(end) => (item[..end].trim_ascii_end(), &item[end + 1..]),
                None => (item, &item[item.len()..]),
            };
            let known = match name.len() {
                1 if name == b"*" => {
                    self.anything |= !refuses(parameters);
                    continue;
                }
                2 if name.eq_ignore_ascii_case(b"br") => &mut self.brotli,
                4 if name.eq_ignore_ascii_case(b"gzip") => &mut self.gzip,
                6 if name.eq_ignore_ascii_case(b"x-gzip") => &mut self.gzip,
                _ => continue,
            };
            *known = known.or(Some(!refuses(parameters)));
        }
    }

    /// Whether the reader accepts this encoding.
    pub(super) fn accepts(&self, encoding: Encoding) -> bool {
        match encoding {
            Encoding::Plain => true,
            Encoding::Gzip => self.gzip.unwrap_or(self.anything),
            Encoding::Brotli => self.brotli.unwrap_or(self.anything),
        }
    }

    /// Which condition shows that the reader has these bytes already, if any (RFC 9110, 13.1).
    /// `If-None-Match` takes precedence over `If-Modified-Since`, which counts only if there is a
    /// date that tells these bytes from any before.
    pub(super) fn has<'v>(
        &self,
        variant: &'v Variant,
        last_modified: Option<DateTime<Utc>>,
    ) -> Option<&'v Validator> {
        let current = &variant.validator;
        if self.tag_lines > 0 {
            let known = |validator: &Validator| self.names(validator.etag.as_bytes());
            let former = || variant.former.as_ref().filter(|former| known(former));
            return Some(current).filter(|_| known(current)).or_else(former);
        }
        let last_modified = last_modified?;
        let since = std::str::from_utf8(self.since?).ok()?;
        let since = DateTime::parse_from_rfc2822(since).ok()?;
        (last_modified.timestamp() <= since.timestamp()).then_some(current)
    }

    /// Whether `If-None-Match` contains this ETag. The comparison is weak, as the header requires.
    fn names(&self, etag: &[u8]) -> bool {
        self.tags[..self.tag_lines]
            .iter()
            .flat_map(|line| line.split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .map(|tag| tag.strip_prefix(b"W/").unwrap_or(tag))
            .any(|tag| tag == etag || tag == b"*")
    }

    /// Whether the sender says that the request came by HTTPS. Only trust this from a proxy.
    pub fn says_https(&self) -> bool {
        self.says_https.unwrap_or(false)
    }
}

fn is(name: &[u8], known: &header::HeaderName) -> bool {
    name.eq_ignore_ascii_case(known.as_str().as_bytes())
}

/// Whether the parameters contain a weight of zero.
fn refuses(parameters: &[u8]) -> bool {
    !parameters.is_empty() && parameters.split(|byte| *byte == b';').any(is_zero_weight)
}

fn is_zero_weight(parameter: &[u8]) -> bool {
    let parameter = parameter.trim_ascii();
    let weight = parameter
        .strip_prefix(b"q=")
        .or_else(|| parameter.strip_prefix(b"Q="))
        .map(<[u8]>::trim_ascii);
    weight.is_some_and(|weight| {
        !weight.is_empty() && weight.iter().all(|byte| matches!(byte, b'0' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, StatusCode};

    use super::*;
    use crate::site::head::Head;

    fn headers<'r>(lines: &[(&str, &'r str)]) -> RequestHeaders<'r> {
        let mut headers = RequestHeaders::default();
        for (name, value) in lines {
            headers.note(name.as_bytes(), value.as_bytes());
        }
        headers
    }

    #[test]
    fn encodings_are_taken_as_the_header_says() {
        let check = |lines: &[&str], brotli: bool, gzip: bool| {
            let lines: Vec<_> = lines
                .iter()
                .map(|line| ("Accept-Encoding", *line))
                .collect();
            let headers = headers(&lines);
            let found = (
                headers.accepts(Encoding::Brotli),
                headers.accepts(Encoding::Gzip),
            );
            assert_eq!(found, (brotli, gzip), "{lines:?}");
        };
        check(&["gzip, deflate, br, zstd"], true, true);
        check(&["gzip"], false, true);
        check(&["GZIP ,\tBR"], true, true);
        check(&["x-gzip"], false, true);
        check(&["br;q=0, gzip;q=0.5"], false, true);
        check(&["br ; Q=0.000, gzip;q=1"], false, true);
        check(&["br;q=0.001"], true, false);
        check(&["br;q="], true, false);
        check(&["br", "gzip"], true, true);
        check(&["br;q=0", "br"], false, false);
        check(&["*"], true, true);
        check(&["*, br;q=0"], false, true);
        check(&["*;q=0"], false, false);
        check(&["identity"], false, false);
        check(&["brotli, gzipped"], false, false);
        check(&[""], false, false);
        check(&[], false, false);
    }

    #[test]
    fn a_reader_who_has_the_bytes_is_told_so() {
        let validator = |etag: &str| Validator {
            etag: etag.to_owned(),
            not_modified: Head::new(StatusCode::NOT_MODIFIED, []),
        };
        let variant = Variant {
            encoding: Encoding::Plain,
            bytes: bytes::Bytes::new(),
            validator: validator("\"abc\""),
            former: Some(validator("\"before\"")),
            head: Head::new(StatusCode::OK, []),
        };
        let at = DateTime::from_timestamp(1_361_870_100, 0).expect("in range");
        let check = |lines: &[(&str, &str)], expected: Option<&str>| {
            let headers = headers(lines);
            let found = headers
                .has(&variant, Some(at))
                .map(|known| known.etag.as_str());
            assert_eq!(found, expected, "{lines:?}");
        };
        let tag = |value| [("If-None-Match", value)];
        check(&tag("\"abc\""), Some("\"abc\""));
        check(&tag("\"x\" , W/\"abc\""), Some("\"abc\""));
        check(&tag("*"), Some("\"abc\""));
        check(&tag("\"before\""), Some("\"before\""));
        check(&tag("\"before\", \"abc\""), Some("\"abc\""));
        check(&tag("\"abc-br\""), None);
        check(&tag("\"ab\""), None);
        check(&tag("abc"), None);
        check(&tag(""), None);
        let second = [("if-none-match", "\"x\""), ("if-none-match", "\"abc\"")];
        check(&second, Some("\"abc\""));
        let since = |value| [("If-Modified-Since", value)];
        check(&since("Tue, 26 Feb 2013 09:15:00 GMT"), Some("\"abc\""));
        check(&since("Tue, 26 Feb 2013 09:14:59 GMT"), None);
        check(&since("yesterday"), None);
        let both = [
            ("If-Modified-Since", "Tue, 26 Feb 2013 09:15:00 GMT"),
            ("If-None-Match", "\"x\""),
        ];
        check(&both, None);
        let dated = headers(&since("Tue, 26 Feb 2013 09:15:00 GMT"));
        assert!(dated.has(&variant, None).is_none());
    }

    #[test]
    fn what_was_gathered_from_a_map_of_headers_is_the_same() {
        let mut headers = HeaderMap::new();
        for value in ["gzip", "br;q=0"] {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        }
        headers.insert("x-forwarded-proto", HeaderValue::from_static("HTTPS"));
        let headers = RequestHeaders::of(&headers);
        assert!(headers.accepts(Encoding::Gzip) && !headers.accepts(Encoding::Brotli));
        assert!(headers.says_https());
    }
}
