//! Where answers are put together, one behind the other, to leave in one piece.

use bytes::Bytes;

use super::request_head::RequestHead;
use crate::web::front::{DocumentResponse, Head};

/// Bodies up to this size are copied behind their head, which costs less than a second piece.
const COPIED_BYTES: usize = 16 * 1024;

/// Requests up to this size are kept to know them again.
const NOTED_BYTES: usize = 2 * 1024;

const HSTS: &[u8] = b"strict-transport-security: max-age=31536000\r\n";
const CLOSES: &[u8] = b"connection: close\r\n";

/// Answers that are to be sent. While everybody asks for the same page, as in an outage, what was
/// put together for one is still there for the next.
pub(super) struct ResponseBuffer {
    bytes: Vec<u8>,
    /// Whether what lies in `bytes` is sent already.
    is_sent: bool,
    /// What the bytes are the answer with, if they are a single usual one of this second.
    held: Option<Held>,
    /// A request that what is held answers, whoever sends it; empty if there is none.
    request: Vec<u8>,
    /// How often the site had been replaced when that was answered.
    replaced: u64,
    /// The header with the date, and the empty line that ends a head.
    date: [u8; 39],
}

/// An answer, known by its head: each document has one of its own for each encoding. As long as it
/// is held, no other can lie where it does.
struct Held {
    head: Head,
    has_body: bool,
    /// Whether all of it lies in the bytes, and the request answered with it last gets the same
    /// from whatever address it comes.
    is_for_all: bool,
}

impl ResponseBuffer {
    /// An empty one with room for so many bytes.
    pub(super) fn new(room: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(room),
            is_sent: true,
            held: None,
            request: Vec::new(),
            replaced: 0,
            date: *b"date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n",
        }
    }

    /// Sets the date that answers carry.
    pub(super) fn set_date(&mut self, date: [u8; 39]) {
        self.date = date;
        self.held = None;
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.is_sent = true;
    }

    /// Begins anew with the answer to this request, if that is what was sent last: then it needn't
    /// be read. `replaced` says how often the site was by now.
    pub(super) fn repeat(&mut self, request: &[u8], replaced: u64) -> bool {
        let is_known = self.held.is_some() && self.request == request && self.replaced == replaced;
        self.is_sent = !is_known;
        is_known
    }

    /// Takes note of the request that all that was added answers.
    pub(super) fn note(&mut self, request: &[u8], replaced: u64) {
        let is_for_all = self.held.as_ref().is_some_and(|held| held.is_for_all);
        if is_for_all && request.len() <= NOTED_BYTES {
            self.request.clear();
            self.request.extend_from_slice(request);
            self.replaced = replaced;
        }
    }

    /// What is to be sent, up to the long body that may come behind it.
    pub(super) fn as_bytes(&self) -> &[u8] {
        if self.is_sent { &[] } else { &self.bytes }
    }

    /// Adds an answer; gives its body if that is so long that it is better sent from where it lies.
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
        if let Some(held) = self
            .held
            .as_mut()
            .filter(|held| is_usual && held.is(&answer))
        {
            held.is_for_all = is_for_all;
            return long.cloned();
        }
        if is_first {
            self.bytes.clear();
        }
        self.held = None;
        self.request.clear();
        self.add_head(head, &answer, closes);
        if let (Some(bytes), None) = (answer.bytes, long) {
            self.bytes.extend_from_slice(bytes);
        }
        self.held = is_usual.then(|| Held {
            head: answer.head.clone(),
            has_body: answer.bytes.is_some(),
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

impl Held {
    fn is(&self, answer: &DocumentResponse) -> bool {
        self.head.is_same(answer.head) && self.has_body == answer.bytes.is_some()
    }
}
