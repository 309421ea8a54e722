//! Brings a database up to date.

use std::fs;
use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, Row};

use super::engine::Engine;
use super::error::StoreError;
use super::file::{beside, make_private};
use super::history;
use super::open::{Connected, close};

/// Brings a database up to date, on a connection of its own, because a migration may take long. An
/// older SQLite file is copied first. Returns whether this version's rule made its histories.
pub(super) async fn migrate(
    connected: &Connected,
    migrator: &Migrator,
) -> Result<bool, StoreError> {
    let engine = connected.engine;
    let known = migrator.iter().map(|m| m.version).max().unwrap_or(0);
    let mut connection = connected.connect_first().await?;
    if engine == Engine::Postgres {
        sqlx::raw_sql("set lock_timeout = '60s'; set statement_timeout = 0;")
            .execute(&mut connection)
            .await?;
    }
    let found = newest_migration(&mut connection, engine).await?;
    match found {
        Some(found) if found > known => return Err(StoreError::Newer { found, known }),
        // Nothing is written, so a start never waits for a lock.
        Some(found) if found == known => {}
        _ => {
            if let (Some(found), Some(file)) = (found, &connected.file) {
                copy_aside(&mut connection, file, found).await?;
            }
            migrator.run(&mut connection).await?;
        }
    }
    let is_made = history::is_made(&mut connection).await?;
    close(connection).await?;
    Ok(is_made)
}

/// Checks that a database needs nothing of what [`migrate`] does.
pub(super) async fn check_migrated(
    connected: &Connected,
    migrator: &Migrator,
) -> Result<(), StoreError> {
    let needed = migrator.iter().map(|m| m.version).max().unwrap_or(0);
    let mut connection = connected.connect_first().await?;
    let found = newest_migration(&mut connection, connected.engine).await?;
    let found = found.unwrap_or(0);
    let is_older = found < needed || !history::is_made(&mut connection).await?;
    close(connection).await?;
    match is_older {
        _ if found > needed => Err(StoreError::Newer {
            found,
            known: needed,
        }),
        true => Err(StoreError::Older),
        false => Ok(()),
    }
}

/// The newest migration in the database; `None` if it is new.
async fn newest_migration(
    connection: &mut AnyConnection,
    engine: Engine,
) -> Result<Option<i64>, StoreError> {
    let table = match engine {
        Engine::Sqlite => "select count(*) from sqlite_master where name = '_sqlx_migrations'",
        Engine::Postgres => {
            "select count(*) from information_schema.tables \
             where table_name = '_sqlx_migrations' and table_schema = current_schema()"
        }
    };
    let there: i64 = sqlx::query(table)
        .fetch_one(&mut *connection)
        .await?
        .try_get(0)?;
    if there == 0 {
        return Ok(None);
    }
    let row = sqlx::query("select max(version) from _sqlx_migrations")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

/// Copies the file before it is migrated. It replaces the copy of an earlier attempt, because the
/// file is of the same version and newer.
async fn copy_aside(
    connection: &mut AnyConnection,
    file: &Path,
    version: i64,
) -> Result<(), StoreError> {
    let named = |end: &str| beside(file, &format!(".before-migration-{}{end}", version + 1));
    let (copy, unfinished) = (named(""), named(".unfinished"));
    let failed = |error: String| {
        StoreError::File(format!(
            "the database is older than this version and can't be copied to {} first: {error}; \
             make room there, or copy it yourself and try again",
            copy.display()
        ))
    };
    let _ = fs::remove_file(&unfinished);
    make_private(&unfinished).map_err(|error| failed(error.to_string()))?;
    sqlx::query("vacuum into $1")
        .bind(unfinished.to_string_lossy().into_owned())
        .execute(connection)
        .await
        .map_err(|error| failed(error.to_string()))?;
    fs::rename(&unfinished, &copy).map_err(|error| failed(error.to_string()))?;
    tracing::info!(copy = %copy.display(), "the database is older than this version; a copy is \
                                            kept, and it is upgraded");
    Ok(())
}
