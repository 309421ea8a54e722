//! The test worlds: a database of its own, a clock that stands still; and the whole application
//! over them, asked as readers and staff ask.

use chrono::{DateTime, Utc};
use lightship::actions::Change;
use lightship::actions::edit_components::{Description, put_component};
use lightship::clock::Clock;
use lightship::domain::slug::Slug;
use lightship::domain::staff::Actor;
use lightship::snapshot::Snapshot;
use lightship::snapshot::load::{BaseUrl, load};
use lightship::store::Store;

pub(crate) mod app;
pub(crate) mod process;

/// A database and a clock. On PostgreSQL each world is a schema of its own.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn at(now: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = new_database(folder.path()).await;
        let now: DateTime<Utc> = now.parse().expect("an instant");
        Self {
            store: Store::open(&url).await.expect("the database opens"),
            clock: Clock::fixed(now),
            _folder: folder,
        }
    }

    pub(crate) async fn change(&self) -> Change {
        Change::begin(&self.store, &self.clock, Actor::Host)
            .await
            .expect("a change begins")
    }

    pub(crate) async fn with_component(self, slug: &str) -> Self {
        let mut change = self.change().await;
        let description = Description {
            name: slug.to_owned(),
            group: None,
            description: None,
            position: None,
            since: None,
        };
        put_component(&mut change, &self::slug(slug), description)
            .await
            .expect("a component");
        change.commit().await.expect("it is kept");
        self
    }

    pub(crate) async fn snapshot(&self) -> Snapshot {
        load(&self.store, self.clock.now(), &BaseUrl::default())
            .await
            .expect("a snapshot")
            .snapshot
    }
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

/// The URL of an empty database; `folder`, which is the world's own, holds it or gives it its name.
pub(crate) async fn new_database(folder: &std::path::Path) -> String {
    match option_env_database() {
        None => format!("sqlite:{}", folder.join("test.db").display()),
        Some(server) => new_schema(&server, folder).await,
    }
}

/// The server that the second run of the suite names.
fn option_env_database() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "which engine to test is the runner's to say"
    )]
    std::env::var("LIGHTSHIP_TEST_DATABASE").ok()
}

async fn new_schema(server: &str, unique: &std::path::Path) -> String {
    sqlx::any::install_default_drivers();
    let name = unique
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name")
        .replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        .to_lowercase();
    let schema = format!("test{name}");
    let pool = sqlx::AnyPool::connect(server)
        .await
        .expect("the server answers");
    let statement = format!("create schema {schema}");
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(&pool)
        .await
        .expect("a schema");
    pool.close().await;
    format!("{server}?options=-csearch_path%3D{schema}")
}
