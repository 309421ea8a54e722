//! The order of the items in feeds, and how many there are.

use chrono::{DateTime, Utc};

use super::component::StateChange;
use super::incident::Incident;
use super::update::Update;

/// How many items a feed has: the freshest ones.
pub const FEED_ITEMS: usize = 50;

/// When something became public, as feeds order it. At the same instant, an update is fresher than
/// a post, and what was said later is fresher than what was said earlier. The fields are compared
/// in this order.
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
    /// When it became public.
    pub fn public_at(&self) -> DateTime<Utc> {
        self.public_at
    }

    /// The freshness of an incident's post.
    pub fn of_post(incident: &Incident) -> Self {
        Self {
            public_at: incident.public_at,
            sort: Sort::Post,
            at: incident.published_at,
            seq: 0,
        }
    }

    /// The freshness of a change of state.
    pub fn of_change(change: &StateChange) -> Self {
        Self {
            public_at: change.public_at,
            sort: Sort::Change,
            at: change.at,
            seq: change.seq,
        }
    }

    /// The freshness of an update.
    pub fn of_update(update: &Update) -> Self {
        Self {
            public_at: update.public_at,
            sort: Sort::Update,
            at: update.at,
            seq: update.seq,
        }
    }

    /// The freshness of an incident's freshest part, post or update.
    pub fn of_incident(incident: &Incident) -> Self {
        let updates = incident.updates.iter().map(Self::of_update);
        updates.fold(Self::of_post(incident), Self::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::Kind;
    use crate::domain::incident::example::{at, change};

    #[test]
    fn what_became_public_last_is_freshest_whatever_time_it_speaks_of() {
        let mut incident = Incident::example(Kind::Disruption, 60).said(70, None);
        let post = Freshness::of_post(&incident);
        let update = Freshness::of_update(&incident.updates[0]);
        let at_70 = Freshness::of_change(&change("selma", 70, "degraded", None));
        assert!(post < at_70 && at_70 < update);
        assert_eq!(Freshness::of_incident(&incident), update);
        // It was added late, with an earlier time.
        incident = incident.said(65, None);
        incident.last_put().public_at = at(90);
        let late = Freshness::of_update(&incident.updates[1]);
        assert!(late > update);
        assert_eq!(Freshness::of_incident(&incident), late);
        incident.public_at = at(100);
        let published = Freshness::of_post(&incident);
        assert_eq!(Freshness::of_incident(&incident), published);
    }

    #[test]
    fn of_what_became_public_at_once_the_later_said_is_fresher() {
        let mut incident = Incident::example(Kind::Disruption, 60)
            .said(70, None)
            .said(80, None)
            .said(80, None);
        for update in &mut incident.updates {
            update.public_at = at(60);
        }
        incident.updates[2].seq += 1;
        let of = |index: usize| Freshness::of_update(&incident.updates[index]);
        assert!(Freshness::of_post(&incident) < of(0) && of(0) < of(1) && of(1) < of(2));
        let mut set = change("selma", 80, "degraded", None);
        set.public_at = at(60);
        let before = Freshness::of_change(&set);
        set.seq = 1;
        assert!(Freshness::of_change(&set) > before && before < of(0));
    }
}
