//! A connection with a transaction on it. It returns to its pool only if every statement on it
//! succeeded. After an error, a time-out or a cancelled wait it is closed, because its state is
//! unknown. Every wait has a limit.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Either, Execute, Executor, SqlStr};
use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::time::{Sleep, sleep, timeout};

/// How long the database may take to answer a statement, or to send the next row.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// The same for bulk reads and writes: all incidents at a start, a whole folder.
pub(super) const LONG_DEADLINE: Duration = Duration::from_secs(60);

/// A connection and its condition.
pub(super) struct Guarded {
    connection: Option<PoolConnection<Any>>,
    /// Whether each statement so far was answered, and none is in progress.
    is_sound: bool,
    /// Whether a statement has failed. It stays set.
    has_failed: bool,
    /// Whether a transaction is open.
    is_open: bool,
    deadline: Duration,
    writing: Option<Writing>,
}

/// What a writing transaction holds in addition.
pub(super) struct Writing {
    /// The lock on writing to the file, held until the transaction is surely over.
    pub(super) _lock: Option<OwnedMutexGuard<()>>,
    /// Notified if something went wrong.
    pub(super) failed: Arc<Notify>,
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("is_sound", &self.is_sound)
            .field("is_open", &self.is_open)
            .finish_non_exhaustive()
    }
}

impl Guarded {
    /// Takes a connection and begins a transaction with `statement`, both within `patience`.
    pub(super) async fn begin(
        pool: &AnyPool,
        statement: &'static str,
        patience: Duration,
    ) -> Result<Self, sqlx::Error> {
        let begun = timeout(patience, async {
            let mut guarded = Self {
                connection: Some(pool.acquire().await?),
                is_sound: true,
                has_failed: false,
                is_open: false,
                deadline: patience,
                writing: None,
            };
            guarded.run(statement).await?;
            guarded.is_open = true;
            guarded.deadline = DEADLINE;
            Ok(guarded)
        });
        begun.await.unwrap_or_else(|_| Err(unanswered()))
    }

    /// Marks the transaction as one that writes.
    pub(super) fn set_writing(&mut self, writing: Writing) {
        self.writing = Some(writing);
    }

    /// A connection for a single statement that needs no transaction.
    pub(super) async fn single(pool: &AnyPool) -> Result<Self, sqlx::Error> {
        Ok(Self {
            connection: Some(pool.acquire().await?),
            is_sound: true,
            has_failed: false,
            is_open: false,
            deadline: DEADLINE,
            writing: None,
        })
    }

    /// Sets the deadline for the next statements, while a transaction is being started.
    pub(super) fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }

    /// Lets statements take longer from now on.
    pub(super) fn be_patient(&mut self) {
        self.deadline = LONG_DEADLINE;
    }

    /// The connection, for a statement. Until the statement is answered, it doesn't count as sound.
    fn connection_for_statement(&mut self) -> Result<&mut AnyConnection, sqlx::Error> {
        self.is_sound = false;
        self.connection
            .as_deref_mut()
            .ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Records how a statement went.
    fn note<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.is_sound = answer.is_ok();
        self.has_failed |= answer.is_err();
        answer
    }

    /// Runs a statement that returns no rows.
    pub(super) async fn run(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        // Not prepared: that would cost a look-up, and `set` can't be prepared.
        sqlx::raw_sql(statement).execute(&mut *self).await?;
        Ok(())
    }

    /// Rolls the transaction back, so that the connection can be used again.
    async fn undo(mut self) {
        match self.run("rollback").await {
            Ok(()) => self.is_open = false,
            Err(error) => {
                tracing::debug!(%error, "a transaction couldn't be undone; its connection is closed");
            }
        }
    }

    /// Commits with `statement`. After an error, it may have been committed all the same.
    pub(super) async fn commit(mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        if self.has_failed {
            // PostgreSQL would roll everything back and report success.
            return Err(sqlx::Error::Protocol(
                "a statement before it failed".to_owned(),
            ));
        }
        self.deadline = DEADLINE;
        self.run(statement).await?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let writing = self.writing.take();
        let is_sound = self.is_sound && !self.has_failed;
        if let Some(writing) = writing.as_ref().filter(|_| !is_sound) {
            writing.failed.notify_one();
        }
        let runtime = Handle::try_current().ok().filter(|_| is_sound);
        let Some(runtime) = runtime else {
            // This frees its slot in the pool at once; the database sees it close.
            return drop(connection.detach());
        };
        if !self.is_open {
            runtime.spawn(give_back(connection));
            return;
        }
        let left = Self {
            connection: Some(connection),
            // Sound only once it is rolled back: if the task never runs, the connection is closed.
            is_sound: false,
            has_failed: false,
            is_open: true,
            deadline: DEADLINE,
            writing,
        };
        runtime.spawn(left.undo());
    }
}

/// Returns a connection to its pool, which tests it first. If the database is silent, the
/// connection is closed.
async fn give_back(mut connection: PoolConnection<Any>) {
    let _ = timeout(DEADLINE, connection.return_to_pool()).await;
}

fn unanswered() -> sqlx::Error {
    sqlx::Error::Io(io::ErrorKind::TimedOut.into())
}

impl<'c> Executor<'c> for &'c mut Guarded {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let Guarded {
            connection,
            is_sound,
            has_failed,
            deadline,
            ..
        } = self;
        *is_sound = false;
        Box::pin(Watched {
            rows: connection
                .as_deref_mut()
                .map(|connection| connection.fetch_many(query)),
            is_sound,
            has_failed,
            deadline: *deadline,
            waiting: None,
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let deadline = self.deadline;
        Box::pin(async move {
            let asked = self.connection_for_statement()?.fetch_optional(query);
            let row = timeout(deadline, asked).await;
            self.note(row.unwrap_or_else(|_| Err(unanswered())))
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        let deadline = self.deadline;
        Box::pin(async move {
            let asked = self
                .connection_for_statement()?
                .prepare_with(sql, parameters);
            let prepared = timeout(deadline, asked).await;
            self.note(prepared.unwrap_or_else(|_| Err(unanswered())))
        })
    }
}

/// The rows of a statement. The connection is sound again once all of them have arrived.
struct Watched<'e> {
    rows: Option<BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>>,
    is_sound: &'e mut bool,
    has_failed: &'e mut bool,
    deadline: Duration,
    /// The timer that runs while no row arrives.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Stream for Watched<'_> {
    type Item = Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Some(rows) = &mut this.rows else {
            return Poll::Ready(None);
        };
        match rows.as_mut().poll_next(cx) {
            Poll::Ready(Some(item)) => {
                this.waiting = None;
                if item.is_err() {
                    *this.has_failed = true;
                    this.rows = None;
                }
                Poll::Ready(Some(item))
            }
            Poll::Ready(None) => {
                *this.is_sound = true;
                Poll::Ready(None)
            }
            Poll::Pending => {
                let deadline = this.deadline;
                let waiting = this
                    .waiting
                    .get_or_insert_with(|| Box::pin(sleep(deadline)));
                if waiting.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                *this.has_failed = true;
                this.rows = None;
                Poll::Ready(Some(Err(unanswered())))
            }
        }
    }
}
