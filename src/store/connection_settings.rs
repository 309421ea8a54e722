//! How each connection to a database is set up.

use sqlx::AnyConnection;

use super::engine::Engine;

/// Sets up a connection.
pub(super) async fn set_up(
    connection: &mut AnyConnection,
    engine: Engine,
) -> Result<(), sqlx::Error> {
    match engine {
        Engine::Sqlite => set_up_sqlite(connection).await,
        Engine::Postgres => set_up_postgres(connection).await,
    }
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
