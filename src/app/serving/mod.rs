//! Takes connections and speaks HTTP on them: a thread for each core, each with connections of its
//! own, so that an answer that is ready leaves the thread on which its request arrived.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, watch as signal};
use tokio::task::JoinSet;

use self::conversation::converse;
use crate::clock::Clock;
use crate::web::front::Front;

mod conversation;
mod desk;
mod handed;
mod question;
#[cfg(test)]
mod tests;

/// Connections that the system keeps until they are taken.
const BACKLOG: u32 = 4096;

/// A connection on which nothing comes or goes for so long is closed. A request's head must arrive
/// within this time, too.
const QUIET: Duration = Duration::from_secs(75);

/// After an error such as too many open files, the next connection is taken this much later.
const BREATH: Duration = Duration::from_millis(100);

/// How often the date that answers carry is renewed.
const DATE: Duration = Duration::from_secs(1);

/// What all connections share.
#[derive(Debug)]
struct Shared {
    front: Front,
    clock: Clock,
    /// Where answers are made that aren't ready.
    main: Handle,
    /// Whether connections are to end once they are idle.
    stopping: AtomicBool,
    /// Says that `stopping` has changed.
    stop: Notify,
    /// How long nothing may come or go.
    quiet: Duration,
}

/// Takes the address.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A restart takes the address at once, though old connections still linger.
    socket.set_reuseaddr(true)?;
    // Answers go out whole, so nothing is gained by waiting for more. Connections inherit this.
    socket.set_nodelay(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until told to stop, then lets running requests finish. What isn't ready is made on the
/// runtime that this is called on.
pub(super) async fn serve(
    listener: TcpListener,
    front: Front,
    clock: Clock,
    mut stopped: signal::Receiver<bool>,
) -> anyhow::Result<()> {
    let listener = listener.into_std()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let shared = Arc::new(Shared {
        front,
        clock,
        main: Handle::current(),
        stopping: AtomicBool::new(false),
        stop: Notify::new(),
        quiet: QUIET,
    });
    let mut threads = JoinSet::new();
    for number in 0..cores {
        let (listener, shared) = (listener.try_clone()?, shared.clone());
        let (done, ended) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name(format!("serving-{number}"))
            .spawn(move || {
                let _ = done.send(run(listener, shared));
            })
            .context("starting a thread")?;
        threads.spawn(ended);
    }
    drop(listener);
    loop {
        tokio::select! {
            ended = threads.join_next() => match ended {
                Some(ended) => ended
                    .context("waiting for a serving thread")?
                    .context("a serving thread ended early")??,
                None => return Ok(()),
            },
            () = told(&mut stopped), if !shared.stopping.load(Ordering::Relaxed) => {
                shared.stopping.store(true, Ordering::Release);
                shared.stop.notify_waiters();
            }
        }
    }
}

/// What one thread does.
fn run(listener: std::net::TcpListener, shared: Arc<Shared>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    desk::lend(|desk| desk.set_date(shared.clock.now()));
    runtime.spawn(keep_date(shared.clone()));
    runtime.block_on(take_connections(listener, shared))
}

async fn take_connections(
    listener: std::net::TcpListener,
    shared: Arc<Shared>,
) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    // Nothing is ever sent: that every sender is gone says that every connection has ended.
    let (open, mut ended) = mpsc::channel::<Infallible>(1);
    {
        let mut stop = std::pin::pin!(shared.stop.notified());
        while !shared.stopping.load(Ordering::Acquire) {
            let taken = tokio::select! {
                biased;
                taken = listener.accept() => taken,
                () = stop.as_mut() => break,
            };
            match taken {
                Ok((stream, peer)) => {
                    let (shared, open) = (shared.clone(), open.clone());
                    tokio::spawn(async move {
                        converse(stream, peer, shared).await;
                        drop(open);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection can't be taken");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }
    drop((listener, open));
    ended.recv().await;
    Ok(())
}

/// Renews the date that this thread's answers carry. An answer needn't ask the clock then.
async fn keep_date(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(DATE).await;
        desk::lend(|desk| desk.set_date(shared.clock.now()));
    }
}

/// Ends when we are told to stop, or nobody is left to tell us.
async fn told(stopped: &mut signal::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}
