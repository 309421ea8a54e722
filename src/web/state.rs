//! What handlers may take: the parts of the application, each by itself.

use std::path::Path;
use std::sync::Arc;

use axum::extract::FromRef;
use ipnet::IpNet;
use tokio::sync::{Notify, watch};

use super::assets::Assets;
use super::media::Media;
use super::rate_limit::FailureLimit;
use super::readiness::Readiness;
use super::running::Running;
use super::token_uses::Uses;
use crate::clock::Clock;
use crate::site::SiteHandle;
use crate::site::refresh::Latest;
use crate::site::renderer::Renderer;
use crate::store::Store;

/// Everything that handlers share.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The bytes served now.
    pub site: SiteHandle,
    /// Where documents are made that aren't ready.
    pub renderer: Renderer,
    /// The site as the database has it, for staff.
    pub latest: Latest,
    /// Says that the database has changed, so that nobody waits for the next look at it.
    pub nudge: Arc<Notify>,
    /// The files that come with the binary.
    pub assets: Arc<Assets>,
    /// The folder of the pictures that posts show.
    pub media: Arc<Media>,
    /// The content folder, whether it is there or not.
    pub content: Arc<Path>,
    /// The proxies that may speak for a reader.
    pub proxies: Arc<Vec<IpNet>>,
    /// Whether work can be taken.
    pub readiness: Arc<Readiness>,
    /// Wrong tokens by network.
    pub failures: Arc<FailureLimit>,
    /// When each token was used last.
    pub uses: Arc<Uses>,
    /// Requests with an `Idempotency-Key` that are running now.
    pub running: Running,
    /// Whether the server is stopping: answers that go on and on end then.
    pub stopping: watch::Receiver<bool>,
}

impl FromRef<AppState> for SiteHandle {
    fn from_ref(state: &AppState) -> Self {
        state.site.clone()
    }
}

impl FromRef<AppState> for Arc<Readiness> {
    fn from_ref(state: &AppState) -> Self {
        state.readiness.clone()
    }
}

impl FromRef<AppState> for Arc<Vec<IpNet>> {
    fn from_ref(state: &AppState) -> Self {
        state.proxies.clone()
    }
}

impl FromRef<AppState> for Arc<Media> {
    fn from_ref(state: &AppState) -> Self {
        state.media.clone()
    }
}

impl FromRef<AppState> for Renderer {
    fn from_ref(state: &AppState) -> Self {
        state.renderer.clone()
    }
}

impl FromRef<AppState> for Store {
    fn from_ref(state: &AppState) -> Self {
        state.store.clone()
    }
}

impl FromRef<AppState> for Clock {
    fn from_ref(state: &AppState) -> Self {
        state.clock.clone()
    }
}
