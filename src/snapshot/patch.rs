//! Makes the next snapshot from the one before, reading only what has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::load::{Loaded, load_component};
use super::post::Post;
use super::posts::Month;
use super::shown::{Subject, Waiting, due, wait_for_incident};
use super::{ComponentHistory, Snapshot};
use crate::domain::component::StateChange;
use crate::domain::incident::{Kind, page_time};
use crate::domain::slug::Slug;
use crate::store::changes::{ChangeKind, Changes, Revision, Since, add_since};
use crate::store::components::find_component;
use crate::store::history::list_history_since;
use crate::store::incidents::{StoredIncident, find_incident, list_redirects};
use crate::store::{StoreError, Tx};

/// With more changes than this, reading everything is faster.
const MANY: usize = 500;

/// What differs between a snapshot and the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// The ids of incidents.
    pub incidents: BTreeSet<String>,
    /// The months in which one of these incidents started, before or now.
    pub months: BTreeSet<Month>,
    /// Whether the set of months with incidents differs.
    pub calendar: bool,
    /// The components that one of these incidents names, before or now.
    pub named: BTreeSet<Slug>,
    /// The components whose description or history differs.
    pub components: BTreeSet<Slug>,
    /// Whether one of these incidents is or was a maintenance.
    pub maintenance: bool,
    /// Whether some component's name or position differs, or it was retired.
    pub names: bool,
}

/// The next snapshot, what time will change in it, and what differs.
#[derive(Debug)]
pub struct Patched {
    /// The next snapshot.
    pub loaded: Loaded,
    /// What differs from the snapshot before.
    pub touched: Touched,
}

/// Makes the next snapshot at the instant `now`. The database's revision comes with what changed
/// since the revision of `old`. Returns `None` if everything must be loaded: settings or states
/// have changed, or too much has.
pub async fn patch(
    tx: &mut Tx,
    old: &Snapshot,
    (revision, changes): (Revision, Changes),
    waiting: &Waiting,
    now: DateTime<Utc>,
) -> Result<Option<Patched>, StoreError> {
    let as_of = now.max(revision.made_until);
    let mut subjects: BTreeMap<Subject, Since> = waiting
        .iter()
        .filter(|(_, at)| **at <= as_of)
        .map(|(subject, _)| (subject.clone(), None))
        .collect();
    if revision.number != old.revision {
        // A revision without changes had them deleted since, or the database is a different one.
        if revision.number < old.revision || changes.is_empty() || changes.len() > MANY {
            return Ok(None);
        }
        for ((kind, id), since) in changes {
            let subject = match (kind, Slug::parse(&id)) {
                (ChangeKind::Incident, _) => Subject::Incident(id),
                (ChangeKind::Component, Ok(slug)) => Subject::Component(slug),
                (ChangeKind::Component, Err(_)) | (ChangeKind::Site, _) => return Ok(None),
            };
            add_since(&mut subjects, subject, since);
        }
    }
    let mut patching = Patching {
        tx,
        as_of,
        loaded: Loaded {
            snapshot: Snapshot {
                revision: revision.number,
                as_of: page_time(now, revision.made_until),
                until: as_of,
                ..old.clone()
            },
            waiting: waiting.clone(),
        },
        touched: Touched::default(),
    };
    patching.run(subjects).await?;
    Ok(Some(Patched {
        loaded: patching.loaded,
        touched: patching.touched,
    }))
}

struct Patching<'a> {
    tx: &'a mut Tx,
    as_of: DateTime<Utc>,
    loaded: Loaded,
    touched: Touched,
}

impl Patching<'_> {
    async fn run(&mut self, subjects: BTreeMap<Subject, Since>) -> Result<(), StoreError> {
        let mut components: BTreeMap<Slug, Since> = BTreeMap::new();
        let mut addresses_changed = false;
        for (subject, since) in subjects {
            match subject {
                Subject::Component(slug) => add_since(&mut components, slug, since),
                Subject::Incident(id) => {
                    let before = self.slug_of(&id);
                    let whole = self.incident(&id).await?;
                    components.extend(whole.into_iter().map(|slug| (slug, None)));
                    addresses_changed |= before != self.slug_of(&id);
                    self.touched.incidents.insert(id);
                }
            }
        }
        for (slug, since) in components {
            match since {
                Some(since) if self.history(&slug, since).await? => {}
                Some(_) | None => self.component(&slug).await?,
            }
        }
        if addresses_changed {
            self.loaded.snapshot.redirects = Arc::new(list_redirects(self.tx).await?);
        }
        Ok(())
    }

    fn slug_of(&self, id: &str) -> Option<Slug> {
        let post = self.loaded.snapshot.posts.find_by_id(id);
        post.map(|post| post.slug.clone())
    }

    /// Reads an incident again. Returns the components whose history depends on whether it is
    /// shown.
    async fn incident(&mut self, id: &str) -> Result<BTreeSet<Slug>, StoreError> {
        let posts = &mut self.loaded.snapshot.posts;
        let before = posts.find_by_id(id).cloned();
        let was_shown = before.is_some();
        let mut named = BTreeSet::new();
        if let Some(post) = &before {
            self.touched.months.insert(posts.month_of(post));
            named.extend(post.read().components().into_iter().cloned());
        }
        let stored = find_incident(self.tx, id).await?;
        self.maintenance(before.as_deref(), stored.as_ref()).await?;
        let posts = &mut self.loaded.snapshot.posts;
        let incident = stored
            .filter(StoredIncident::is_public)
            .map(|stored| stored.incident);
        match &incident {
            Some(incident) => wait_for_incident(incident, self.as_of, &mut self.loaded.waiting),
            None => {
                let subject = Subject::Incident(id.to_owned());
                self.loaded.waiting.remove(&subject);
            }
        }
        let shown = incident.and_then(|incident| due(incident, self.as_of));
        match &shown {
            Some(incident) => {
                let post = Post::of(incident.clone(), self.as_of);
                self.touched.months.insert(posts.month_of(&post));
                posts.put(post, incident);
                named.extend(incident.components().into_iter().cloned());
            }
            None => posts.remove(id),
        }
        let (left, entered) = (
            before.map(|post| posts.month_of(&post)),
            posts.find_by_id(id).map(|post| posts.month_of(post)),
        );
        let is_left = |month: Month| posts.month(month).is_empty();
        let is_new = |month: Month| left != entered && posts.month(month).len() == 1;
        self.touched.calendar |= left.is_some_and(is_left) || entered.is_some_and(is_new);
        self.touched.named.extend(named.iter().cloned());
        Ok(if was_shown == shown.is_some() {
            BTreeSet::new()
        } else {
            named
        })
    }

    /// Notes for the calendars what became of an incident, if it is or was a maintenance.
    async fn maintenance(
        &mut self,
        before: Option<&Post>,
        stored: Option<&StoredIncident>,
    ) -> Result<(), StoreError> {
        let was = before.is_some_and(|post| post.kind == Kind::Maintenance);
        let now = stored.filter(|stored| {
            let incident = &stored.incident;
            incident.kind == Kind::Maintenance || incident.former_window().is_some()
        });
        if let Some(stored) = now {
            let log = Arc::make_mut(&mut self.loaded.snapshot.maintenance_log);
            log.note(self.tx, stored).await?;
        }
        self.touched.maintenance |= was || now.is_some();
        Ok(())
    }

    /// Reads a component's history from an instant on. Returns false if that isn't enough, because
    /// the component is new or part of its history comes due later.
    async fn history(&mut self, slug: &Slug, since: DateTime<Utc>) -> Result<bool, StoreError> {
        let snapshot = &mut self.loaded.snapshot;
        let waiting = &self.loaded.waiting;
        let Some(index) = snapshot.indexes.get(slug).copied() else {
            return Ok(false);
        };
        let changes = list_history_since(self.tx, slug, since).await?;
        let is_later = changes.iter().any(|change| change.at > self.as_of);
        if is_later || waiting.contains_key(&Subject::Component(slug.clone())) {
            return Ok(false);
        }
        self.touched.components.insert(slug.clone());
        let is_shown = |id: &str| snapshot.posts.find_by_id(id).is_some();
        let is_public = |found: &StateChange| found.incident.as_deref().is_none_or(is_shown);
        let changes = changes.into_iter().filter(is_public).collect();
        let before = &snapshot.components[index];
        let record = ComponentHistory {
            component: before.component.clone(),
            history: before.history.changed_since(since, changes),
        };
        snapshot.components[index] = Arc::new(record);
        Ok(true)
    }

    async fn component(&mut self, slug: &Slug) -> Result<(), StoreError> {
        self.touched.components.insert(slug.clone());
        let Some(component) = find_component(self.tx, slug).await? else {
            return Ok(());
        };
        let snapshot = &mut self.loaded.snapshot;
        let waiting = &mut self.loaded.waiting;
        let posts = &snapshot.posts;
        let is_shown = |id: &str| posts.find_by_id(id).is_some();
        let record = load_component(self.tx, component, is_shown, self.as_of, waiting).await?;
        let index = snapshot.indexes.get(slug).copied();
        let before = index.map(|index| &snapshot.components[index].component);
        let is_described_anew = before != Some(&record.component);
        self.touched.names |= is_described_anew;
        if let Some(index) = index {
            snapshot.components[index] = Arc::new(record);
        } else {
            snapshot.components.push(Arc::new(record));
        }
        if is_described_anew {
            let mut components = std::mem::take(&mut snapshot.components);
            components.sort_by_key(in_order);
            *snapshot = snapshot.clone().with_components(components);
        }
        Ok(())
    }
}

/// The page order.
fn in_order(record: &Arc<ComponentHistory>) -> (i64, Slug) {
    (record.component.position, record.component.slug.clone())
}
