//! Reads the head of a request, as far as ready documents need it. Anything unusual is left to
//! hyper, which then gets the whole request.

use std::mem::MaybeUninit;

use crate::web::front::{DocumentRequest, RequestHeaders};

/// A request with more headers than this is unusual.
pub(super) const MAX_HEADERS: usize = 64;

/// A request that can be answered without hyper, if its document is ready.
#[derive(Debug)]
pub(super) struct RequestHead<'r> {
    /// The requested document.
    pub(super) wanted: DocumentRequest<'r>,
    /// The length of the request, in bytes.
    pub(super) len: usize,
    /// Whether it is an HTTP/1.0 request.
    pub(super) is_old: bool,
    /// Whether the connection stays open after it.
    pub(super) keeps: bool,
}

/// The first request in `bytes`, if it is complete and plain: GET or HEAD of a path, without a
/// body, without anything that changes how the connection is used.
///
/// It uses hyper's parser with hyper's settings, so both agree on what a request is.
pub(super) fn read(bytes: &[u8]) -> Option<RequestHead<'_>> {
    let mut room = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut []);
    let parsed = request.parse_with_uninit_headers(bytes, &mut room);
    let Ok(httparse::Status::Complete(len)) = parsed else {
        return None;
    };
    let is_head = match request.method? {
        "GET" => false,
        "HEAD" => true,
        _ => return None,
    };
    let is_old = request.version? == 0;
    let mut hosts = 0;
    let mut keeps = !is_old;
    let mut headers = RequestHeaders::default();
    for header in request.headers.iter() {
        let name = header.name.as_bytes();
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => hosts += 1,
            10 if name.eq_ignore_ascii_case(b"connection") => {
                keeps = match header.value {
                    value if value.eq_ignore_ascii_case(b"close") => false,
                    value if value.eq_ignore_ascii_case(b"keep-alive") && !is_old => keeps,
                    _ => return None,
                }
            }
            6 if name.eq_ignore_ascii_case(b"expect") => return None,
            7 if name.eq_ignore_ascii_case(b"upgrade") => return None,
            14 if name.eq_ignore_ascii_case(b"content-length") => return None,
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => return None,
            _ => headers.note(name, header.value),
        }
    }
    if hosts != 1 && !(is_old && hosts == 0) {
        return None;
    }
    let wanted = DocumentRequest {
        path: path(request.path?)?,
        is_head,
        headers,
    };
    Some(RequestHead {
        wanted,
        len,
        is_old,
        keeps,
    })
}

/// The path of a request target, if it is one. Documents ignore the query, but it must be valid.
fn path(target: &str) -> Option<&str> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$'()*+,;:@/?%&=".contains(&byte);
    (path.starts_with('/') && query.bytes().all(usual)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, bool)>) {
        let found = read(text.as_bytes());
        let found = found.as_ref().map(|head| (head.wanted.path, head.keeps));
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn plain_requests_are_read() {
        let kept = |path| Some((path, true));
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", kept("/"));
        check(
            "HEAD /feed.rss?a=b&c=%20 HTTP/1.1\r\nhost:a\r\n\r\n",
            kept("/feed.rss"),
        );
        check(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n",
            kept("/"),
        );
        check(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            Some(("/", false)),
        );
        check("GET / HTTP/1.0\r\n\r\n", Some(("/", false)));
        let both =
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n";
        check(both, Some(("/", false)));
        let two = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /history HTTP/1.1\r\n";
        assert_eq!(read(two).map(|head| head.len), Some(27));
    }

    #[test]
    fn everything_else_is_left_alone() {
        for text in [
            "",
            "GET / HTTP/1.1\r\nHost: a\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
            "get / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /?\" HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /?a#b HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, upgrade\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
        ] {
            check(text, None);
        }
    }
}
