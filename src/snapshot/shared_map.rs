//! A map whose copies share everything unchanged, so that a publish copies a few hundred entries at
//! most.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// The number of shards; a power of two.
const SHARDS: usize = 256;

/// A map that is cheap to copy.
#[derive(Debug, Clone)]
pub(super) struct SharedMap<K, V> {
    shards: Box<[Arc<HashMap<K, V>>]>,
    len: usize,
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Arc::default()).collect(),
            len: 0,
        }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> SharedMap<K, V> {
    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The value of a key.
    pub(super) fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.shards[shard_of(key)].get(key)
    }

    /// Inserts a value, and returns the one it replaces.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let before = Arc::make_mut(&mut self.shards[shard_of(&key)]).insert(key, value);
        self.len += usize::from(before.is_none());
        before
    }

    /// Removes a value.
    pub(super) fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let shard = &mut self.shards[shard_of(key)];
        if !shard.contains_key(key) {
            return None;
        }
        self.len -= 1;
        Arc::make_mut(shard).remove(key)
    }

    /// All values, in any order.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.shards.iter().flat_map(|shard| shard.values())
    }
}

fn shard_of<Q: Hash + ?Sized>(key: &Q) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    // The low bits choose the shard.
    hasher.finish() as usize % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_what_it_was_copied_with() {
        let mut map: SharedMap<String, usize> = SharedMap::default();
        for number in 0..1000 {
            map.insert(number.to_string(), number);
        }
        let copy = map.clone();
        map.insert("7".to_owned(), 70);
        map.remove("8");
        assert_eq!((map.get("7"), map.get("8")), (Some(&70), None));
        assert_eq!((copy.get("7"), copy.get("8")), (Some(&7), Some(&8)));
        assert_eq!((map.len(), copy.len()), (999, 1000));
        let shared = map.shards.iter().zip(&copy.shards);
        let apart = shared.filter(|(a, b)| !Arc::ptr_eq(a, b)).count();
        assert!(apart <= 2, "{apart} shards were copied");
    }
}
