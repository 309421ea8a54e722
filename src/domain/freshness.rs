//! In which order feeds have their items, and how many.

use chrono::{DateTime, Utc};

use super::component::StateChange;
use super::incident::Incident;
use super::update::Update;

/// How many items a feed has, the freshest ones.
pub const FEED_ITEMS: usize = 50;

/// When something became public, as feeds order it: by the instant; of the same instant, an update
/// is fresher than a post, and what was said later than what was said earlier. The fields are
/// compared in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Freshness {
    public_at: DateTime<Utc>,
    sort: Sort,
    at: DateTime<Utc>,
    seq: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Post,
    Change,
    Update,
}

impl Freshness {
    /// That of an incident's post.
    pub fn of_post(incident: &Incident) -> Self {
        Self {
            public_at: incident.public_at,
            sort: Sort::Post,
            at: incident.published_at,
            seq: 0,
        }
    }

    /// That of a change of state.
    pub fn of_change(change: &StateChange) -> Self {
        Self {
            public_at: change.public_at,
            sort: Sort::Change,
            at: change.at,
            seq: change.seq,
        }
    }

    /// That of an update.
    pub fn of_update(update: &Update) -> Self {
        Self {
            public_at: update.public_at,
            sort: Sort::Update,
            at: update.at,
            seq: update.seq,
        }
    }

    /// The freshest of an incident's post and updates.
    pub fn of_incident(incident: &Incident) -> Self {
        let updates = incident.updates.iter().map(Self::of_update);
        updates.fold(Self::of_post(incident), Self::max)
    }
}
