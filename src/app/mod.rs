//! Wires all rooms together and runs until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch as signal};
use tokio::task::JoinHandle;

use self::feed::Told;
use crate::clock::Clock;
use crate::config::Config;
use crate::schedule::Schedule;
use crate::site::press::Press;
use crate::site::refresh::Refresher;
use crate::snapshot::load::BaseUrl;
use crate::store::{Store, without_password};
use crate::web::assets::Assets;
use crate::web::front::Front;
use crate::web::state::AppState;

pub mod feed;
mod serving;
mod watch;

/// How often the database is asked whether another process has changed it.
const POLL: Duration = Duration::from_secs(1);

/// How long running requests may take to finish once it is told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// The application, ready to run.
#[derive(Debug)]
pub struct App {
    config: Config,
    state: AppState,
    refresher: Refresher,
    schedule: Schedule,
    listener: TcpListener,
    told: Told,
}

impl App {
    /// Takes the address, opens the database, syncs the content folder and makes the first pages.
    /// Who asks meanwhile waits.
    pub async fn build(config: Config, clock: Clock) -> anyhow::Result<Self> {
        // First, so that a second server with the same address changes nothing.
        let listener = serving::listen(config.listen)
            .with_context(|| format!("listening on {}; is something else there?", config.listen))?;
        let store = Store::open(&config.source.database)
            .await
            .with_context(|| {
                let shown = without_password(&config.source.database);
                format!("opening the database {shown}")
            })?;
        let told = feed::sync_at_start(&store, &clock, &config).await?;
        let mut schedule = Schedule::new(store.clone(), clock.clone());
        schedule
            .keep()
            .await
            .context("catching up with maintenance windows")?;
        let base_url = BaseUrl {
            stated: config.base_url.clone(),
            fallback: format!("http://{}", listener.local_addr()?),
        };
        let refresher = Refresher::start(store.clone(), clock.clone(), base_url)
            .await
            .context("making the first pages")?;
        let state = AppState {
            site: refresher.site(),
            press: Press::start().context("starting the thread that makes pages")?,
            latest: refresher.latest(),
            nudge: Arc::new(Notify::new()),
            assets: Arc::new(Assets::new(clock.now())),
            media: Arc::new(config.source.content.join("media")),
            proxies: Arc::new(config.trusted_proxy.clone()),
            failures: Arc::default(),
            uses: Arc::default(),
            running: Arc::default(),
            store,
            clock,
        };
        Ok(Self {
            config,
            state,
            refresher,
            schedule,
            listener,
            told,
        })
    }

    /// The address that it listens on.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// The parts that handlers share.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// What answers requests, without a socket.
    pub fn front(&self) -> Front {
        Front::new(self.state.clone())
    }

    /// Follows the clock, and makes new pages if the database or the clock has moved on. Returns
    /// whether it did.
    pub async fn refresh_site(&mut self) -> anyhow::Result<bool> {
        self.schedule.keep().await?;
        Ok(self.refresher.refresh().await?)
    }

    /// Serves until `stop` ends, then lets running requests finish.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let front = self.front();
        let (stopping, stopped) = signal::channel(false);
        let changed = Arc::new(Notify::new());
        let refreshing = tokio::spawn(keep_fresh(
            self.refresher,
            self.state.nudge.clone(),
            changed.clone(),
            stopped.clone(),
        ));
        let following = tokio::spawn(self.schedule.run(
            changed,
            self.state.nudge.clone(),
            stopped.clone(),
        ));
        let feeding = tokio::spawn(feed::keep_synced(
            self.state.store.clone(),
            self.state.clock.clone(),
            self.config.source.clone(),
            self.told,
            self.state.nudge.clone(),
            stopped.clone(),
        ));
        let mut told = stopped.clone();
        let clock = self.state.clock.clone();
        tokio::spawn(async move {
            stop.await;
            tracing::info!("stopping: running requests may finish");
            let _ = stopping.send(true);
        });
        tokio::select! {
            ended = serving::serve(self.listener, front, clock, stopped) => ended.context("serving")?,
            () = grace(&mut told) => tracing::warn!("stopped before every request had finished"),
        }
        feeding.await.context("watching the content folder")?;
        following.await.context("following maintenance windows")?;
        refreshing.await.context("refreshing the pages")?;
        self.state.store.close().await;
        Ok(())
    }
}

async fn grace(told: &mut signal::Receiver<bool>) {
    // An error means that the sender is gone, which is as good as being told.
    let _ = told.wait_for(|stop| *stop).await;
    tokio::time::sleep(GRACE).await;
}

async fn keep_fresh(
    mut refresher: Refresher,
    nudge: Arc<Notify>,
    changed: Arc<Notify>,
    mut stopped: signal::Receiver<bool>,
) {
    let site = refresher.site();
    let mut packing: Option<JoinHandle<()>> = None;
    loop {
        let is_quiet = tokio::select! {
            () = nudge.notified() => false,
            () = tokio::time::sleep(POLL) => true,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        // Nobody waits for it, so it is done when nothing else is to do, and one at a time.
        if is_quiet && packing.as_ref().is_none_or(JoinHandle::is_finished) {
            let current = site.current();
            packing = Some(tokio::task::spawn_blocking(move || current.improve()));
        }
        match refresher.refresh().await {
            Ok(true) => {
                tracing::debug!("new pages are served");
                if refresher.has_other_maintenance() {
                    changed.notify_one();
                }
            }
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "the pages can't be made anew; the last ones stay")
            }
        }
    }
}
