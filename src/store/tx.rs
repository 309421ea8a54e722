//! A transaction: all or nothing.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::engine::Engine;
use super::error::StoreError;
use super::file::DatabaseFile;
use super::guarded_connection::Guarded;

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    pub(super) inner: Guarded,
    pub(super) engine: Engine,
    /// How many writing transactions there have been, this one included.
    pub(super) writes: i64,
    /// Until when something was made here.
    pub(super) made_until_ms: i64,
    /// The file that must still be the one that was opened.
    pub(super) file: Option<Arc<DatabaseFile>>,
}

impl Tx {
    /// Of a transaction that writes: how many there have been, this one included. With it, numbers
    /// can be given out in the order in which things are made.
    pub fn writes(&self) -> i64 {
        self.writes
    }

    /// Of a transaction that writes: the latest instant at which something was made before.
    pub fn made_until(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.made_until_ms).unwrap_or_default()
    }

    /// Lets what follows take long: up to a minute until the next row comes. For what reads or
    /// writes very much at once.
    pub async fn be_patient(&mut self) -> Result<(), StoreError> {
        if self.engine == Engine::Postgres {
            self.inner
                .run("set local statement_timeout = '60s'")
                .await?;
        }
        self.inner.be_patient();
        Ok(())
    }

    /// Makes everything that was done in it last, also through a loss of power.
    ///
    /// # Errors
    /// `Replaced` if the database's file is another by now; `Uncertain` if nobody knows whether it
    /// was committed; any other: it wasn't.
    pub async fn commit(self) -> Result<(), StoreError> {
        if let Some(file) = &self.file {
            file.check()?;
        }
        let engine = self.engine;
        let committed = self.inner.commit().await;
        committed.map_err(|error| StoreError::of_commit(error, engine))
    }
}
