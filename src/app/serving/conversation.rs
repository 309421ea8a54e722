//! One connection, as long as it asks for ready documents: read, look up, write, with nothing
//! allocated and nothing locked on the way. The first request that is anything else goes to hyper,
//! and the connection with it.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::Shared;
use super::desk::{self, Desk};
use super::handed;
use super::question::{self, Plain};
use crate::web::front::Head;

/// A connection is looked at now and then, so that a request costs no timer. So many looks in a row
/// may find that nothing has come or gone.
const LOOKS: u32 = 3;

/// How long we wait for the other end to close, if we close first.
const LEAVE: Duration = Duration::from_secs(5);

/// Bodies up to this size are copied behind their head, which costs less than a second piece.
const COPIED_BYTES: usize = 8 * 1024;

/// With so many bytes of answers put together, they are sent before another request is looked at.
const ENOUGH_BYTES: usize = 64 * 1024;

const HSTS: &[u8] = b"strict-transport-security: max-age=31536000\r\n";
const CLOSES: &[u8] = b"connection: close\r\n";

/// Answers the requests of one connection, until it ends or we are told to stop.
///
/// It has to be a task of its own: it counts on being woken in the same way each time.
pub(super) async fn converse(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    let mut conversation = Conversation {
        stream,
        peer,
        shared: &shared,
        waiting: Vec::new(),
        unsent: Bytes::new(),
        body: Bytes::new(),
        next: Next::Answer,
        has_moved: false,
        may_hold_more: false,
    };
    match conversation.run().await {
        Ok(Next::HandOver) => {
            let Conversation {
                stream, waiting, ..
            } = conversation;
            // Boxed, so that those who never come here don't hold room for it.
            Box::pin(handed::serve(waiting, stream, peer, &shared)).await;
        }
        Ok(Next::Close) if conversation.may_hold_more => {
            let leave = leave(conversation.stream);
            // Who hasn't understood by then is left standing.
            let _ = Box::pin(timeout(LEAVE, leave)).await;
        }
        Ok(Next::Answer | Next::Close) => {}
        // Readers go away in the middle of things all the time.
        Err(error) => tracing::debug!(%error, "a connection ended early"),
    }
}

/// Closes a connection on which more may have come than was read. Were it closed at once, the
/// system would take back what it hasn't sent yet.
async fn leave(mut stream: TcpStream) -> io::Result<()> {
    std::future::poll_fn(|cx| Pin::new(&mut stream).poll_shutdown(cx)).await?;
    loop {
        stream.readable().await?;
        match stream.try_read(&mut [0; 1024]) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

/// What comes after everything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Answer,
    Close,
    HandOver,
}

struct Conversation<'s> {
    stream: TcpStream,
    peer: SocketAddr,
    shared: &'s Shared,
    /// Requests that were read and aren't answered yet.
    waiting: Vec<u8>,
    /// What the reader hasn't taken yet; nothing is read before it has.
    unsent: Bytes,
    /// A long body behind that, shared with the document.
    body: Bytes,
    next: Next,
    /// Whether anything came or went since the last look.
    has_moved: bool,
    /// Whether more may have come than was read.
    may_hold_more: bool,
}

impl Conversation<'_> {
    async fn run(&mut self) -> io::Result<Next> {
        let shared = self.shared;
        let mut stop = pin!(shared.stop.notified());
        let between = shared.quiet / LOOKS;
        let mut look = pin!(sleep(between));
        let mut is_watched = false;
        let mut quiet_looks = 0;
        std::future::poll_fn(|cx| {
            if let Poll::Ready(ended) = self.poll(cx) {
                return Poll::Ready(ended);
            }
            if !is_watched {
                is_watched = true;
                // Both wake this task when they are due. Whether they are, is asked below.
                let _ = stop.as_mut().poll(cx);
                let _ = look.as_mut().poll(cx);
            }
            if shared.stopping.load(Ordering::Acquire) {
                if self.is_idle() {
                    return Poll::Ready(Ok(Next::Close));
                }
                self.next = Next::Close;
                self.may_hold_more = true;
            }
            if look.is_elapsed() {
                quiet_looks = if self.has_moved { 0 } else { quiet_looks + 1 };
                self.has_moved = false;
                if quiet_looks == LOOKS {
                    return Poll::Ready(Ok(Next::Close));
                }
                look.as_mut().reset(Instant::now() + between);
                let _ = look.as_mut().poll(cx);
            }
            Poll::Pending
        })
        .await
    }

    /// Whether everything that was asked for is answered and sent.
    fn is_idle(&self) -> bool {
        self.unsent.is_empty() && self.body.is_empty()
    }

    /// Sends and answers until the reader lets us wait, in either direction.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Next>> {
        loop {
            while !self.is_idle() {
                let Self { unsent, body, .. } = self;
                let sent = ready!(poll_write(&mut self.stream, cx, unsent, body))?;
                self.has_moved = true;
                let of_unsent = sent.min(self.unsent.len());
                self.unsent.advance(of_unsent);
                self.body.advance(sent - of_unsent);
            }
            if self.next != Next::Answer {
                return Poll::Ready(Ok(self.next));
            }
            ready!(desk::lend(|desk| self.poll_answer(desk, cx)))?;
        }
    }

    /// Reads what has come, answers it and sends as much as goes out.
    fn poll_answer(&mut self, desk: &mut Desk, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let len = if self.waiting.is_empty() {
            let mut room = ReadBuf::new(&mut desk.inbox);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut room))?;
            self.may_hold_more = room.remaining() == 0;
            room.filled().len()
        } else {
            let len = self.waiting.len();
            desk.inbox[..len].copy_from_slice(&self.waiting);
            self.waiting = Vec::new();
            len
        };
        if len == 0 {
            self.next = Next::Close;
            return Poll::Ready(Ok(()));
        }
        self.has_moved = true;
        self.answer(desk, len);
        let sent = match poll_write(&mut self.stream, cx, &desk.outbox, &self.body) {
            Poll::Ready(sent) => sent?,
            Poll::Pending => 0,
        };
        if sent < desk.outbox.len() {
            self.unsent = Bytes::copy_from_slice(&desk.outbox[sent..]);
        } else {
            self.body.advance(sent - desk.outbox.len());
        }
        Poll::Ready(Ok(()))
    }

    /// Puts together the answers to the requests in the inbox.
    fn answer(&mut self, desk: &mut Desk, len: usize) {
        let mut at = 0;
        desk.outbox.clear();
        while at < len && self.next == Next::Answer {
            if !self.body.is_empty() || desk.outbox.len() >= ENOUGH_BYTES {
                break;
            }
            let (inbox, outbox, end_of_head) = desk.parts();
            let Some(plain) = question::read(&inbox[at..len]) else {
                self.next = Next::HandOver;
                break;
            };
            let closes = !plain.keeps || self.shared.stopping.load(Ordering::Relaxed);
            let body = &mut self.body;
            let found = self
                .shared
                .front
                .find(&plain.question, self.peer, |answer| {
                    write_head(outbox, &plain, answer.head);
                    if answer.by_https {
                        outbox.extend_from_slice(HSTS);
                    }
                    if closes && !plain.is_old {
                        outbox.extend_from_slice(CLOSES);
                    }
                    outbox.extend_from_slice(end_of_head);
                    match answer.bytes {
                        Some(bytes) if bytes.len() > COPIED_BYTES => *body = bytes.clone(),
                        Some(bytes) => outbox.extend_from_slice(bytes),
                        None => {}
                    }
                });
            if found.is_none() {
                self.next = Next::HandOver;
                break;
            }
            at += plain.len;
            if closes {
                // What follows wasn't to be sent.
                self.next = Next::Close;
                at = len;
            }
        }
        if at < len {
            self.waiting = desk.inbox[at..len].to_vec();
        }
    }
}

fn write_head(outbox: &mut Vec<u8>, plain: &Plain, head: &Head) {
    if plain.is_old {
        outbox.extend_from_slice(b"HTTP/1.0");
        outbox.extend_from_slice(head.after_version());
    } else {
        outbox.extend_from_slice(head.as_bytes());
    }
}

/// Writes two pieces as one. An answer is never empty, so nothing written means that nothing more
/// can be.
fn poll_write(
    stream: &mut TcpStream,
    cx: &mut Context<'_>,
    first: &[u8],
    second: &[u8],
) -> Poll<io::Result<usize>> {
    let stream = Pin::new(stream);
    let sent = if second.is_empty() {
        if first.is_empty() {
            return Poll::Ready(Ok(0));
        }
        ready!(stream.poll_write(cx, first))?
    } else {
        let pieces = [IoSlice::new(first), IoSlice::new(second)];
        ready!(stream.poll_write_vectored(cx, &pieces))?
    };
    match sent {
        0 => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
        sent => Poll::Ready(Ok(sent)),
    }
}
