//! What calendars say of a maintenance besides what its incident says: how often it has changed, and
//! which ones were withdrawn.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::incident::CLOCK_TOLERANCE;
use crate::domain::slug::Slug;
use crate::domain::window::Window;
use crate::store::incidents::StoredIncident;
use crate::store::maintenance::{find_revised, list_revised, list_withdrawn_maintenance};
use crate::store::{StoreError, Tx};

/// How often something has changed, and when it did last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revised {
    /// How often. It never falls.
    pub times: u32,
    /// When it did last, if that was noted.
    pub at: Option<DateTime<Utc>>,
}

impl Revised {
    fn of((times, at): (i64, Option<DateTime<Utc>>)) -> Self {
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        Self { times, at }
    }
}

/// A maintenance that was public and is withdrawn now, or is something else. Nothing that it said is public any more,
/// except when it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// When it became public.
    pub public_at: DateTime<Utc>,
    /// When it was withdrawn.
    pub at: DateTime<Utc>,
    /// Its window.
    pub window: Window,
    /// The components that it named.
    pub components: Vec<Slug>,
}

impl Withdrawn {
    /// What was withdrawn, or made something else when it was last `revised`.
    fn of(stored: &StoredIncident, revised: Revised) -> Option<Self> {
        let incident = &stored.incident;
        let former = incident.former_window();
        let changed = former.and(revised.at.or(Some(incident.public_at)));
        let at = stored.withdrawn_at.or(changed)?;
        // A draft, or something dated later, was never public.
        let was_public = !incident.draft && incident.published_at <= at + CLOCK_TOLERANCE;
        (was_public && stored.hidden_at.is_none()).then(|| Self {
            public_at: incident.public_at,
            at,
            window: former.unwrap_or_else(|| incident.window()),
            components: incident.components().into_iter().cloned().collect(),
        })
    }
}

/// The log of every maintenance, by the incident's id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintenanceLog {
    revised: BTreeMap<String, Revised>,
    withdrawn: BTreeMap<String, Withdrawn>,
}

impl MaintenanceLog {
    /// Reads all of it.
    pub(super) async fn load(tx: &mut Tx) -> Result<Self, StoreError> {
        let revised = list_revised(tx).await?.into_iter();
        let revised: BTreeMap<String, Revised> =
            revised.map(|(id, it)| (id, Revised::of(it))).collect();
        let withdrawn = list_withdrawn_maintenance(tx).await?.into_iter();
        let withdrawn = withdrawn.filter_map(|it| {
            let id = it.incident.id.clone();
            let revised = revised.get(&id).copied().unwrap_or_default();
            Some((id, Withdrawn::of(&it, revised)?))
        });
        Ok(Self {
            withdrawn: withdrawn.collect(),
            revised,
        })
    }

    /// Reads anew what concerns one maintenance.
    pub(super) async fn note(
        &mut self,
        tx: &mut Tx,
        stored: &StoredIncident,
    ) -> Result<(), StoreError> {
        let id = &stored.incident.id;
        let revised = Revised::of(find_revised(tx, id).await?);
        self.revised.insert(id.clone(), revised);
        match Withdrawn::of(stored, revised) {
            Some(withdrawn) => self.withdrawn.insert(id.clone(), withdrawn),
            None => self.withdrawn.remove(id),
        };
        Ok(())
    }

    /// How often a maintenance has changed.
    pub fn revised(&self, id: &str) -> Revised {
        self.revised.get(id).copied().unwrap_or_default()
    }

    /// The maintenances that were public and are withdrawn, by id.
    pub fn withdrawn(&self) -> impl Iterator<Item = (&str, &Withdrawn)> {
        self.withdrawn.iter().map(|(id, it)| (id.as_str(), it))
    }
}
