//! A connection with a transaction on it. It goes back to its pool only if everything on it went
//! well; whatever failed, was given up or wasn't waited for closes it, since nobody knows what such
//! a connection is in the middle of. No statement is waited for without an end.

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

/// The database has so long to answer a statement, or to send the next row.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// The same for what reads or writes much at once: all incidents at a start, a whole folder.
pub(super) const LONG_DEADLINE: Duration = Duration::from_secs(60);

/// A connection, and what is known of it.
pub(super) struct Guarded {
    connection: Option<PoolConnection<Any>>,
    /// Whether each statement so far was answered, and none is under way.
    is_sound: bool,
    /// Whether one has failed. That stays, whatever comes after it.
    has_failed: bool,
    /// Whether a transaction is open on it.
    is_open: bool,
    deadline: Duration,
    writing: Option<Writing>,
}

/// What a transaction that writes has besides.
pub(super) struct Writing {
    /// Held by who writes to a file, until the transaction is over for certain.
    pub(super) _turn: Option<OwnedMutexGuard<()>>,
    /// Told if something went wrong.
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
    /// Takes a connection and begins a transaction with `statement`, all of it within `patience`.
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

    /// Makes it one that writes.
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

    /// Gives the next statements so long, as part of beginning.
    pub(super) fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }

    /// Lets statements take longer from now on.
    pub(super) fn be_patient(&mut self) {
        self.deadline = LONG_DEADLINE;
    }

    /// The connection, for a statement. Until that is answered, it isn't sound.
    fn sole(&mut self) -> Result<&mut AnyConnection, sqlx::Error> {
        self.is_sound = false;
        self.connection
            .as_deref_mut()
            .ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Notes how a statement went.
    fn note<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.is_sound = answer.is_ok();
        self.has_failed |= answer.is_err();
        answer
    }

    /// Runs a statement that gives no rows.
    pub(super) async fn run(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        // Not as a prepared statement, which would have to be looked up and, for `set`, can't be.
        sqlx::raw_sql(statement).execute(&mut *self).await?;
        Ok(())
    }

    /// Undoes what was done, so that the connection can be used again.
    async fn undo(mut self) {
        match self.run("rollback").await {
            Ok(()) => self.is_open = false,
            Err(error) => {
                tracing::debug!(%error, "a transaction couldn't be undone; its connection is closed");
            }
        }
    }

    /// Commits. On an error, it may have been committed all the same.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        if self.has_failed {
            // PostgreSQL would undo all of it, and say that it went well.
            return Err(sqlx::Error::Protocol(
                "a statement before it failed".to_owned(),
            ));
        }
        self.deadline = DEADLINE;
        self.run("commit").await?;
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
            // Its place in the pool is free at once; the other end sees it close.
            return drop(connection.detach());
        };
        if !self.is_open {
            runtime.spawn(give_back(connection));
            return;
        }
        let left = Self {
            connection: Some(connection),
            // Not before it is undone: should this never run, the connection is closed.
            is_sound: false,
            has_failed: false,
            is_open: true,
            deadline: DEADLINE,
            writing,
        };
        runtime.spawn(left.undo());
    }
}

/// Gives a connection back to its pool, which tries it once more. If its other end is silent, it is
/// closed.
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
            let asked = self.sole()?.fetch_optional(query);
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
            let asked = self.sole()?.prepare_with(sql, parameters);
            let prepared = timeout(deadline, asked).await;
            self.note(prepared.unwrap_or_else(|_| Err(unanswered())))
        })
    }
}

/// The rows of a statement. The connection is sound again once all of them have come.
struct Watched<'e> {
    rows: Option<BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>>,
    is_sound: &'e mut bool,
    has_failed: &'e mut bool,
    deadline: Duration,
    /// Runs while nothing comes.
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
