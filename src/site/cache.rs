//! The documents that are asked for now and then. They take a bounded part of the memory; what
//! doesn't fit is rendered anew when it is asked for again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::dependence::{Changed, Dependence};
use super::document::Document;

/// So many bytes of documents are kept.
pub(super) const CACHE_BYTES: usize = 5 * 1024 * 1024;

/// A place for a document, filled once by whoever needs it first, and again with the same document
/// packed better.
#[derive(Debug, Default)]
pub(super) struct Slot {
    first: OnceLock<Option<Arc<Document>>>,
    /// Packed with Brotli, if the first one isn't.
    quick: OnceLock<Arc<Document>>,
    best: OnceLock<Arc<Document>>,
}

impl Slot {
    /// The document, if it is ready.
    pub(super) fn ready(&self) -> Option<&Arc<Document>> {
        let better = self.best.get().or_else(|| self.quick.get());
        better.or_else(|| self.first.get()?.as_ref())
    }

    /// The document; `render` makes it if nobody has. Of those who ask at once one renders, the
    /// others wait.
    pub(super) fn get(&self, render: impl FnOnce() -> Option<Document>) -> Option<&Arc<Document>> {
        self.first.get_or_init(|| render().map(Arc::new));
        self.ready()
    }

    /// Packs with Brotli what was made in haste.
    pub(super) fn complete(&self) {
        if let (Some(Some(first)), None) = (self.first.get(), self.best.get()) {
            self.quick.get_or_init(|| Arc::new(first.with_brotli()));
        }
    }

    /// Packs it as well as can be, if it is ready and nobody has. Takes a while.
    pub(super) fn improve(&self) {
        if let (Some(ready), None) = (self.ready(), self.best.get()) {
            self.best.get_or_init(|| Arc::new(ready.packed_best()));
        }
    }
}

/// A number that each site has, larger than that of the one before.
pub(super) type Generation = u64;

/// The documents that were asked for, by path.
#[derive(Debug)]
pub(super) struct Cache {
    limit: usize,
    kept: Mutex<CacheState>,
}

#[derive(Debug, Default)]
struct CacheState {
    entries: HashMap<String, Entry>,
    /// Paths by when they were last asked for.
    order: BTreeMap<u64, String>,
    tick: u64,
    bytes: usize,
    /// The generation in which each thing last changed.
    changed: HashMap<Dependence, Generation>,
}

#[derive(Debug)]
struct Entry {
    place: Arc<Slot>,
    made_for: Generation,
    depends_on: Vec<Dependence>,
    bytes: usize,
    tick: u64,
}

impl Cache {
    /// A cache that keeps `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, CacheState> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of a path, if it has one and what lies there is still true.
    pub(super) fn known(&self, path: &str) -> Option<Arc<Slot>> {
        self.kept().find(path)
    }

    /// The place of a path; a new one if what lies there is no longer true for a site of
    /// `generation`.
    pub(super) fn place(
        &self,
        path: &str,
        generation: Generation,
        depends_on: impl FnOnce() -> Vec<Dependence>,
    ) -> Arc<Slot> {
        let mut kept = self.kept();
        if let Some(place) = kept.find(path) {
            return place;
        }
        // Finding out what a page depends on may read an incident, so nobody waits for it.
        drop(kept);
        let depends_on = depends_on();
        kept = self.kept();
        if let Some(place) = kept.find(path) {
            return place;
        }
        let place = Arc::<Slot>::default();
        kept.tick += 1;
        let entry = Entry {
            place: place.clone(),
            made_for: generation,
            depends_on,
            bytes: 0,
            tick: kept.tick,
        };
        let tick = entry.tick;
        kept.remove(path);
        kept.order.insert(tick, path.to_owned());
        kept.entries.insert(path.to_owned(), entry);
        place
    }

    /// Counts the bytes of what now lies at a place, and lets go of what was not asked for longest.
    pub(super) fn count(&self, path: &str, place: &Arc<Slot>) {
        let bytes = place.ready().map_or(0, |document| size_of(document)) + path.len();
        let mut kept = self.kept();
        let Some(entry) = kept.entries.get_mut(path) else {
            return;
        };
        if entry.bytes > 0 || !Arc::ptr_eq(&entry.place, place) {
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

    /// From the site of `generation` on, this is otherwise.
    pub(super) fn change(&self, changed: &Changed, generation: Generation) {
        let mut kept = self.kept();
        for dependence in changed.list() {
            kept.changed.insert(dependence, generation);
        }
    }

    /// How many bytes are kept now.
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
        Some(entry.place.clone())
    }

    fn remove(&mut self, path: &str) {
        if let Some(entry) = self.entries.remove(path) {
            self.bytes -= entry.bytes;
            self.order.remove(&entry.tick);
        }
    }
}

/// About what a document takes in memory.
fn size_of(document: &Document) -> usize {
    let variants = document.variants.iter();
    variants.map(|variant| variant.bytes.len() + 1024).sum()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::site::document::CachePolicy;

    /// Asks for a path; whether it had to be rendered.
    fn ask(cache: &Cache, path: &str) -> bool {
        let place = cache.place(path, 1, Vec::new);
        let mut is_rendered = false;
        place.get(|| {
            is_rendered = true;
            let (policy, at) = (CachePolicy::Live, DateTime::UNIX_EPOCH);
            Some(Document::new(
                "text/plain",
                policy,
                at,
                "Selma. ".repeat(100),
            ))
        });
        cache.count(path, &place);
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
