//! A change in progress: what every action writes into.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};

use super::error::ActionError;
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::claims::SEQ_STEP;
use crate::domain::component::StateChange;
use crate::domain::dispatch::{News, Telling, Thread};
use crate::domain::event::Event;
use crate::domain::incident::{Incident, Kind, is_open, page_time};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::Update;
use crate::store::changes::{ChangeKind, Changes, Since, add_since};
use crate::store::{Store, Tx};

/// A change in progress: one transaction, its actor, its time, and what it has touched.
#[derive(Debug)]
pub struct Change {
    pub(super) tx: Tx,
    pub(super) store: Store,
    pub(super) actor: Actor,
    pub(super) now: DateTime<Utc>,
    next_seq: i64,
    /// What it changes, and for a component since when.
    pub(super) touched: Changes,
    /// Components about which something new is said, until their histories are worked out.
    pub(super) unsettled: BTreeMap<Slug, Unsettled>,
    /// Every component about which it says anything, since when.
    pub(super) spoken_of: BTreeMap<Slug, DateTime<Utc>>,
    /// Whether it was checked that the actor may change the states it changes.
    pub(super) states_are_checked: bool,
    /// What happened, and who did it.
    pub(super) events: Vec<(Actor, Event)>,
    /// Whether subscribers are told of what happens.
    pub(super) telling: Telling,
    /// From which instant on entries of files are news.
    pub(super) files_news_since: DateTime<Utc>,
    /// What subscribers are to be told, in order.
    pub(super) dispatches: Vec<(i64, Thread, News)>,
    /// How the request is recognised if it is repeated.
    pub(super) once: Option<Once>,
}

impl Change {
    /// Begins a change by `actor`.
    pub async fn begin(store: &Store, clock: &Clock, actor: Actor) -> Result<Self, ActionError> {
        let tx = store.begin().await?;
        let now = page_time(clock.now(), tx.made_until());
        Ok(Self {
            actor,
            now,
            // A change of more than a million items would run into the next change's numbers.
            next_seq: tx.write_number() * SEQ_STEP * 1_000_000,
            tx,
            store: store.clone(),
            touched: Changes::new(),
            unsettled: BTreeMap::new(),
            spoken_of: BTreeMap::new(),
            states_are_checked: false,
            events: Vec::new(),
            telling: Telling::default(),
            files_news_since: now,
            dispatches: Vec::new(),
            once: None,
        })
    }

    /// Refuses the change unless its actor has this permission.
    ///
    /// # Errors
    /// `Lacking`, if the actor doesn't have it.
    pub(super) fn require(&self, permission: Permission) -> Result<(), ActionError> {
        Ok(self.actor.require(permission)?)
    }

    /// The transaction, to read the data as the change has left it.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// The time of the change.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether anything public has changed so far.
    pub fn has_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    pub(super) fn next_seq(&mut self) -> i64 {
        self.next_seq += SEQ_STEP;
        self.next_seq
    }

    pub(super) fn touch_site(&mut self) {
        let site = (ChangeKind::Site, "site".to_owned());
        self.touched.insert(site, None);
    }

    pub(super) fn touch_incident(&mut self, id: &str) {
        let incident = (ChangeKind::Incident, id.to_owned());
        self.touched.insert(incident, None);
    }

    /// Notes that what an incident did to components has changed from an instant on, though nothing
    /// new was said in it.
    pub(super) fn touch_incident_since(&mut self, id: &str, since: DateTime<Utc>) {
        let incident = (ChangeKind::Incident, id.to_owned());
        add_since(&mut self.touched, incident, Some(since));
    }

    /// Notes that a component's description has changed, or that all of its history may have.
    pub(super) fn touch_component(&mut self, slug: &Slug) {
        self.touch_component_since(slug, None);
    }

    /// Notes that a component's history has changed from an instant on.
    pub(super) fn touch_component_since(&mut self, slug: &Slug, since: Since) {
        let component = (ChangeKind::Component, slug.to_string());
        add_since(&mut self.touched, component, since);
    }

    /// Notes that something new is said about a component, at any time.
    pub(super) fn touch_history(&mut self, slug: &Slug) {
        self.touch_history_since(slug, DateTime::<Utc>::MIN_UTC);
    }

    /// Notes that something new is said about a component, at `since` or later.
    pub(super) fn touch_history_since(&mut self, slug: &Slug, since: DateTime<Utc>) {
        self.unsettle(slug, Unsettled::since(since));
    }

    pub(super) fn unsettle(&mut self, slug: &Slug, unsettled: Unsettled) {
        self.states_are_checked = false;
        let since = unsettled.since;
        let spoken_of = self.spoken_of.entry(slug.clone()).or_insert(since);
        *spoken_of = since.min(*spoken_of);
        match self.unsettled.entry(slug.clone()) {
            Entry::Vacant(entry) => _ = entry.insert(unsettled),
            Entry::Occupied(mut entry) => {
                let since = since.min(entry.get().since);
                entry.insert(Unsettled::since(since));
            }
        }
    }
}

/// How a repeated request is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The key that its sender chose.
    pub key: String,
    /// SHA-256 of the request, in hexadecimal.
    pub digest: String,
}

/// What is newly said about a component.
#[derive(Debug)]
pub(super) struct Unsettled {
    /// The earliest instant that it concerns.
    pub(super) since: DateTime<Utc>,
    /// The only thing that is new: a state set by a new update of a disruption that goes on.
    pub(super) added: Option<StateChange>,
}

impl Unsettled {
    /// Anything, at `since` or later.
    pub(super) fn since(since: DateTime<Utc>) -> Self {
        Self { since, added: None }
    }

    /// A state that a new update sets.
    pub(super) fn added(incident: &Incident, update: &Update, set: StateChange) -> Self {
        let goes_on = |phase| is_open(incident.kind, phase);
        let is_alone = incident.kind == Kind::Disruption && update.phase.is_none_or(goes_on);
        Self {
            since: set.at,
            added: Some(set).filter(|_| is_alone && !incident.draft),
        }
    }
}
