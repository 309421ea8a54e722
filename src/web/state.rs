//! The state that handlers share; each can extract the parts that it needs.

use std::path::Path;
use std::sync::Arc;

use axum::extract::FromRef;
use ipnet::IpNet;
use tokio::sync::{Notify, watch};

use super::assets::Assets;
use super::media::Media;
use super::rate_limit::NetworkLimit;
use super::readiness::Readiness;
use super::running::Running;
use super::token_uses::Uses;
use crate::clock::Clock;
use crate::domain::added_channel::OutgoingRules;
use crate::metrics::Metrics;
use crate::site::SiteHandle;
use crate::site::live::Live;
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
    /// The documents being served.
    pub site: SiteHandle,
    /// Renders documents that aren't ready.
    pub renderer: Renderer,
    /// Tells open pages what changes on them.
    pub live: Live,
    /// The latest site in the database, for staff.
    pub latest: Latest,
    /// Notifies `site` of a change, so that nobody waits for its next check.
    pub nudge: Arc<Notify>,
    /// Notifies `delivery` that there may be something to send.
    pub outbox: Arc<Notify>,
    /// What requests to channels may reach.
    pub outgoing: OutgoingRules,
    /// The files in the binary.
    pub assets: Arc<Assets>,
    /// The folder of files for posts.
    pub media: Arc<Media>,
    /// The content folder, which may not exist.
    pub content: Option<Arc<Path>>,
    /// The networks of trusted proxies.
    pub proxies: Arc<Vec<IpNet>>,
    /// The latest findings on readiness.
    pub readiness: Arc<Readiness>,
    /// What is counted for Prometheus.
    pub metrics: Arc<Metrics>,
    /// The rate limit for invalid tokens.
    pub failures: Arc<NetworkLimit>,
    /// The rate limit for subscriptions.
    pub signups: Arc<NetworkLimit>,
    /// The last use of each token.
    pub uses: Arc<Uses>,
    /// Requests in progress with an `Idempotency-Key`.
    pub running: Running,
    /// Whether the server is stopping; long-lived responses then end.
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
