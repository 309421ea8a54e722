//! Connections that hyper speaks on: whatever isn't a plain request for a ready document. What was
//! read of them before, it reads first.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, timeout};

use super::Shared;
use crate::web::front::Front;

/// Answers the requests of one connection, the first of which begins with `read`.
pub(super) async fn serve(read: Vec<u8>, stream: TcpStream, peer: SocketAddr, shared: &Shared) {
    let service = service_fn(|request| {
        let ready = Front::refuse(&request).or_else(|| shared.front.ready(&request, peer));
        let other = match ready {
            Some(_) => None,
            None => {
                let other = shared.front.clone().other(request, peer);
                Some(shared.main.spawn(other))
            }
        };
        async move {
            match (ready, other) {
                (Some(response), _) => Ok(response),
                (None, Some(other)) => other.await.map_err(io::Error::other),
                (None, None) => Err(io::Error::other("no answer was made")),
            }
        }
    });
    let replay = Replay {
        read,
        taken: 0,
        stream,
        quiet: shared.quiet,
        stalled: None,
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.quiet)
        // Who has nothing more to say still wants to hear the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(replay), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = told(shared) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Readers go away in the middle of things all the time.
        tracing::debug!(%error, "a connection ended early");
    }
}

/// How long we wait for the other end to close, if we close first.
const LEAVE: Duration = Duration::from_secs(5);

/// Closes a connection on which more may have come than was read. Were it closed at once, the
/// system would take back what it hasn't sent yet.
pub(super) async fn leave(mut stream: TcpStream) {
    let left = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    // Who hasn't understood by then is left standing.
    let _ = timeout(LEAVE, left).await;
}

/// Ends when we are told to stop.
async fn told(shared: &Shared) {
    let notified = shared.stop.notified();
    // Asked after the notice was taken out, so that it can't be given in between.
    if !shared.stopping.load(Ordering::Acquire) {
        notified.await;
    }
}

/// A connection of which some was read already. hyper minds the time while it reads; here it is
/// minded while the other end doesn't take what is written.
struct Replay {
    read: Vec<u8>,
    taken: usize,
    stream: TcpStream,
    quiet: Duration,
    /// Runs while the other end takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Replay {
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let quiet = self.quiet;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(quiet)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Replay {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = &self.read[self.taken..];
        if rest.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, room);
        }
        let count = rest.len().min(room.remaining());
        room.put_slice(&rest[..count]);
        self.taken += count;
        if self.taken == self.read.len() {
            (self.read, self.taken) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Replay {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
