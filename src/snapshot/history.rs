//! All that ever happened to a component, packed: there are hundreds of thousands of changes of
//! state, and few are looked at.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::bytes::{as_uuid, text_of};
use crate::domain::component::{Origin, Standing, StateChange};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;

/// Every change of a component's state, by `(at, seq)`.
#[derive(Debug, Clone)]
pub struct History {
    component: Slug,
    changes: Box<[Packed]>,
    states: Box<[StateKey]>,
    texts: Texts,
}

/// A change of state; texts and states by their place, 0 being none.
#[derive(Debug, Clone, Copy)]
struct Packed {
    at: DateMillis,
    seq: i64,
    public_at: DateMillis,
    note: u32,
    incident: u32,
    update: u32,
    state: u16,
    origin: Origin,
}

/// Milliseconds since 1970: two thirds of the size of a `DateTime`.
type DateMillis = i64;

impl History {
    /// Packs changes, which are in no particular order.
    pub fn of(component: &Slug, mut changes: Vec<StateChange>) -> Self {
        changes.sort_by_key(|change| (change.at, change.seq));
        let mut packer = Packer::default();
        let changes = changes.iter().map(|change| packer.pack(change)).collect();
        Self {
            component: component.clone(),
            changes,
            states: packer.states.into(),
            texts: packer.texts.finish(),
        }
    }

    /// The same history up to an instant, and other changes from then on.
    pub fn changed_since(&self, since: DateTime<Utc>, changes: Vec<StateChange>) -> Self {
        let since = since.timestamp_millis();
        let stays = self.changes.partition_point(|packed| packed.at < since);
        let kept = self.changes[..stays].iter();
        let mut all: Vec<_> = kept.map(|packed| self.unpack(packed)).collect();
        all.extend(changes);
        Self::of(&self.component, all)
    }

    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Nothing ever happened.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The first change.
    pub fn first(&self) -> Option<StateChange> {
        self.changes.first().map(|packed| self.unpack(packed))
    }

    /// Every change, oldest first; from the back, newest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = StateChange> {
        self.changes.iter().map(|packed| self.unpack(packed))
    }

    /// The changes by hand that came with no update, newest first.
    pub fn by_hand(&self) -> impl Iterator<Item = StateChange> {
        let by_hand = |packed: &&Packed| packed.origin == Origin::Request && packed.update == 0;
        self.changes
            .iter()
            .rev()
            .filter(by_hand)
            .map(|packed| self.unpack(packed))
    }

    /// The changes after an instant, and the one that held then.
    pub fn since(&self, at: DateTime<Utc>) -> Vec<StateChange> {
        let place = self.place_after(at).saturating_sub(1);
        let tail = &self.changes[place..];
        tail.iter().map(|packed| self.unpack(packed)).collect()
    }

    /// The state just before a change; of nothing before it, operational.
    pub fn state_before(&self, change: &StateChange) -> StateKey {
        let key = (change.at.timestamp_millis(), change.seq);
        let earlier = self
            .changes
            .partition_point(|other| (other.at, other.seq) < key);
        self.changes[..earlier]
            .last()
            .map_or_else(StateKey::operational, |packed| self.state(packed))
    }

    /// What the component is at an instant; see [`crate::domain::component::standing`].
    pub fn standing(&self, at: DateTime<Utc>) -> Standing {
        let so_far = &self.changes[..self.place_after(at)];
        let Some(latest) = so_far.last() else {
            return Standing {
                state: StateKey::operational(),
                note: None,
                since: None,
            };
        };
        let taken = so_far
            .iter()
            .rev()
            .take_while(|packed| packed.state == latest.state)
            .last();
        Standing {
            state: self.state(latest),
            note: self.texts.get(latest.note),
            since: taken.map(|packed| instant(packed.at)),
        }
    }

    /// The state alone at an instant, for those who ask of hundreds of components.
    pub fn state_at(&self, at: DateTime<Utc>) -> StateKey {
        let so_far = &self.changes[..self.place_after(at)];
        so_far
            .last()
            .map_or_else(StateKey::operational, |packed| self.state(packed))
    }

    /// The latest change up to an instant.
    pub fn last_change(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let so_far = &self.changes[..self.place_after(at)];
        so_far.last().map(|packed| instant(packed.at))
    }

    /// How many changes there are up to an instant.
    fn place_after(&self, at: DateTime<Utc>) -> usize {
        let at = at.timestamp_millis();
        // Mostly it is all of them, and finding that out looks at one.
        if self.changes.last().is_none_or(|last| last.at <= at) {
            return self.changes.len();
        }
        self.changes.partition_point(|packed| packed.at <= at)
    }

    fn state(&self, packed: &Packed) -> StateKey {
        self.states[usize::from(packed.state)].clone()
    }

    fn unpack(&self, packed: &Packed) -> StateChange {
        StateChange {
            component: self.component.clone(),
            at: instant(packed.at),
            seq: packed.seq,
            state: self.state(packed),
            note: self.texts.get(packed.note),
            incident: self.texts.get(packed.incident),
            update: self.texts.get(packed.update),
            origin: packed.origin,
            public_at: instant(packed.public_at),
        }
    }
}

fn instant(millis: DateMillis) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// Texts one after the other; each is found by its place, counted from 1.
#[derive(Debug, Clone, Default)]
struct Texts {
    bytes: Box<[u8]>,
    ends: Box<[u32]>,
}

/// How a text begins: as it is, or as the 16 bytes of a UUID.
const PLAIN: u8 = 0;
const UUID: u8 = 1;

impl Texts {
    fn get(&self, place: u32) -> Option<String> {
        let place = usize::try_from(place).ok()?.checked_sub(1)?;
        let start = match place {
            0 => 0,
            _ => self.ends[place - 1] as usize,
        };
        let (kind, bytes) = self.bytes[start..self.ends[place] as usize].split_first()?;
        match <[u8; 16]>::try_from(bytes) {
            Ok(bytes) if *kind == UUID => Some(Uuid::from_bytes(bytes).to_string()),
            Ok(_) | Err(_) => Some(text_of(bytes)),
        }
    }
}

#[derive(Default)]
struct Packer {
    states: Vec<StateKey>,
    texts: TextPacker,
}

#[derive(Default)]
struct TextPacker {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    known: HashMap<String, u32>,
}

impl Packer {
    fn pack(&mut self, change: &StateChange) -> Packed {
        let state = self.states.iter().position(|state| *state == change.state);
        let state = state.unwrap_or_else(|| {
            self.states.push(change.state.clone());
            self.states.len() - 1
        });
        Packed {
            at: change.at.timestamp_millis(),
            seq: change.seq,
            public_at: change.public_at.timestamp_millis(),
            note: self.texts.add(change.note.as_deref()),
            incident: self.texts.add(change.incident.as_deref()),
            update: self.texts.add(change.update.as_deref()),
            // A site has a dozen states.
            state: u16::try_from(state).unwrap_or(0),
            origin: change.origin,
        }
    }
}

impl TextPacker {
    fn add(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text else { return 0 };
        if let Some(place) = self.known.get(text) {
            return *place;
        }
        match as_uuid(text) {
            Some(uuid) => {
                self.bytes.push(UUID);
                self.bytes.extend(uuid.as_bytes());
            }
            None => {
                self.bytes.push(PLAIN);
                self.bytes.extend(text.as_bytes());
            }
        }
        self.ends
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        let place = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.known.insert(text.to_owned(), place);
        place
    }

    fn finish(self) -> Texts {
        Texts {
            bytes: self.bytes.into(),
            ends: self.ends.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::component;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).expect("in range")
    }

    fn history() -> (Vec<StateChange>, History) {
        let selma = Slug::parse("selma").expect("a slug");
        let change =
            |minute, seq, state: &str, note: Option<&str>, incident: Option<&str>| StateChange {
                component: selma.clone(),
                at: at(minute),
                seq,
                state: StateKey::new(state),
                note: note.map(str::to_owned),
                incident: incident.map(str::to_owned),
                update: incident.map(|_| "0191f1c2-8a3b-7c4d-8e5f-001122334455".to_owned()),
                origin: Origin::Request,
                public_at: at(minute + 1),
            };
        let changes = vec![
            change(10, 1, "degraded", None, Some("my own id")),
            change(20, 2, "major_outage", Some("rescue"), None),
            change(20, 3, "major_outage", None, Some("my own id")),
            change(40, 4, "operational", Some("rescue"), None),
        ];
        let mut shuffled = changes.clone();
        shuffled.reverse();
        let packed = History::of(&selma, shuffled);
        (changes, packed)
    }

    #[test]
    fn what_is_packed_comes_out_the_same_and_in_order() {
        let (changes, packed) = history();
        assert_eq!(packed.iter().collect::<Vec<_>>(), changes);
        assert_eq!(packed.first(), changes.first().cloned());
        let by_hand: Vec<_> = packed.by_hand().map(|change| change.seq).collect();
        assert_eq!(by_hand, [4, 2]);
    }

    #[test]
    fn changed_from_an_instant_on_it_is_as_if_packed_anew() {
        let (changes, packed) = history();
        for minute in 0..50 {
            let since = at(minute);
            let mut new = changes[0].clone();
            new.at = since.max(at(30));
            let stays = changes.iter().filter(|change| change.at < since);
            let expected: Vec<_> = stays.cloned().chain([new.clone()]).collect();
            let changed = packed.changed_since(since, vec![new]);
            assert_eq!(changed.iter().collect::<Vec<_>>(), expected, "{minute}");
        }
    }

    #[test]
    fn it_says_of_each_instant_what_the_changes_themselves_say() {
        let (changes, packed) = history();
        for minute in 0..50 {
            let expected = component::standing(&changes, at(minute));
            assert_eq!(packed.standing(at(minute)), expected, "{minute}");
            assert_eq!(packed.state_at(at(minute)), expected.state, "{minute}");
            let tail = packed.since(at(minute));
            assert_eq!(component::standing(&tail, at(minute)).state, expected.state);
        }
        assert_eq!(packed.since(at(30)), changes[2..]);
        for (place, change) in changes.iter().enumerate() {
            let before = match place {
                0 => StateKey::operational(),
                _ => changes[place - 1].state.clone(),
            };
            assert_eq!(packed.state_before(change), before);
        }
    }
}
