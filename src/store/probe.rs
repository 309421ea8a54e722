//! Tests whether the database takes writes, with a real write on a connection of its own that
//! touches nothing a post needs.

use chrono::{DateTime, Utc};
use sqlx::AnyConnection;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::Store;
use super::engine::Engine;
use super::error::StoreError;
use super::guarded_connection::{DEADLINE, LONG_DEADLINE};
use super::migrate::check_still_usable;
use super::migrations::MIGRATOR;
use super::open::close;
use super::servers::OrTo;

/// A process that has written nothing for this long has ended.
const FORGOTTEN: chrono::Duration = chrono::Duration::days(1);

/// A process's row in the table for probes.
#[derive(Debug, Clone)]
pub struct Probe {
    store: Store,
    id: String,
}

impl Probe {
    /// The probe of this process.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            id: Uuid::now_v7().to_string(),
        }
    }

    /// Commits a row. A new connection notices what open connections may hide in their caches: that
    /// the file is gone, or that its header is no longer a database's.
    ///
    /// # Errors
    /// Whatever would keep a post from being written.
    pub async fn write(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let store = &self.store;
        store.check_open()?;
        if let Some(file) = &store.file {
            file.check_identity()?;
        }
        if store.connected.writers.is_closed() {
            return Err(StoreError::Busy("the database was let go of"));
        }
        let tried = timeout(DEADLINE, async {
            // Connects first, so that posts don't wait for that.
            let mut connection = store.connected.connect_one(OrTo::None).await?;
            let engine = store.connected.engine;
            check_still_usable(&mut connection, engine, &MIGRATOR).await?;
            let written = match engine {
                Engine::Sqlite => {
                    let _lock = store.lock_for_writing(Instant::now() + DEADLINE).await?;
                    write_line(&mut connection, &self.id, now).await
                }
                Engine::Postgres => self.write_where_posts_do(&mut connection, now).await,
            };
            close(connection).await?;
            written.map_err(|error| store.explained(error))
        });
        tried.await.unwrap_or(Err(StoreError::Unanswered))
    }

    /// The same, but takes the lock that every post takes, because a lock held elsewhere stops
    /// posts.
    async fn write_where_posts_do(
        &self,
        connection: &mut AnyConnection,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::raw_sql("begin").execute(&mut *connection).await?;
        sqlx::query("select revision from revision where id = 1 for update")
            .fetch_one(&mut *connection)
            .await?;
        write_line(connection, &self.id, now).await?;
        sqlx::raw_sql("commit").execute(connection).await?;
        Ok(())
    }

    /// Reads every page of an SQLite file, and checks that it is intact. Takes about a second per
    /// some hundred megabytes. A server checks its own files.
    ///
    /// # Errors
    /// `File` if it is damaged, with what to do.
    pub async fn check_whole(&self) -> Result<(), StoreError> {
        let store = &self.store;
        if store.connected.engine == Engine::Postgres {
            return Ok(());
        }
        let checked = timeout(LONG_DEADLINE, async {
            let mut connection = store.connected.connect_one(OrTo::None).await?;
            let found: Result<Option<String>, sqlx::Error> =
                sqlx::query_scalar("pragma quick_check(1)")
                    .fetch_optional(&mut connection)
                    .await;
            close(connection).await?;
            Ok::<_, StoreError>(found?)
        });
        match checked.await {
            Err(_) => Ok(()),
            Ok(found) => match found?.as_deref() {
                None | Some("ok") => Ok(()),
                Some(found) => Err(StoreError::File(format!(
                    "the database is damaged: {found}; stop Lightship and restore a backup"
                ))),
            },
        }
    }
}

async fn write_line(
    connection: &mut AnyConnection,
    id: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into probes (id, at_ms) values ($1, $2) \
         on conflict (id) do update set at_ms = excluded.at_ms",
    )
    .bind(id)
    .bind(now.timestamp_millis())
    .execute(&mut *connection)
    .await?;
    sqlx::query("delete from probes where at_ms < $1")
        .bind((now - FORGOTTEN).timestamp_millis())
        .execute(connection)
        .await?;
    Ok(())
}
