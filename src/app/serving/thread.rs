//! A serving thread: it waits until data arrives on any of its connections, and gives each of them
//! a turn.

use std::convert::Infallible;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use tokio::sync::mpsc;

use super::connection::{Connection, Needs};
use super::connection_limit::ConnectionPermit;
use super::hyper_fallback;
use super::shared::Shared;
use super::stream::{self, Streaming};
use super::thread_buffers::ThreadBuffers;

/// The most events taken from the system at once.
const EVENTS: usize = 256;

/// How many checks in a row may find a connection quiet. Connections are checked periodically, so
/// that a request needs no timer.
pub(super) const LOOKS: u8 = 3;

/// The token of the listener. The tokens of connections are their indexes.
const LISTENER: Token = Token(usize::MAX - 1);

/// The token of the waker, which wakes the thread periodically and to stop it.
const WAKER: Token = Token(usize::MAX - 2);

/// A thread's connections, and what it needs to answer their requests.
pub(super) struct Thread {
    poll: Poll,
    /// `None` after the stop signal.
    listener: Option<TcpListener>,
    shared: Arc<Shared>,
    buffers: ThreadBuffers,
    connections: Vec<Option<Connection>>,
    /// Free indexes in `connections`.
    free: Vec<usize>,
    /// Indexes of connections that need another turn, though no event may come for them.
    again: Vec<usize>,
    /// Whether connections wait that couldn't be accepted, for example with too many open files.
    is_full: bool,
    /// Whether there may be room for them now.
    has_room: bool,
    looked: Instant,
    /// How many turns there were.
    turns: u64,
    /// How many times the periodic work was done.
    ticks: u64,
    /// An accepted connection for which there was no permit.
    waiting: Option<(TcpStream, SocketAddr)>,
    /// Each connection handed over holds a clone, so that the end of the last one is noticed.
    open: mpsc::Sender<Infallible>,
}

impl Thread {
    /// A thread that isn't running yet, and its waker.
    pub(super) fn new(
        listener: std::net::TcpListener,
        shared: Arc<Shared>,
        open: mpsc::Sender<Infallible>,
    ) -> io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let mut listener = TcpListener::from_std(listener);
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        let thread = Self {
            poll,
            listener: Some(listener),
            buffers: ThreadBuffers::new(shared.clock.now(), shared.front.count_on_this_thread()),
            shared,
            connections: Vec::new(),
            free: Vec::new(),
            again: Vec::new(),
            is_full: false,
            has_room: false,
            looked: Instant::now(),
            turns: 0,
            ticks: 0,
            waiting: None,
            open,
        };
        Ok((thread, waker))
    }

    /// Serves until the stop signal, and then until everything is sent.
    pub(super) fn run(mut self) -> anyhow::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        while self.listener.is_some() || self.free.len() < self.connections.len() {
            let patience = (!self.again.is_empty()).then_some(Duration::ZERO);
            match self.poll.poll(&mut events, patience) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error).context("waiting for something to come"),
            }
            for event in &events {
                match event.token() {
                    LISTENER => self.take_connections(),
                    WAKER => self.on_tick(),
                    Token(index) => self.turn_of(index, Some(event)),
                }
            }
            for index in mem::take(&mut self.again) {
                self.turn_of(index, None);
            }
            if mem::take(&mut self.has_room) {
                self.take_connections();
            }
        }
        Ok(())
    }

    /// Accepts connections until none is left, because events are edge-triggered.
    fn take_connections(&mut self) {
        while let Some(listener) = &self.listener {
            let taken = match self.waiting.take() {
                Some(waiting) => Ok(waiting),
                None => listener.accept(),
            };
            match taken {
                Ok((stream, peer)) => match self.take_permit() {
                    Some(permit) => self.begin(Connection::new(stream, peer, permit)),
                    None => {
                        self.waiting = Some((stream, peer));
                        return;
                    }
                },
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.is_full = false;
                    return;
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    if !mem::replace(&mut self.is_full, true) {
                        tracing::warn!(%error, "a connection couldn't be accepted");
                    }
                    return;
                }
            }
        }
    }

    /// A permit for a new connection. If none is free, the connections that have kept us waiting
    /// longest are closed. If there are none of these, the new one must wait.
    fn take_permit(&mut self) -> Option<ConnectionPermit> {
        if let Some(permit) = self.shared.connection_limit.take() {
            return Some(permit);
        }
        let few = self.shared.connection_limit.few();
        let mut ended = self.close_slowest(few);
        if ended == 0 {
            self.shared.connection_limit.want();
            // Their permits become free in a moment.
            ended = self.shared.connection_limit.end_slowest(few);
        }
        let permit = self.shared.connection_limit.take();
        if permit.is_none() && !mem::replace(&mut self.is_full, true) && ended == 0 {
            tracing::warn!("all connections are in use; the next one waits");
        }
        permit
    }

    /// Closes connections of this thread that wait for a request or take a response slowly, those
    /// with the oldest last turn first. Returns how many.
    fn close_slowest(&mut self, count: usize) -> usize {
        let mut waiting: Vec<(u64, usize)> = (0..self.connections.len())
            .filter(|index| !self.again.contains(index))
            .filter_map(|index| {
                let connection = self.connections[index].as_ref()?;
                let is_new = connection.last_tick + 1 >= self.ticks;
                (!is_new).then_some((connection.last_turn, index))
            })
            .collect();
        if waiting.len() > count {
            waiting.select_nth_unstable(count);
            waiting.truncate(count);
        }
        for (_, index) in &waiting {
            self.clear(*index);
        }
        waiting.len()
    }

    fn begin(&mut self, mut connection: Connection) {
        let index = self.free.pop().unwrap_or_else(|| {
            self.connections.push(None);
            self.connections.len() - 1
        });
        connection.last_turn = self.turns;
        connection.last_tick = self.ticks;
        let registry = self.poll.registry();
        let stream = &mut connection.stream;
        match registry.register(stream, Token(index), Interest::READABLE) {
            Ok(()) => self.connections[index] = Some(connection),
            Err(error) => {
                tracing::warn!(%error, "a connection couldn't be watched");
                self.free.push(index);
            }
        }
    }

    /// The periodic work, also done at the stop signal.
    fn on_tick(&mut self) {
        self.buffers.set_date(self.shared.clock.now());
        self.has_room = self.is_full;
        self.ticks += 1;
        let is_stopping = self.shared.stopping.load(Ordering::Acquire);
        if is_stopping {
            self.listener = None;
            self.waiting = None;
            for index in 0..self.connections.len() {
                self.end(index);
            }
        }
        let apart = self.shared.patience.quiet / u32::from(LOOKS);
        if self.looked.elapsed() >= apart {
            self.looked = Instant::now();
            for index in 0..self.connections.len() {
                let is_quiet = |connection: &mut Connection| connection.is_quiet(LOOKS, apart);
                if self.connections[index].as_mut().is_some_and(is_quiet) {
                    self.clear(index);
                }
            }
        }
    }

    /// Closes a connection once everything requested is sent.
    fn end(&mut self, index: usize) {
        self.turn_of(index, None);
        let Some(connection) = &mut self.connections[index] else {
            return;
        };
        if connection.is_idle() {
            self.clear(index);
        } else {
            connection.end_soon();
        }
    }

    /// Lets a connection answer what has arrived.
    fn turn_of(&mut self, index: usize, event: Option<&Event>) {
        let Some(connection) = &mut self.connections[index] else {
            return;
        };
        self.turns += 1;
        connection.last_turn = self.turns;
        connection.last_tick = self.ticks;
        if event.is_some_and(Event::is_read_closed) {
            connection.has_ended = true;
        }
        // A panic ends only the connection that caused it.
        let turn = AssertUnwindSafe(|| connection.advance(&mut self.buffers, &self.shared));
        let needs = panic::catch_unwind(turn)
            .unwrap_or_else(|_| Err(io::Error::other("a fault while answering")));
        match needs {
            Ok(Needs::Readable) => {}
            Ok(Needs::Turn) => self.again.push(index),
            Ok(Needs::Writable) => {
                if let Err(error) = connection.await_writable(self.poll.registry(), Token(index)) {
                    tracing::warn!(%error, "a connection couldn't be watched");
                    self.clear(index);
                }
            }
            Ok(Needs::End) => drop(self.clear(index)),
            Ok(needs @ (Needs::Leave | Needs::Hyper)) => self.hand_over(index, needs),
            Err(error) => {
                // Clients disappear at any time, so this isn't an error.
                tracing::debug!(%error, "a connection ended early");
                self.clear(index);
            }
        }
    }

    /// Frees an index. Dropping the returned connection closes it.
    fn clear(&mut self, index: usize) -> Option<Connection> {
        let connection = self.connections[index].take()?;
        self.free.push(index);
        self.has_room = self.is_full;
        Some(connection)
    }

    /// Hands a connection over to the main runtime.
    fn hand_over(&mut self, index: usize, needs: Needs) {
        let Some(mut connection) = self.clear(index) else {
            return;
        };
        let registry = self.poll.registry();
        if let Err(error) = registry.deregister(&mut connection.stream) {
            tracing::warn!(%error, "a connection couldn't be handed over");
            return;
        }
        let (shared, open) = (self.shared.clone(), self.open.clone());
        let Connection {
            stream,
            peer,
            waiting,
            permit,
            ..
        } = connection;
        let asked = stream::wanted_at_once(&waiting, peer, &shared);
        self.shared.main.spawn(async move {
            let stream = match tokio::net::TcpStream::from_std(stream.into()) {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection couldn't be handed over");
                    return;
                }
            };
            let streaming = match (asked, needs) {
                (Some((request, open)), _) => Some(Streaming {
                    request,
                    stream: Arc::new(stream),
                    open,
                }),
                (None, Needs::Leave) => {
                    Box::pin(hyper_fallback::leave(stream, &shared)).await;
                    None
                }
                (None, _) => Box::pin(hyper_fallback::serve(waiting, stream, peer, &shared)).await,
            };
            if let Some(streaming) = streaming {
                stream::serve(streaming, shared).await;
            }
            drop((open, permit));
        });
    }
}
