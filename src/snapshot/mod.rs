//! Everything public at one revision and instant, immutable; pages are rendered from it alone.
//!
//! It lies packed in memory, and a snapshot shares with the one before all that stayed the same:
//! making the next one costs what has changed, however long the history is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use self::history::History;
use self::post::Post;
use self::posts::Posts;
use crate::domain::component::{Component, Standing, StateChange};
use crate::domain::component_name::full_names;
use crate::domain::incident::Incident;
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;
use crate::domain::state::States;

mod bytes;
pub mod history;
pub mod load;
mod load_parts;
pub mod patch;
pub mod post;
pub mod posts;
mod shared_map;
pub mod shown;
mod turns;

/// Everything public. Holds no draft, nothing withdrawn or hidden, no update that isn't due.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The revision of the database that it shows.
    pub revision: i64,
    /// The time of the page.
    pub as_of: DateTime<Utc>,
    /// Everything up to this instant counts: the page's time, or later, if something was made here
    /// before the clock was set back.
    pub until: DateTime<Utc>,
    /// The company.
    pub site: SiteSettings,
    /// Every state that is known.
    pub states: States,
    /// In the order of the page; retired ones too.
    pub components: Vec<Arc<ComponentHistory>>,
    /// Every incident.
    pub posts: Posts,
    /// Former slugs of incidents and the present one of each.
    pub redirects: Arc<BTreeMap<Slug, Slug>>,
    /// Where each component stands in the list.
    places: Arc<HashMap<Slug, usize>>,
    /// The names of components whose own name isn't theirs alone.
    full_names: Arc<HashMap<Slug, String>>,
}

/// A component and everything that ever happened to it.
#[derive(Debug, Clone)]
pub struct ComponentHistory {
    /// The component.
    pub component: Component,
    /// Every change of its state.
    pub history: History,
}

/// Everything public, not packed yet.
#[derive(Debug, Clone)]
pub struct Unpacked {
    /// See [`Snapshot::revision`].
    pub revision: i64,
    /// See [`Snapshot::as_of`].
    pub as_of: DateTime<Utc>,
    /// The company.
    pub site: SiteSettings,
    /// Every state that is known.
    pub states: States,
    /// In the order of the page, each with its changes of state.
    pub components: Vec<(Component, Vec<StateChange>)>,
    /// In any order.
    pub incidents: Vec<Incident>,
}

impl Snapshot {
    /// Packs everything.
    pub fn of(whole: Unpacked) -> Self {
        let components = whole.components.into_iter().map(|(component, changes)| {
            Arc::new(ComponentHistory {
                history: History::of(&component.slug, changes.iter().map(history::lent).collect()),
                component,
            })
        });
        let packed = whole.incidents.iter().map(|incident| {
            let named = incident.components().into_iter().cloned().collect();
            (Post::of(incident, whole.as_of), named)
        });
        let mut posts = Posts::new(whole.site.zone);
        posts.fill(packed.collect());
        Self {
            revision: whole.revision,
            as_of: whole.as_of,
            until: whole.as_of,
            site: whole.site,
            states: whole.states,
            components: Vec::new(),
            posts,
            redirects: Arc::default(),
            places: Arc::default(),
            full_names: Arc::default(),
        }
        .with_components(components.collect())
    }

    fn with_components(mut self, components: Vec<Arc<ComponentHistory>>) -> Self {
        let places = components.iter().enumerate();
        self.places = Arc::new(
            places
                .map(|(place, record)| (record.component.slug.clone(), place))
                .collect(),
        );
        let described = components.iter().map(|record| &record.component);
        self.full_names = Arc::new(full_names(described));
        self.components = components;
        self
    }

    /// The components that are not retired, in the order of the page.
    pub fn active_components(&self) -> impl Iterator<Item = &ComponentHistory> {
        self.components
            .iter()
            .map(AsRef::as_ref)
            .filter(|record| record.component.retired_at.is_none())
    }

    /// A component, a retired one too.
    pub fn find_component(&self, slug: &Slug) -> Option<&ComponentHistory> {
        let record = &self.components[*self.places.get(slug)?];
        Some(record)
    }

    /// The name of a component for people, with its group if others have the same; of an unknown
    /// one, its slug.
    pub fn component_name<'a>(&'a self, slug: &'a Slug) -> &'a str {
        match self.full_names.get(slug) {
            Some(name) => name,
            None => self
                .find_component(slug)
                .map_or(slug.as_str(), |record| &record.component.name),
        }
    }

    /// The name of a component in files: that of no other.
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

    /// The maintenance still to come, soonest first.
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
