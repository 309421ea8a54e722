//! A transaction: all or nothing.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::engine::Engine;
use super::error::StoreError;
use super::file::DatabaseFile;
use super::guarded_connection::Guarded;

/// Commits a new revision, and says so to whoever listens.
const COMMIT_AND_SAY: &str = "notify lightship_revision; commit";

/// A transaction. If it is dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    pub(super) inner: Guarded,
    pub(super) engine: Engine,
    /// How many writing transactions there have been, this one included.
    pub(super) write_number: i64,
    /// Up to when things were made here, in milliseconds since 1970.
    pub(super) made_until_ms: i64,
    /// Whether it makes a new revision.
    pub(super) has_revision: bool,
    /// The path must still lead to this file.
    pub(super) file: Option<Arc<DatabaseFile>>,
}

impl Tx {
    /// How many writing transactions there have been, this one included; 0 for one that reads.
    /// Sequence numbers begin with it, so they follow the order of creation.
    pub fn write_number(&self) -> i64 {
        self.write_number
    }

    /// The latest instant at which something was made before, for a transaction that writes.
    pub fn made_until(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.made_until_ms).unwrap_or_default()
    }

    /// Allows long waits from now on, up to a minute for the next row. For bulk reads and writes.
    pub async fn be_patient(&mut self) -> Result<(), StoreError> {
        if self.engine == Engine::Postgres {
            self.inner
                .run("set local statement_timeout = '60s'")
                .await?;
        }
        self.inner.be_patient();
        Ok(())
    }

    /// Keeps little of the database in memory from now on, since most of it is read once.
    pub(super) async fn keep_little(&mut self) -> Result<(), StoreError> {
        self.set_cache("pragma cache_size = 50").await
    }

    /// Keeps as much of the database in memory as usual, for whoever uses the connection next.
    pub async fn keep_as_usual(&mut self) -> Result<(), StoreError> {
        self.set_cache("pragma cache_size = -2000").await
    }

    async fn set_cache(&mut self, statement: &'static str) -> Result<(), StoreError> {
        match self.engine {
            Engine::Sqlite => Ok(self.inner.run(statement).await?),
            Engine::Postgres => Ok(()),
        }
    }

    /// Commits. What was done is durable, even through a power failure.
    ///
    /// # Errors
    /// `Replaced` if the path leads to another file by now; `Uncertain` if it is unknown whether it
    /// was committed; after any other error, it wasn't.
    pub async fn commit(self) -> Result<(), StoreError> {
        if let Some(file) = &self.file {
            file.check()?;
        }
        let engine = self.engine;
        let statement = match (engine, self.has_revision) {
            (Engine::Postgres, true) => COMMIT_AND_SAY,
            (Engine::Postgres, false) | (Engine::Sqlite, _) => "commit",
        };
        let committed = self.inner.commit(statement).await;
        committed.map_err(|error| StoreError::of_commit(error, engine))
    }
}
