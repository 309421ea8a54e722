//! Takes connections and speaks HTTP on them: a thread for each core, each with connections of its
//! own, so that an answer that is ready leaves the thread on which its request arrived.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use anyhow::Context as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::watch as signal;
use tokio::task::JoinSet;

use crate::web::front::Front;

/// Connections that the system keeps until they are taken.
const BACKLOG: u32 = 4096;

/// A request's head must arrive within this time; an idle connection is closed after it, too.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// After an error such as too many open files, the next connection is taken this much later.
const BREATH: Duration = Duration::from_millis(100);

/// Takes the address.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A restart takes the address at once, though old connections still linger.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until told to stop, then lets running requests finish. What isn't ready is made on the
/// runtime that this is called on.
pub(super) async fn serve(
    listener: TcpListener,
    front: Front,
    stopped: signal::Receiver<bool>,
) -> anyhow::Result<()> {
    let listener = listener.into_std()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let main = Handle::current();
    let mut threads = JoinSet::new();
    for number in 0..cores {
        let (listener, front) = (listener.try_clone()?, front.clone());
        let (stopped, main) = (stopped.clone(), main.clone());
        let (done, ended) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name(format!("serving-{number}"))
            .spawn(move || {
                let _ = done.send(run(listener, front, main, stopped));
            })
            .context("starting a thread")?;
        threads.spawn(ended);
    }
    while let Some(ended) = threads.join_next().await {
        ended
            .context("waiting for a serving thread")?
            .context("a serving thread ended early")??;
    }
    Ok(())
}

/// What one thread does.
fn run(
    listener: std::net::TcpListener,
    front: Front,
    main: Handle,
    stopped: signal::Receiver<bool>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let listener = TcpListener::from_std(listener)?;
        let mut connections = JoinSet::new();
        let mut stopping = stopped.clone();
        loop {
            let taken = tokio::select! {
                taken = listener.accept() => taken,
                Some(_) = connections.join_next() => continue,
                () = told(&mut stopping) => break,
            };
            match taken {
                Ok((stream, peer)) => {
                    let conversation =
                        converse(stream, peer, front.clone(), main.clone(), stopped.clone());
                    connections.spawn(conversation);
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection can't be taken");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
        Ok(())
    })
}

/// Answers the requests of one connection, until it ends or we are told to stop.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    front: Front,
    main: Handle,
    mut stopped: signal::Receiver<bool>,
) {
    // Answers go out whole, so nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let ready = front.ready(&request, peer);
        let other = match ready {
            Some(_) => None,
            None => Some(main.spawn(front.clone().other(request, peer))),
        };
        async move {
            match (ready, other) {
                (Some(response), _) => Ok(response),
                (None, Some(other)) => other.await.map_err(io::Error::other),
                (None, None) => Err(io::Error::other("no answer was made")),
            }
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = told(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Readers go away in the middle of things all the time.
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Ends when we are told to stop, or nobody is left to tell us.
async fn told(stopped: &mut signal::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}
