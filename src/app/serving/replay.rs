//! A connection from which some bytes were already read. hyper limits how long it is idle. This
//! limits how long a head may take, and how slowly the client may take a response.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection_limit::{Doing, Fallback};
use super::shared::Patience;
use super::timed::time_for;

/// The connection that hyper reads and writes.
pub(super) struct Replay {
    read: Vec<u8>,
    taken: usize,
    stream: Arc<TcpStream>,
    fallback: Arc<Fallback>,
    patience: Patience,
    /// The deadline of the head that is arriving.
    head_until: Option<Pin<Box<Sleep>>>,
    /// How long the client may still block this response.
    credit: std::time::Duration,
    /// Since when the client has taken nothing, and the timer for it.
    stalled: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Replay {
    /// Wraps a connection from which `read` was already read.
    pub(super) fn new(
        read: Vec<u8>,
        stream: Arc<TcpStream>,
        fallback: Arc<Fallback>,
        patience: Patience,
    ) -> Self {
        Self {
            read,
            taken: 0,
            stream,
            fallback,
            patience,
            head_until: None,
            credit: patience.quiet,
            stalled: None,
        }
    }

    /// Enforces the deadline of a head.
    fn watch_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.fallback.doing() != Doing::Head {
            self.head_until = None;
            return Poll::Pending;
        }
        let until = Instant::now() + self.patience.head;
        let waiting = self
            .head_until
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Notes that data arrived. It begins a head, unless a request is in progress.
    fn note_read(&mut self, cx: &mut Context<'_>) {
        if matches!(self.fallback.doing(), Doing::Nothing | Doing::Sending) {
            self.fallback.begin(Doing::Head);
            self.head_until = None;
            self.credit = self.patience.quiet;
        }
        // This starts the timer now, not when no more data arrives.
        let _ = self.watch_head(cx);
    }

    /// Enforces the rate at which the client takes what is written.
    fn watch_write(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(size)) => {
                if let Some((since, _)) = self.stalled.take() {
                    self.credit = self.credit.saturating_sub(since.elapsed());
                }
                self.credit = (self.credit + time_for(size as u64)).min(self.patience.quiet);
                Poll::Ready(Ok(size))
            }
            Poll::Ready(error) => Poll::Ready(error),
            Poll::Pending => {
                let credit = self.credit;
                let (_, waiting) = self.stalled.get_or_insert_with(|| {
                    let now = Instant::now();
                    (now, Box::pin(sleep_until(now + credit)))
                });
                ready!(waiting.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncRead for Replay {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = &self.read[self.taken..];
        if !rest.is_empty() {
            let count = rest.len().min(room.remaining());
            room.put_slice(&rest[..count]);
            self.taken += count;
            if self.taken == self.read.len() {
                (self.read, self.taken) = (Vec::new(), 0);
            }
            self.note_read(cx);
            return Poll::Ready(Ok(()));
        }
        loop {
            let ready = self.stream.poll_read_ready(cx);
            match ready {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return self.watch_head(cx),
            }
            match self.stream.try_read(room.initialize_unfilled()) {
                Ok(count) => {
                    room.advance(count);
                    if count > 0 {
                        self.note_read(cx);
                    }
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Replay {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = write_to(&self.stream, cx, |stream| stream.try_write(bytes));
        self.watch_write(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = write_to(&self.stream, cx, |stream| stream.try_write_vectored(pieces));
        self.watch_write(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = rustix::net::shutdown(&*self.stream, rustix::net::Shutdown::Write);
        Poll::Ready(match ended {
            // The client has already closed the connection.
            Err(rustix::io::Errno::NOTCONN) => Ok(()),
            ended => Ok(ended?),
        })
    }
}

fn write_to(
    stream: &TcpStream,
    cx: &mut Context<'_>,
    write: impl Fn(&TcpStream) -> io::Result<usize>,
) -> Poll<io::Result<usize>> {
    loop {
        ready!(stream.poll_write_ready(cx))?;
        match write(stream) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            done => return Poll::Ready(done),
        }
    }
}
