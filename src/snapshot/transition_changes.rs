//! The changes that incidents' beginnings and ends brought, collected during a start: tens of
//! thousands of them, serialised into one block, so that its memory returns to the system at once.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::bytes;
use crate::domain::component::StateChange;

/// Changes of state, found by their incident.
#[derive(Debug, Default)]
pub(super) struct TransitionChanges {
    bytes: Vec<u8>,
    /// The hash of each change's incident, and the change's offset.
    offsets: Vec<(u64, usize)>,
}

fn hash_of(incident: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    incident.hash(&mut hasher);
    hasher.finish()
}

impl TransitionChanges {
    /// Adds a change.
    pub(super) fn push(&mut self, change: &StateChange) {
        let incident = change.incident.as_deref().unwrap_or_default();
        self.offsets.push((hash_of(incident), self.bytes.len()));
        bytes::append(change, &mut self.bytes);
    }

    /// Sorts the changes, so that they can be looked up.
    pub(super) fn sort(&mut self) {
        self.offsets.sort_unstable();
    }

    /// The changes of an incident, by `(at, seq)` and component.
    pub(super) fn of(&self, incident: &str) -> Vec<StateChange> {
        let hash = hash_of(incident);
        let start = self.offsets.partition_point(|(known, _)| *known < hash);
        let offsets = self.offsets[start..].iter();
        let mut found: Vec<StateChange> = offsets
            .take_while(|(known, _)| *known == hash)
            .map(|(_, offset)| bytes::take(&mut &self.bytes[*offset..]))
            .filter(|change: &StateChange| change.incident.as_deref() == Some(incident))
            .collect();
        found.sort_by(|one, other| {
            let order = |change: &StateChange| (change.at, change.seq);
            let by_time = order(one).cmp(&order(other));
            by_time.then_with(|| one.component.cmp(&other.component))
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::component::Origin;
    use crate::domain::slug::Slug;
    use crate::domain::state::StateKey;

    fn change(incident: &str, second: i64, seq: i64, component: &str) -> StateChange {
        let at = DateTime::from_timestamp(second, 0).expect("in range");
        StateChange {
            component: Slug::parse(component).expect("a slug"),
            at,
            seq,
            state: StateKey::operational(),
            note: None,
            incident: Some(incident.to_owned()),
            update: None,
            origin: Origin::Restore,
            public_at: at,
        }
    }

    #[test]
    fn an_incidents_changes_are_found_in_their_order_and_nobody_elses() {
        let of_one = [
            change("one", 5, 9, "selma"),
            change("one", 7, 1, "selma"),
            change("one", 7, 2, "nelson"),
            change("one", 7, 2, "selma"),
        ];
        let mut transitions = TransitionChanges::default();
        for at in [3, 0, 2, 1] {
            transitions.push(&of_one[at]);
            transitions.push(&change("other", 6, 5, "clark"));
        }
        transitions.sort();
        assert_eq!(transitions.of("one"), of_one);
        assert_eq!(transitions.of("other").len(), 4);
        assert_eq!(transitions.of("none"), []);
    }
}
