//! The revision: a number that each public change increments, and what each revision changed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::error::StoreError;
use super::newer::leave_alone;
use super::row::{instant, instant_or_none, int, text, text_or_none};
use super::tx::Tx;

/// The kind of thing that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The site's settings or states, or the order of components.
    Site,
    /// A component or its history; the id is its slug.
    Component,
    /// An incident or its updates; the id is the incident's.
    Incident,
}

impl ChangeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Component => "component",
            Self::Incident => "incident",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Site, Self::Component, Self::Incident]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// A revision, and up to when things had been made here by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// The number.
    pub number: i64,
    /// The latest instant at which something was made. The clock may have been set back since.
    pub made_until: DateTime<Utc>,
}

/// The present revision, with its time.
pub async fn find_present(tx: &mut Tx) -> Result<Revision, StoreError> {
    let row = sqlx::query("select revision, made_until_ms from revision where id = 1")
        .fetch_one(&mut tx.inner)
        .await?;
    Ok(Revision {
        number: int(&row, "revision")?,
        made_until: instant(&row, "made_until_ms")?,
    })
}

/// The present revision.
pub async fn find_revision(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = sqlx::query("select revision from revision where id = 1")
        .fetch_one(&mut tx.inner)
        .await?;
    Ok(row.try_get(0)?)
}

/// Increments the revision at `now`, and returns the new number. The commit says so to other
/// processes, if the engine can.
pub async fn insert_revision(tx: &mut Tx, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "update revision set revision = revision + 1, made_until_ms = case \
         when made_until_ms < $1 then $1 else made_until_ms end where id = 1 returning revision",
    )
    .bind(now.timestamp_millis())
    .fetch_one(&mut tx.inner)
    .await?;
    tx.has_revision = true;
    Ok(row.try_get(0)?)
}

/// Records that `revision` changed this at `now`. For a component, `since` is the instant before which its
/// history stayed the same, if that is known. An incident has it if only what it did to components
/// since then has changed, and nothing that it says.
pub async fn insert_change(
    tx: &mut Tx,
    revision: i64,
    (kind, id): (ChangeKind, &str),
    since: Since,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into changes (revision, kind, id, since_ms, at_ms) values ($1, $2, $3, $4, $5) \
         on conflict do nothing",
    )
    .bind(revision)
    .bind(kind.as_str())
    .bind(id)
    .bind(since.map(|at| at.timestamp_millis()))
    .bind(now.timestamp_millis())
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// The instant before which a component's history stayed the same, if that is known.
pub type Since = Option<DateTime<Utc>>;

/// What changed, and since when.
pub type Changes = BTreeMap<(ChangeKind, String), Since>;

/// Adds a change. The earliest of several instants counts, and unknown is earlier than any.
pub fn add_since<K: Ord>(changed: &mut BTreeMap<K, Since>, key: K, since: Since) {
    let known = changed.entry(key).or_insert(since);
    *known = since.min(*known);
}

/// The present revision, and what changed after `revision`.
pub async fn list_changes_since(
    tx: &mut Tx,
    revision: i64,
) -> Result<(Revision, Changes), StoreError> {
    let rows = sqlx::query(
        "select r.revision, r.made_until_ms, c.kind, c.id, c.since_ms from revision r \
         left join changes c on c.revision > $1 where r.id = 1",
    )
    .bind(revision)
    .fetch_all(&mut tx.inner)
    .await?;
    let mut present = Revision {
        number: revision,
        made_until: DateTime::UNIX_EPOCH,
    };
    let mut changes = Changes::new();
    for row in &rows {
        present.number = int(row, "revision")?;
        present.made_until = instant(row, "made_until_ms")?;
        let Some(word) = text_or_none(row, "kind")? else {
            continue;
        };
        // Anything may have changed with what only a newer version knows.
        let kind = ChangeKind::parse(&word).unwrap_or_else(|| {
            leave_alone("changes.kind", &word);
            ChangeKind::Site
        });
        let since = instant_or_none(row, "since_ms")?;
        add_since(&mut changes, (kind, text(row, "id")?), since);
    }
    Ok((present, changes))
}

/// Whether anything that a content folder states changed after `revision`: the site's settings, or
/// an incident that a file states.
pub async fn find_file_change_since(tx: &mut Tx, revision: i64) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "select 1 from changes c left join incidents i on i.id = c.id where c.revision > $1 \
         and (c.kind = 'site' or (c.kind = 'incident' and i.file is not null)) limit 1",
    )
    .bind(revision)
    .fetch_optional(&mut tx.inner)
    .await?;
    Ok(row.is_some())
}
