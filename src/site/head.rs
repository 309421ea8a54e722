//! Heads of answers: the status line and the headers as ready bytes, made once with the document.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// How each status line begins.
const VERSION: &str = "HTTP/1.1";

/// The head of an answer, up to its last header: those that belong to the moment and to the
/// connection, and the empty line, are still to come.
#[derive(Debug, Clone)]
pub struct Head(Bytes);

impl Head {
    /// The head with these headers. Values are ours: printable ASCII.
    pub fn new<'h>(
        status: StatusCode,
        headers: impl IntoIterator<Item = (HeaderName, &'h str)>,
    ) -> Self {
        let reason = status.canonical_reason().unwrap_or("Other");
        let mut text = format!("{VERSION} {} {reason}\r\n", status.as_str());
        for (name, value) in headers {
            text.push_str(name.as_str());
            text.push_str(": ");
            text.push_str(value);
            text.push_str("\r\n");
        }
        Self(text.into_boxed_str().into_boxed_bytes().into())
    }

    /// The same head, in memory of its own.
    pub(super) fn copied(&self) -> Self {
        Self(Bytes::copy_from_slice(&self.0))
    }

    /// As it is sent, with the line end behind the last header.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is this very one, not one that says the same.
    pub fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.as_bytes(), other.as_bytes())
    }

    /// What follows the version in the status line, as it is sent.
    pub fn after_version(&self) -> &[u8] {
        &self.0[VERSION.len()..]
    }

    /// Its headers one by one.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(12);
        let mut start = 0;
        for line in self.0.split_inclusive(|byte| *byte == b'\n') {
            let colon = line.windows(2).position(|two| two == b": ");
            // The status line has no colon.
            if let Some(colon) = colon {
                let value = self.0.slice(start + colon + 2..start + line.len() - 2);
                if let (Ok(name), Ok(value)) = (
                    HeaderName::from_bytes(&line[..colon]),
                    HeaderValue::from_maybe_shared(value),
                ) {
                    headers.append(name, value);
                }
            }
            start += line.len();
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn a_head_is_the_same_as_bytes_and_as_headers() {
        let head = Head::new(
            StatusCode::NOT_MODIFIED,
            [
                (header::ETAG, "\"a: b\""),
                (header::VARY, "Accept-Encoding"),
            ],
        );
        let text = "HTTP/1.1 304 Not Modified\r\netag: \"a: b\"\r\nvary: Accept-Encoding\r\n";
        assert_eq!(head.as_bytes(), text.as_bytes());
        assert_eq!(head.after_version(), &text.as_bytes()[8..]);
        let headers = head.headers();
        assert_eq!(headers.len(), 2);
        assert_eq!(headers[header::ETAG], "\"a: b\"");
        assert_eq!(headers[header::VARY], "Accept-Encoding");
    }
}
