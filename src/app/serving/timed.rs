//! Time limits for slow clients: a request's body and its response have a minimum rate.

use std::error::Error;
use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection_limit::{Doing, Fallback};

/// The minimum rate of a request's body or a response, in bytes per second, on average.
pub(super) const LEAST_RATE: u64 = 500;

/// A request body that fails if it arrives too slowly.
pub(super) struct Timed<B> {
    body: B,
    fallback: Arc<Fallback>,
    /// The deadline for more data.
    until: Instant,
    waiting: Option<Pin<Box<Sleep>>>,
}

/// The error of a body that arrives too slowly.
#[derive(Debug)]
pub(super) struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl Error for TooSlow {}

/// How long this many bytes may take.
pub(super) fn time_for(bytes: u64) -> Duration {
    Duration::from_millis(bytes.saturating_mul(1000) / LEAST_RATE)
}

impl<B: Body> Timed<B> {
    /// Wraps the body of a request. Its first bytes must arrive within `grace`.
    pub(super) fn new(body: B, fallback: Arc<Fallback>, grace: Duration) -> Self {
        fallback.begin(match body.is_end_stream() {
            true => Doing::Answering,
            false => Doing::Body,
        });
        Self {
            body,
            fallback,
            until: Instant::now() + grace,
            waiting: None,
        }
    }
}

impl<B> Drop for Timed<B> {
    fn drop(&mut self) {
        // The handler needs no more of the body.
        if self.fallback.doing() == Doing::Body {
            self.fallback.begin(Doing::Answering);
        }
    }
}

impl<B> Body for Timed<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                this.waiting = None;
                match &frame {
                    Some(Ok(frame)) => {
                        let size = frame.data_ref().map_or(0, Buf::remaining);
                        this.until += time_for(size as u64);
                        if this.body.is_end_stream() {
                            this.fallback.begin(Doing::Answering);
                        }
                    }
                    Some(Err(_)) | None => this.fallback.begin(Doing::Answering),
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                let until = this.until;
                let waiting = this
                    .waiting
                    .get_or_insert_with(|| Box::pin(sleep_until(until)));
                ready!(waiting.as_mut().poll(cx));
                Poll::Ready(Some(Err(Box::new(TooSlow))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
