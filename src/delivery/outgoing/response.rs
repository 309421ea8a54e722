//! Reads the response of a receiver: its status, and the beginning of its body. Whatever it does, it
//! gets no more memory than that.

use std::io;
use std::time::Duration;

use httparse::{EMPTY_HEADER, Header, Status};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::exchange::HttpAnswer;

/// The longest head.
const MAX_HEAD_BYTES: usize = 16 << 10;
/// How many bytes are read at most for each byte of a body: chunks take more than their contents.
const RAW_TIMES: usize = 4;
/// The most headers of a response.
const MAX_HEADERS: usize = 100;
/// The longest pause that a receiver can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// The head of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    status: u16,
    retry_after: Option<Duration>,
    body: BodyLength,
}

/// How long a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyLength {
    Exactly(usize),
    Chunked,
    UntilClosed,
}

impl Head {
    pub(super) fn answer(&self, body: Vec<u8>) -> HttpAnswer {
        HttpAnswer {
            status: self.status,
            retry_after: self.retry_after,
            body,
        }
    }
}

/// Reads the head of a response. Returns what came after it, too.
///
/// # Errors
/// Why there is none.
pub(super) async fn read_head(
    stream: &mut (impl AsyncRead + Unpin),
) -> Result<(Head, Vec<u8>), String> {
    let mut read = Vec::new();
    loop {
        if let Some((head, length)) = parse(&read)? {
            let rest = read.split_off(length);
            // Interim responses aren't the answer.
            if (100..200).contains(&head.status) {
                read = rest;
                continue;
            }
            return Ok((head, rest));
        }
        if read.len() >= MAX_HEAD_BYTES {
            return Err("its answer's head is longer than 16 KB".to_owned());
        }
        match more(stream, &mut read).await {
            Ok(true) => {}
            Ok(false) => return Err("it closed the connection without an answer".to_owned()),
            Err(error) => return Err(format!("its answer couldn't be read: {error}")),
        }
    }
}

/// Reads the beginning of a body. What can't be read is left out: the status counts.
pub(super) async fn read_body(
    stream: &mut (impl AsyncRead + Unpin),
    head: &Head,
    read: &mut Vec<u8>,
    max_bytes: usize,
) {
    let is_enough = |read: &[u8]| match head.body {
        BodyLength::Exactly(length) => read.len() >= length.min(max_bytes),
        BodyLength::UntilClosed => read.len() >= max_bytes,
        BodyLength::Chunked => {
            let (body, is_whole) = dechunked(read);
            is_whole || body.len() >= max_bytes
        }
    };
    while !is_enough(read) && read.len() < RAW_TIMES * max_bytes {
        match more(stream, read).await {
            Ok(true) => {}
            Ok(false) | Err(_) => break,
        }
    }
}

/// The body in what was read after a head.
pub(super) fn body_in(head: &Head, read: Vec<u8>, max_bytes: usize) -> Vec<u8> {
    let mut body = match head.body {
        BodyLength::Chunked => dechunked(&read).0,
        BodyLength::Exactly(length) => {
            let mut read = read;
            read.truncate(length);
            read
        }
        BodyLength::UntilClosed => read,
    };
    body.truncate(max_bytes);
    body
}

/// Reads some more. Returns whether there was more.
async fn more(stream: &mut (impl AsyncRead + Unpin), read: &mut Vec<u8>) -> io::Result<bool> {
    let mut part = [0; 2048];
    let length = stream.read(&mut part).await?;
    read.extend_from_slice(&part[..length]);
    Ok(length > 0)
}

/// The head at the beginning of what was read, with its length; `None` if it isn't whole.
fn parse(read: &[u8]) -> Result<Option<(Head, usize)>, String> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(read) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(error) => return Err(format!("its answer isn't HTTP: {error}")),
    };
    let status = response.code.unwrap_or_default();
    let named = |name: &str| {
        let is_it = |header: &&Header<'_>| header.name.eq_ignore_ascii_case(name);
        let found = response.headers.iter().find(is_it)?;
        std::str::from_utf8(found.value).ok().map(str::trim)
    };
    let is_chunked = named("transfer-encoding").is_some_and(|it| it.ends_with("chunked"));
    let body = match (status, named("content-length").map(str::parse)) {
        (100..200 | 204 | 304, _) => BodyLength::Exactly(0),
        (_, _) if is_chunked => BodyLength::Chunked,
        (_, Some(Ok(length))) => BodyLength::Exactly(length),
        (_, Some(Err(_)) | None) => BodyLength::UntilClosed,
    };
    let retry_after = named("retry-after").and_then(|it| it.parse().ok());
    let retry_after = retry_after.map(|secs| Duration::from_secs(secs).min(LONGEST_PAUSE));
    let head = Head {
        status,
        retry_after,
        body,
    };
    Ok(Some((head, length)))
}

/// What the chunks that were read hold, and whether the last one is there. What isn't a chunk ends
/// it.
fn dechunked(mut read: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let (start, size) = match httparse::parse_chunk_size(read) {
            Ok(Status::Complete((start, size))) => (start, size),
            Ok(Status::Partial) => return (body, false),
            Err(_) => return (body, true),
        };
        if size == 0 {
            return (body, true);
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let chunk = &read[start..];
        if chunk.len() <= size {
            body.extend_from_slice(chunk);
            return (body, false);
        }
        body.extend_from_slice(&chunk[..size]);
        // The line break after it.
        read = chunk[size..].strip_prefix(b"\r\n").unwrap_or(&[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_BODY_BYTES: usize = 4 << 10;

    async fn answer(bytes: &[u8]) -> Result<HttpAnswer, String> {
        let mut stream = bytes;
        let (head, mut read) = read_head(&mut stream).await?;
        read_body(&mut stream, &head, &mut read, MAX_BODY_BYTES).await;
        let body = body_in(&head, read, MAX_BODY_BYTES);
        Ok(head.answer(body))
    }

    #[tokio::test]
    async fn an_answer_is_its_status_and_the_beginning_of_its_body() {
        let whole = |status: u16, retry_after: Option<u64>, body: &str| HttpAnswer {
            status,
            retry_after: retry_after.map(Duration::from_secs),
            body: body.as_bytes().to_vec(),
        };
        for (bytes, wanted) in [
            ("HTTP/1.1 204 No Content\r\n\r\n", whole(204, None, "")),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokay",
                whole(200, None, "ok"),
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 429 Slow\r\nRetry-After: 30\r\n\r\nslow",
                whole(429, Some(30), "slow"),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n",
                whole(200, None, "abcde"),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nab",
                whole(200, None, "ab"),
            ),
            (
                "HTTP/1.1 503 x\r\nretry-after: 99999999999\r\ncontent-length: -1\r\n\r\n",
                whole(503, Some(24 * 60 * 60), ""),
            ),
        ] {
            assert_eq!(answer(bytes.as_bytes()).await, Ok(wanted), "{bytes}");
        }
        let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000));
        let read = answer(long.as_bytes()).await.expect("an answer");
        assert_eq!(read.body.len(), MAX_BODY_BYTES);
        let chunks = "1\r\nx\r\n".repeat(20_000);
        let long = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}");
        let read = answer(long.as_bytes()).await.expect("an answer");
        assert!(read.body.len() > 1000 && read.body.len() <= MAX_BODY_BYTES);
    }

    #[tokio::test]
    async fn what_is_no_answer_is_refused() {
        for (bytes, why) in [
            ("", "without an answer"),
            ("HTTP/1.1 200 OK\r\nx: y\r\n", "without an answer"),
            ("SSH-2.0-OpenSSH\r\n", "isn't HTTP"),
        ] {
            let refused = answer(bytes.as_bytes()).await.expect_err(bytes);
            assert!(refused.contains(why), "{refused}");
        }
        let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(100_000));
        let refused = answer(endless.as_bytes()).await.expect_err("endless");
        assert!(refused.contains("longer than 16 KB"), "{refused}");
    }
}
