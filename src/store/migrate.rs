//! Brings a database up to date.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

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
    let _alone = match &connected.file {
        Some(file) => lock_folder(file).await,
        None => None,
    };
    let mut connection = connected.connect_first().await?;
    if engine == Engine::Postgres {
        sqlx::raw_sql("set lock_timeout = '60s'; set statement_timeout = 0;")
            .execute(&mut connection)
            .await?;
    }
    let found = newest_migration(&mut connection, engine).await?;
    match found {
        Some(found) if found > known => check_release(&mut connection, found, known).await?,
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

/// Locks the folder of a file until the lock is dropped, so that processes that start together
/// neither create nor upgrade the file at the same time. (A server locks the database for that.)
/// After a while it goes on without.
async fn lock_folder(file: &Path) -> Option<File> {
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    let folder = File::open(folder.unwrap_or(Path::new("."))).ok()?;
    let until = Instant::now() + LONGEST_UPGRADE;
    loop {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            // Some file systems have no locks.
            Err(_) => return None,
        }
    }
}

/// How long to wait for another process that upgrades the file.
const LONGEST_UPGRADE: Duration = Duration::from_secs(60);

/// Checks that a database needs nothing of what [`migrate`] does.
pub(super) async fn check_migrated(
    connected: &Connected,
    migrator: &Migrator,
) -> Result<(), StoreError> {
    let needed = migrator.iter().map(|m| m.version).max().unwrap_or(0);
    let mut connection = connected.connect_first().await?;
    let found = newest_migration(&mut connection, connected.engine).await?;
    let found = found.unwrap_or(0);
    if found > needed {
        check_release(&mut connection, found, needed).await?;
    }
    let is_older = found < needed || !history::is_made(&mut connection).await?;
    close(connection).await?;
    match is_older {
        true => Err(StoreError::Older),
        false => Ok(()),
    }
}

/// Checks that this release may run on a database with migrations that it doesn't know, as it may
/// while servers are upgraded one after the other. Each migration names the oldest release that may.
async fn check_release(
    connection: &mut AnyConnection,
    found: i64,
    known: i64,
) -> Result<(), StoreError> {
    let rows = sqlx::query("select key, value from meta where key like 'oldest_release.%'")
        .fetch_all(connection)
        .await?;
    let mut named = 0;
    for row in rows {
        let (key, oldest): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let migration = key.rsplit('.').next().and_then(|it| it.parse::<i64>().ok());
        if !migration.is_some_and(|it| it > known && it <= found) {
            continue;
        }
        named += 1;
        match numbers_of(&oldest) {
            Some(numbers) if numbers_of(RELEASE).is_some_and(|ours| ours >= numbers) => {}
            _ => return Err(StoreError::TooOld { oldest }),
        }
    }
    match named == found - known {
        true => Ok(()),
        false => Err(StoreError::Newer { found, known }),
    }
}

/// This release.
const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// The three numbers of a release.
fn numbers_of(release: &str) -> Option<[u32; 3]> {
    let numbers = release.split('.').map(|number| number.parse().ok());
    let numbers: Option<Vec<u32>> = numbers.collect();
    numbers?.try_into().ok()
}

/// Checks that no newer version has made the database one that this release can't use.
pub(super) async fn check_still_usable(
    connection: &mut AnyConnection,
    engine: Engine,
    migrator: &Migrator,
) -> Result<(), StoreError> {
    let known = migrator.iter().map(|m| m.version).max().unwrap_or(0);
    match newest_migration(connection, engine).await? {
        Some(found) if found > known => check_release(connection, found, known).await,
        Some(_) | None => Ok(()),
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
