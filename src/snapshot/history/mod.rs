//! A component's state history, packed: there are hundreds of thousands of changes, and few of them
//! are read.

use chrono::{DateTime, Utc};

use serde::{Deserialize, Serialize};

use self::texts::{TextPacker, Texts};
use super::bytes;
use crate::domain::component::{Origin, Standing, StateChange};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::store::bulk::PackedChange;

#[cfg(test)]
mod tests;
mod texts;

/// Every change of a component's state, by `(at, seq)`, in blocks, so that an instant is found
/// without reading them all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct History {
    component: Slug,
    len: usize,
    blocks: Box<[Block]>,
    /// The last change, unpacked, because it is read most.
    last: Option<Change>,
    /// Each change as its difference from the one before it in its block.
    bytes: Box<[u8]>,
    states: Box<[StateKey]>,
    texts: Texts,
}

/// How many changes form a block.
const BLOCK: usize = 16;

/// The time of a block's first change, and the block's offset in the bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Block {
    at: DateMillis,
    start: u32,
}

/// A change of state. The state is given by its index.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Change {
    at: DateMillis,
    seq: i64,
    state: usize,
    origin: Origin,
    rare: Option<Rare>,
}

/// What most changes don't have. Texts are given by their indexes; 0 is no text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Rare {
    /// How long after it the change became public, in milliseconds.
    public_later: i64,
    note: usize,
    incident: usize,
    update: usize,
}

/// Milliseconds since 1970.
type DateMillis = i64;

impl Change {
    /// The change as its block holds it, where small numbers take least: `at` and `seq` count from
    /// those of the change before it.
    fn packed_after(self, at: DateMillis, seq: i64) -> Self {
        Self {
            at: self.at.wrapping_sub(at),
            seq: self.seq.wrapping_sub(seq),
            ..self
        }
    }

    /// The inverse of [`Self::packed_after`].
    fn unpacked_after(self, at: DateMillis, seq: i64) -> Self {
        Self {
            at: self.at.wrapping_add(at),
            seq: self.seq.wrapping_add(seq),
            ..self
        }
    }

    fn rare(self) -> Rare {
        self.rare.unwrap_or_default()
    }
}

impl History {
    /// Packs changes, in any order.
    pub fn of(component: &Slug, changes: Vec<PackedChange<'_>>) -> Self {
        Self::behind(component, Vec::new(), Packer::default(), changes)
    }

    /// The same history up to an instant, and other changes from then on. Whole blocks before that
    /// instant are copied as they are.
    pub fn changed_since(&self, since: DateTime<Utc>, changes: Vec<StateChange>) -> Self {
        let since_ms = since.timestamp_millis();
        let begun = self.blocks.partition_point(|block| block.at < since_ms);
        let (kept, others) = self.blocks.split_at(begun.saturating_sub(1));
        let cut = others.first();
        let mut tail: Vec<_> = cut
            .into_iter()
            .flat_map(|block| self.read(block))
            .filter(|change| change.at < since_ms)
            .map(|change| self.unpack(&change))
            .collect();
        tail.extend(changes);
        let end = cut.map_or(self.bytes.len(), |block| block.start as usize);
        let packer = Packer {
            bytes: self.bytes[..end].to_vec(),
            states: self.states.to_vec(),
            texts: TextPacker::after(&self.texts),
        };
        let tail = tail.iter().map(borrowed).collect();
        Self::behind(&self.component, kept.to_vec(), packer, tail)
    }

    /// Packs changes, in any order, after the whole blocks that `packer` holds.
    fn behind<'a>(
        component: &Slug,
        mut blocks: Vec<Block>,
        mut packer: Packer<'a>,
        mut changes: Vec<PackedChange<'a>>,
    ) -> Self {
        changes.sort_by_key(|change| (change.at_ms, change.seq));
        let len = blocks.len() * BLOCK + changes.len();
        blocks.extend(changes.chunks(BLOCK).map(|block| packer.block(block)));
        let mut history = Self {
            component: component.clone(),
            len,
            blocks: blocks.into(),
            last: None,
            bytes: packer.bytes.as_slice().into(),
            states: packer.states.into(),
            texts: packer.texts.finish(),
        };
        let last = history.blocks.last();
        history.last = last.and_then(|block| history.read(block).last());
        history
    }

    /// The component whose history it is.
    pub fn component(&self) -> &Slug {
        &self.component
    }

    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no changes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first change.
    pub fn first(&self) -> Option<StateChange> {
        let first = self.blocks.first()?;
        self.read(first).next().map(|change| self.unpack(&change))
    }

    /// Every change, oldest first; from the back, newest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = StateChange> {
        let changes = self.blocks.iter().flat_map(|block| self.listed(block));
        changes.map(|change| self.unpack(&change))
    }

    /// The changes by hand that aren't part of an update, newest first.
    pub fn by_hand(&self) -> impl Iterator<Item = StateChange> {
        let by_hand =
            |change: &Change| change.origin == Origin::Request && change.rare().update == 0;
        let changes = self.blocks.iter().flat_map(|block| self.listed(block));
        changes
            .rev()
            .filter(by_hand)
            .map(|change| self.unpack(&change))
    }

    /// The changes after an instant, and the one in force at it.
    pub fn since(&self, at: DateTime<Utc>) -> Vec<StateChange> {
        let at = at.timestamp_millis();
        let blocks = &self.blocks[self.blocks_until(at).saturating_sub(1)..];
        let changes: Vec<_> = blocks.iter().flat_map(|block| self.read(block)).collect();
        let index = changes.partition_point(|change| change.at <= at);
        let tail = &changes[index.saturating_sub(1)..];
        tail.iter().map(|change| self.unpack(change)).collect()
    }

    /// The state just before a change; operational if nothing came before.
    pub fn state_before(&self, change: &StateChange) -> StateKey {
        let key = (change.at.timestamp_millis(), change.seq);
        self.state_until(key.0, |other| (other.at, other.seq) < key)
    }

    /// The state just after a change. It can differ from the change's own state, if a worse one
    /// holds.
    pub fn state_after(&self, change: &StateChange) -> StateKey {
        let key = (change.at.timestamp_millis(), change.seq);
        self.state_until(key.0, |other| (other.at, other.seq) <= key)
    }

    /// The state of the last change that is early enough and at `at` or before.
    fn state_until(&self, at: DateMillis, is_early: impl Fn(&Change) -> bool) -> StateKey {
        let end = self.blocks_until(at);
        let blocks = self.blocks[..end].iter().rev();
        let last = blocks
            .map(|block| self.read(block).take_while(&is_early).last())
            .find_map(|last| last);
        last.map_or_else(StateKey::operational, |change| self.state(&change))
    }

    /// The component's standing at an instant; see [`crate::domain::component::standing`].
    pub fn standing(&self, at: DateTime<Utc>) -> Standing {
        let Some(latest) = self.latest(at) else {
            return Standing {
                state: StateKey::operational(),
                note: None,
                since: None,
            };
        };
        let at = at.timestamp_millis();
        let blocks = self.blocks[..self.blocks_until(at)].iter().rev();
        let newest_first = blocks.flat_map(|block| self.listed(block).into_iter().rev());
        let taken = newest_first
            .skip_while(|change| change.at > at)
            .take_while(|change| change.state == latest.state)
            .last();
        Standing {
            state: self.state(&latest),
            note: self.texts.get(latest.rare().note),
            since: taken.map(|change| instant(change.at)),
        }
    }

    /// Only the state at an instant, for callers that ask for hundreds of components.
    pub fn state_at(&self, at: DateTime<Utc>) -> &StateKey {
        match self.latest(at) {
            Some(change) => &self.states[change.state],
            None => StateKey::operational_ref(),
        }
    }

    /// The time of the latest change up to an instant.
    pub fn last_change(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.latest(at).map(|change| instant(change.at))
    }

    fn latest(&self, at: DateTime<Utc>) -> Option<Change> {
        let at = at.timestamp_millis();
        if let Some(last) = self.last.filter(|last| last.at <= at) {
            return Some(last);
        }
        let block = self.blocks[..self.blocks_until(at)].last()?;
        self.read(block).take_while(|change| change.at <= at).last()
    }

    /// How many blocks begin at an instant or before.
    fn blocks_until(&self, at: DateMillis) -> usize {
        self.blocks.partition_point(|block| block.at <= at)
    }

    /// The changes of a block, oldest first.
    fn read(&self, block: &Block) -> impl Iterator<Item = Change> + use<'_> {
        let mut bytes = &self.bytes[block.start as usize..];
        let (mut at, mut seq) = (block.at, 0_i64);
        let is_last = self
            .blocks
            .last()
            .is_some_and(|last| last.start == block.start);
        let count = match self.len % BLOCK {
            rest if is_last && rest > 0 => rest,
            _ => BLOCK,
        };
        (0..count).map(move |_| {
            let packed: Change = bytes::take(&mut bytes);
            let change = packed.unpacked_after(at, seq);
            (at, seq) = (change.at, change.seq);
            change
        })
    }

    fn listed(&self, block: &Block) -> Vec<Change> {
        self.read(block).collect()
    }

    fn state(&self, change: &Change) -> StateKey {
        self.states[change.state].clone()
    }

    fn unpack(&self, change: &Change) -> StateChange {
        let rare = change.rare();
        StateChange {
            component: self.component.clone(),
            at: instant(change.at),
            seq: change.seq,
            state: self.state(change),
            note: self.texts.get(rare.note),
            incident: self.texts.get(rare.incident),
            update: self.texts.get(rare.update),
            origin: change.origin,
            public_at: instant(change.at.wrapping_add(rare.public_later)),
        }
    }
}

/// A change in its packed form, borrowed.
pub(super) fn borrowed(change: &StateChange) -> PackedChange<'_> {
    PackedChange {
        at_ms: change.at.timestamp_millis(),
        seq: change.seq,
        public_at_ms: change.public_at.timestamp_millis(),
        state: change.state.as_str(),
        origin: change.origin,
        incident: change.incident.as_deref(),
        update: change.update.as_deref(),
        note: change.note.as_deref(),
    }
}

fn instant(millis: DateMillis) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

#[derive(Default)]
struct Packer<'a> {
    bytes: Vec<u8>,
    states: Vec<StateKey>,
    texts: TextPacker<'a>,
}

impl<'a> Packer<'a> {
    fn block(&mut self, changes: &[PackedChange<'a>]) -> Block {
        let start = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let first = changes.first().map_or(0, |change| change.at_ms);
        let (mut at, mut seq) = (first, 0);
        for change in changes {
            let change = self.change(change);
            bytes::append(&change.packed_after(at, seq), &mut self.bytes);
            (at, seq) = (change.at, change.seq);
        }
        Block { at: first, start }
    }

    fn change(&mut self, change: &PackedChange<'a>) -> Change {
        let state = self.index_of(change.state);
        let mut index = |text: Option<&'a str>| text.map_or(0, |text| self.texts.index_of(text));
        let rare = Rare {
            public_later: change.public_at_ms.wrapping_sub(change.at_ms),
            note: index(change.note),
            incident: index(change.incident),
            update: index(change.update),
        };
        Change {
            at: change.at_ms,
            seq: change.seq,
            state,
            origin: change.origin,
            rare: (rare != Rare::default()).then_some(rare),
        }
    }

    fn index_of(&mut self, state: &str) -> usize {
        let known = self.states.iter().position(|other| other.as_str() == state);
        known.unwrap_or_else(|| {
            self.states.push(StateKey::new(state));
            self.states.len() - 1
        })
    }
}
