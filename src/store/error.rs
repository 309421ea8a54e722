//! What can go wrong in the database.

use std::io::ErrorKind;

use super::engine::Engine;

/// A broken constraint, or a database that can't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something with that name or id already exists; the text names the constraint.
    #[error("already there: {0}")]
    Conflict(String),
    /// The database was written by a newer version of Lightship.
    #[error(
        "the database has migration {found}, but this version of Lightship knows only {known}; \
         run the newer version that wrote it, or restore the copy saved beside the file"
    )]
    Newer {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration that this version knows.
        known: i64,
    },
    /// The database was upgraded so that this release can't use it.
    #[error(
        "the database was upgraded, and needs Lightship {oldest} or later; this is {}",
        env!("CARGO_PKG_VERSION")
    )]
    TooOld {
        /// The oldest release that may use it.
        oldest: String,
    },
    /// The database must be upgraded first.
    #[error(
        "the database was made by an earlier version of Lightship; start `lightship serve` of this \
         version once, which upgrades it"
    )]
    Older,
    /// A row holds something that Lightship never writes.
    #[error("the database contains something unreadable: {0}")]
    Unreadable(String),
    /// The database can't be reached, or can't do what it was asked.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// The database didn't answer in time. Nothing was changed.
    #[error("the database didn't answer within 5 seconds")]
    Unanswered,
    /// A transaction couldn't begin; the text says why. Nothing was changed.
    #[error("{0}")]
    Busy(&'static str),
    /// The database was told to commit, and it is unknown whether it did.
    #[error("the database didn't say whether it committed: {0}")]
    Uncertain(#[source] sqlx::Error),
    /// The database file was removed or replaced while it was open.
    #[error("{0}")]
    Replaced(String),
    /// The database file may not be written; the text says how to mend that. Nothing was changed.
    #[error("{0}")]
    ReadOnly(String),
    /// The database was away at the start, and hasn't been opened since. Nothing was changed.
    #[error("the database couldn't be reached at the start; that is tried again every second")]
    NotOpen,
    /// None of several database servers takes writes; the text says why. Nothing was changed.
    #[error("{0}")]
    NoWriter(String),
    /// The database server only reads, as a standby does. Nothing was changed.
    #[error(
        "the database server only reads, as a standby does; promote it, or name the one that \
             takes writes"
    )]
    Standby,
    /// Reading was interrupted; the log says why.
    #[error("reading the database broke off")]
    Interrupted,
    /// A migration failed.
    #[error("the database can't be upgraded: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database file can't be copied or created.
    #[error("{0}")]
    File(String),
}

impl StoreError {
    /// Why a commit failed. It surely failed only if the database itself says so: that it has no
    /// room left, or that it refuses.
    pub(super) fn of_commit(error: sqlx::Error, engine: Engine) -> Self {
        let is_refused = match (&error, engine) {
            (sqlx::Error::Database(_), Engine::Postgres) => true,
            (sqlx::Error::Database(_), Engine::Sqlite) => sqlite_code(&error) != Some(SQLITE_IOERR),
            _ => false,
        };
        if is_refused {
            Self::from(error)
        } else {
            Self::Uncertain(error)
        }
    }

    /// What is wrong, in a few words for `/readyz`: no path, no address, no details.
    pub fn in_short(&self) -> &'static str {
        match self {
            Self::Unanswered | Self::Uncertain(_) => "it doesn't answer",
            Self::Busy(_) => "something keeps it locked, or all of its connections are busy",
            Self::Replaced(_) => "its file was removed or replaced",
            Self::ReadOnly(_) => FILE_READ_ONLY,
            Self::NotOpen => "it couldn't be reached at the start",
            Self::NoWriter(_) | Self::Standby => "none of its servers takes writes",
            Self::Database(error) if is_damage(error) => "its file is damaged",
            Self::Database(error) => match sqlite_code(error) {
                Some(SQLITE_FULL) => "its disk is full",
                Some(SQLITE_BUSY) => "something keeps it locked",
                Some(SQLITE_READONLY) => FILE_READ_ONLY,
                Some(SQLITE_CANTOPEN) => "its file can't be opened",
                Some(SQLITE_IOERR) => "its disk can't be read or written",
                _ => "it failed; see the log",
            },
            Self::Newer { .. } | Self::TooOld { .. } => "it was upgraded for a newer version",
            Self::Conflict(_)
            | Self::Older
            | Self::Unreadable(_)
            | Self::Interrupted
            | Self::Migration(_)
            | Self::File(_) => "it failed; see the log",
        }
    }

    /// Whether the database may be usable again without anybody changing Lightship or its data.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Database(_)
            | Self::Unanswered
            | Self::Busy(_)
            | Self::NotOpen
            | Self::NoWriter(_)
            | Self::Standby
            | Self::Uncertain(_)
            | Self::Interrupted
            | Self::File(_) => true,
            Self::Conflict(_)
            | Self::Newer { .. }
            | Self::TooOld { .. }
            | Self::Older
            | Self::Unreadable(_)
            | Self::Replaced(_)
            | Self::ReadOnly(_)
            | Self::Migration(_) => false,
        }
    }

    /// Whether the file holds something that SQLite didn't write.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Database(error) => is_damage(error),
            _ => false,
        }
    }
}

/// `SQLITE_BUSY`: something else has locked the file.
pub(super) const SQLITE_BUSY: u32 = 5;

/// `SQLITE_READONLY`: the file may only be read.
pub(super) const SQLITE_READONLY: u32 = 8;

/// See [`StoreError::in_short`].
const FILE_READ_ONLY: &str = "its file can't be written";

/// `SQLITE_FULL`: the disk is full.
pub(super) const SQLITE_FULL: u32 = 13;

/// `SQLITE_CANTOPEN`: the file can't be opened.
const SQLITE_CANTOPEN: u32 = 14;

/// `SQLITE_IOERR`: the file can't be read or written.
pub(super) const SQLITE_IOERR: u32 = 10;

/// The primary code of an SQLite error, without the extended part.
pub(super) fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    Some(code.parse::<u32>().ok()? & 0xff)
}

/// Whether SQLite says that the file is damaged.
pub(super) fn is_damage(error: &sqlx::Error) -> bool {
    // SQLITE_CORRUPT and SQLITE_NOTADB.
    matches!(sqlite_code(error), Some(11 | 26))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                Self::Conflict(inner.message().to_owned())
            }
            sqlx::Error::Io(inner) if inner.kind() == ErrorKind::TimedOut => Self::Unanswered,
            sqlx::Error::PoolTimedOut => Self::Unanswered,
            // read_only_sql_transaction.
            sqlx::Error::Database(inner) if inner.code().as_deref() == Some("25006") => {
                Self::Standby
            }
            _ => Self::Database(error),
        }
    }
}
