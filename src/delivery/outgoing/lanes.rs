//! Lanes for HTTP: requests are written and sent on a thread of the lowest priority, a few at once.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::client::Client;
use super::exchange::{HttpAnswer, HttpRequest};
use crate::delivery::lanes::yield_to_others;

/// How many requests are on their way at once.
pub(super) const LANES: usize = 96;
/// How many of them may go to channels that failed the last time.
const FAILING_LANES: usize = 24;
/// At most so many messages wait for a lane.
const QUEUE: usize = 256;

/// Writes a request; `None` if there is nothing to say.
pub(super) type Draft = Box<dyn FnOnce() -> Result<Option<HttpRequest>, String> + Send>;

/// A message with a note for whoever gave it.
pub(super) struct Job<N> {
    /// The message.
    pub(super) draft: Draft,
    /// Whether its channel failed the last time.
    pub(super) is_failing: bool,
    /// What it belongs to.
    pub(super) note: N,
}

/// How a message fared.
#[derive(Debug)]
pub(super) struct Sent<N> {
    /// What it belonged to.
    pub(super) note: N,
    /// What came back.
    pub(super) result: SendResult,
    /// How long that took.
    pub(super) took: Duration,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SendResult {
    /// An answer.
    Answer(HttpAnswer),
    /// None, and why.
    Failed(String),
    /// Nothing was sent: there is nothing to say any more.
    Nothing,
    /// Nothing was sent: it can't be written.
    Unwritable(String),
}

/// The two ends of the lanes' queues.
pub(super) struct Lanes<N> {
    jobs: Option<mpsc::Sender<Job<N>>>,
    sent: mpsc::Receiver<Sent<N>>,
    /// Once it is dropped, the lanes let go of what is in progress.
    alive: Option<oneshot::Sender<()>>,
}

impl<N: Send + 'static> Lanes<N> {
    /// Starts the lanes.
    ///
    /// # Errors
    /// If there can't be a further thread.
    pub(super) fn start(client: Client) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel::<Job<N>>(QUEUE);
        let (done, sent) = mpsc::channel(QUEUE);
        let (alive, dropped) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new()
            .name("channels".to_owned())
            .spawn(move || {
                yield_to_others();
                runtime.block_on(async {
                    tokio::select! {
                        _ = dropped => {}
                        () = work(client, waiting, done) => {}
                    }
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            jobs: Some(jobs),
            sent,
            alive: Some(alive),
        })
    }

    /// Gives a message to a lane. Waits if too many wait already.
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
        self.alive = None;
        last
    }
}

/// Sends one message after the other, several at once, until no more can come.
async fn work<N: Send + 'static>(
    client: Client,
    mut waiting: mpsc::Receiver<Job<N>>,
    done: mpsc::Sender<Sent<N>>,
) {
    let lanes = Arc::new(Semaphore::new(LANES));
    let failing = Arc::new(Semaphore::new(FAILING_LANES));
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            job = waiting.recv() => match job {
                Some(job) => {
                    let (client, done) = (client.clone(), done.clone());
                    let (lanes, failing) = (lanes.clone(), failing.clone());
                    tasks.spawn(async move {
                        // They are never closed. Whoever fails again and again waits here, not in
                        // a lane.
                        let _failing = match job.is_failing {
                            true => failing.acquire().await.ok(),
                            false => None,
                        };
                        let _lane = lanes.acquire().await.ok();
                        let _ = done.send(send(&client, job).await).await;
                    });
                }
                None => break,
            },
            Some(_) = tasks.join_next() => {}
        }
    }
    while tasks.join_next().await.is_some() {}
}

async fn send<N>(client: &Client, job: Job<N>) -> Sent<N> {
    let begun = Instant::now();
    let Job { draft, note, .. } = job;
    // If that panics, only this message is lost.
    let written = catch_unwind(AssertUnwindSafe(draft)).unwrap_or_else(|_| {
        Err("a fault in Lightship: it couldn't be written; the log says why".to_owned())
    });
    let result = match written {
        Ok(Some(request)) => match client.send(&request).await {
            Ok(answer) => SendResult::Answer(answer),
            Err(why) => SendResult::Failed(why),
        },
        Ok(None) => SendResult::Nothing,
        Err(why) => SendResult::Unwritable(why),
    };
    Sent {
        note,
        result,
        took: begun.elapsed(),
    }
}

impl<N> std::fmt::Debug for Lanes<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lanes")
    }
}
