//! Everything public at one revision and instant, immutable. Pages are rendered from it alone.
//!
//! It is packed in memory, and shares everything unchanged with the snapshot before. So making the
//! next one costs only what has changed, however long the history is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use self::history::History;
use self::maintenance_log::MaintenanceLog;
use self::post::Post;
use self::posts::Posts;
use crate::domain::component::{Component, Standing, StateChange};
use crate::domain::component_name::full_names;
use crate::domain::coverage::Coverage;
use crate::domain::group::{Group, groups};
use crate::domain::incident::Incident;
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;
use crate::domain::state::States;

mod audience;
mod bytes;
pub mod disk_copy;
pub mod history;
pub mod load;
mod load_parts;
pub mod maintenance_log;
mod packing;
pub mod patch;
pub mod post;
pub mod posts;
mod shared_map;
pub mod shown;
mod transition_changes;

/// Everything public: no drafts, nothing withdrawn or hidden, no update that isn't due.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The database's revision that it shows.
    pub revision: i64,
    /// The page's time.
    pub as_of: DateTime<Utc>,
    /// Everything up to this instant counts. It is the page's time, or later if something was made
    /// here before the clock was set back.
    pub until: DateTime<Utc>,
    /// Whether another snapshot may have had the same second as its time, so that a date doesn't
    /// tell which of the two a reader has.
    pub shares_second: bool,
    /// Since when nobody could ask the database whether something newer is there, once that is long
    /// enough to say so.
    pub stale_since: Option<DateTime<Utc>>,
    /// The company's settings.
    pub site: SiteSettings,
    /// Every known state.
    pub states: States,
    /// The components in page order, even retired ones.
    pub components: Vec<Arc<ComponentHistory>>,
    /// Every incident.
    pub posts: Posts,
    /// What calendars say of a maintenance besides what its incident says.
    pub maintenance_log: Arc<MaintenanceLog>,
    /// The groups of components, in page order.
    pub groups: Arc<Vec<Group>>,
    /// Former slugs of incidents, each with the present one.
    pub redirects: Arc<BTreeMap<Slug, Slug>>,
    /// The index of each component in the list.
    indexes: Arc<HashMap<Slug, usize>>,
    /// The full names of components that share their name with another.
    full_names: Arc<HashMap<Slug, String>>,
}

/// A component and its state history.
#[derive(Debug, Clone)]
pub struct ComponentHistory {
    /// The component.
    pub component: Component,
    /// Every change of its state.
    pub history: History,
}

/// Everything public, before it is packed.
#[derive(Debug, Clone)]
pub struct Unpacked {
    /// See [`Snapshot::revision`].
    pub revision: i64,
    /// See [`Snapshot::as_of`].
    pub as_of: DateTime<Utc>,
    /// The company's settings.
    pub site: SiteSettings,
    /// Every known state.
    pub states: States,
    /// The components in page order, each with its changes of state.
    pub components: Vec<(Component, Vec<StateChange>)>,
    /// The incidents, in any order.
    pub incidents: Vec<Incident>,
}

impl Snapshot {
    /// Packs everything.
    pub fn of(whole: Unpacked) -> Self {
        let components = whole.components.into_iter().map(|(component, changes)| {
            Arc::new(ComponentHistory {
                history: History::of(
                    &component.slug,
                    changes.iter().map(history::borrowed).collect(),
                ),
                component,
            })
        });
        let packed = whole.incidents.iter().map(|incident| {
            let named = incident.components().into_iter().cloned().collect();
            (Post::of(incident.clone(), whole.as_of), named)
        });
        let mut posts = Posts::new(whole.site.zone);
        posts.fill(packed.collect());
        Self {
            revision: whole.revision,
            as_of: whole.as_of,
            until: whole.as_of,
            shares_second: false,
            stale_since: None,
            site: whole.site,
            states: whole.states,
            components: Vec::new(),
            posts,
            maintenance_log: Arc::default(),
            groups: Arc::default(),
            redirects: Arc::default(),
            indexes: Arc::default(),
            full_names: Arc::default(),
        }
        .with_components(components.collect())
    }

    /// The same snapshot, which knows that it replaces `before`.
    pub fn after(self, before: &Self) -> Self {
        // Another process may have shown each revision in between.
        let has_skipped = self.revision > before.revision + 1;
        Self {
            shares_second: has_skipped || self.as_of.timestamp() <= before.until.timestamp(),
            ..self
        }
    }

    /// The same snapshot, which says that nothing newer is known since an instant.
    pub fn as_stale_since(&self, since: DateTime<Utc>) -> Self {
        Self {
            stale_since: Some(since),
            shares_second: true,
            ..self.clone()
        }
    }

    fn with_components(mut self, components: Vec<Arc<ComponentHistory>>) -> Self {
        let indexes = components.iter().enumerate();
        self.indexes = Arc::new(
            indexes
                .map(|(index, record)| (record.component.slug.clone(), index))
                .collect(),
        );
        let described = components.iter().map(|record| &record.component);
        self.full_names = Arc::new(full_names(described.clone()));
        self.groups = Arc::new(groups(described));
        self.components = components;
        self
    }

    /// The components that aren't retired, in page order.
    pub fn active_components(&self) -> impl Iterator<Item = &ComponentHistory> {
        self.components
            .iter()
            .map(AsRef::as_ref)
            .filter(|record| record.component.retired_at.is_none())
    }

    /// A component, even a retired one.
    pub fn find_component(&self, slug: &Slug) -> Option<&ComponentHistory> {
        let record = &self.components[*self.indexes.get(slug)?];
        Some(record)
    }

    /// A group, by its slug.
    pub fn find_group(&self, slug: &Slug) -> Option<&Group> {
        self.groups.iter().find(|group| group.slug == *slug)
    }

    /// The components that a calendar or badge covers; `None` if there is no such part of the site.
    /// A retired component is in none.
    pub fn covered(&self, coverage: &Coverage) -> Option<Vec<&ComponentHistory>> {
        match coverage {
            Coverage::Site => Some(self.active_components().collect()),
            Coverage::Group(slug) => {
                let slugs = self.find_group(slug)?.components.iter();
                Some(slugs.filter_map(|it| self.find_component(it)).collect())
            }
            Coverage::Component(slug) => {
                let found = self.find_component(slug);
                let active = found.filter(|it| it.component.retired_at.is_none());
                active.map(|it| vec![it])
            }
        }
    }

    /// A component's name for people, with its group if others have the same name. For an unknown
    /// component, its slug.
    pub fn component_name<'a>(&'a self, slug: &'a Slug) -> &'a str {
        match self.full_names.get(slug) {
            Some(name) => name,
            None => self
                .find_component(slug)
                .map_or(slug.as_str(), |record| &record.component.name),
        }
    }

    /// A component's name in files, which is unique.
    pub fn component_name_in_files<'a>(&'a self, slug: &'a Slug) -> &'a str {
        match self.full_names.contains_key(slug) {
            true => slug.as_str(),
            false => self.component_name(slug),
        }
    }

    /// What a component is right now.
    pub fn standing(&self, record: &ComponentHistory) -> Standing {
        record.history.standing(self.until)
    }

    /// An incident by its present slug.
    pub fn find_incident(&self, slug: &Slug) -> Option<Incident> {
        self.posts.find(slug).map(|post| post.read())
    }

    /// The incidents that are open, newest first.
    pub fn open_incidents(&self) -> Vec<Incident> {
        self.posts.open().iter().map(|post| post.read()).collect()
    }

    /// The planned maintenances, soonest first.
    pub fn planned_maintenance(&self) -> Vec<Incident> {
        let planned = self.posts.planned().iter();
        let mut planned: Vec<_> = planned.map(|post| post.read()).collect();
        planned.sort_by_key(Incident::started);
        planned
    }

    /// The incidents that name a component, newest first.
    pub fn incidents_of(&self, component: &Slug) -> Vec<Incident> {
        let naming = self.posts.naming(component).into_iter();
        naming.map(|post| post.read()).collect()
    }
}
