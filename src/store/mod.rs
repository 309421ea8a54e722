//! The only room with SQL: one set of it for SQLite and PostgreSQL.
//!
//! [`Store::read`] gives a consistent view, [`Store::begin`] a transaction that writes; both are a
//! [`Tx`], which the functions of the modules take. What is not committed is rolled back.

use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool, Row, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub use self::error::StoreError;
pub use self::open::{sqlite_file, without_password};

pub mod audit;
pub mod bulk;
pub mod changes;
pub mod components;
pub mod drafts;
mod error;
pub mod idempotency;
pub mod incidents;
pub mod involved;
pub mod maintenance;
mod migrations;
mod open;
mod packed;
mod row;
pub mod sessions;
pub mod settings;
pub mod states;
pub mod templates;
pub mod tokens;
pub mod updates;
mod whole;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    writers: AnyPool,
    engine: Engine,
    /// SQLite lets one write at a time; within the process they queue here instead of polling.
    writing: Arc<Mutex<()>>,
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
    /// How many writing transactions there have been, this one included.
    writes: i64,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Store {
    /// Opens the database at `url` (`sqlite:FILE`, `sqlite::memory:` or `postgres://…`), makes it
    /// if it is a file that doesn't exist, and brings it up to date: an older SQLite file is
    /// copied beside itself first, a newer database is refused.
    ///
    /// # Errors
    /// `File` if it can't be opened, with how to mend it; `Newer`; `Migration`.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, &migrations::MIGRATOR).await
    }

    /// The same with other migrations than the built-in ones.
    pub async fn open_with(url: &str, migrator: &Migrator) -> Result<Self, StoreError> {
        let connected = open::connect(url).await?;
        let (pool, engine) = (connected.pool, connected.engine);
        open::migrate(&pool, engine, url, migrator).await?;
        Ok(Self {
            pool,
            writers: connected.writers,
            engine,
            writing: Arc::new(Mutex::new(())),
        })
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A consistent view of everything as it is now.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let statement = match self.engine {
            Engine::Sqlite => "begin",
            Engine::Postgres => "begin isolation level repeatable read read only",
        };
        Ok(Tx {
            inner: self.pool.begin_with(statement).await?,
            writes: 0,
            _turn: None,
        })
    }

    /// A consistent view as of [`Store::read`], and a second one of the very same to read from at
    /// once: unless there is one connection only, or something is written just then.
    pub async fn read_twice(&self) -> Result<(Tx, Option<Tx>), StoreError> {
        let mut one = self.read().await?;
        if self.pool.options().get_max_connections() < 2 {
            return Ok((one, None));
        }
        let mut other = self.read().await?;
        // A view is taken with the first look at the data.
        let is_same = find_write_count(&mut one).await? == find_write_count(&mut other).await?;
        Ok((one, is_same.then_some(other)))
    }

    /// A transaction that writes. Writers come one after the other.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let (statement, turn) = match self.engine {
            Engine::Sqlite => (
                "begin immediate",
                Some(self.writing.clone().lock_owned().await),
            ),
            Engine::Postgres => ("begin", None),
        };
        let mut tx = Tx {
            inner: self.writers.begin_with(statement).await?,
            writes: 0,
            _turn: turn,
        };
        let counted = "update revision set writes = writes + 1 where id = 1 returning writes";
        let row = sqlx::query(counted).fetch_one(&mut *tx.inner).await?;
        tx.writes = row.try_get(0)?;
        Ok(tx)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Lets go of every connection; nothing can be read or written afterwards.
    pub async fn close(&self) {
        self.writers.close().await;
        self.pool.close().await;
    }
}

async fn find_write_count(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = sqlx::query("select writes from revision where id = 1");
    Ok(row.fetch_one(&mut *tx.inner).await?.try_get(0)?)
}

impl Tx {
    /// Of a transaction that writes: how many there have been, this one included. With it, numbers
    /// can be given out in the order in which things are made.
    pub fn writes(&self) -> i64 {
        self.writes
    }

    /// Makes everything that was done in it last, also through a loss of power.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }
}
