//! Lanes for HTTP: each message has one of its own, so that a slow receiver holds up nobody else.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::client::Client;
use super::exchange::{HttpAnswer, HttpRequest};
use crate::delivery::background::{Background, written};

/// At most so many messages wait for the thread.
const QUEUE: usize = 256;

/// Writes a request; `None` if there is nothing to say.
pub(super) type Draft = Box<dyn FnOnce() -> Result<Option<HttpRequest>, String> + Send>;

/// A message with a note for whoever gave it.
pub(super) struct Job<N> {
    /// The message.
    pub(super) draft: Draft,
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

/// The lanes' thread.
pub(super) type Lanes<N> = Background<Job<N>, Sent<N>>;

/// Starts the lanes.
///
/// # Errors
/// If there can't be a further thread.
pub(super) fn start_lanes<N: Send + 'static>(client: Client) -> io::Result<Lanes<N>> {
    Background::start("channels", QUEUE, async move |waiting, done| {
        work(client, waiting, done).await;
    })
}

/// Sends every message at once, until no more can come.
async fn work<N: Send + 'static>(
    client: Client,
    mut waiting: mpsc::Receiver<Job<N>>,
    done: mpsc::Sender<Sent<N>>,
) {
    let mut lanes = JoinSet::new();
    loop {
        tokio::select! {
            job = waiting.recv() => match job {
                Some(job) => {
                    let (client, done) = (client.clone(), done.clone());
                    lanes.spawn(async move { done.send(send(&client, job).await).await });
                }
                None => break,
            },
            Some(_) = lanes.join_next() => {}
        }
    }
    while lanes.join_next().await.is_some() {}
}

async fn send<N>(client: &Client, job: Job<N>) -> Sent<N> {
    let begun = Instant::now();
    let Job { draft, note } = job;
    let result = match written(draft) {
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
