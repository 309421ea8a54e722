//! The two kinds of database.

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite: a file.
    Sqlite,
    /// PostgreSQL: a server.
    Postgres,
}
