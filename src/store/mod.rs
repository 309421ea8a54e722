//! The only room with SQL, which is the same for SQLite and PostgreSQL.
//!
//! [`Store::read`] returns a consistent view, [`Store::begin`] a transaction that writes. Both are
//! a [`Tx`], which the functions of the modules take. What isn't committed is rolled back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::Row;
use sqlx::migrate::Migrator;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};
use tokio::time::{Instant, timeout_at};

pub use self::database_url::{sqlite_file, without_password};
pub use self::engine::Engine;
pub use self::error::StoreError;
use self::error::{SQLITE_READONLY, sqlite_code};
use self::file::DatabaseFile;
use self::guarded_connection::{DEADLINE, Guarded, Writing};
pub use self::listener::RevisionListener;
use self::open::Connected;
pub use self::open::check_exists;
use self::recent_writes::RecentWrites;
use self::servers::OrTo;
pub use self::tx::Tx;

pub mod audit;
pub mod bulk;
pub mod changes;
pub mod channel_attempts;
pub mod channel_queue;
pub mod channel_references;
pub mod channels;
pub mod components;
mod connection_settings;
mod database_url;
pub mod deliveries;
pub mod drafts;
mod engine;
mod error;
mod file;
mod file_owner;
mod guarded_connection;
pub mod history;
pub mod idempotency;
pub mod incident_names;
mod incident_rows;
pub mod incidents;
pub mod involved;
pub mod letters;
mod listener;
pub mod maintenance;
mod migrate;
mod migrations;
mod newer;
mod open;
pub mod outbox;
mod packed;
pub mod probe;
mod recent_writes;
mod row;
mod servers;
pub mod sessions;
pub mod settings;
pub mod states;
mod stored_incident;
pub mod subscribers;
pub mod templates;
pub mod tokens;
mod tx;
pub mod updates;
mod visibility;

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    connected: Connected,
    /// Whether it was brought up to date, so that it can be used.
    is_open: Arc<AtomicBool>,
    /// The file of an SQLite database.
    file: Option<Arc<DatabaseFile>>,
    /// Notified when nothing could be read or written, so that the database is probed.
    failed: Arc<Notify>,
    /// SQLite allows one writer at a time. Within the process, writers queue here instead of
    /// polling.
    writing: Arc<Mutex<()>>,
    recent: Arc<RecentWrites>,
}

impl Store {
    /// Opens the database at `url` (`sqlite:FILE` or `postgres://…`) and brings it up to date. A
    /// missing file is created, an older SQLite file is copied first, and a newer database is
    /// refused. Uses up to eight connections.
    ///
    /// # Errors
    /// `File` if it can't be opened, with how to mend it; `Newer`; `Migration`.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, CONNECTIONS, &migrations::MIGRATOR).await
    }

    /// The same with at most this many connections, and at least two.
    pub async fn open_sized(url: &str, connections: u32) -> Result<Self, StoreError> {
        Self::open_with(url, connections, &migrations::MIGRATOR).await
    }

    /// Opens a database only to read it. Nothing is created or brought up to date, because a server
    /// of another version may be using it.
    ///
    /// # Errors
    /// `File` if it isn't there or can't be opened, with how to mend it; `Newer`; `Older`.
    pub async fn open_to_read(url: &str, connections: u32) -> Result<Self, StoreError> {
        check_exists(url)?;
        let connected = open::connect(url, connections.max(2))?;
        migrate::check_migrated(&connected, &migrations::MIGRATOR).await?;
        let store = Self::over(connected);
        store.is_open.store(true, Ordering::Release);
        Ok(store)
    }

    /// The same with other migrations than the built-in ones.
    pub async fn open_with(
        url: &str,
        connections: u32,
        migrator: &Migrator,
    ) -> Result<Self, StoreError> {
        let store = Self::over(open::connect(url, connections.max(2))?);
        store.bring_up_to_date(migrator).await?;
        Ok(store)
    }

    /// A database to open later with [`Store::finish_opening`]. Until then, everything fails with
    /// `NotOpen`.
    ///
    /// # Errors
    /// `File` if the URL or the file can't be a database.
    pub fn open_later(url: &str, connections: u32) -> Result<Self, StoreError> {
        open::connect(url, connections.max(2)).map(Self::over)
    }

    /// Opens the database and brings it up to date.
    ///
    /// # Errors
    /// Those of [`Store::open`]. It may be tried again.
    pub async fn finish_opening(&self) -> Result<(), StoreError> {
        self.bring_up_to_date(&migrations::MIGRATOR).await
    }

    async fn bring_up_to_date(&self, migrator: &Migrator) -> Result<(), StoreError> {
        let is_made = migrate::migrate(&self.connected, migrator).await?;
        if !is_made && migrator.version_exists(history::SINCE_MIGRATION) {
            self.make_histories().await?;
        }
        self.is_open.store(true, Ordering::Release);
        Ok(())
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    fn check_open(&self) -> Result<(), StoreError> {
        self.is_open().then_some(()).ok_or(StoreError::NotOpen)
    }

    fn over(connected: Connected) -> Self {
        Self {
            is_open: Arc::default(),
            file: connected
                .file
                .clone()
                .map(DatabaseFile::opened)
                .map(Arc::new),
            connected,
            failed: Arc::default(),
            writing: Arc::new(Mutex::new(())),
            recent: Arc::new(RecentWrites::new()),
        }
    }

    /// Makes every component's history anew.
    async fn make_histories(&self) -> Result<(), StoreError> {
        let mut tx = self.begin_counted().await?;
        tx.be_patient().await?;
        history::make_all(&mut tx).await?;
        tx.commit().await
    }

    /// The kind of database.
    pub fn engine(&self) -> Engine {
        self.connected.engine
    }

    /// A consistent view of everything as it is now.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        self.check_open()?;
        let statement = match self.connected.engine {
            Engine::Sqlite => "begin",
            Engine::Postgres => "begin isolation level repeatable read read only",
        };
        let inner = Guarded::begin(&self.connected.pool, statement, DEADLINE).await;
        let inner = inner.map_err(|error| {
            // Another server may have taken over.
            self.failed.notify_one();
            self.not_begun(error)
        });
        Ok(Tx {
            inner: inner?,
            engine: self.connected.engine,
            write_number: 0,
            made_until_ms: 0,
            has_revision: false,
            file: None,
        })
    }

    /// A consistent view as of [`Store::read`], and a second one of the same data to read in
    /// parallel. There is no second one if no other connection is free, or if something is written
    /// just then. Each needs [`Tx::keep_as_usual`] at its end.
    pub async fn read_twice(&self) -> Result<(Tx, Option<Tx>), StoreError> {
        let mut one = self.read().await?;
        one.be_patient().await?;
        one.keep_little().await?;
        let is_full =
            self.connected.pool.size() >= self.connected.pool.options().get_max_connections();
        if is_full && self.connected.pool.num_idle() == 0 {
            return Ok((one, None));
        }
        let mut other = match self.read().await {
            Ok(other) => other,
            // Somebody else took the connection; one view will do.
            Err(StoreError::Busy(_)) => return Ok((one, None)),
            Err(error) => return Err(error),
        };
        other.be_patient().await?;
        other.keep_little().await?;
        // A transaction's view is fixed by its first read.
        let is_same = find_write_count(&mut one).await? == find_write_count(&mut other).await?;
        if is_same {
            return Ok((one, Some(other)));
        }
        other.keep_as_usual().await?;
        Ok((one, None))
    }

    /// A transaction that writes; there is one at a time. One that can't begin within five seconds
    /// gets an error, however many wait.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.check_open()?;
        let begun = self.begin_counted().await;
        if begun.is_err() {
            self.failed.notify_one();
        }
        begun
    }

    /// A transaction that writes nothing public, such as how far subscribers were told. It leaves
    /// the revision's row alone, so that on PostgreSQL it never waits for staff, nor they for it.
    pub async fn begin_delivery(&self) -> Result<Tx, StoreError> {
        self.check_open()?;
        let begun = self.begin_uncounted().await;
        if begun.is_err() {
            self.failed.notify_one();
        }
        let mut tx = begun?;
        tx.inner.set_deadline(DEADLINE);
        Ok(tx)
    }

    /// Listens for new revisions, on a connection of its own. `None` if the engine says nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn listen(&self) -> Result<Option<RevisionListener>, StoreError> {
        self.check_open()?;
        match self.connected.engine {
            Engine::Sqlite => Ok(None),
            Engine::Postgres => RevisionListener::begin(self.connected.servers.url())
                .await
                .map(Some),
        }
    }

    /// Whether this process has begun to write something public within `time`.
    pub fn has_written_within(&self, time: Duration) -> bool {
        self.recent.is_within(time)
    }

    async fn begin_counted(&self) -> Result<Tx, StoreError> {
        self.recent.note();
        let mut tx = self.begin_uncounted().await?;
        let counted = "update revision set writes = writes + 1 where id = 1 \
                       returning writes, made_until_ms";
        let row = sqlx::query(counted).fetch_one(&mut tx.inner).await;
        let row = row.map_err(|error| self.explained(error.into()))?;
        tx.write_number = row.try_get(0)?;
        tx.made_until_ms = row.try_get(1)?;
        tx.inner.set_deadline(DEADLINE);
        Ok(tx)
    }

    async fn begin_uncounted(&self) -> Result<Tx, StoreError> {
        let until = Instant::now() + DEADLINE;
        let (statement, lock) = match self.connected.engine {
            Engine::Sqlite => ("begin immediate", Some(self.lock_for_writing(until).await?)),
            Engine::Postgres => ("begin", None),
        };
        let left = until.saturating_duration_since(Instant::now());
        let inner = Guarded::begin(&self.connected.writers, statement, left).await;
        let mut inner = inner.map_err(|error| self.not_begun(error))?;
        inner.set_deadline(until.saturating_duration_since(Instant::now()));
        inner.set_writing(Writing {
            _lock: lock,
            failed: self.failed.clone(),
        });
        Ok(Tx {
            inner,
            engine: self.connected.engine,
            write_number: 0,
            made_until_ms: 0,
            has_revision: false,
            file: self.file.clone(),
        })
    }

    /// Waits until nobody else in this process writes to the file.
    async fn lock_for_writing(&self, until: Instant) -> Result<OwnedMutexGuard<()>, StoreError> {
        let lock = timeout_at(until, self.writing.clone().lock_owned()).await;
        lock.map_err(|_| StoreError::Busy(BUSY_SQLITE))
    }

    /// Adds to a writer's error how to mend it, if the file shows that.
    fn explained(&self, error: StoreError) -> StoreError {
        match (&error, &self.file) {
            (StoreError::Database(inner), Some(file))
                if sqlite_code(inner) == Some(SQLITE_READONLY) =>
            {
                file.read_only()
            }
            _ => error,
        }
    }

    /// Why no transaction could begin, and what to change.
    fn not_begun(&self, error: sqlx::Error) -> StoreError {
        match (&error, self.connected.engine) {
            (sqlx::Error::PoolTimedOut, Engine::Postgres) => StoreError::Busy(NO_CONNECTION),
            (sqlx::Error::PoolTimedOut, Engine::Sqlite) => StoreError::Busy(BUSY_SQLITE),
            _ => match StoreError::from(error) {
                StoreError::Unanswered if self.connected.engine == Engine::Sqlite => {
                    StoreError::Busy(BUSY_SQLITE)
                }
                other => self.explained(other),
            },
        }
    }

    /// Looks again for the server that takes writes, or for one that can be read, after a failure.
    /// A server's test of writes does that by itself.
    pub async fn find_server(&self) {
        if let Ok(connection) = self.connected.connect_one(OrTo::AReader).await {
            let _ = open::close(connection).await;
        }
    }

    /// Waits until a write or a read has failed since the last call.
    pub async fn has_failed(&self) {
        self.failed.notified().await;
    }

    /// Closes all connections. Afterwards nothing can be read or written.
    pub async fn close(&self) {
        let close = async {
            self.connected.writers.close().await;
            self.connected.pool.close().await;
        };
        // A connection that doesn't answer is left to the system.
        let _ = tokio::time::timeout(CLOSING, close).await;
    }
}

/// The default for the most connections.
const CONNECTIONS: u32 = 8;

/// How long closing may take.
const CLOSING: Duration = Duration::from_secs(2);

const BUSY_SQLITE: &str = "something else has kept the database locked for 5 seconds";

const NO_CONNECTION: &str = "there was no database connection for 5 seconds: the server can't be \
                             reached, or all connections are busy, or it allows fewer than \
                             --database-connections says";

async fn find_write_count(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = sqlx::query("select writes from revision where id = 1");
    Ok(row.fetch_one(&mut tx.inner).await?.try_get(0)?)
}
