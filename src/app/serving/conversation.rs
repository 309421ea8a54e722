//! One connection, as long as it asks for ready documents: read, look up, write, with nothing
//! allocated and nothing locked on the way. The first request that is anything else goes to hyper,
//! and the connection with it.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use bytes::{Buf, Bytes};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustix::net::{self, RecvFlags, SendAncillaryBuffer, SendFlags};

use super::Shared;
use super::desk::Desk;
use super::question;

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
pub(super) struct Conversation {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    /// Requests that were read and aren't answered yet.
    pub(super) waiting: Vec<u8>,
    /// What the reader hasn't taken yet; nothing is read before it has.
    unsent: Bytes,
    /// A long body behind that, shared with the document.
    body: Bytes,
    then: Then,
    /// Whether the other end says nothing any more. That has to be read, too.
    pub(super) has_ended: bool,
    /// Whether anything came or went since the last look.
    has_moved: bool,
    /// So many looks in a row found that nothing had.
    quiet_looks: u8,
    /// Whether we are told when there is room for what is to be sent.
    awaits_room: bool,
    /// Whether more may have come than was read.
    may_hold_more: bool,
}

impl Conversation {
    pub(super) fn new(stream: TcpStream, peer: SocketAddr) -> Self {
        Self {
            stream,
            peer,
            waiting: Vec::new(),
            unsent: Bytes::new(),
            body: Bytes::new(),
            then: Then::Answer,
            has_ended: false,
            has_moved: false,
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

    /// Looks at it; gives whether nothing has come or gone for so many looks.
    pub(super) fn is_quiet(&mut self, looks: u8) -> bool {
        let has_moved = std::mem::take(&mut self.has_moved);
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
    pub(super) fn advance(&mut self, desk: &mut Desk, shared: &Shared) -> io::Result<Needs> {
        while !self.is_idle() {
            let Some(sent) = write(&self.stream, &self.unsent, &self.body)? else {
                return Ok(Needs::Room);
            };
            self.has_moved = true;
            let of_unsent = sent.min(self.unsent.len());
            self.unsent.advance(of_unsent);
            self.body.advance(sent - of_unsent);
        }
        if let Some(needs) = self.next() {
            return Ok(needs);
        }
        let len = if self.waiting.is_empty() {
            let len = match read(&self.stream, &mut desk.inbox) {
                Ok(0) => return Ok(Needs::End),
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Needs::Words),
                Err(error) => return Err(error),
            };
            self.may_hold_more = len == desk.inbox.len();
            len
        } else {
            let len = self.waiting.len();
            desk.inbox[..len].copy_from_slice(&self.waiting);
            self.waiting = Vec::new();
            len
        };
        self.has_moved = true;
        self.answer(desk, len, shared);
        let answers = desk.outbox.as_bytes();
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
    fn answer(&mut self, desk: &mut Desk, len: usize, shared: &Shared) {
        let replaced = shared.front.replaced();
        let is_stopping = shared.stopping.load(Ordering::Relaxed);
        if !is_stopping && desk.outbox.repeat(&desk.inbox[..len], replaced) {
            return;
        }
        let mut at = 0;
        desk.outbox.clear();
        while at < len && self.then == Then::Answer {
            if !self.body.is_empty() || desk.outbox.as_bytes().len() >= ENOUGH_BYTES {
                break;
            }
            let (inbox, outbox) = (&desk.inbox, &mut desk.outbox);
            let Some(plain) = question::read(&inbox[at..len]) else {
                self.then = Then::HandOver;
                break;
            };
            let closes = !plain.keeps || is_stopping;
            let found = shared.front.find(&plain.question, self.peer, |answer| {
                outbox.add(&plain, answer, closes)
            });
            let Some(long) = found else {
                self.then = Then::HandOver;
                break;
            };
            self.body = long.unwrap_or_default();
            at += plain.len;
            if closes {
                // What follows wasn't to be sent.
                self.then = Then::Close;
                at = len;
            }
        }
        if at < len {
            self.waiting = desk.inbox[at..len].to_vec();
        } else {
            desk.outbox.note(&desk.inbox[..len], replaced);
        }
    }
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
