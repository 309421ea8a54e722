//! Every change, one file a verb. The shape of each: check, then one transaction that holds rows,
//! history, record and revision.
//!
//! A [`Change`] is that transaction. Actions take it, so that several can be one change, and the
//! caller commits it; dropped, it leaves nothing behind. Each begins with what its actor must be
//! allowed to do, [`Change::require`], whichever way leads to it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};

use self::once::Once;
use self::repeat::Repeated;
use self::settle::Unsettled;
use crate::clock::Clock;
use crate::domain::actor::{Actor, Lacking};
use crate::domain::claims::SEQ_STEP;
use crate::domain::event::Event;
use crate::domain::incident::{Incident, page_time};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::Update;
use crate::store::changes::{self, ChangeKind, Changes, Since, add_since};
use crate::store::{Store, StoreError, Tx};

pub mod add_update;
mod audit;
pub mod change_maintenance;
mod checks;
pub mod correct_update;
pub mod create_incident;
pub mod edit_components;
pub mod edit_incident;
pub mod entry_place;
pub mod follow_clock;
mod maintenance_fact;
pub mod once;
mod permission;
mod plan_maintenance;
pub mod preview_resolution;
pub mod publish_draft;
pub mod repeat;
pub mod sessions;
pub mod set_component_state;
mod settle;
pub mod spoken_times;
mod stated_states;
mod sync_addresses;
pub mod sync_announced;
pub mod sync_content;
mod sync_entries;
mod sync_incident;
mod sync_match;
mod sync_overruled;
pub mod sync_seal;
mod sync_site;
mod sync_states;
mod sync_templates;
pub mod tokens;

/// Why a change was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// What was given can't be used; each field with what is wrong and how to mend it.
    #[error("{}", summary(.0))]
    Invalid(Vec<FieldError>),
    /// What should be changed isn't there.
    #[error("{0}")]
    NotFound(String),
    /// It can't be done as things stand.
    #[error("{0}")]
    Conflict(String),
    /// Something was said since the writer last looked; nothing was done.
    #[error("{}", .0.detail())]
    Meanwhile(Box<Meanwhile>),
    /// The same was posted a moment ago; nothing was done.
    #[error("{}", .0.detail())]
    Repeated(Box<Repeated>),
    /// The same is being done right now.
    #[error("the first request with this key is still running; ask again in a second")]
    StillRunning,
    /// The actor may not do such things.
    #[error(transparent)]
    Lacking(#[from] Lacking),
    /// The actor may not do this very thing.
    #[error("{0}")]
    Forbidden(String),
    /// The database failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where it stands, as a JSON pointer (RFC 6901) such as `/components/selma`.
    pub pointer: String,
    /// What is wrong, and how to mend it.
    pub detail: String,
}

/// What was said while somebody was writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Meanwhile {
    /// The incident, as it stands now.
    pub incident: Incident,
    /// The updates that the writer hasn't seen, in the order in which they were made.
    pub newer: Vec<Update>,
}

impl Meanwhile {
    fn detail(&self) -> String {
        let count = match self.newer.len() {
            1 => "an update was".to_owned(),
            many => format!("{many} updates were"),
        };
        format!(
            "{count} posted to {:?} since you read it, so yours wasn't; read what is new and send \
             yours again with the current \"seen\"",
            self.incident.title
        )
    }
}

impl ActionError {
    /// One field is wrong.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        }])
    }
}

fn summary(fields: &[FieldError]) -> String {
    let details: Vec<_> = fields.iter().map(|field| field.detail.as_str()).collect();
    details.join("; ")
}

/// A change in the making: one transaction, its actor, its time, and what it has touched.
#[derive(Debug)]
pub struct Change {
    tx: Tx,
    store: Store,
    actor: Actor,
    now: DateTime<Utc>,
    next_seq: i64,
    /// What it changes; of a component, since when.
    touched: Changes,
    /// Components of which something else is said, until that is worked out.
    unsettled: BTreeMap<Slug, Unsettled>,
    /// Every component of which it says anything, since when.
    spoken_of: BTreeMap<Slug, DateTime<Utc>>,
    /// Whether the actor may say it was decided.
    is_judged: bool,
    /// What happened, and who did it.
    events: Vec<(Actor, Event)>,
    /// By what it is known again.
    once: Option<Once>,
}

impl Change {
    /// Begins a change by `actor`.
    pub async fn begin(store: &Store, clock: &Clock, actor: Actor) -> Result<Self, ActionError> {
        let tx = store.begin().await?;
        let now = page_time(clock.now(), tx.made_until());
        Ok(Self {
            actor,
            now,
            // A change of more than a million things would run into the next one's numbers.
            next_seq: tx.writes() * SEQ_STEP * 1_000_000,
            tx,
            store: store.clone(),
            touched: Changes::new(),
            unsettled: BTreeMap::new(),
            spoken_of: BTreeMap::new(),
            is_judged: false,
            events: Vec::new(),
            once: None,
        })
    }

    /// Refuses the change, unless its actor may do something.
    ///
    /// # Errors
    /// `Lacking`, if it may not.
    fn require(&self, permission: Permission) -> Result<(), ActionError> {
        Ok(self.actor.require(permission)?)
    }

    /// The transaction, to read what the change has come to.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// When it is made.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether anything public has changed so far.
    pub fn has_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Makes it last, and returns the new revision if anything public changed.
    pub async fn commit(mut self) -> Result<Option<i64>, ActionError> {
        self.settle().await?;
        let lines = self.write_audit().await?;
        let mut revision = None;
        if !self.touched.is_empty() {
            let number = changes::insert_revision(&mut self.tx, self.now).await?;
            for ((kind, id), since) in &self.touched {
                changes::insert_change(&mut self.tx, number, (*kind, id), *since).await?;
            }
            revision = Some(number);
        }
        self.tx.commit().await?;
        audit::log(&lines);
        Ok(revision)
    }

    /// Works out what components are by it, of which something else is said. Committing does it too;
    /// an action whose answer says what changed does it before.
    async fn settle(&mut self) -> Result<(), ActionError> {
        while let Some((component, unsettled)) = self.unsettled.pop_first() {
            settle::settle_component(self, &component, unsettled).await?;
        }
        if !self.is_judged {
            self.refuse_states().await?;
            self.is_judged = true;
        }
        Ok(())
    }

    fn next_seq(&mut self) -> i64 {
        self.next_seq += SEQ_STEP;
        self.next_seq
    }

    fn touch_site(&mut self) {
        let site = (ChangeKind::Site, "site".to_owned());
        self.touched.insert(site, None);
    }

    fn touch_incident(&mut self, id: &str) {
        let incident = (ChangeKind::Incident, id.to_owned());
        self.touched.insert(incident, None);
    }

    /// Notes that a component is described otherwise, or that all of its history may be another.
    fn touch_component(&mut self, slug: &Slug) {
        self.touch_component_since(slug, None);
    }

    /// Notes that a component's history is another from an instant on.
    fn touch_component_since(&mut self, slug: &Slug, since: Since) {
        let component = (ChangeKind::Component, slug.to_string());
        add_since(&mut self.touched, component, since);
    }

    /// Notes that something else is said of a component, of whatever instant.
    fn touch_history(&mut self, slug: &Slug) {
        self.touch_history_since(slug, DateTime::<Utc>::MIN_UTC);
    }

    /// Notes that something else is said of a component, of `since` or later.
    fn touch_history_since(&mut self, slug: &Slug, since: DateTime<Utc>) {
        self.unsettle(slug, Unsettled::since(since));
    }

    fn unsettle(&mut self, slug: &Slug, unsettled: Unsettled) {
        self.is_judged = false;
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
