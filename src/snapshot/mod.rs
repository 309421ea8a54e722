//! Everything public at one revision and instant, immutable; pages are rendered from it alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::component::{Component, Standing, StateChange, standing};
use crate::domain::incident::Incident;
use crate::domain::site::Site;
use crate::domain::slug::Slug;
use crate::domain::state::States;

pub mod load;

/// Everything public. Holds no draft, nothing withdrawn or hidden, no update that isn't due.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The revision of the database that it shows.
    pub revision: i64,
    /// The instant that it shows.
    pub as_of: DateTime<Utc>,
    /// The company.
    pub site: Site,
    /// Every state that is known.
    pub states: States,
    /// In the order of the page; retired ones too.
    pub components: Vec<ComponentRecord>,
    /// Newest first, by [`Incident::started`], then id.
    pub incidents: Vec<Arc<Incident>>,
    /// Former slugs of incidents and the present one of each.
    pub redirects: BTreeMap<Slug, Slug>,
}

/// A component and everything that ever happened to it.
#[derive(Debug, Clone)]
pub struct ComponentRecord {
    /// The component.
    pub component: Component,
    /// Every change of its state, by `(at, seq)`.
    pub changes: Vec<StateChange>,
}

impl Snapshot {
    /// The components that are not retired, in the order of the page.
    pub fn active_components(&self) -> impl Iterator<Item = &ComponentRecord> {
        self.components
            .iter()
            .filter(|record| record.component.retired_at.is_none())
    }

    /// A component, a retired one too.
    pub fn find_component(&self, slug: &Slug) -> Option<&ComponentRecord> {
        self.components
            .iter()
            .find(|record| record.component.slug == *slug)
    }

    /// The name of a component for people; of an unknown one, its slug.
    pub fn component_name<'a>(&'a self, slug: &'a Slug) -> &'a str {
        self.find_component(slug)
            .map_or(slug.as_str(), |record| &record.component.name)
    }

    /// What a component is right now.
    pub fn standing(&self, record: &ComponentRecord) -> Standing {
        standing(&record.changes, self.as_of)
    }

    /// An incident by its present slug.
    pub fn find_incident(&self, slug: &Slug) -> Option<&Arc<Incident>> {
        self.incidents
            .iter()
            .find(|incident| incident.slug == *slug)
    }

    /// The incidents that are open, newest first.
    pub fn open_incidents(&self) -> impl Iterator<Item = &Arc<Incident>> {
        self.incidents
            .iter()
            .filter(|incident| incident.is_open(self.as_of))
    }

    /// The maintenance still to come, soonest first.
    pub fn planned_maintenance(&self) -> Vec<&Arc<Incident>> {
        let mut planned: Vec<_> = self
            .incidents
            .iter()
            .filter(|incident| incident.is_planned(self.as_of))
            .collect();
        planned.sort_by_key(|incident| incident.started());
        planned
    }

    /// The incidents that name a component, newest first.
    pub fn incidents_of(&self, component: &Slug) -> impl Iterator<Item = &Arc<Incident>> {
        self.incidents
            .iter()
            .filter(move |incident| incident.components().contains(&component))
    }
}
