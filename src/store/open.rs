//! Opens a database.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Connection};
use tokio::time::timeout;

use super::engine::Engine;
use super::error::StoreError;
use super::error::{SQLITE_BUSY, SQLITE_FULL, SQLITE_IOERR, is_damage, sqlite_code};
use super::file::make_private;
use super::file_owner;
use super::guarded_connection::DEADLINE;

/// The first bytes of every SQLite database file.
const SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// The connections to a database.
pub(super) struct Connected {
    pub(super) engine: Engine,
    /// The URL to open from now on. It doesn't create a file that is gone.
    pub(super) url: String,
    /// The file of an SQLite database.
    pub(super) file: Option<PathBuf>,
    pub(super) pool: AnyPool,
    /// The connections that write. A file has one, which as a rule is its only writer, so its page
    /// cache stays valid from one transaction to the next. A server has several, so that readers
    /// never keep writers waiting, nor the reverse.
    pub(super) writers: AnyPool,
}

/// How long testing a connection may take before it is used. It may be dead without notice.
const TRY: Duration = Duration::from_secs(1);

/// Connects to a database with at most this many connections. A missing file is created.
pub(super) async fn connect(url: &str, connections: u32) -> Result<Connected, StoreError> {
    sqlx::any::install_default_drivers();
    let engine = engine_of(url)?;
    let file = sqlite_file(url);
    if let Some(file) = &file {
        check_file(file)?;
        make_private(file)
            .map_err(|error| cannot_open(url, Some(file), &sqlx::Error::Io(error)))?;
    }
    let url = match engine {
        Engine::Sqlite => existing_only(url),
        Engine::Postgres => url.to_owned(),
    };
    // The pool would hide the cause of an error behind a time-out, so one connection is tried
    // first.
    let tried = try_once(&url, engine).await;
    tried.map_err(|error| cannot_open(&url, file.as_deref(), &error))?;
    let writing = match engine {
        Engine::Sqlite => 1,
        Engine::Postgres => (connections / 2).clamp(1, 4),
    };
    let options = AnyPoolOptions::new()
        .max_connections(connections - writing)
        .acquire_timeout(DEADLINE)
        .test_before_acquire(false);
    let options = match engine {
        // A file can't hang up as a server can, so connections aren't tested before use.
        Engine::Sqlite => {
            options.after_connect(|connection, _| Box::pin(set_up_sqlite(connection)))
        }
        Engine::Postgres => options
            .after_connect(|connection, _| Box::pin(set_up_postgres(connection)))
            .before_acquire(|connection, _| Box::pin(answers(connection))),
    };
    let pool = options.clone().connect_lazy(&url)?;
    let writers = options.max_connections(writing).connect_lazy(&url)?;
    Ok(Connected {
        engine,
        url,
        file,
        pool,
        writers,
    })
}

/// Refuses the file of an SQLite database that isn't there.
///
/// # Errors
/// `File`.
pub fn check_exists(url: &str) -> Result<(), StoreError> {
    match sqlite_file(url).filter(|file| !file.exists()) {
        Some(file) => Err(StoreError::File(format!(
            "there is no database {}; name it with --database",
            file.display()
        ))),
        None => Ok(()),
    }
}

/// An SQLite URL that opens a file only if it exists.
fn existing_only(url: &str) -> String {
    let (name, options) = url.split_once('?').unwrap_or((url, ""));
    let is_kept = |option: &&str| !option.is_empty() && *option != "mode=rwc";
    let mut options: Vec<&str> = options.split('&').filter(is_kept).collect();
    if !options.iter().any(|option| option.starts_with("mode=")) {
        options.push("mode=rw");
    }
    format!("{name}?{}", options.join("&"))
}

/// Whether a connection still answers; an error closes it.
async fn answers(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let answered = timeout(TRY, connection.ping()).await;
    answered.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))?;
    Ok(true)
}

/// How long a server that is just starting has to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

async fn try_once(url: &str, engine: Engine) -> Result<(), sqlx::Error> {
    let connection = connect_one(url, engine).await?;
    close(connection).await
}

/// A connection outside of the pools, set up.
pub(super) async fn connect_one(url: &str, engine: Engine) -> Result<AnyConnection, sqlx::Error> {
    let start = Instant::now();
    let connecting = async {
        let mut connection = loop {
            match AnyConnection::connect(url).await {
                Err(sqlx::Error::Io(_))
                    if engine == Engine::Postgres && start.elapsed() < PATIENCE =>
                {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                outcome => break outcome?,
            }
        };
        match engine {
            Engine::Sqlite => set_up_sqlite(&mut connection).await?,
            Engine::Postgres => set_up_postgres(&mut connection).await?,
        }
        Ok(connection)
    };
    let connected = timeout(DEADLINE + PATIENCE, connecting).await;
    connected.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))
}

/// Closes a connection properly, if the database answers.
pub(super) async fn close(connection: AnyConnection) -> Result<(), sqlx::Error> {
    let closed = timeout(DEADLINE, connection.close()).await;
    closed.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))
}

/// Sets up an SQLite connection.
async fn set_up_sqlite(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; \
         pragma foreign_keys = on;",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets up a PostgreSQL connection. Waits for locks and statements are limited, and the server ends
/// an idle transaction, because it locks the row that every post needs.
async fn set_up_postgres(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "set lock_timeout = '5s'; set statement_timeout = '5s'; \
         set idle_in_transaction_session_timeout = '10s';",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Why a database can't be opened, and how to mend that.
pub(super) fn cannot_open(url: &str, file: Option<&Path>, error: &sqlx::Error) -> StoreError {
    let Some(file) = file else {
        return StoreError::File(format!(
            "the database {} can't be reached: {error}; {}",
            without_password(url),
            remedy_for_server(error)
        ));
    };
    let shown = file.display();
    StoreError::File(match sqlite_code(error) {
        _ if is_damage(error) => format!(
            "the database {shown} is damaged: {error}; restore a backup, or move it away to start \
             afresh"
        ),
        Some(SQLITE_FULL) => format!(
            "the disk of the database {shown} is full: {error}; make room there (a few megabytes \
             are enough), then start again"
        ),
        Some(SQLITE_IOERR) => format!(
            "the database {shown} can't be read or written: {error}; check whether its disk is \
             full or failing, and what the system's log says about it"
        ),
        Some(SQLITE_BUSY) => format!(
            "the database {shown} is locked: {error}; something else has it open for writing, such \
             as a shell or a backup; wait for it, or end it"
        ),
        _ => format!(
            "the database {shown} can't be opened for writing: {error}; {}",
            file_owner::remedy(file)
        ),
    })
}

/// What to look at if a server can't be reached.
fn remedy_for_server(error: &sqlx::Error) -> &'static str {
    let code = error.as_database_error().and_then(|error| error.code());
    match code.as_deref() {
        // too_many_connections, and the same for a role or a database.
        Some("53300") => {
            "the server has no connections left: allow more (max_connections, or the role's \
             limit), or let Lightship use fewer with --database-connections"
        }
        // cannot_connect_now.
        Some("57P03") => "it is starting or stopping; try again in a moment",
        Some("28P01" | "28000") => "check the user and password",
        Some("3D000") => "check the name, or create that database first",
        _ => {
            "check that the server is running, and that host, port, user, password and name are \
             right"
        }
    }
}

fn engine_of(url: &str) -> Result<Engine, StoreError> {
    if let Some(rest) = url.strip_prefix("sqlite:") {
        // Without a name, SQLite would create a database that is gone when the process ends.
        let path = rest.split('?').next().unwrap_or(rest);
        let is_memory = path == ":memory:" || rest.contains("mode=memory");
        if is_memory || path.trim_start_matches('/').is_empty() {
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
            "{shown:?} is not a database that Lightship knows: write sqlite:FILE or \
             postgres://USER@HOST/NAME"
        )))
    }
}

/// A database's URL for display, without password and options.
pub fn without_password(url: &str) -> String {
    let (Some((scheme, rest)), false) = (url.split_once("://"), url.starts_with("sqlite:")) else {
        return url.to_owned();
    };
    let rest = rest.split('?').next().unwrap_or(rest);
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or(user);
            format!("{scheme}://{user}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// The path of an SQLite database that is a file.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.split('?').next().unwrap_or(rest);
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// Refuses a file that can't be a database, before anything is written to it.
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
            "{shown} is not a SQLite database; name another file with --database or \
             LIGHTSHIP_DATABASE, or move this one away"
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => refuse(format!(
            "the database {shown} can't be read: {error}; {}",
            file_owner::remedy(file)
        )),
    }
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
            "sqlite::memory:",
            "sqlite:a.db?mode=memory",
            "mysql://host/name",
        ] {
            assert!(engine_of(url).is_err(), "{url}");
        }
        for url in ["sqlite:a.db", "sqlite:///a.db", "postgres://db/status"] {
            assert!(engine_of(url).is_ok(), "{url}");
        }
    }
}
