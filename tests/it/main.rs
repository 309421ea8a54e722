//! What readers and staff can see, one module each, on SQLite and on PostgreSQL.

mod history;
mod support;
