//! A buffer in which responses are put together, so that several are sent at once.

use bytes::Bytes;

use super::request_head::RequestHead;
use crate::metrics::RequestCell;
use crate::web::front::{DocumentResponse, Head};

/// Bodies up to this size are copied after their head, which is cheaper than sending two pieces.
const COPIED_BYTES: usize = 16 * 1024;

/// Requests up to this size are stored, to recognise repetitions.
const NOTED_BYTES: usize = 2 * 1024;

const HSTS: &[u8] = b"strict-transport-security: max-age=31536000\r\n";
const CLOSES: &[u8] = b"connection: close\r\n";

/// Responses to be sent. While everybody requests the same page, as in an outage, the response to
/// one request is still there for the next.
pub(super) struct ResponseBuffer {
    bytes: Vec<u8>,
    /// Whether the content of `bytes` has been sent.
    is_sent: bool,
    /// The response in `bytes`, if it is a single plain one with the present date.
    buffered: Option<BufferedResponse>,
    /// A request to which `buffered` is the response, whoever sends it; empty if there is none.
    request: Vec<u8>,
    /// The number of site replacements when that request was answered.
    replaced: u64,
    /// The date header, and the empty line that ends a head.
    date: [u8; 39],
}

/// A response, identified by the address of its head: each document and encoding has its own. While
/// this holds the head, no other head can have that address.
struct BufferedResponse {
    head: Head,
    has_body: bool,
    /// The counter of such responses.
    cell: RequestCell,
    /// Whether `bytes` has all of it, and the last request answered with it gets the same response
    /// from any address.
    is_for_all: bool,
}

impl ResponseBuffer {
    /// An empty buffer with room for `room` bytes.
    pub(super) fn new(room: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(room),
            is_sent: true,
            buffered: None,
            request: Vec::new(),
            replaced: 0,
            date: *b"date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n",
        }
    }

    /// Sets the date of responses.
    pub(super) fn set_date(&mut self, date: [u8; 39]) {
        self.date = date;
        self.buffered = None;
    }

    /// Empties the buffer.
    pub(super) fn clear(&mut self) {
        self.is_sent = true;
    }

    /// Starts over with the response to this request, if that was sent last, so that the request
    /// needn't be parsed. `replaced` is the present number of site replacements. Returns the counter
    /// of such responses.
    pub(super) fn repeat(&mut self, request: &[u8], replaced: u64) -> Option<RequestCell> {
        let buffered = self.buffered.as_ref();
        let known = buffered.filter(|_| self.request == request && self.replaced == replaced);
        self.is_sent = known.is_none();
        known.map(|buffered| buffered.cell)
    }

    /// Stores the request that the buffered response answers.
    pub(super) fn note(&mut self, request: &[u8], replaced: u64) {
        let is_for_all = self
            .buffered
            .as_ref()
            .is_some_and(|buffered| buffered.is_for_all);
        if is_for_all && request.len() <= NOTED_BYTES {
            self.request.clear();
            self.request.extend_from_slice(request);
            self.replaced = replaced;
        }
    }

    /// The bytes to send, without a long body that may follow.
    pub(super) fn as_bytes(&self) -> &[u8] {
        if self.is_sent { &[] } else { &self.bytes }
    }

    /// Adds a response. Returns its body if it is so long that it is better sent from its own
    /// memory.
    pub(super) fn add(
        &mut self,
        head: &RequestHead,
        answer: DocumentResponse,
        closes: bool,
    ) -> Option<Bytes> {
        let is_first = std::mem::take(&mut self.is_sent);
        let is_usual = is_first && !closes && !head.is_old && !answer.by_https;
        let long = answer.bytes.filter(|bytes| bytes.len() > COPIED_BYTES);
        let is_for_all = long.is_none() && !head.wanted.headers.says_https();
        if let Some(buffered) = self
            .buffered
            .as_mut()
            .filter(|buffered| is_usual && buffered.is(&answer))
        {
            buffered.is_for_all = is_for_all;
            return long.cloned();
        }
        if is_first {
            self.bytes.clear();
        }
        self.buffered = None;
        self.request.clear();
        self.add_head(head, &answer, closes);
        if let (Some(bytes), None) = (answer.bytes, long) {
            self.bytes.extend_from_slice(bytes);
        }
        self.buffered = is_usual.then(|| BufferedResponse {
            head: answer.head.clone(),
            has_body: answer.bytes.is_some(),
            cell: answer.cell(),
            is_for_all,
        });
        long.cloned()
    }

    fn add_head(&mut self, head: &RequestHead, answer: &DocumentResponse, closes: bool) {
        if head.is_old {
            self.bytes.extend_from_slice(b"HTTP/1.0");
            self.bytes.extend_from_slice(answer.head.after_version());
        } else {
            self.bytes.extend_from_slice(answer.head.as_bytes());
        }
        if answer.by_https {
            self.bytes.extend_from_slice(HSTS);
        }
        if closes && !head.is_old {
            self.bytes.extend_from_slice(CLOSES);
        }
        self.bytes.extend_from_slice(&self.date);
    }
}

impl BufferedResponse {
    fn is(&self, answer: &DocumentResponse) -> bool {
        self.head.is_same(answer.head) && self.has_body == answer.bytes.is_some()
    }
}
