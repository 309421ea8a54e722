//! Response heads: status line and headers as finished bytes, made once with the document.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// The start of each status line.
const VERSION: &str = "HTTP/1.1";

/// The head of a response, without its end: the headers that depend on the moment and the
/// connection, and the empty line, are added when it is sent.
#[derive(Debug, Clone)]
pub struct Head(Bytes);

impl Head {
    /// A head with these headers. Values are our own: printable ASCII.
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

    /// Adds a header, as the last one.
    pub(super) fn add(&mut self, (name, value): (HeaderName, &str)) {
        let line = format!("{name}: {value}\r\n");
        self.0 = [self.as_bytes(), line.as_bytes()].concat().into();
    }

    /// The same head, copied into memory of its own.
    pub(super) fn copied(&self) -> Self {
        Self(Bytes::copy_from_slice(&self.0))
    }

    /// The bytes to send, including the line end after the last header.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether both are the same object, not only equal.
    pub fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.as_bytes(), other.as_bytes())
    }

    /// What follows the version in the status line, as bytes to send.
    pub fn after_version(&self) -> &[u8] {
        &self.0[VERSION.len()..]
    }

    /// Its headers as a map.
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
