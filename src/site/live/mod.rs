//! Tells open pages what changes on them, as it changes.
//!
//! Each page that somebody has open is made anew once for all of them, whenever there is a new
//! version of the site. What then differs, part by part, is written once, too.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

pub use self::news::{News, Seen};
use self::watched::{Listener, Watched};
use super::public_page::Page;
use super::renderer::Renderer;
use super::{Found, SiteHandle};

mod difference;
mod news;
mod part;
pub mod spread;
mod view;
pub mod watched;

/// How long a page waits for a version, or for the page itself, that another process serves already.
const BEHIND: Duration = Duration::from_secs(5);

/// The most pages that are kept up to date at once, because each takes memory.
const MOST_PAGES: usize = 512;

/// Tells open pages what changes on them; clones share everything.
#[derive(Debug, Clone)]
pub struct Live(Arc<Hub>);

#[derive(Debug)]
struct Hub {
    site: SiteHandle,
    renderer: Renderer,
    /// The pages that are kept up to date, by their paths.
    watched: Mutex<HashMap<String, Arc<Watched>>>,
}

/// Whether a page can be kept up to date while it is open.
pub fn is_live(page: &Page) -> bool {
    match page {
        Page::Home | Page::Incident(_) | Page::Component(_) => true,
        Page::History
        | Page::Month(..)
        | Page::Components
        | Page::Subscribe
        | Page::SubscribeToIncident(_)
        | Page::IncidentMarkdown(_)
        | Page::IncidentJson(_)
        | Page::ComponentMonth(..)
        | Page::Feed(..)
        | Page::Statuspage(_)
        | Page::Calendar(_)
        | Page::Badge(_)
        | Page::BadgeJson(_)
        | Page::Embed
        | Page::Sitemap
        | Page::SitemapPart(_)
        | Page::Robots
        | Page::BrandStylesheet(_) => false,
    }
}

impl Live {
    /// For the pages of `site`, which `renderer` makes.
    pub fn new(site: SiteHandle, renderer: Renderer) -> Self {
        Self(Arc::new(Hub {
            site,
            renderer,
            watched: Mutex::default(),
        }))
    }

    /// Whether another page can be kept up to date, besides those that are.
    pub fn has_room_for(&self, page: &Page) -> bool {
        let mut watched = self.watched();
        if watched.len() >= MOST_PAGES {
            watched.retain(|_, watched| watched.is_open());
        }
        watched.len() < MOST_PAGES || watched.contains_key(&page.path())
    }

    /// A listener for a page of which `seen` is shown, and what that lacks.
    pub async fn join(&self, page: &Page, seen: &Seen) -> (Listener, Option<News>) {
        let watched = self.watch(page);
        let mut listener = Listener::of(watched.clone());
        if let Some(version) = seen.version
            && version.revision > self.0.site.current().version().revision
        {
            let served = self.0.site.served_after(version.revision - 1);
            if timeout(BEHIND, served).await.is_err() {
                return (listener, Some(News::Reload));
            }
        }
        self.refresh(&watched).await;
        // Another process may show a new page a moment earlier.
        let _ = timeout(BEHIND, listener.appears()).await;
        let missed = listener.catch_up(seen);
        (listener, missed)
    }

    /// Keeps the pages up to date that are open. Never ends.
    pub async fn run(self) {
        let mut versions = self.0.site.versions();
        // The handle to the site keeps the sender.
        while versions.changed().await.is_ok() {
            self.watched().retain(|_, watched| !watched.is_left());
            let mut pages: Vec<_> = self.watched().values().cloned().collect();
            pages.sort_by_key(|watched| Reverse(watched.listeners()));
            for watched in pages {
                self.refresh(&watched).await;
            }
        }
        std::future::pending().await
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<String, Arc<Watched>>> {
        let watched = self.0.watched.lock();
        watched.unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, page: &Page) -> Arc<Watched> {
        let mut watched = self.watched();
        let path = page.path();
        let entry = watched.entry(path.clone());
        entry
            .or_insert_with(|| Arc::new(Watched::new(path)))
            .clone()
    }

    /// Brings a page to the version that is served, unless it is there.
    async fn refresh(&self, watched: &Watched) {
        let mut turn = watched.turn().await;
        let site = self.0.site.current();
        let version = site.version();
        if *turn == Some(version) {
            return;
        }
        // If it can't be made, what is shown stays.
        match self.0.renderer.find(site, watched.path()).await {
            Some(Found::Document(document)) => watched.show(&document, version),
            Some(Found::Moved(_) | Found::Nothing(_)) => watched.show_nothing(),
            None => {}
        }
        *turn = Some(version);
    }
}

#[cfg(test)]
mod tests;
