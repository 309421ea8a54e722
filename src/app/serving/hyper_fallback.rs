//! Connections that hyper serves: any whose requests aren't plain requests for ready documents.
//! hyper first reads what was already read from them.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::connection_limit::{Doing, Fallback};
use super::logged::Line;
use super::replay::Replay;
use super::shared::Shared;
use super::stream::{self, Streaming};
use super::timed::Timed;
use crate::metrics::{OpenConnection, RequestKind};
use crate::web::front::{Body, Front};
use crate::web::live::StreamRequest;

/// Longer heads are refused.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// The time limit for answering a GET or HEAD. Only a fault of ours takes longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A client that has closed its side may have left. The response to a GET is still made for this
/// long.
const LEFT: Duration = Duration::from_secs(2);

/// Answers the requests of one connection, until one asks for a stream, which is returned. The first
/// request begins with `read`.
pub(super) async fn serve(
    read: Vec<u8>,
    stream: TcpStream,
    peer: SocketAddr,
    shared: &Shared,
) -> Option<Streaming> {
    let listed = shared.connection_limit.list(match read.is_empty() {
        true => Doing::Nothing,
        false => Doing::Head,
    });
    let fallback = &listed.fallback;
    let stream = Arc::new(stream);
    let asked: Mutex<Option<(StreamRequest, OpenConnection)>> = Mutex::default();
    let service = service_fn(|request| {
        let (stream, fallback, asked) = (stream.clone(), fallback.clone(), &asked);
        async move {
            if let Some(wanted) = stream::wanted(&request, peer, shared) {
                *asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(wanted);
                // hyper then leaves the connection as it is.
                return Err(io::Error::other("it becomes a stream"));
            }
            let answered = answer(request, peer, &stream, &fallback, shared).await;
            fallback.begin(Doing::Sending);
            answered
        }
    });
    let replay = Replay::new(read, stream.clone(), fallback.clone(), shared.patience);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.patience.quiet)
        .max_buf_size(MAX_HEAD_BYTES)
        // A client that has closed its side still wants the response.
        .half_close(true)
        .serve_connection(TokioIo::new(replay), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        // It kept us waiting, and its permit is needed.
        () = fallback.end.notified() => return None,
        () = shared.stop_requested() => {
            if !matches!(fallback.doing(), Doing::Answering | Doing::Sending) {
                return None;
            }
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((request, open)) = asked {
        return Some(Streaming {
            request,
            stream,
            open,
        });
    }
    if let Some(status) = ended.as_ref().err().and_then(refused) {
        shared.front.count(RequestKind::Other, status);
    }
    // If it were closed with unread data, the system would discard the response that explains the
    // refusal.
    tokio::select! {
        _ = timeout(LEFT, read_out(&stream)) => {}
        () = fallback.end.notified() => {}
        () = shared.stop_requested() => {}
    }
    if let Err(error) = ended {
        // Clients disappear at any time, so this isn't an error.
        tracing::debug!(%error, "a connection ended early");
    }
    None
}

/// With which status hyper itself refused a head, if it did.
fn refused(error: &hyper::Error) -> Option<StatusCode> {
    if error.is_parse_too_large() {
        return Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    error.is_parse().then_some(StatusCode::BAD_REQUEST)
}

/// Reads and discards whatever still arrives.
async fn read_out(stream: &TcpStream) {
    let mut room = [0; 8 * 1024];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut room) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// Answers one request. A request that changes something is completed even if the client leaves.
/// One that only reads is cancelled.
async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    stream: &TcpStream,
    fallback: &Arc<Fallback>,
    shared: &Shared,
) -> io::Result<Response<Body>> {
    let access = shared
        .access_log
        .as_ref()
        .map(|log| (log, Line::of(&request, peer, shared)));
    let kind = shared.front.kind_of(request.uri().path());
    let ready = Front::refuse(&request).or_else(|| shared.front.ready(&request, peer));
    let response = match ready {
        Some(response) => response,
        None => {
            let is_reading = [Method::GET, Method::HEAD].contains(request.method());
            let grace = shared.patience.head;
            let request = request.map(|body| Timed::new(body, fallback.clone(), grace));
            let other = shared.front.clone().other(request, peer);
            let mut other = Ending(shared.main.spawn(other), is_reading);
            if is_reading {
                tokio::select! {
                    made = &mut other.0 => made.map_err(io::Error::other)?,
                    () = sleep(ANSWER_LIMIT) => Front::took_too_long(),
                    () = left(stream) => return Err(io::ErrorKind::ConnectionAborted.into()),
                }
            } else {
                (&mut other.0).await.map_err(io::Error::other)?
            }
        }
    };
    shared.front.count(kind, response.status());
    if let Some((log, line)) = access {
        log.write(&line.entry(&response));
    }
    Ok(response)
}

/// The task that makes a response. If `1` is true, dropping it aborts the task.
struct Ending<T>(JoinHandle<T>, bool);

impl<T> Drop for Ending<T> {
    fn drop(&mut self) {
        if self.1 {
            self.0.abort();
        }
    }
}

/// Completes some time after the client has closed its side.
async fn left(stream: &TcpStream) {
    match stream.peek(&mut [0]).await {
        Ok(0) | Err(_) => sleep(LEFT).await,
        // The client has sent another request, so it is still there.
        Ok(_) => std::future::pending().await,
    }
}

/// How long to wait for the client to close after we have.
const LEAVE: Duration = Duration::from_secs(5);

/// Closes a connection that may have unread data. If it were closed at once, the system would
/// discard what it hasn't sent yet.
pub(super) async fn leave(mut stream: TcpStream, shared: &Shared) {
    use tokio::io::AsyncWriteExt as _;
    let listed = shared.connection_limit.list(Doing::Sending);
    let left = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    // A client that hasn't closed by then is cut off.
    tokio::select! {
        _ = timeout(LEAVE, left) => {}
        () = listed.fallback.end.notified() => {}
        () = async { shared.stop_requested().await; sleep(LEFT).await } => {}
    }
}
