//! The bytes that are served now: a snapshot, and the documents made from it.
//!
//! A document that nobody requests isn't rendered. One that many request at once is rendered once.

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use arc_swap::ArcSwap;
use tokio::sync::watch;

use self::cache::{CACHE_BYTES, Cache, Generation, Slot};
use self::dependence::Changed;
use self::document::Document;
use self::public_page::Page;
use self::version::Version;
use crate::domain::slug::Slug;
use crate::snapshot::Snapshot;
use crate::urls;

mod cache;
mod compression;
pub mod dependence;
pub mod document;
#[cfg(test)]
mod document_tests;
pub mod encoding;
pub mod head;
pub mod live;
pub mod public_page;
pub mod public_pages;
#[cfg(test)]
mod public_pages_tests;
pub mod refresh;
pub mod renderer;
pub mod rendering;
pub mod safety;
mod sitemap;
pub mod static_files;
pub mod version;

/// A snapshot, and the documents made from it so far. A new site takes over the documents of the
/// one before that haven't changed.
#[derive(Debug)]
pub struct Site {
    snapshot: Arc<Snapshot>,
    /// Given when it begins to be served.
    version: Version,
    generation: Generation,
    /// The documents requested most, found without a lock.
    hot: HashMap<String, Arc<Slot>>,
    /// All other documents.
    cache: Arc<Cache>,
    /// The page for paths that lead nowhere. It is one for all of them, so that somebody who tries
    /// thousands of paths costs no more than a reader.
    nothing: OnceLock<Arc<Document>>,
    /// How many documents this site and those before have rendered.
    renders: Arc<AtomicU64>,
}

/// What a public path leads to.
#[derive(Debug, Clone)]
pub enum Found {
    /// A document.
    Document(Arc<Document>),
    /// A former address, with the path of the present one.
    Moved(String),
    /// Nothing; the document says so and offers links.
    Nothing(Arc<Document>),
}

impl Site {
    /// A site that shows `snapshot`.
    pub fn new(snapshot: Snapshot) -> Self {
        let hot = public_pages::list_hot(&snapshot).into_iter();
        Self {
            hot: hot.map(|page| (page.path(), Arc::default())).collect(),
            snapshot: Arc::new(snapshot),
            version: Version::default(),
            generation: 0,
            cache: Arc::new(Cache::new(CACHE_BYTES)),
            nothing: OnceLock::new(),
            renders: Arc::default(),
        }
    }

    /// The next site. It shows `snapshot`, which differs from this one's in `changed`.
    pub fn next(&self, snapshot: Snapshot, changed: &Changed) -> Self {
        let generation = self.generation + 1;
        self.cache.change(changed, generation);
        let stays = |path: &str, page: &Page| {
            let slot = self.hot.get(path).filter(|slot| slot.ready().is_some())?;
            let depends_on = public_pages::depends_on(&snapshot, page);
            let is_otherwise = depends_on.iter().any(|on| changed.affects(on));
            (!is_otherwise).then(|| slot.clone())
        };
        let hot = public_pages::list_hot(&snapshot).into_iter();
        Self {
            hot: hot
                .map(|page| {
                    let path = page.path();
                    let slot = stays(&path, &page).unwrap_or_default();
                    (path, slot)
                })
                .collect(),
            version: Version::default(),
            generation,
            cache: self.cache.clone(),
            nothing: OnceLock::new(),
            renders: self.renders.clone(),
            snapshot: Arc::new(snapshot),
        }
    }

    /// Renders the home page in haste, because everyone waits for it. [`Site::complete`] comes
    /// later.
    pub fn warm(&self) {
        if let Some(slot) = self.hot.get(urls::HOME) {
            slot.get(|| {
                self.renders.fetch_add(1, Ordering::Relaxed);
                Some(rendering::render_home(&self.snapshot))
            });
        }
    }

    /// Adds what the home page lacks because it was made in haste.
    pub fn complete(&self) {
        if let Some(slot) = self.hot.get(urls::HOME) {
            slot.complete();
        }
    }

    /// Compresses the documents requested most as well as possible. Takes a while.
    pub fn improve(&self) {
        for slot in self.hot.values() {
            slot.improve();
        }
    }

    /// How many documents this site and those before have rendered.
    pub fn renders(&self) -> u64 {
        self.renders.load(Ordering::Relaxed)
    }

    /// How many bytes the cache of less requested documents holds.
    pub fn cached_bytes(&self) -> usize {
        self.cache.bytes()
    }

    /// The document at `path`, if it is one of those requested most and has been rendered.
    pub fn find_ready(&self, path: &str) -> Option<&Document> {
        self.hot.get(path)?.ready().map(AsRef::as_ref)
    }

    /// The snapshot that it shows.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The same, to hold on to.
    pub fn share_snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.clone()
    }

    /// Its version; meaningless before it is served.
    pub fn version(&self) -> Version {
        self.version
    }

    /// What `path` leads to, unless a document must be rendered for it.
    pub fn find_made(&self, path: &str) -> Option<Found> {
        if public_pages::find(&self.snapshot, path).is_none() {
            return Some(self.elsewhere(path));
        }
        let slot = match self.hot.get(path) {
            Some(slot) => slot.clone(),
            None => self.cache.known(path)?,
        };
        slot.ready().cloned().map(Found::Document)
    }

    /// Whether scripts of other sites may read what `path` leads to, also by a former address.
    pub fn is_for_other_sites(&self, path: &str) -> bool {
        let page = public_pages::find(&self.snapshot, path);
        let page = page.or_else(|| public_pages::find(&self.snapshot, &self.moved(path)?));
        page.is_some_and(|page| page.is_for_other_sites())
    }

    /// What `path` leads to.
    pub fn find(&self, path: &str) -> Found {
        let Some(page) = public_pages::find(&self.snapshot, path) else {
            return self.elsewhere(path);
        };
        match self.document(path, &page) {
            Some(document) => Found::Document(document),
            None => Found::Nothing(self.nothing()),
        }
    }

    /// Only existing pages get a slot, so that strangers can't fill the memory.
    fn document(&self, path: &str, page: &Page) -> Option<Arc<Document>> {
        let render = || {
            self.renders.fetch_add(1, Ordering::Relaxed);
            on_separate_thread(|| rendering::render(&self.snapshot, page)).map(|made| made.copied())
        };
        if let Some(slot) = self.hot.get(path) {
            return slot.get(render).cloned();
        }
        let depends_on = || public_pages::depends_on(&self.snapshot, page);
        let slot = self.cache.slot(path, self.generation, depends_on);
        let document = slot.get(render).cloned();
        self.cache.count(path, &slot);
        document
    }

    /// What a path leads to if it isn't a page.
    fn elsewhere(&self, path: &str) -> Found {
        match self.moved(path) {
            Some(present) => Found::Moved(present),
            None => Found::Nothing(self.nothing()),
        }
    }

    fn nothing(&self) -> Arc<Document> {
        let render = || Arc::new(rendering::render_not_found(&self.snapshot));
        self.nothing.get_or_init(render).clone()
    }

    fn moved(&self, path: &str) -> Option<String> {
        match path {
            urls::STATUSPAGE_RSS => return Some(urls::FEED_RSS.to_owned()),
            urls::STATUSPAGE_ATOM => return Some(urls::FEED_ATOM.to_owned()),
            _ => {}
        }
        let rest = path.strip_prefix("/incidents/")?;
        let end = rest.find(['/', '.']).unwrap_or(rest.len());
        let former = Slug::parse(&rest[..end]).ok()?;
        let present = self.snapshot.redirects.get(&former)?;
        Some(format!("{}{}", urls::incident(present), &rest[end..]))
    }
}

/// Renders on a separate thread, so that its temporary memory is freed as a whole. Between cached
/// documents, it would leave gaps that nothing fits into.
fn on_separate_thread<T: Send>(render: impl FnOnce() -> T + Send) -> T {
    let made = thread::scope(|scope| scope.spawn(render).join());
    made.unwrap_or_else(|panic| resume_unwind(panic))
}

/// The site that is served now; clones share it.
#[derive(Debug, Clone)]
pub struct SiteHandle(Arc<Served>);

#[derive(Debug)]
struct Served {
    site: ArcSwap<Site>,
    replaced: AtomicU64,
    version: watch::Sender<Version>,
}

impl SiteHandle {
    /// Serves `site` until another one replaces it.
    pub fn new(mut site: Site) -> Self {
        site.version.revision = site.snapshot().revision;
        Self(Arc::new(Served {
            version: watch::Sender::new(site.version),
            site: ArcSwap::from_pointee(site),
            replaced: AtomicU64::new(0),
        }))
    }

    /// The present site. It stays unchanged while it is held.
    pub fn current(&self) -> Arc<Site> {
        self.0.site.load_full()
    }

    /// How many times the site was replaced. The counter increases right after each replacement. If
    /// it hasn't changed since it was read, whatever was looked up in between is from the present
    /// site.
    pub fn replaced(&self) -> u64 {
        self.0.replaced.load(Ordering::Acquire)
    }

    /// The result of `look` for the document at `path`, if that is ready. `look` must be quick,
    /// because it holds on to the site.
    pub fn with_ready<T>(&self, path: &str, look: impl FnOnce(&Document) -> T) -> Option<T> {
        self.0.site.load().find_ready(path).map(look)
    }

    /// Serves another site from now on.
    pub fn replace(&self, mut site: Site) {
        let version = self.0.version.borrow().next(site.snapshot().revision);
        site.version = version;
        self.0.site.store(Arc::new(site));
        self.0.replaced.fetch_add(1, Ordering::Release);
        self.0.version.send_replace(version);
    }

    /// The versions that are served from now on.
    pub fn versions(&self) -> watch::Receiver<Version> {
        self.0.version.subscribe()
    }

    /// Waits until a revision later than `revision` is served, and returns it. A site that is
    /// remade only because time has passed keeps its revision.
    pub async fn served_after(&self, revision: i64) -> i64 {
        let mut served = self.versions();
        let later = served.wait_for(|served| served.revision > revision).await;
        match later.map(|later| later.revision) {
            Ok(later) => later,
            // The sender lives as long as `self`, so this never happens.
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::DateTime;
    use chrono_tz::Tz;
    use tokio::task::{JoinHandle, yield_now};
    use tokio::time::timeout;

    use super::*;
    use crate::domain::site::SiteSettings;
    use crate::domain::state::States;
    use crate::snapshot::Unpacked;

    fn site(revision: i64) -> Site {
        Site::new(Snapshot::of(Unpacked {
            revision,
            as_of: DateTime::UNIX_EPOCH,
            site: SiteSettings::example(Tz::UTC),
            states: States::default(),
            components: Vec::new(),
            incidents: Vec::new(),
        }))
    }

    /// The result of a task. Fails if nobody wakes it.
    async fn end<T>(task: JoinHandle<T>) -> T {
        let ended = timeout(Duration::from_secs(20), task).await;
        ended.expect("it is woken").expect("no panic")
    }

    #[tokio::test]
    async fn a_later_revision_wakes_who_waits_for_it_and_the_same_one_does_not() {
        let handle = SiteHandle::new(site(7));
        let waiting = handle.clone();
        let task = tokio::spawn(async move {
            let revision = waiting.served_after(7).await;
            (revision, waiting.current().snapshot().revision)
        });
        yield_now().await;
        handle.replace(site(7));
        yield_now().await;
        assert!(!task.is_finished());
        handle.replace(site(8));
        assert_eq!(end(task).await, (8, 8));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_revision_that_is_served_already() {
        let handle = SiteHandle::new(site(7));
        let behind = timeout(Duration::from_secs(20), handle.served_after(3));
        assert_eq!(behind.await, Ok(7));
    }

    #[tokio::test]
    async fn a_stop_wakes_who_waits_for_a_revision() {
        let handle = SiteHandle::new(site(7));
        let (stop, mut stopping) = watch::channel(false);
        let task = tokio::spawn(async move {
            tokio::select! {
                revision = handle.served_after(7) => Some(revision),
                _ = stopping.wait_for(|stop| *stop) => None,
            }
        });
        yield_now().await;
        stop.send(true).expect("somebody waits");
        assert_eq!(end(task).await, None);
    }
}
