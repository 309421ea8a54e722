//! The bytes served now: a snapshot and the documents made of it.
//!
//! What nobody asked for isn't rendered; what is asked for by many at once is rendered once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwap;

use self::document::Document;
use crate::domain::slug::Slug;
use crate::snapshot::Snapshot;
use crate::urls;

pub mod document;
pub mod head;
mod packing;
pub mod pages;
pub mod refresh;

/// A place for a document, filled once by whoever needs it first.
type Place = Arc<OnceLock<Option<Arc<Document>>>>;

/// A snapshot, and the documents that were made of it so far.
#[derive(Debug)]
pub struct Site {
    snapshot: Snapshot,
    /// What is asked for most, found without a lock.
    hot: HashMap<String, Place>,
    /// What was asked for otherwise.
    documents: Mutex<HashMap<String, Place>>,
}

/// What a public path leads to.
#[derive(Debug, Clone)]
pub enum Found {
    /// A document.
    Document(Arc<Document>),
    /// A former address; the path is the present one.
    Moved(String),
    /// Nothing; the document says so and helps on.
    Nothing(Arc<Document>),
}

impl Site {
    /// A site that shows `snapshot`.
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            hot: pages::list_hot(&snapshot)
                .into_iter()
                .map(|path| (path, Place::default()))
                .collect(),
            snapshot,
            documents: Mutex::default(),
        }
    }

    /// What `path` leads to, if that is among the documents that are asked for most, and somebody
    /// has asked for it already.
    pub fn find_ready(&self, path: &str) -> Option<&Document> {
        self.hot.get(path)?.get()?.as_deref()
    }

    /// What it shows.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What `path` leads to.
    pub fn find(&self, path: &str) -> Found {
        let Some(page) = pages::find(&self.snapshot, path) else {
            return match self.moved(path) {
                Some(present) => Found::Moved(present),
                None => Found::Nothing(Arc::new(pages::render_not_found(&self.snapshot, path))),
            };
        };
        let document = self
            .place(path)
            .get_or_init(|| pages::render(&self.snapshot, &page).map(Arc::new))
            .clone();
        match document {
            Some(document) => Found::Document(document),
            None => Found::Nothing(Arc::new(pages::render_not_found(&self.snapshot, path))),
        }
    }

    /// Only paths that lead somewhere get a place, so that strangers can't fill the memory.
    fn place(&self, path: &str) -> Place {
        if let Some(place) = self.hot.get(path) {
            return place.clone();
        }
        let mut documents = self
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = documents.get(path) {
            return place.clone();
        }
        documents.entry(path.to_owned()).or_default().clone()
    }

    fn moved(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix("/incidents/")?;
        let end = rest.find(['/', '.']).unwrap_or(rest.len());
        let former = Slug::parse(&rest[..end]).ok()?;
        let present = self.snapshot.redirects.get(&former)?;
        Some(format!("{}{}", urls::incident(present), &rest[end..]))
    }
}

/// The site that is served now; clones share it.
#[derive(Debug, Clone)]
pub struct SiteHandle(Arc<ArcSwap<Site>>);

impl SiteHandle {
    /// Serves `site` until another is put in its place.
    pub fn new(site: Site) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(site)))
    }

    /// The site as it is now; it stays whole while it is held.
    pub fn current(&self) -> Arc<Site> {
        self.0.load_full()
    }

    /// What `look` makes of the document at `path`, if that is ready. The site can't change
    /// meanwhile, so `look` has to be quick.
    pub fn with_ready<T>(&self, path: &str, look: impl FnOnce(&Document) -> T) -> Option<T> {
        self.0.load().find_ready(path).map(look)
    }

    /// Serves another site from now on.
    pub fn replace(&self, site: Site) {
        self.0.store(Arc::new(site));
    }
}
