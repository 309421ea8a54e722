//! Opens a database and brings it up to date.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, Connection, Row};

use super::{Engine, StoreError};

/// How every SQLite database file begins.
const SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// The connections to a database.
pub(super) struct Connected {
    pub(super) engine: Engine,
    pub(super) pool: AnyPool,
    /// Those that write. A file has one of its own: nobody else writes to it as a rule, so that
    /// what it has read of the file stays true from one transaction to the next.
    pub(super) writers: AnyPool,
}

/// Connects to a database; a file that doesn't exist is made.
pub(super) async fn connect(url: &str) -> Result<Connected, StoreError> {
    sqlx::any::install_default_drivers();
    let engine = engine_of(url)?;
    let file = sqlite_file(url);
    if let Some(file) = &file {
        check_file(file)?;
    }
    let in_memory = engine == Engine::Sqlite && file.is_none();
    let full_url = match engine {
        Engine::Sqlite if !in_memory && !url.contains('?') => format!("{url}?mode=rwc"),
        Engine::Sqlite | Engine::Postgres => url.to_owned(),
    };
    // The pool would hide what is wrong behind a time-out, so one connection is tried before.
    if !in_memory {
        let tried = try_once(&full_url, engine).await;
        tried.map_err(|error| cannot_open(url, file.as_deref(), &error))?;
    }
    let mut options = AnyPoolOptions::new()
        .max_connections(if in_memory { 1 } else { 8 })
        .acquire_timeout(Duration::from_secs(10));
    if in_memory {
        options = options.idle_timeout(None).max_lifetime(None);
    }
    if engine == Engine::Sqlite {
        // A file doesn't hang up as a server may, so no connection is tried before it is used.
        options = options.test_before_acquire(false);
        options = options.after_connect(|connection, _| Box::pin(set_up(connection)));
    }
    let pool = options.clone().connect(&full_url).await;
    let pool = pool.map_err(|error| cannot_open(url, file.as_deref(), &error))?;
    let writers = match &file {
        Some(_) => options.max_connections(1).connect_lazy(&full_url)?,
        None => pool.clone(),
    };
    Ok(Connected {
        engine,
        pool,
        writers,
    })
}

/// A server that is just starting gets this long to answer.
const PATIENCE: Duration = Duration::from_secs(3);

async fn try_once(url: &str, engine: Engine) -> Result<(), sqlx::Error> {
    let start = Instant::now();
    let mut connection = loop {
        match AnyConnection::connect(url).await {
            Err(sqlx::Error::Io(_)) if start.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            outcome => break outcome?,
        }
    };
    if engine == Engine::Sqlite {
        set_up(&mut connection).await?;
    }
    connection.close().await
}

/// What each SQLite connection needs.
async fn set_up(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = full; \
         pragma foreign_keys = on;",
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn cannot_open(url: &str, file: Option<&Path>, error: &sqlx::Error) -> StoreError {
    StoreError::File(match file {
        Some(file) if is_damaged(error) => format!(
            "the database {} is damaged: {error}; put a backup in its place, or take it away to \
             begin anew",
            file.display()
        ),
        Some(file) => format!(
            "the database {} can't be opened for writing: {error}; whoever runs Lightship needs \
             the right to write the file and the folder that it is in",
            file.display()
        ),
        None => format!(
            "the database {} can't be reached: {error}; see whether the server runs, and whether \
             host, port, user, password and name are right",
            without_password(url)
        ),
    })
}

/// Whether SQLite finds that a file isn't what it wrote.
fn is_damaged(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    // SQLITE_CORRUPT and SQLITE_NOTADB.
    code.is_some_and(|code| matches!(code.as_ref(), "11" | "26"))
}

fn engine_of(url: &str) -> Result<Engine, StoreError> {
    if let Some(rest) = url.strip_prefix("sqlite:") {
        // Without a name SQLite would make a database that is gone when the process ends.
        let path = rest.split('?').next().unwrap_or(rest);
        if path.trim_start_matches('/').is_empty() {
            return Err(StoreError::File(format!(
                "{url:?} names no file: write sqlite:lightship.db, or the path of another file"
            )));
        }
        Ok(Engine::Sqlite)
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(Engine::Postgres)
    } else {
        let shown = without_password(url);
        Err(StoreError::File(format!(
            "{shown:?} is no database that Lightship knows: \
             write sqlite:FILE or postgres://USER@HOST/NAME"
        )))
    }
}

/// A database's URL as it may be shown: without password and options.
pub fn without_password(url: &str) -> String {
    let (Some((scheme, rest)), false) = (url.split_once("://"), url.starts_with("sqlite:")) else {
        return url.to_owned();
    };
    let rest = rest.split('?').next().unwrap_or(rest);
    match rest.rsplit_once('@') {
        Some((user, place)) => {
            let user = user.split(':').next().unwrap_or(user);
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// The file of an SQLite database that has one.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.split('?').next().unwrap_or(rest);
    let path = path.strip_prefix("//").unwrap_or(path);
    (path != ":memory:" && !path.is_empty()).then(|| PathBuf::from(path))
}

/// Refuses what can't be a database file before anything is written to it.
fn check_file(file: &Path) -> Result<(), StoreError> {
    let shown = file.display();
    let refuse = |why: String| Err(StoreError::File(why));
    if file.is_dir() {
        return refuse(format!(
            "{shown} is a folder; name a file in it: sqlite:{}",
            file.join("lightship.db").display()
        ));
    }
    let parent = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent.filter(|parent| !parent.is_dir()) {
        let parent = parent.display();
        return refuse(format!(
            "there is no folder {parent} for the database {shown}; make it first, or name another \
             file with --database or LIGHTSHIP_DATABASE"
        ));
    }
    let mut header = Vec::new();
    match File::open(file).and_then(|file| file.take(16).read_to_end(&mut header)) {
        Ok(0) => Ok(()),
        Ok(_) if header == SQLITE_HEADER => Ok(()),
        Ok(_) => refuse(format!(
            "{shown} is no SQLite database; name another file with --database or \
             LIGHTSHIP_DATABASE, or take this one away"
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => refuse(format!(
            "the database {shown} can't be read: {error}; whoever runs Lightship needs the right to"
        )),
    }
}

/// Brings a database up to date. An older SQLite file is copied beside itself first.
pub(super) async fn migrate(
    pool: &AnyPool,
    engine: Engine,
    url: &str,
    migrator: &Migrator,
) -> Result<(), StoreError> {
    let known = migrator.iter().map(|m| m.version).max().unwrap_or(0);
    match newest_migration(pool, engine).await? {
        Some(found) if found > known => return Err(StoreError::Newer { found, known }),
        Some(found) if found < known => {
            if let Some(file) = sqlite_file(url) {
                copy_aside(pool, &file, found).await?;
            }
        }
        Some(_) | None => {}
    }
    migrator.run(pool).await?;
    Ok(())
}

/// The newest migration that the database has; `None` if it is new.
async fn newest_migration(pool: &AnyPool, engine: Engine) -> Result<Option<i64>, StoreError> {
    let table = match engine {
        Engine::Sqlite => "select count(*) from sqlite_master where name = '_sqlx_migrations'",
        Engine::Postgres => {
            "select count(*) from information_schema.tables \
             where table_name = '_sqlx_migrations' and table_schema = current_schema()"
        }
    };
    let there: i64 = sqlx::query(table).fetch_one(pool).await?.try_get(0)?;
    if there == 0 {
        return Ok(None);
    }
    let row = sqlx::query("select max(version) from _sqlx_migrations")
        .fetch_one(pool)
        .await?;
    Ok(row.try_get(0)?)
}

/// Copies the file as it is before its migration. A copy from an earlier attempt is replaced: what
/// is copied is of the same version and newer.
async fn copy_aside(pool: &AnyPool, file: &Path, version: i64) -> Result<(), StoreError> {
    let named = |end: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".before-migration-{}{end}", version + 1));
        PathBuf::from(name)
    };
    let (copy, unfinished) = (named(""), named(".unfinished"));
    let failed = |error: String| {
        StoreError::File(format!(
            "the database is older than this version and can't be copied to {} first: {error}; \
             make room there, or copy it yourself and try again",
            copy.display()
        ))
    };
    let _ = fs::remove_file(&unfinished);
    sqlx::query("vacuum into $1")
        .bind(unfinished.to_string_lossy().into_owned())
        .execute(pool)
        .await
        .map_err(|error| failed(error.to_string()))?;
    fs::rename(&unfinished, &copy).map_err(|error| failed(error.to_string()))?;
    tracing::info!(copy = %copy.display(), "the database is older than this version; a copy is kept, and it is brought up to date");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_ever_shown() {
        for (url, shown) in [
            (
                "postgres://ann:se:c@ret@db:5432/status?password=x",
                "postgres://ann@db:5432/status",
            ),
            ("postgres://db/status", "postgres://db/status"),
            ("mysql://ann:secret@db/x", "mysql://ann@db/x"),
            (
                "sqlite:/var/lib/lightship.db",
                "sqlite:/var/lib/lightship.db",
            ),
            ("lightship.db", "lightship.db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }

    #[test]
    fn a_database_without_a_name_is_refused() {
        for url in [
            "sqlite:",
            "sqlite://",
            "sqlite:?mode=rwc",
            "mysql://host/name",
        ] {
            assert!(engine_of(url).is_err(), "{url}");
        }
        for url in ["sqlite:a.db", "sqlite:///a.db", "sqlite::memory:"] {
            assert!(engine_of(url).is_ok(), "{url}");
        }
    }
}
