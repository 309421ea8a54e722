//! The documents that are requested now and then. They take a limited amount of memory; a document
//! that doesn't fit is rendered again when it is requested.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::dependence::{Changed, Dependence};
use super::document::Document;

/// The size limit, in bytes.
pub(super) const CACHE_BYTES: usize = 5 * 1024 * 1024;

/// A slot for a document. Whoever needs it first fills it, and later it gets the same document
/// compressed better.
#[derive(Debug, Default)]
pub(super) struct Slot {
    first: OnceLock<Option<Arc<Document>>>,
    /// The document with Brotli added, if the first one has none.
    quick: OnceLock<Arc<Document>>,
    best: OnceLock<Arc<Document>>,
}

impl Slot {
    /// The document, if it is ready. The best-compressed one comes first.
    pub(super) fn ready(&self) -> Option<&Arc<Document>> {
        let better = self.best.get().or_else(|| self.quick.get());
        better.or_else(|| self.first.get()?.as_ref())
    }

    /// The document; `render` makes it if nobody has. If several ask at once, one renders and the
    /// others wait.
    pub(super) fn get(&self, render: impl FnOnce() -> Option<Document>) -> Option<&Arc<Document>> {
        self.first.get_or_init(|| render().map(Arc::new));
        self.ready()
    }

    /// Adds Brotli to a document that was made in haste.
    pub(super) fn complete(&self) {
        if let (Some(Some(first)), None) = (self.first.get(), self.best.get()) {
            self.quick.get_or_init(|| Arc::new(first.with_brotli()));
        }
    }

    /// Compresses the document as well as possible, if it is ready and nobody has done so. Takes a
    /// while.
    pub(super) fn improve(&self) {
        if let (Some(ready), None) = (self.ready(), self.best.get()) {
            self.best.get_or_init(|| Arc::new(ready.packed_best()));
        }
    }
}

/// The number of a site; each next site has a larger one.
pub(super) type Generation = u64;

/// The cached documents, by path.
#[derive(Debug)]
pub(super) struct Cache {
    limit: usize,
    kept: Mutex<CacheState>,
}

#[derive(Debug, Default)]
struct CacheState {
    entries: HashMap<String, Entry>,
    /// Paths in the order in which they were last requested.
    order: BTreeMap<u64, String>,
    tick: u64,
    bytes: usize,
    /// The generation in which each dependence last changed.
    changed: HashMap<Dependence, Generation>,
}

#[derive(Debug)]
struct Entry {
    slot: Arc<Slot>,
    made_for: Generation,
    depends_on: Vec<Dependence>,
    bytes: usize,
    tick: u64,
}

impl Cache {
    /// A cache with a limit of `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, CacheState> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The slot of a path, if there is one and it isn't stale.
    pub(super) fn known(&self, path: &str) -> Option<Arc<Slot>> {
        self.kept().find(path)
    }

    /// The slot of a path. If there is none or it is stale, a new one for a site of `generation`.
    pub(super) fn slot(
        &self,
        path: &str,
        generation: Generation,
        depends_on: impl FnOnce() -> Vec<Dependence>,
    ) -> Arc<Slot> {
        let mut kept = self.kept();
        if let Some(slot) = kept.find(path) {
            return slot;
        }
        // Finding out what a page depends on may read an incident, so the lock is released for
        // that.
        drop(kept);
        let depends_on = depends_on();
        kept = self.kept();
        if let Some(slot) = kept.find(path) {
            return slot;
        }
        let slot = Arc::<Slot>::default();
        kept.tick += 1;
        let entry = Entry {
            slot: slot.clone(),
            made_for: generation,
            depends_on,
            bytes: 0,
            tick: kept.tick,
        };
        let tick = entry.tick;
        kept.remove(path);
        kept.order.insert(tick, path.to_owned());
        kept.entries.insert(path.to_owned(), entry);
        slot
    }

    /// Counts the bytes of a slot's document, and evicts the documents that were not requested
    /// longest.
    pub(super) fn count(&self, path: &str, slot: &Arc<Slot>) {
        let bytes = slot.ready().map_or(0, |document| size_of(document)) + path.len();
        let mut kept = self.kept();
        let Some(entry) = kept.entries.get_mut(path) else {
            return;
        };
        if entry.bytes > 0 || !Arc::ptr_eq(&entry.slot, slot) {
            return;
        }
        entry.bytes = bytes;
        kept.bytes += bytes;
        while kept.bytes > self.limit {
            let Some((_, oldest)) = kept.order.pop_first() else {
                return;
            };
            kept.remove(&oldest);
        }
    }

    /// Notes that this has changed, as of the site of `generation`.
    pub(super) fn change(&self, changed: &Changed, generation: Generation) {
        let mut kept = self.kept();
        for dependence in changed.list() {
            kept.changed.insert(dependence, generation);
        }
    }

    /// How many bytes are cached now.
    pub(super) fn bytes(&self) -> usize {
        self.kept().bytes
    }
}

impl CacheState {
    fn find(&mut self, path: &str) -> Option<Arc<Slot>> {
        let entry = self.entries.get(path)?;
        let is_stale = entry.depends_on.iter().any(|dependence| {
            let changed = self.changed.get(dependence);
            changed.is_some_and(|generation| *generation > entry.made_for)
        });
        if is_stale {
            self.remove(path);
            return None;
        }
        self.tick += 1;
        let tick = self.tick;
        let entry = self.entries.get_mut(path)?;
        let name = self.order.remove(&entry.tick)?;
        entry.tick = tick;
        self.order.insert(tick, name);
        Some(entry.slot.clone())
    }

    fn remove(&mut self, path: &str) {
        if let Some(entry) = self.entries.remove(path) {
            self.bytes -= entry.bytes;
            self.order.remove(&entry.tick);
        }
    }
}

/// The approximate size of a document in memory.
fn size_of(document: &Document) -> usize {
    let variants = document.variants.iter();
    variants.map(|variant| variant.bytes.len() + 1024).sum()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::site::document::CachePolicy;

    /// Requests a path; returns whether it had to be rendered.
    fn ask(cache: &Cache, path: &str) -> bool {
        let slot = cache.slot(path, 1, Vec::new);
        let mut is_rendered = false;
        slot.get(|| {
            is_rendered = true;
            let (policy, at) = (CachePolicy::Live, DateTime::UNIX_EPOCH);
            Some(Document::new(
                "text/plain",
                policy,
                at,
                "Selma. ".repeat(100),
            ))
        });
        cache.count(path, &slot);
        is_rendered
    }

    #[test]
    fn it_stays_within_its_limit_and_keeps_what_was_asked_for_last() {
        let limit = 50_000;
        let cache = Cache::new(limit);
        let paths: Vec<String> = (0..100)
            .map(|number| format!("/incidents/{number}"))
            .collect();
        for path in &paths {
            assert!(ask(&cache, path));
            assert!(!ask(&cache, &paths[0]), "it is asked for all the time");
            assert!(cache.bytes() <= limit, "{} bytes", cache.bytes());
        }
        assert!(cache.bytes() > limit / 2, "it is used");
        assert!(!ask(&cache, &paths[99]));
        assert!(ask(&cache, &paths[1]), "rendered anew when asked for again");
    }
}
