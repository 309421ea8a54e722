//! A thread of the lowest priority: jobs go in, results come out. Telling 50,000 subscribers keeps a
//! processor busy for many seconds; readers, and staff who post, go first.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// The lowest priority that Linux knows.
#[cfg(target_os = "linux")]
pub(super) const LOWEST: i32 = 19;

/// The two ends of the thread's queues.
pub(super) struct Background<J, R> {
    jobs: Option<mpsc::Sender<J>>,
    results: mpsc::Receiver<R>,
    /// Once it is dropped, the thread lets go of what is in progress.
    alive: Option<oneshot::Sender<()>>,
}

impl<J: Send + 'static, R: Send + 'static> Background<J, R> {
    /// Starts a thread that does `work` until no more jobs can come. At most `queue` jobs wait for
    /// it, and at most as many results.
    ///
    /// # Errors
    /// If there can't be a further thread.
    pub(super) fn start<W>(name: &str, queue: usize, work: W) -> io::Result<Self>
    where
        W: AsyncFnOnce(mpsc::Receiver<J>, mpsc::Sender<R>) + Send + 'static,
    {
        let (jobs, waiting) = mpsc::channel(queue);
        let (done, results) = mpsc::channel(queue);
        let (alive, dropped) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                yield_to_others();
                runtime.block_on(async {
                    tokio::select! {
                        _ = dropped => {}
                        () = work(waiting, done) => {}
                    }
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            jobs: Some(jobs),
            results,
            alive: Some(alive),
        })
    }

    /// Gives the thread a job. Waits if too many wait already.
    pub(super) async fn give(&self, job: J) {
        if let Some(jobs) = &self.jobs {
            // The thread lives as long as `self`.
            let _ = jobs.send(job).await;
        }
    }

    /// The next result.
    pub(super) async fn next_result(&mut self) -> R {
        match self.results.recv().await {
            Some(result) => result,
            None => std::future::pending().await,
        }
    }

    /// Lets jobs in progress end, and returns their results; the others are forgotten.
    pub(super) async fn finish(&mut self, patience: Duration) -> Vec<R> {
        self.jobs = None;
        let mut last = Vec::new();
        let ending = async {
            while let Some(result) = self.results.recv().await {
                last.push(result);
            }
        };
        let _ = timeout(patience, ending).await;
        self.alive = None;
        last
    }
}

impl<J, R> fmt::Debug for Background<J, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Background")
    }
}

/// Writes a message. If that panics, only this message is lost, and no other.
///
/// # Errors
/// Why it can't be written.
pub(super) fn written<T>(draft: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(draft)).unwrap_or_else(|_| {
        Err("a fault in Lightship: it couldn't be written; the log says why".to_owned())
    })
}

/// Lets everything else on this machine go before this thread.
fn yield_to_others() {
    // Elsewhere a priority is the whole process's.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(LOWEST) {
        tracing::warn!(%error, "sending has the same priority as reading");
    }
}
