//! What can go wrong in the database.

use std::io::ErrorKind;

use super::engine::Engine;

/// A broken constraint, or a database that can't do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something with that name or id is there already; the text names the constraint.
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
        /// The newest migration that this version has.
        known: i64,
    },
    /// A row holds something that Lightship never writes.
    #[error("the database contains something unreadable: {0}")]
    Unreadable(String),
    /// The database can't be reached or can't do what was asked.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// The database didn't answer in time. Nothing was changed.
    #[error("the database didn't answer within 5 seconds")]
    Unanswered,
    /// Nothing could be begun, and why. Nothing was changed.
    #[error("{0}")]
    Busy(&'static str),
    /// The database was told to commit, and nobody knows whether it did.
    #[error("the database didn't say whether it committed: {0}")]
    Uncertain(#[source] sqlx::Error),
    /// The file of the database was taken away or replaced while it was open.
    #[error("{0}")]
    Replaced(String),
    /// The file of the database may not be written, and how to mend that. Nothing was changed.
    #[error("{0}")]
    ReadOnly(String),
    /// Reading broke off; the log says why.
    #[error("reading the database broke off")]
    Interrupted,
    /// A migration failed.
    #[error("the database can't be upgraded: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The file of a database can't be copied or made.
    #[error("{0}")]
    File(String),
}

impl StoreError {
    /// Why a commit failed. Only what the database itself says for certain is certain: that it
    /// found no room, or refused.
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

    /// What is wrong, for who asks whether posts are taken: no path, no address, no detail.
    pub fn in_short(&self) -> &'static str {
        match self {
            Self::Unanswered | Self::Uncertain(_) => "it doesn't answer",
            Self::Busy(_) => "something keeps it locked, or all of its connections are busy",
            Self::Replaced(_) => "its file was removed or replaced",
            Self::ReadOnly(_) => FILE_READ_ONLY,
            Self::Database(error) if is_damage(error) => "its file is damaged",
            Self::Database(error) => match sqlite_code(error) {
                Some(SQLITE_FULL) => "its disk is full",
                Some(SQLITE_BUSY) => "something keeps it locked",
                Some(SQLITE_READONLY) => FILE_READ_ONLY,
                Some(SQLITE_CANTOPEN) => "its file can't be opened",
                Some(SQLITE_IOERR) => "its disk can't be read or written",
                _ => "it failed; see the log",
            },
            Self::Conflict(_)
            | Self::Newer { .. }
            | Self::Unreadable(_)
            | Self::Interrupted
            | Self::Migration(_)
            | Self::File(_) => "it failed; see the log",
        }
    }

    /// Whether the file holds what SQLite didn't write.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Database(error) => is_damage(error),
            _ => false,
        }
    }
}

/// Something else has the file locked.
pub(super) const SQLITE_BUSY: u32 = 5;

/// The file may only be read.
pub(super) const SQLITE_READONLY: u32 = 8;

/// See [`StoreError::in_short`].
const FILE_READ_ONLY: &str = "its file can't be written";

/// The disk is full.
pub(super) const SQLITE_FULL: u32 = 13;

/// The file can't be opened.
const SQLITE_CANTOPEN: u32 = 14;

/// The file can't be read or written.
pub(super) const SQLITE_IOERR: u32 = 10;

/// SQLite's code of an error, without what it adds for details.
pub(super) fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    Some(code.parse::<u32>().ok()? & 0xff)
}

/// Whether SQLite finds that a file isn't what it wrote.
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
            _ => Self::Database(error),
        }
    }
}
