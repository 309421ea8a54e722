//! Test worlds, each with a separate database and a stopped clock, and the whole application over
//! them, used the way readers and staff use it.

pub(crate) use self::database::new_database;

use chrono::{DateTime, Utc};
use lightship::actions::Change;
use lightship::actions::edit_components::{Description, put_component};
use lightship::clock::Clock;
use lightship::domain::actor::Actor;
use lightship::domain::slug::Slug;
use lightship::snapshot::Snapshot;
use lightship::snapshot::load::{Deployment, load};
use lightship::store::Store;

pub(crate) mod app;
pub(crate) mod calendar;
pub(crate) mod database;
pub(crate) mod every_page;
pub(crate) mod mail;
pub(crate) mod process;
pub(crate) mod receiver;
pub(crate) mod silent;
pub(crate) mod staff;
pub(crate) mod static_folder;
pub(crate) mod stream;
pub(crate) mod subscribers;
pub(crate) mod wire;
pub(crate) mod xml;

/// A database and a clock. On PostgreSQL, each world is a separate schema.
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
        Change::begin(&self.store, &self.clock, Actor::host())
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
        load(&self.store, self.clock.now(), &Deployment::default())
            .await
            .expect("a snapshot")
            .snapshot
    }
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}
