//! What may be shown at an instant, and when that will change.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::history::History;
use crate::domain::incident::{CLOCK_TOLERANCE, Incident};
use crate::domain::slug::Slug;
use crate::store::bulk::PackedChange;

/// Something stored that will be shown, or will count, later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An incident, by its id.
    Incident(String),
    /// A component's history.
    Component(Slug),
}

/// When each subject must be looked at again.
pub type Waiting = BTreeMap<Subject, DateTime<Utc>>;

/// The part of an incident that may be shown at `as_of`: nothing further ahead of the clock than
/// the tolerance.
pub(super) fn due(mut incident: Incident, as_of: DateTime<Utc>) -> Option<Incident> {
    let horizon = as_of + CLOCK_TOLERANCE;
    if incident.published_at > horizon {
        return None;
    }
    incident.updates.retain(|update| update.at <= horizon);
    incident.changes.retain(|change| change.at <= horizon);
    Some(incident)
}

/// The part of a component's history that may be shown, and when that will change.
pub(super) fn history_of(
    component: &Slug,
    mut changes: Vec<PackedChange<'_>>,
    is_shown: impl Fn(&str) -> bool,
    as_of: DateTime<Utc>,
) -> (History, Vec<DateTime<Utc>>) {
    let to_come = changes
        .iter()
        .filter(|change| change.at_ms > as_of.timestamp_millis())
        .filter_map(|change| DateTime::from_timestamp_millis(change.at_ms));
    let due = to_come.flat_map(moments).collect();
    let horizon = (as_of + CLOCK_TOLERANCE).timestamp_millis();
    changes.retain(|change| change.at_ms <= horizon && change.incident.is_none_or(&is_shown));
    (History::of(component, changes), due)
}

/// Notes when an incident must be looked at again.
pub(super) fn wait_for_incident(incident: &Incident, as_of: DateTime<Utc>, waiting: &mut Waiting) {
    let subject = Subject::Incident(incident.id.clone());
    wait(subject, moments_of(incident), as_of, waiting);
}

/// The instants at which something that an incident says is shown, or begins to count.
pub(super) fn moments_of(incident: &Incident) -> impl Iterator<Item = DateTime<Utc>> {
    let updates = incident.updates.iter().map(|update| update.at);
    updates.chain([incident.published_at]).flat_map(moments)
}

/// Something dated `at` is shown a little before, and counts from `at` on.
fn moments(at: DateTime<Utc>) -> [DateTime<Utc>; 2] {
    [at - CLOCK_TOLERANCE, at]
}

/// Notes when a subject must be looked at again: at the first future instant.
pub(super) fn wait(
    subject: Subject,
    moments: impl IntoIterator<Item = DateTime<Utc>>,
    as_of: DateTime<Utc>,
    waiting: &mut Waiting,
) {
    match moments.into_iter().filter(|at| *at > as_of).min() {
        Some(next) => waiting.insert(subject, next),
        None => waiting.remove(&subject),
    };
}
