//! The servers that hold a database, of which one takes writes: with PostgreSQL, a primary and its
//! standbys. A file is a single one.

use std::io::ErrorKind;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{AnyConnection, Connection};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connection_settings::set_up;
use super::database_url::without_password;
use super::engine::Engine;
use super::error::StoreError;

/// How long each of several servers has to answer. One that is gone may never do.
const WAIT: Duration = Duration::from_millis(1500);

/// How long to wait for a server that is just starting.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// Why no connection was made: for each server its URL, and why not to that one.
#[derive(Debug)]
pub(super) struct NotConnected(pub(super) Vec<(String, Refusal)>);

/// Why a server can't be used.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It can't be reached, or doesn't let Lightship in.
    Failed(sqlx::Error),
    /// It only reads: a standby, say.
    ReadOnly,
    /// The database went on elsewhere without it. What it has is old.
    LeftBehind,
}

/// Where to connect if no server takes writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrTo {
    /// To a server that only reads.
    AReader,
    /// Nowhere.
    None,
}

/// The servers, and the one in use.
#[derive(Debug)]
pub(super) struct Servers {
    urls: Vec<String>,
    chosen: Mutex<Chosen>,
}

/// The server in use.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    index: usize,
    /// The timeline on which it takes writes; 0 if it only reads, or wasn't asked yet.
    timeline: i64,
    /// The highest timeline seen on a server that took writes. One on a lower one lacks something.
    highest: i64,
    /// Connections opened before this may lead to another server.
    since: Instant,
}

/// A server that answers.
struct Answering {
    index: usize,
    connection: AnyConnection,
    /// See [`find_timeline`].
    timeline: Option<i64>,
}

impl Servers {
    /// These servers; there is at least one. The first is in use until another one is chosen.
    pub(super) fn new(urls: Vec<String>) -> Self {
        let chosen = Chosen {
            index: 0,
            timeline: 0,
            highest: 0,
            since: Instant::now(),
        };
        Self {
            urls,
            chosen: Mutex::new(chosen),
        }
    }

    /// The URL of the server in use.
    pub(super) fn url(&self) -> &str {
        &self.urls[self.chosen().index]
    }

    /// Whether a connection as old as `age` surely leads to the server in use.
    pub(super) fn is_to_chosen(&self, age: Duration) -> bool {
        !self.are_several() || age < self.chosen().since.elapsed()
    }

    /// Checks that a new connection leads to the server in use, and that this one still takes
    /// writes. A server that comes back may be a standby by now, and behind.
    ///
    /// # Errors
    /// If not, and those of the connection.
    pub(super) async fn check(&self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        let expected = self.chosen().timeline;
        if !self.are_several()
            || expected == 0
            || find_timeline(connection).await? == Some(expected)
        {
            return Ok(());
        }
        Err(sqlx::Error::Io(std::io::Error::other(
            "the database server doesn't take writes any more",
        )))
    }

    /// Whether there are several.
    fn are_several(&self) -> bool {
        self.urls.len() > 1
    }

    fn chosen(&self) -> Chosen {
        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection, set up. Among several servers it leads to the one that takes writes, or if none
    /// does, where `or_to` says; that one is in use from then on. Waits a little for a server that is
    /// just starting.
    pub(super) async fn connect(
        &self,
        engine: Engine,
        or_to: OrTo,
    ) -> Result<AnyConnection, NotConnected> {
        let start = Instant::now();
        loop {
            let refusals = match self.try_to_connect(engine, or_to).await {
                Ok(connection) => return Ok(connection),
                Err(refusals) => refusals,
            };
            let is_starting = |(_, refusal): &(String, Refusal)| match refusal {
                Refusal::Failed(sqlx::Error::Io(_)) => engine == Engine::Postgres,
                Refusal::Failed(_) | Refusal::ReadOnly | Refusal::LeftBehind => false,
            };
            if start.elapsed() >= PATIENCE || !refusals.0.iter().any(is_starting) {
                return Err(refusals);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn try_to_connect(
        &self,
        engine: Engine,
        or_to: OrTo,
    ) -> Result<AnyConnection, NotConnected> {
        if let [url] = self.urls.as_slice() {
            let connected = connect_to(url, engine).await;
            return connected.map_err(|error| NotConnected::failed(url, error));
        }
        let before = self.chosen();
        // As long as the one in use takes writes, no other one is asked.
        if before.timeline > 0
            && let Ok(same) = ask(before.index, &self.urls[before.index], engine).await
            && same.timeline == Some(before.timeline)
        {
            return Ok(same.connection);
        }
        self.choose(engine, or_to).await
    }

    /// Asks all servers, and chooses one.
    async fn choose(&self, engine: Engine, or_to: OrTo) -> Result<AnyConnection, NotConnected> {
        let (mut best, mut refusals): (Option<Answering>, Vec<_>) = (None, Vec::new());
        let newest = |answering: &Answering| answering.timeline.unwrap_or(-1);
        for (url, answer) in self.urls.iter().zip(self.ask_all(engine).await) {
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    refusals.push((url.clone(), Refusal::Failed(error)));
                    continue;
                }
            };
            let refusal = match answer.timeline {
                Some(timeline) if timeline < self.chosen().highest => Some(Refusal::LeftBehind),
                Some(_) => None,
                None => match or_to {
                    OrTo::AReader => None,
                    OrTo::None => Some(Refusal::ReadOnly),
                },
            };
            match refusal {
                Some(refusal) => refusals.push((url.clone(), refusal)),
                // If several take writes, the one that was promoted last has everything.
                None if best
                    .as_ref()
                    .is_none_or(|best| newest(&answer) > newest(best)) =>
                {
                    best = Some(answer);
                }
                None => {}
            }
        }
        let best = best.ok_or(NotConnected(refusals))?;
        self.use_from_now_on(&best);
        Ok(best.connection)
    }

    fn use_from_now_on(&self, answering: &Answering) {
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        let timeline = answering.timeline.unwrap_or(0);
        let is_same = chosen.index == answering.index && chosen.timeline == timeline;
        if is_same {
            return;
        }
        *chosen = Chosen {
            index: answering.index,
            timeline,
            highest: chosen.highest.max(timeline),
            since: Instant::now(),
        };
        drop(chosen);
        let server = without_password(&self.urls[answering.index]);
        match answering.timeline {
            Some(_) => tracing::info!(%server, "this database server takes the writes"),
            None => tracing::warn!(
                %server,
                "no database server takes writes; pages are made from this one, which only reads"
            ),
        }
    }

    /// Asks all servers at once. The answers are in the order of the servers.
    async fn ask_all(&self, engine: Engine) -> Vec<Result<Answering, sqlx::Error>> {
        let mut asking = JoinSet::new();
        for (index, url) in self.urls.iter().enumerate() {
            let url = url.clone();
            asking.spawn(async move { (index, ask(index, &url, engine).await) });
        }
        let mut answers = asking.join_all().await;
        answers.sort_by_key(|(index, _)| *index);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }
}

async fn ask(index: usize, url: &str, engine: Engine) -> Result<Answering, sqlx::Error> {
    let asking = async {
        let mut connection = connect_to(url, engine).await?;
        let timeline = find_timeline(&mut connection).await?;
        Ok(Answering {
            index,
            connection,
            timeline,
        })
    };
    let asked = timeout(WAIT, asking).await;
    asked.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))
}

async fn connect_to(url: &str, engine: Engine) -> Result<AnyConnection, sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    set_up(&mut connection, engine).await?;
    Ok(connection)
}

/// The timeline on which a PostgreSQL server takes writes; `None` if it takes none. Each promotion
/// of a standby begins a higher one.
async fn find_timeline(connection: &mut AnyConnection) -> Result<Option<i64>, sqlx::Error> {
    let is_read_only: bool = sqlx::query_scalar(
        "select pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean",
    )
    .fetch_one(&mut *connection)
    .await?;
    if is_read_only {
        return Ok(None);
    }
    // Some hosts' servers don't say.
    let timeline: Result<i64, _> = sqlx::query_scalar(
        "select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint",
    )
    .fetch_one(connection)
    .await;
    Ok(Some(timeline.unwrap_or(1)))
}

impl NotConnected {
    /// The only server can't be reached.
    pub(super) fn failed(url: &str, error: sqlx::Error) -> Self {
        Self(vec![(url.to_owned(), Refusal::Failed(error))])
    }
}

impl From<NotConnected> for StoreError {
    fn from(NotConnected(mut refusals): NotConnected) -> Self {
        let only = (refusals.len() == 1).then(|| refusals.pop()).flatten();
        let refusals = match only {
            Some((_, Refusal::Failed(error))) => return error.into(),
            Some(other) => vec![other],
            None => refusals,
        };
        let why = refusals.iter().map(|(url, refusal)| {
            let server = without_password(url);
            match refusal {
                Refusal::Failed(error) => format!("{server} can't be reached ({error})"),
                Refusal::ReadOnly => format!("{server} only reads, as a standby does"),
                Refusal::LeftBehind => format!(
                    "{server} was left behind when another one was promoted, and must become a \
                     standby of that one"
                ),
            }
        });
        let why: Vec<String> = why.collect();
        Self::NoWriter(format!(
            "no database server takes writes: {}; start or promote one of them, or name another \
             one with --database",
            why.join("; ")
        ))
    }
}
