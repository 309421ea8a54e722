//! One connection, while it requests only ready documents: read, look up, write, without
//! allocations or locks. The first other request moves the connection to hyper.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Buf, Bytes};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustix::net::{self, RecvFlags, SendAncillaryBuffer, SendFlags};

use super::connection_limit::ConnectionPermit;
use super::request_head;
use super::shared::Shared;
use super::thread_buffers::ThreadBuffers;
use super::timed::LEAST_RATE;
use crate::app::access_log::{AccessLog, Entry};
use crate::web::front::DocumentResponse;

/// With this many bytes of responses in the buffer, they are sent before the next request is read.
const ENOUGH_BYTES: usize = 64 * 1024;

/// What a connection needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Data to read.
    Readable,
    /// Space in the send buffer.
    Writable,
    /// Another turn, because there may be more to read.
    Turn,
    /// To be closed.
    End,
    /// To be closed, though unread data may remain.
    Leave,
    /// To be handed over to hyper.
    Hyper,
}

/// What happens once everything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Answer,
    Close,
    HandOver,
}

/// A connection and its state.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    /// Counts it against the limit of connections until it is dropped.
    pub(super) permit: ConnectionPermit,
    /// Its last turn, counted in the thread's turns.
    pub(super) last_turn: u64,
    /// Its last turn, counted in the thread's ticks.
    pub(super) last_tick: u64,
    /// Requests that were read but not answered.
    pub(super) waiting: Vec<u8>,
    /// Bytes that the client hasn't taken yet. Nothing is read until it has.
    unsent: Bytes,
    /// A long body that follows `unsent`, shared with the document.
    body: Bytes,
    then: Then,
    /// Whether the client has closed its side. The end must still be read.
    pub(super) has_ended: bool,
    /// How many bytes were received or sent since the last check.
    moved: usize,
    /// How many checks in a row found too few.
    quiet_looks: u8,
    /// Whether the poll also reports space in the send buffer.
    awaits_writable: bool,
    /// Whether unread data may remain.
    may_hold_more: bool,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, peer: SocketAddr, permit: ConnectionPermit) -> Self {
        Self {
            stream,
            peer,
            permit,
            last_turn: 0,
            last_tick: 0,
            waiting: Vec::new(),
            unsent: Bytes::new(),
            body: Bytes::new(),
            then: Then::Answer,
            has_ended: false,
            moved: 0,
            quiet_looks: 0,
            awaits_writable: false,
            may_hold_more: false,
        }
    }

    /// Whether everything requested has been answered and sent.
    pub(super) fn is_idle(&self) -> bool {
        self.unsent.is_empty() && self.body.is_empty()
    }

    /// Closes the connection once everything pending is sent.
    pub(super) fn end_soon(&mut self) {
        self.then = Then::Close;
        self.may_hold_more = true;
    }

    /// Checks the connection, and returns whether it was quiet for this many checks, which are
    /// `apart`. A client that takes a response too slowly counts as quiet.
    pub(super) fn is_quiet(&mut self, looks: u8, apart: Duration) -> bool {
        let moved = std::mem::take(&mut self.moved);
        let has_moved = match self.is_idle() {
            true => moved > 0,
            false => moved as u64 > LEAST_RATE * apart.as_millis() as u64 / 1000,
        };
        self.quiet_looks = if has_moved { 0 } else { self.quiet_looks + 1 };
        self.quiet_looks >= looks
    }

    /// Registers for space in the send buffer. Few clients ever make us wait for it, so this is
    /// done only when needed.
    pub(super) fn await_writable(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        if std::mem::replace(&mut self.awaits_writable, true) {
            return Ok(());
        }
        registry.reregister(
            &mut self.stream,
            token,
            Interest::READABLE | Interest::WRITABLE,
        )
    }

    /// Sends what is left, then reads once, answers and sends. Events are edge-triggered, so a turn
    /// may end with `Readable` or `Writable` only if the system has just reported that nothing is
    /// there.
    pub(super) fn advance(
        &mut self,
        buffers: &mut ThreadBuffers,
        shared: &Shared,
    ) -> io::Result<Needs> {
        while !self.is_idle() {
            let Some(sent) = write(&self.stream, &self.unsent, &self.body)? else {
                return Ok(Needs::Writable);
            };
            self.moved += sent;
            let of_unsent = sent.min(self.unsent.len());
            self.unsent.advance(of_unsent);
            self.body.advance(sent - of_unsent);
        }
        if let Some(needs) = self.next() {
            return Ok(needs);
        }
        let len = if self.waiting.is_empty() {
            let len = match read(&self.stream, &mut buffers.inbox) {
                Ok(0) => return Ok(Needs::End),
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(Needs::Readable);
                }
                Err(error) => return Err(error),
            };
            self.may_hold_more = len == buffers.inbox.len();
            len
        } else {
            let len = self.waiting.len();
            buffers.inbox[..len].copy_from_slice(&self.waiting);
            self.waiting = Vec::new();
            len
        };
        self.moved += len;
        self.answer(buffers, len, shared);
        let answers = buffers.response.as_bytes();
        let sent = write(&self.stream, answers, &self.body)?.unwrap_or(0);
        if sent < answers.len() {
            self.unsent = Bytes::copy_from_slice(&answers[sent..]);
        } else {
            self.body.advance(sent - answers.len());
        }
        if !self.is_idle() {
            return Ok(Needs::Turn);
        }
        if let Some(needs) = self.next() {
            return Ok(needs);
        }
        // Less arrived than fits into the buffer, so nothing is left to read.
        let is_read = self.waiting.is_empty() && !self.may_hold_more && !self.has_ended;
        Ok(if is_read {
            Needs::Readable
        } else {
            Needs::Turn
        })
    }

    /// What happens once everything is sent, if it isn't the next response.
    fn next(&self) -> Option<Needs> {
        match self.then {
            Then::Answer => None,
            Then::Close if self.may_hold_more => Some(Needs::Leave),
            Then::Close => Some(Needs::End),
            Then::HandOver => Some(Needs::Hyper),
        }
    }

    /// Builds the responses to the requests in the inbox.
    fn answer(&mut self, buffers: &mut ThreadBuffers, len: usize, shared: &Shared) {
        let replaced = shared.front.replaced();
        let is_stopping = shared.stopping.load(Ordering::Relaxed);
        let access_log = shared.access_log.as_ref();
        if !is_stopping
            && access_log.is_none()
            && let Some(cell) = buffers.response.repeat(&buffers.inbox[..len], replaced)
        {
            buffers.counts.add(cell);
            return;
        }
        let mut at = 0;
        buffers.response.clear();
        while at < len && self.then == Then::Answer {
            if !self.body.is_empty() || buffers.response.as_bytes().len() >= ENOUGH_BYTES {
                break;
            }
            let (inbox, response) = (&buffers.inbox, &mut buffers.response);
            let counts = &mut buffers.counts;
            let Some(head) = request_head::read(&inbox[at..len]) else {
                self.then = Then::HandOver;
                break;
            };
            let closes = !head.keeps || is_stopping;
            let found = shared.front.find(&head.wanted, self.peer, |answer| {
                counts.add(answer.cell());
                if let Some(log) = access_log {
                    log_answer(log, &inbox[at..at + head.len], self.peer, &answer, shared);
                }
                response.add(&head, answer, closes)
            });
            let Some(long) = found else {
                self.then = Then::HandOver;
                break;
            };
            self.body = long.unwrap_or_default();
            at += head.len;
            if closes {
                // The client wasn't supposed to send anything after this request.
                self.then = Then::Close;
                at = len;
            }
        }
        if at < len {
            self.waiting = buffers.inbox[at..len].to_vec();
        } else {
            buffers.response.note(&buffers.inbox[..len], replaced);
        }
    }
}

/// Adds a request to the access log.
fn log_answer(
    log: &AccessLog,
    request: &[u8],
    peer: SocketAddr,
    answer: &DocumentResponse<'_>,
    shared: &Shared,
) {
    let mut room = [httparse::EMPTY_HEADER; request_head::MAX_HEADERS];
    let mut read = httparse::Request::new(&mut room);
    if read.parse(request).is_err() {
        return;
    }
    let forwarded = read.headers.iter().rev();
    let forwarded = forwarded
        .filter(|header| header.name.eq_ignore_ascii_case("x-forwarded-for"))
        .find_map(|header| std::str::from_utf8(header.value).ok());
    let target = read.path.unwrap_or_default();
    log.write(&Entry {
        address: shared.front.reader(peer, forwarded),
        at: shared.clock.now(),
        method: read.method.unwrap_or_default(),
        path: target.split('?').next().unwrap_or_default(),
        version: if read.version == Some(0) {
            "HTTP/1.0"
        } else {
            "HTTP/1.1"
        },
        status: answer.status(),
        bytes: Some(answer.bytes.map_or(0, |bytes| bytes.len() as u64)),
    });
}

/// Receives data. It bypasses libc, whose calls are all cancellation points.
fn read(stream: &TcpStream, room: &mut [u8]) -> io::Result<usize> {
    stream.try_io(|| Ok(net::recv(stream, room, RecvFlags::empty())?.0))
}

/// Sends two pieces at once. Returns how many bytes were taken, or `None` if the buffer is full.
fn write(stream: &TcpStream, first: &[u8], second: &[u8]) -> io::Result<Option<usize>> {
    if first.is_empty() && second.is_empty() {
        return Ok(Some(0));
    }
    let written = stream.try_io(|| {
        let sent = if second.is_empty() {
            net::send(stream, first, SendFlags::NOSIGNAL)
        } else {
            let pieces = [IoSlice::new(first), IoSlice::new(second)];
            let nothing = &mut SendAncillaryBuffer::default();
            net::sendmsg(stream, &pieces, nothing, SendFlags::NOSIGNAL)
        };
        Ok(sent?)
    });
    match written {
        Ok(0) => Err(io::ErrorKind::WriteZero.into()),
        Ok(sent) => Ok(Some(sent)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}
