//! Hears of new revisions as soon as another process commits one. Only PostgreSQL says so; whoever
//! listens asks the database from time to time as well, because a message may get lost.

use std::time::Duration;

use sqlx::Executor;
use sqlx::postgres::PgListener;
use tokio::time::timeout;

use super::error::StoreError;
use super::guarded_connection::DEADLINE;
use super::servers::PATIENCE;

/// What a commit with a new revision notifies.
const CHANNEL: &str = "lightship_revision";

/// How long nothing may be heard before the connection is tested.
const QUIET: Duration = Duration::from_secs(20);

/// A connection on which new revisions are said.
#[derive(Debug)]
pub struct RevisionListener(PgListener);

impl RevisionListener {
    /// Listens on a connection of its own to a PostgreSQL server.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn begin(url: &str) -> Result<Self, StoreError> {
        let listening = async {
            let mut listener = PgListener::connect(url).await?;
            // What is said while it is away is lost, so whoever listens must know.
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok(Self(listener))
        };
        let begun = timeout(DEADLINE + PATIENCE, listening).await;
        begun.unwrap_or(Err(StoreError::Unanswered))
    }

    /// Waits until a new revision is said.
    ///
    /// # Errors
    /// If the connection is lost. Nothing more is heard on it.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        loop {
            match timeout(QUIET, self.0.try_recv()).await {
                Ok(Ok(Some(_))) => return Ok(()),
                Ok(Ok(None)) => return Err(StoreError::Interrupted),
                Ok(Err(error)) => return Err(error.into()),
                // A connection may be dead without notice.
                Err(_) => {
                    let answered = timeout(DEADLINE, self.0.execute("select 1")).await;
                    answered.map_err(|_| StoreError::Unanswered)??;
                }
            }
        }
    }
}
