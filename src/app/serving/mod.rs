//! Takes connections and speaks HTTP on them: a thread for each core, each with connections of its
//! own, so that an answer that is ready leaves the thread on which its request arrived.

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

use self::thread::{LOOKS, Thread};
use crate::clock::Clock;
use crate::web::front::Front;

mod conversation;
mod desk;
mod handed;
mod outbox;
mod question;
#[cfg(test)]
mod tests;
mod thread;

/// Connections that the system keeps until they are taken.
const BACKLOG: u32 = 4096;

/// A connection on which nothing comes or goes for so long is closed. A request's head must arrive
/// within this time, too.
const QUIET: Duration = Duration::from_secs(75);

/// How often serving threads look around.
const BEAT: Duration = Duration::from_secs(1);

/// What all connections share.
#[derive(Debug)]
struct Shared {
    front: Front,
    clock: Clock,
    /// Where connections are served that were handed over, and answers made that aren't ready.
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
    stopped: signal::Receiver<bool>,
) -> anyhow::Result<()> {
    let shared = Shared {
        front,
        clock,
        main: Handle::current(),
        stopping: AtomicBool::new(false),
        stop: Notify::new(),
        quiet: QUIET,
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
    // Nothing is ever sent: that every sender is gone says that every connection has ended.
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
    let mut beats = interval(BEAT.min(shared.quiet / u32::from(LOOKS)));
    loop {
        let is_stopping = shared.stopping.load(Ordering::Relaxed);
        tokio::select! {
            ended = threads.join_next() => match ended {
                Some(ended) => ended
                    .context("waiting for a serving thread")?
                    .context("a serving thread ended early")??,
                None => break,
            },
            () = told(&mut stopped), if !is_stopping => {
                shared.stopping.store(true, Ordering::Release);
                shared.stop.notify_waiters();
                wake(&wakers)?;
            }
            _ = beats.tick() => wake(&wakers)?,
        }
    }
    ended.recv().await;
    Ok(())
}

fn wake(wakers: &[Waker]) -> io::Result<()> {
    wakers.iter().try_for_each(Waker::wake)
}

/// Ends when we are told to stop, or nobody is left to tell us.
async fn told(stopped: &mut signal::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}
