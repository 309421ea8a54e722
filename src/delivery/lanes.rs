//! Lanes: each writes and hands over one message at a time, over a connection of its own, so that a
//! slow receiver holds up nobody but its own lane.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::background::{Background, written};
use super::email::{Connection, Draft, Refusal};
use crate::config::SmtpServer;

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
    /// Whether it was taken.
    pub(super) result: Result<(), Refusal>,
}

/// The lanes' thread.
pub(super) type Lanes<N> = Background<Job<N>, Sent<N>>;

/// How long a connection may have nothing to do.
const IDLE: Duration = Duration::from_secs(20);

/// At most so many messages wait for a lane.
const QUEUE: usize = 1024;

/// Starts `count` lanes to a mail server, which hand over at most `rate` messages a second in all.
/// `host` is the name that we give for ourselves.
///
/// # Errors
/// If there can't be a further thread.
pub(super) fn start_lanes<N: Send + 'static>(
    server: &SmtpServer,
    host: &str,
    count: u32,
    rate: Option<u32>,
) -> io::Result<Lanes<N>> {
    let connections = (0..count).map(|_| Connection::new(server.clone(), host));
    let connections: Vec<_> = connections.collect();
    Background::start("delivery", QUEUE, async move |waiting, done| {
        let waiting = Arc::new(Mutex::new(waiting));
        let pace = Arc::new(Mutex::new(Pace::new(rate)));
        let lanes = connections.into_iter();
        let lanes = lanes.map(|it| lane(it, waiting.clone(), pace.clone(), done.clone()));
        let mut lanes: JoinSet<()> = lanes.collect();
        while lanes.join_next().await.is_some() {}
    })
}

/// Writes and hands over one message after the other, until no more can come.
async fn lane<N>(
    mut connection: Connection,
    waiting: Arc<Mutex<mpsc::Receiver<Job<N>>>>,
    pace: Arc<Mutex<Pace>>,
    done: mpsc::Sender<Sent<N>>,
) {
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
        let Some(Job { draft, note }) = next else {
            break;
        };
        pace.lock().await.wait().await;
        let result = match written(draft) {
            Ok(message) => connection.send(&message).await,
            Err(why) => Err(Refusal::Unwritable(why)),
        };
        if done.send(Sent { note, result }).await.is_err() {
            break;
        }
    }
    connection.close().await;
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

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "linux")]
    use crate::delivery::background::LOWEST;

    #[tokio::test]
    async fn a_message_that_cant_be_written_costs_no_other() {
        let server = "smtp://127.0.0.1:1"
            .parse::<SmtpServer>()
            .expect("an address");
        let mut lanes = start_lanes(&server, "status.example.com", 1, None).expect("a thread");
        let drafts: [Draft; 3] = [
            Box::new(|| panic!("on purpose")),
            Box::new(|| Err("it has no subject".to_owned())),
            Box::new(|| panic!("on purpose, again")),
        ];
        for (note, draft) in drafts.into_iter().enumerate() {
            lanes.give(Job { draft, note }).await;
        }
        let mut told = Vec::new();
        while told.len() < 3 {
            let sent = lanes.next_result().await;
            let Err(Refusal::Unwritable(why)) = sent.result else {
                panic!("there is nothing to send");
            };
            told.push((sent.note, why.contains("fault")));
        }
        assert_eq!(told, [(0, true), (1, false), (2, true)]);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn messages_are_written_with_the_lowest_priority_and_nothing_else_is() {
        let own = || rustix::process::getpriority_process(None).expect("a priority");
        let before = own();
        let server = "smtp://127.0.0.1:1".parse::<SmtpServer>();
        let server = server.expect("an address");
        let mut lanes = start_lanes(&server, "status.example.com", 1, None).expect("a thread");
        let draft: Draft = Box::new(|| {
            let priority = rustix::process::getpriority_process(None);
            Err(priority.map_or_else(|error| error.to_string(), |it| it.to_string()))
        });
        lanes.give(Job { draft, note: () }).await;
        let sent = lanes.next_result().await;
        assert_eq!(sent.result, Err(Refusal::Unwritable(LOWEST.to_string())));
        assert_eq!(own(), before);
    }
}
