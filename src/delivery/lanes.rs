//! Lanes: each writes and hands over one message at a time, over a connection of its own, so that a
//! slow receiver holds up nobody but its own lane.
//!
//! They have a thread of their own, of the lowest priority. Telling 50,000 subscribers keeps a
//! processor busy for many seconds; readers, and staff who post, go first.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::email::{Connection, Draft, Outgoing, Refusal};
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

/// The two ends of the lanes' queues.
pub(super) struct Lanes<N> {
    jobs: Option<mpsc::Sender<Job<N>>>,
    sent: mpsc::Receiver<Sent<N>>,
    /// Once it is dropped, the lanes let go of what is in progress.
    alive: Option<oneshot::Sender<()>>,
}

/// How long a connection may have nothing to do.
const IDLE: Duration = Duration::from_secs(20);

/// At most so many messages wait for a lane.
const QUEUE: usize = 1024;

/// The lowest priority that Linux knows.
#[cfg(target_os = "linux")]
const LOWEST: i32 = 19;

impl<N: Send + 'static> Lanes<N> {
    /// Starts `count` lanes to a mail server, which hand over at most `rate` messages a second in
    /// all. `host` is the name that we give for ourselves.
    ///
    /// # Errors
    /// If there can't be a further thread.
    pub(super) fn start(
        server: &SmtpServer,
        host: &str,
        count: u32,
        rate: Option<u32>,
    ) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel::<Job<N>>(QUEUE);
        let (done, sent) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        let pace = Arc::new(Mutex::new(Pace::new(rate)));
        let connections = (0..count).map(|_| Connection::new(server.clone(), host));
        let lanes: Vec<_> = connections
            .map(|it| lane(it, waiting.clone(), pace.clone(), done.clone()))
            .collect();
        let (alive, dropped) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new()
            .name("delivery".to_owned())
            .spawn(move || {
                yield_to_others();
                runtime.block_on(async {
                    let mut tasks: JoinSet<()> = lanes.into_iter().collect();
                    tokio::select! {
                        _ = dropped => {}
                        () = async { while tasks.join_next().await.is_some() {} } => {}
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
        self.alive = None;
        last
    }
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

/// Writes a message. If that panics, only this message is lost, and not its lane.
fn written(draft: Draft) -> Result<Outgoing, String> {
    catch_unwind(AssertUnwindSafe(draft)).unwrap_or_else(|_| {
        Err("a fault in Lightship: it couldn't be written; the log says why".to_owned())
    })
}

/// Lets everything else on this machine go before this thread.
pub(super) fn yield_to_others() {
    // Elsewhere a priority is the whole process's.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(LOWEST) {
        tracing::warn!(%error, "sending has the same priority as reading");
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

impl<N> std::fmt::Debug for Lanes<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lanes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_that_cant_be_written_costs_no_other() {
        let server = "smtp://127.0.0.1:1"
            .parse::<SmtpServer>()
            .expect("an address");
        let mut lanes = Lanes::start(&server, "status.example.com", 1, None).expect("a thread");
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
            let sent = lanes.next_sent().await;
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
        let mut lanes = Lanes::start(&server, "status.example.com", 1, None).expect("a thread");
        let draft: Draft = Box::new(|| {
            let priority = rustix::process::getpriority_process(None);
            Err(priority.map_or_else(|error| error.to_string(), |it| it.to_string()))
        });
        lanes.give(Job { draft, note: () }).await;
        let sent = lanes.next_sent().await;
        assert_eq!(sent.result, Err(Refusal::Unwritable(LOWEST.to_string())));
        assert_eq!(own(), before);
    }
}
