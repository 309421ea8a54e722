//! What can go wrong in the database.

/// A broken constraint, or a database that can't do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something with that name or id is there already; the text names the constraint.
    #[error("already there: {0}")]
    Conflict(String),
    /// The database was written by a newer version of Lightship.
    #[error(
        "the database has migration {found}, but this version of Lightship knows only {known}; \
         run the newer version that wrote it, or restore the copy that was put beside the file"
    )]
    Newer {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration that this version has.
        known: i64,
    },
    /// A row holds something that Lightship never writes.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(String),
    /// The database can't be reached or can't do what was asked.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// Reading broke off; the log says why.
    #[error("reading the database broke off")]
    Interrupted,
    /// A migration failed.
    #[error("the database can't be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The file of a database can't be copied or made.
    #[error("{0}")]
    File(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                Self::Conflict(inner.message().to_owned())
            }
            _ => Self::Database(error),
        }
    }
}
