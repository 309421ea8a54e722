//! Lanes: each hands over one message at a time, over a connection of its own, so that a slow
//! receiver holds up nobody but its own lane.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::email::{Connection, Outgoing, Refusal};
use crate::config::SmtpServer;

/// A message with a note for whoever gave it.
#[derive(Debug)]
pub(super) struct Job<N> {
    /// The message.
    pub(super) message: Outgoing,
    /// What it belongs to.
    pub(super) note: N,
}

/// How a message fared.
#[derive(Debug)]
pub(super) struct Sent<N> {
    /// What it belonged to.
    pub(super) note: N,
    /// Whether it was taken.
    pub(super) result: Result<(), Refusal>,
}

/// The lanes, and the two ends of their queues.
#[derive(Debug)]
pub(super) struct Lanes<N> {
    jobs: Option<mpsc::Sender<Job<N>>>,
    sent: mpsc::Receiver<Sent<N>>,
    tasks: JoinSet<()>,
}

/// How long a connection may have nothing to do.
const IDLE: Duration = Duration::from_secs(20);

/// At most so many messages wait for a lane.
const QUEUE: usize = 1024;

impl<N: Send + 'static> Lanes<N> {
    /// Starts `count` lanes to a mail server, which hand over at most `rate` messages a second in
    /// all. `host` is the name that we give for ourselves.
    pub(super) fn start(server: &SmtpServer, host: &str, count: u32, rate: Option<u32>) -> Self {
        let (jobs, waiting) = mpsc::channel::<Job<N>>(QUEUE);
        let (done, sent) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        let pace = Arc::new(Mutex::new(Pace::new(rate)));
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            let (waiting, pace, done) = (waiting.clone(), pace.clone(), done.clone());
            let mut connection = Connection::new(server.clone(), host);
            tasks.spawn(async move {
                loop {
                    let next = async { waiting.lock().await.recv().await };
                    let next = match timeout(IDLE, next).await {
                        Ok(next) => next,
                        Err(_) => {
                            // Nobody likes connections that do nothing.
                            connection.close().await;
                            continue;
                        }
                    };
                    let Some(Job { message, note }) = next else {
                        break;
                    };
                    pace.lock().await.wait().await;
                    let result = connection.send(&message).await;
                    if done.send(Sent { note, result }).await.is_err() {
                        break;
                    }
                }
                connection.close().await;
            });
        }
        Self {
            jobs: Some(jobs),
            sent,
            tasks,
        }
    }

    /// Gives a message to whichever lane is free next. Waits if too many wait already.
    pub(super) async fn give(&self, job: Job<N>) {
        if let Some(jobs) = &self.jobs {
            // The lanes live as long as `self`.
            let _ = jobs.send(job).await;
        }
    }

    /// How the next message fared.
    pub(super) async fn next_sent(&mut self) -> Sent<N> {
        match self.sent.recv().await {
            Some(sent) => sent,
            None => std::future::pending().await,
        }
    }

    /// Lets messages in progress end, and returns how they fared; the others are forgotten.
    pub(super) async fn finish(&mut self, patience: Duration) -> Vec<Sent<N>> {
        self.jobs = None;
        let mut last = Vec::new();
        let ending = async {
            while let Some(sent) = self.sent.recv().await {
                last.push(sent);
            }
        };
        let _ = timeout(patience, ending).await;
        self.tasks.shutdown().await;
        last
    }
}

/// Spreads messages evenly over each second.
#[derive(Debug)]
struct Pace {
    every: Option<Duration>,
    next: Instant,
}

impl Pace {
    fn new(rate: Option<u32>) -> Self {
        Self {
            every: rate.map(|rate| Duration::from_secs(1) / rate.max(1)),
            next: Instant::now(),
        }
    }

    async fn wait(&mut self) {
        let Some(every) = self.every else { return };
        sleep_until(self.next).await;
        self.next = self.next.max(Instant::now()) + every;
    }
}
