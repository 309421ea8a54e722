//! The only room with SQL: one set of it for SQLite and PostgreSQL.
//!
//! [`Store::read`] gives a consistent view, [`Store::begin`] a transaction that writes; both are a
//! [`Tx`], which the functions of the modules take. What is not committed is rolled back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool, Row, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub use self::error::StoreError;

pub mod audit;
pub mod changes;
pub mod components;
mod error;
pub mod idempotency;
pub mod incidents;
mod row;
pub mod settings;
pub mod states;
pub mod tokens;
pub mod updates;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

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
    engine: Engine,
    /// SQLite lets one write at a time; within the process they queue here instead of polling.
    writing: Arc<Mutex<()>>,
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Store {
    /// Opens the database at `url` (`sqlite:FILE`, `sqlite::memory:` or `postgres://…`), makes it
    /// if it is a file that doesn't exist, and brings it up to date: an older SQLite file is
    /// copied beside itself first, a newer database is refused.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let engine = engine_of(url)?;
        let store = Self {
            pool: connect(url, engine).await?,
            engine,
            writing: Arc::new(Mutex::new(())),
        };
        store.migrate(sqlite_file(url).as_deref()).await?;
        Ok(store)
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
            _turn: None,
        })
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
            inner: self.pool.begin_with(statement).await?,
            _turn: turn,
        };
        sqlx::query("update revision set writes = writes + 1 where id = 1")
            .execute(&mut *tx.inner)
            .await?;
        Ok(tx)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Lets go of every connection; nothing can be read or written afterwards.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn migrate(&self, file: Option<&Path>) -> Result<(), StoreError> {
        let known = MIGRATOR.iter().map(|m| m.version).max().unwrap_or(0);
        match self.newest_migration().await? {
            Some(found) if found > known => return Err(StoreError::Newer { found, known }),
            Some(found) if found < known => {
                if let Some(file) = file {
                    self.copy_aside(file, found).await?;
                }
            }
            Some(_) | None => {}
        }
        MIGRATOR.run(&self.pool).await?;
        Ok(())
    }

    /// The newest migration that the database has; `None` if it is new.
    async fn newest_migration(&self) -> Result<Option<i64>, StoreError> {
        let table = match self.engine {
            Engine::Sqlite => "select count(*) from sqlite_master where name = '_sqlx_migrations'",
            Engine::Postgres => {
                "select count(*) from information_schema.tables \
                 where table_name = '_sqlx_migrations' and table_schema = current_schema()"
            }
        };
        let there: i64 = sqlx::query(table).fetch_one(&self.pool).await?.try_get(0)?;
        if there == 0 {
            return Ok(None);
        }
        let row = sqlx::query("select max(version) from _sqlx_migrations")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }

    async fn copy_aside(&self, file: &Path, version: i64) -> Result<(), StoreError> {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".before-migration-{}", version + 1));
        let copy = PathBuf::from(name);
        if copy.exists() {
            return Ok(());
        }
        sqlx::query("vacuum into $1")
            .bind(copy.to_string_lossy().into_owned())
            .execute(&self.pool)
            .await
            .map_err(|error| {
                StoreError::File(format!(
                    "the database is older than this version and can't be copied to {} first: {error}",
                    copy.display()
                ))
            })?;
        Ok(())
    }
}

impl Tx {
    /// Makes everything that was done in it last, also through a loss of power.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }
}

fn engine_of(url: &str) -> Result<Engine, StoreError> {
    if url.starts_with("sqlite:") {
        Ok(Engine::Sqlite)
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(Engine::Postgres)
    } else {
        Err(StoreError::File(format!(
            "{url:?} is no database that Lightship knows: \
             write sqlite:FILE or postgres://USER@HOST/NAME"
        )))
    }
}

/// The file of an SQLite database that has one.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.split('?').next().unwrap_or(rest);
    let path = path.strip_prefix("//").unwrap_or(path);
    (path != ":memory:" && !path.is_empty()).then(|| PathBuf::from(path))
}

async fn connect(url: &str, engine: Engine) -> Result<AnyPool, StoreError> {
    let in_memory = engine == Engine::Sqlite && sqlite_file(url).is_none();
    let mut options = AnyPoolOptions::new()
        .max_connections(if in_memory { 1 } else { 8 })
        .acquire_timeout(Duration::from_secs(10));
    if in_memory {
        options = options.idle_timeout(None).max_lifetime(None);
    }
    if engine == Engine::Sqlite {
        options = options.after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(
                    "pragma busy_timeout = 10000; pragma journal_mode = wal; \
                     pragma synchronous = full; pragma foreign_keys = on;",
                )
                .execute(connection)
                .await?;
                Ok(())
            })
        });
    }
    let url = match engine {
        Engine::Sqlite if !in_memory && !url.contains('?') => format!("{url}?mode=rwc"),
        Engine::Sqlite | Engine::Postgres => url.to_owned(),
    };
    Ok(options.connect(&url).await?)
}
