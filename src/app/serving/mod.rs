//! Accepts connections and speaks HTTP on them. Each core has a thread with connections of its own,
//! so a ready response leaves on the thread on which its request arrived.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use mio::Waker;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, watch as signal};
use tokio::task::JoinSet;
use tokio::time::interval;

use self::connection_limit::ConnectionLimit;
use self::shared::{PATIENCE, Shared};
use self::thread::{LOOKS, Thread};
use super::access_log::AccessLog;
use crate::clock::Clock;
use crate::config::Listen;
use crate::web::front::Front;

mod connection;
mod connection_limit;
mod hyper_fallback;
mod logged;
mod replay;
mod request_head;
mod response_buffer;
mod shared;
mod stream;
#[cfg(test)]
mod tests;
mod thread;
mod thread_buffers;
mod timed;

/// How many connections the system queues until they are accepted.
const BACKLOG: u32 = 4096;

/// The options of the server.
#[derive(Debug)]
pub(super) struct ServingOptions {
    /// The most connections at once.
    pub(super) max_connections: usize,
    /// The access log, if there is one.
    pub(super) access_log: Option<AccessLog>,
    /// The most streams to open pages at once; never more than half of all connections.
    pub(super) max_streams: usize,
}

/// How often serving threads do their periodic work.
const TICK: Duration = Duration::from_secs(1);

/// Binds the address, or takes over a socket on which the service manager already listens. With
/// such a socket, connections wait during a restart instead of being refused.
///
/// # Errors
/// What is wrong with the address, and how to mend it.
pub(super) fn listen(listen: &Listen) -> anyhow::Result<TcpListener> {
    let mut passed = listenfd::ListenFd::from_env();
    if passed.len() > 0 {
        let taken = passed.take_tcp_listener(0);
        let listener = taken
            .context("the socket passed on (LISTEN_FDS) is not a TCP socket")?
            .context("the socket passed on (LISTEN_FDS) is gone")?;
        listener.set_nonblocking(true)?;
        rustix::net::sockopt::set_tcp_nodelay(&listener, true)?;
        tracing::info!("serving on the socket passed on");
        return Ok(TcpListener::from_std(listener)?);
    }
    let address = listen
        .resolve()
        .with_context(|| format!("{listen} can't be found; name an IP address"))?;
    listen_on(address).with_context(|| {
        format!(
            "listening on {listen}; is something else using \
                                                it?"
        )
    })
}

/// Binds an address.
pub(super) fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Allows a restart to bind the address while old connections still linger.
    socket.set_reuseaddr(true)?;
    // Responses are sent whole, so Nagle's algorithm gains nothing. Connections inherit this.
    socket.set_nodelay(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until the stop signal, then lets running requests finish. Responses that aren't ready
/// are made on the runtime of the caller.
pub(super) async fn serve(
    listener: TcpListener,
    front: Front,
    clock: Clock,
    settings: ServingOptions,
    stopped: signal::Receiver<bool>,
) -> anyhow::Result<()> {
    let shared = Shared {
        front,
        clock,
        main: Handle::current(),
        stopping: AtomicBool::new(false),
        stop: Notify::new(),
        patience: PATIENCE,
        connection_limit: ConnectionLimit::new(settings.max_connections),
        access_log: settings.access_log,
        max_streams: settings.max_streams.min(settings.max_connections / 2),
    };
    run(listener, Arc::new(shared), stopped).await
}

async fn run(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stopped: signal::Receiver<bool>,
) -> anyhow::Result<()> {
    let listener = listener.into_std()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Nothing is sent. When all senders are gone, all connections have ended.
    let (open, mut ended) = mpsc::channel::<Infallible>(1);
    let mut threads = JoinSet::new();
    let mut wakers = Vec::new();
    for number in 0..cores {
        let (thread, waker) = Thread::new(listener.try_clone()?, shared.clone(), open.clone())
            .context("preparing to serve")?;
        wakers.push(waker);
        let (done, ended) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name(format!("serving-{number}"))
            .spawn(move || {
                let _ = done.send(thread.run());
            })
            .context("starting a thread")?;
        threads.spawn(ended);
    }
    drop((listener, open));
    let mut ticks = interval(TICK.min(shared.patience.quiet / u32::from(LOOKS)));
    loop {
        let is_stopping = shared.stopping.load(Ordering::Relaxed);
        tokio::select! {
            ended = threads.join_next() => match ended {
                Some(ended) => ended
                    .context("waiting for a serving thread")?
                    .context("a serving thread ended early")??,
                None => break,
            },
            () = stop_requested(&mut stopped), if !is_stopping => {
                shared.stopping.store(true, Ordering::Release);
                shared.stop.notify_waiters();
                wake(&wakers)?;
            }
            () = shared.connection_limit.freed.notified() => wake(&wakers)?,
            _ = ticks.tick() => wake(&wakers)?,
        }
    }
    ended.recv().await;
    Ok(())
}

fn wake(wakers: &[Waker]) -> io::Result<()> {
    wakers.iter().try_for_each(Waker::wake)
}

/// Completes at the stop signal, or when its sender is gone.
async fn stop_requested(stopped: &mut signal::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}
