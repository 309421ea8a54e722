//! A page that is open somewhere, and those who are told what changes on it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{self, watch};

use super::news::{News, Seen};
use super::view::View;
use crate::site::document::Document;
use crate::site::version::Version;

/// How long a page that nobody has open is kept up to date, for those whose connection broke.
const KEPT: Duration = Duration::from_secs(120);

/// How many views of a page are kept, for the same reason.
const MOST_VIEWS: usize = 8;

/// A page that is open somewhere.
#[derive(Debug)]
pub(super) struct Watched {
    path: String,
    /// To which version it has been brought.
    turn: sync::Mutex<Option<Version>>,
    /// What it has shown, the latest last.
    views: Mutex<VecDeque<Arc<View>>>,
    /// What it shows now; `None` if there is no such page.
    shown: watch::Sender<Option<Arc<View>>>,
    /// When somebody came or left last.
    used: Mutex<Instant>,
}

impl Watched {
    pub(super) fn new(path: String) -> Self {
        Self {
            path,
            turn: sync::Mutex::default(),
            views: Mutex::default(),
            shown: watch::Sender::new(None),
            used: Mutex::new(Instant::now()),
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The version to which it has been brought. Nobody else brings it to another one meanwhile.
    pub(super) async fn turn(&self) -> sync::MutexGuard<'_, Option<Version>> {
        self.turn.lock().await
    }

    /// How many have it open.
    pub(super) fn listeners(&self) -> usize {
        self.shown.receiver_count()
    }

    /// Whether anybody has it open.
    pub(super) fn is_open(&self) -> bool {
        self.listeners() > 0
    }

    /// Whether nobody has had it open for a while.
    pub(super) fn is_left(&self) -> bool {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        !self.is_open() && used.elapsed() > KEPT
    }

    fn use_now(&self) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        *used = Instant::now();
    }

    /// Shows what is in `document` from `version` on, if that is something else.
    pub(super) fn show(&self, document: &Document, version: Version) {
        let Some(view) = View::of(document, version) else {
            return self.show_nothing();
        };
        let before = self.shown.borrow().clone();
        if before
            .as_ref()
            .is_some_and(|before| before.hash == view.hash)
        {
            return;
        }
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let view = Arc::new(view.after(views.back().map(AsRef::as_ref)));
        views.push_back(view.clone());
        if views.len() > MOST_VIEWS {
            views.pop_front();
        }
        drop(views);
        self.shown.send_replace(Some(view));
    }

    /// There is no such page any more.
    pub(super) fn show_nothing(&self) {
        self.shown.send_if_modified(|shown| shown.take().is_some());
    }

    /// What somebody saw, if that is known.
    fn find(&self, seen: &Seen) -> Option<Arc<View>> {
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let mut latest_first = views.iter().rev();
        match (&seen.hash, seen.version) {
            (Some(hash), _) => latest_first.find(|view| view.hash == *hash).cloned(),
            (None, Some(version)) => latest_first.find(|view| view.version <= version).cloned(),
            (None, None) => None,
        }
    }
}

/// Somebody who has a page open.
#[derive(Debug)]
pub struct Listener {
    watched: Arc<Watched>,
    shown: watch::Receiver<Option<Arc<View>>>,
    /// What they were told last.
    told: Option<Arc<View>>,
}

impl Listener {
    pub(super) fn of(watched: Arc<Watched>) -> Self {
        watched.use_now();
        Self {
            shown: watched.shown.subscribe(),
            watched,
            told: None,
        }
    }

    /// The version of which they were told last.
    pub fn version(&self) -> Option<Version> {
        self.told.as_ref().map(|told| told.version)
    }

    /// Waits until there is such a page.
    pub(super) async fn appears(&mut self) {
        // The sender lives as long as `self`.
        let _ = self.shown.wait_for(Option::is_some).await;
    }

    /// What is new compared with what they have seen.
    pub(super) fn catch_up(&mut self, seen: &Seen) -> Option<News> {
        self.told = self.watched.find(seen);
        self.tell()
    }

    /// Waits for something new. What came in the meantime is told at once, in one event.
    pub async fn next(&mut self) -> News {
        loop {
            if self.shown.changed().await.is_err() {
                // The sender lives as long as `self`.
                return std::future::pending().await;
            }
            if let Some(news) = self.tell() {
                return news;
            }
        }
    }

    fn tell(&mut self) -> Option<News> {
        let Some(view) = self.shown.borrow_and_update().clone() else {
            return Some(News::Reload);
        };
        let told = self.told.replace(view.clone());
        match told {
            Some(told) if told.hash == view.hash => None,
            told => Some(News::Event(view.event(told.as_deref()))),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.watched.use_now();
    }
}
