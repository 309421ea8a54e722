//! One connection, as long as it asks for ready documents: read, look up, write, with nothing
//! allocated and nothing locked on the way. The first request that is anything else goes to hyper,
//! and the connection with it.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Buf, Bytes};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustix::net::{self, RecvFlags, SendAncillaryBuffer, SendFlags};

use super::places::Place;
use super::request_head;
use super::shared::Shared;
use super::thread_buffers::ThreadBuffers;
use super::timed::LEAST_RATE;
use crate::app::access_log::{AccessLog, Entry};
use crate::web::front::DocumentResponse;

/// With so many bytes of answers put together, they are sent before another request is looked at.
const ENOUGH_BYTES: usize = 64 * 1024;

/// What a connection needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Something to read.
    Words,
    /// Room for what is to be sent.
    Room,
    /// Another turn: there may be more to read.
    Turn,
    /// To be closed.
    End,
    /// To be closed, though more may have come than was read.
    Leave,
    /// hyper.
    Hyper,
}

/// What comes after everything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Answer,
    Close,
    HandOver,
}

/// A connection, and what is under way on it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    /// Its place among all connections.
    pub(super) place: Place,
    /// When it had its last turn, in turns of the thread.
    pub(super) last_turn: u64,
    /// The same in looks around.
    pub(super) last_beat: u64,
    /// Requests that were read and aren't answered yet.
    pub(super) waiting: Vec<u8>,
    /// What the reader hasn't taken yet; nothing is read before it has.
    unsent: Bytes,
    /// A long body behind that, shared with the document.
    body: Bytes,
    then: Then,
    /// Whether the other end says nothing any more. That has to be read, too.
    pub(super) has_ended: bool,
    /// How many bytes came or went since the last look.
    moved: usize,
    /// So many looks in a row found that it was too few.
    quiet_looks: u8,
    /// Whether we are told when there is room for what is to be sent.
    awaits_room: bool,
    /// Whether more may have come than was read.
    may_hold_more: bool,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, peer: SocketAddr, place: Place) -> Self {
        Self {
            stream,
            peer,
            place,
            last_turn: 0,
            last_beat: 0,
            waiting: Vec::new(),
            unsent: Bytes::new(),
            body: Bytes::new(),
            then: Then::Answer,
            has_ended: false,
            moved: 0,
            quiet_looks: 0,
            awaits_room: false,
            may_hold_more: false,
        }
    }

    /// Whether everything that was asked for is answered and sent.
    pub(super) fn is_idle(&self) -> bool {
        self.unsent.is_empty() && self.body.is_empty()
    }

    /// Ends it once everything is sent that is on its way.
    pub(super) fn end_soon(&mut self) {
        self.then = Then::Close;
        self.may_hold_more = true;
    }

    /// Looks at it; gives whether nothing has come or gone for so many looks, `apart` from each
    /// other. Who takes an answer more slowly than is fair counts as if nothing had gone.
    pub(super) fn is_quiet(&mut self, looks: u8, apart: Duration) -> bool {
        let moved = std::mem::take(&mut self.moved);
        let has_moved = match self.is_idle() {
            true => moved > 0,
            false => moved as u64 > LEAST_RATE * apart.as_millis() as u64 / 1000,
        };
        self.quiet_looks = if has_moved { 0 } else { self.quiet_looks + 1 };
        self.quiet_looks >= looks
    }

    /// Asks to be told when there is room. Most readers never make us wait for it, so it isn't
    /// asked for before.
    pub(super) fn await_room(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        if std::mem::replace(&mut self.awaits_room, true) {
            return Ok(());
        }
        registry.reregister(
            &mut self.stream,
            token,
            Interest::READABLE | Interest::WRITABLE,
        )
    }

    /// Sends what is left, then reads once, answers and sends. We are told of what comes and of
    /// room only when that changes, so a turn ends with a need for either only if the system has
    /// just said that there is nothing.
    pub(super) fn advance(
        &mut self,
        buffers: &mut ThreadBuffers,
        shared: &Shared,
    ) -> io::Result<Needs> {
        while !self.is_idle() {
            let Some(sent) = write(&self.stream, &self.unsent, &self.body)? else {
                return Ok(Needs::Room);
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
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Needs::Words),
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
        // Less has come than there was room for, so nothing is left to read.
        let is_read = self.waiting.is_empty() && !self.may_hold_more && !self.has_ended;
        Ok(if is_read { Needs::Words } else { Needs::Turn })
    }

    /// What comes once everything is sent, if it isn't the next answer.
    fn next(&self) -> Option<Needs> {
        match self.then {
            Then::Answer => None,
            Then::Close if self.may_hold_more => Some(Needs::Leave),
            Then::Close => Some(Needs::End),
            Then::HandOver => Some(Needs::Hyper),
        }
    }

    /// Puts together the answers to the requests in the inbox.
    fn answer(&mut self, buffers: &mut ThreadBuffers, len: usize, shared: &Shared) {
        let replaced = shared.front.replaced();
        let is_stopping = shared.stopping.load(Ordering::Relaxed);
        let access_log = shared.access_log.as_ref();
        if !is_stopping
            && access_log.is_none()
            && buffers.response.repeat(&buffers.inbox[..len], replaced)
        {
            return;
        }
        let mut at = 0;
        buffers.response.clear();
        while at < len && self.then == Then::Answer {
            if !self.body.is_empty() || buffers.response.as_bytes().len() >= ENOUGH_BYTES {
                break;
            }
            let (inbox, response) = (&buffers.inbox, &mut buffers.response);
            let Some(head) = request_head::read(&inbox[at..len]) else {
                self.then = Then::HandOver;
                break;
            };
            let closes = !head.keeps || is_stopping;
            let found = shared.front.find(&head.wanted, self.peer, |answer| {
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
                // What follows wasn't to be sent.
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

/// Reads what has come. The system is called without the detour by way of libc, in which each call
/// would be a place to cancel the thread at.
fn read(stream: &TcpStream, room: &mut [u8]) -> io::Result<usize> {
    stream.try_io(|| Ok(net::recv(stream, room, RecvFlags::empty())?.0))
}

/// Writes two pieces as one; gives how much of them was taken, or nothing if there is no room.
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
