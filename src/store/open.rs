//! Opens a database.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection};
use tokio::time::timeout;

use super::connection_settings::set_up;
use super::database_url::{engine_of, existing_only, split, sqlite_file, without_password};
use super::engine::Engine;
use super::error::StoreError;
use super::error::{SQLITE_BUSY, SQLITE_FULL, SQLITE_IOERR, is_damage, sqlite_code};
use super::file::make_private;
use super::file_owner;
use super::guarded_connection::DEADLINE;
use super::servers::{NotConnected, OrTo, PATIENCE, Refusal, Servers};

/// The first bytes of every SQLite database file.
const SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// The connections to a database.
#[derive(Debug, Clone)]
pub(super) struct Connected {
    pub(super) engine: Engine,
    /// Where the database is. The URL of a file doesn't create it if it is gone.
    pub(super) servers: Arc<Servers>,
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

/// The pools for a database, with at most this many connections. A missing file is created;
/// nothing is connected to yet.
pub(super) fn connect(url: &str, connections: u32) -> Result<Connected, StoreError> {
    sqlx::any::install_default_drivers();
    let engine = engine_of(url)?;
    let file = sqlite_file(url);
    if let Some(file) = &file {
        check_file(file)?;
        make_private(file)
            .map_err(|error| cannot_open(url, Some(file), &sqlx::Error::Io(error)))?;
    }
    let urls = match engine {
        Engine::Sqlite => vec![existing_only(url)],
        Engine::Postgres => split(url),
    };
    for url in &urls {
        let parsed = url.parse::<AnyConnectOptions>();
        parsed.map_err(|error| cannot_open(url, file.as_deref(), &error))?;
    }
    let servers = Arc::new(Servers::new(urls));
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
            options.after_connect(move |connection, _| Box::pin(set_up(connection, Engine::Sqlite)))
        }
        Engine::Postgres => {
            let (before, after) = (servers.clone(), servers.clone());
            options
                .after_connect(move |connection, _| {
                    let servers = after.clone();
                    Box::pin(async move {
                        set_up(connection, Engine::Postgres).await?;
                        servers.check(connection).await
                    })
                })
                .before_acquire(move |connection, meta| {
                    let is_to_chosen = before.is_to_chosen(meta.age);
                    Box::pin(async move { Ok(is_to_chosen && answers(connection).await?) })
                })
        }
    };
    let pool = options.clone().connect_lazy(servers.url())?;
    let writers = options
        .max_connections(writing)
        .connect_lazy(servers.url())?;
    Ok(Connected {
        engine,
        servers,
        file,
        pool,
        writers,
    })
}

impl Connected {
    /// A connection outside of the pools, set up. Among several servers it leads to the one that
    /// takes writes, and so do the pools from then on. If none does, it may lead to one that only
    /// reads.
    ///
    /// # Errors
    /// Why no server can be used.
    pub(super) async fn connect_one(&self, or_to: OrTo) -> Result<AnyConnection, NotConnected> {
        let connecting = self.servers.connect(self.engine, or_to);
        let connected = timeout(DEADLINE + PATIENCE, connecting).await;
        let connection = connected.unwrap_or_else(|_| {
            let error = sqlx::Error::Io(ErrorKind::TimedOut.into());
            Err(NotConnected::failed(self.servers.url(), error))
        })?;
        self.lead_to_chosen();
        Ok(connection)
    }

    /// A connection as of [`Connected::connect_one`] to open the database with.
    ///
    /// # Errors
    /// `File` or `NoWriter`, with how to mend it.
    pub(super) async fn connect_first(&self) -> Result<AnyConnection, StoreError> {
        let connected = self.connect_one(OrTo::AReader).await;
        connected.map_err(|error| match error.0.as_slice() {
            [(url, Refusal::Failed(error))] => cannot_open(url, self.file.as_deref(), error),
            _ => error.into(),
        })
    }

    /// Lets new connections of the pools lead to the server in use.
    fn lead_to_chosen(&self) {
        // The URL was parsed before, so this doesn't fail.
        let Ok(options) = self.servers.url().parse::<AnyConnectOptions>() else {
            return;
        };
        for pool in [&self.pool, &self.writers] {
            pool.set_connect_options(options.clone());
        }
    }
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

/// Whether a connection still answers; an error closes it.
async fn answers(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let answered = timeout(TRY, connection.ping()).await;
    answered.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))?;
    Ok(true)
}

/// Closes a connection properly, if the database answers.
pub(super) async fn close(connection: AnyConnection) -> Result<(), sqlx::Error> {
    let closed = timeout(DEADLINE, connection.close()).await;
    closed.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))
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
