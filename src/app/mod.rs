//! Wires all rooms together, and runs until the stop signal.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch as signal};
use tokio::task::JoinSet;
use tokio::time::timeout;

use self::access_log::AccessLog;
use self::disk_copying::DiskCopy;
use self::sync_log::SyncLog;
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::dkim::Signer;
use crate::delivery::{ChannelWorker, Resolver, Worker};
use crate::domain::added_channel::OutgoingRules;
use crate::domain::site::Hosting;
use crate::metrics::{MailServer, Metrics};
use crate::schedule::Schedule;
use crate::site::live::Live;
use crate::site::refresh::Refresher;
use crate::site::renderer::Renderer;
use crate::snapshot::load::Deployment;
use crate::store::probe::Probe;
use crate::store::{Store, without_password};
use crate::web::assets::Assets;
use crate::web::front::Front;
use crate::web::media::Media;
use crate::web::openapi;
use crate::web::rate_limit::NetworkLimit;
use crate::web::readiness::Readiness;
use crate::web::state::AppState;

mod access_log;
mod channel_sending;
pub mod content_sync;
mod disk;
mod disk_copying;
mod files;
mod listening;
mod living;
pub mod mail_trial;
mod metrics_listener;
mod metrics_report;
mod opening;
mod probing;
mod queue_counting;
mod refreshing;
mod sending;
mod serving;
pub mod static_site;
mod sync_log;
mod syncing;
mod watch;

/// How long running requests may take to finish after the signal to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How long everything else may take to end after that.
const LAST_GRACE: Duration = Duration::from_secs(2);

/// The application, ready to run.
#[derive(Debug)]
pub struct App {
    config: Config,
    state: AppState,
    refresher: Refresher,
    schedule: Schedule,
    listener: TcpListener,
    /// The listener for metrics, if there is one.
    metrics_listener: Option<TcpListener>,
    started_at: DateTime<Utc>,
    /// The sender for everyone who holds `state.stopping`.
    stopping: signal::Sender<bool>,
    log: SyncLog,
    /// Signs messages to subscribers, if a key is configured.
    signer: Option<Arc<Signer>>,
    /// Where the pages are copied to.
    disk_copy: Option<DiskCopy>,
    /// Whether the content folder must still be read and the clock still be followed.
    is_behind: bool,
    /// How many files were open before the database was opened.
    open_files: u64,
}

impl App {
    /// Binds the address, opens the database and makes the first pages. A database that has a site
    /// is served as it is: nothing is written first, so that nothing that blocks writing delays the
    /// start. A database without a site gets it from the content folder first.
    pub async fn build(config: Config, clock: Clock) -> anyhow::Result<Self> {
        // This comes first, so that a second server with the same address changes nothing.
        let listener = serving::listen(&config.listen)?;
        let metrics_listen = config.metrics_listen.as_ref();
        let metrics_listener = metrics_listen.map(metrics_listener::listen).transpose()?;
        let started_at = clock.now();
        let signer = sending::signer_of(&config)?;
        let open_files = files::open_now();
        let explain = || {
            let shown = without_password(&config.source.database);
            format!("opening the database {shown}")
        };
        let database = &config.source.database;
        let store = Store::open_later(database, config.database_connections);
        let store = store.with_context(explain)?;
        let deployment = Deployment {
            base_url: config.base_url.clone(),
            fallback_url: format!("http://{}", listener.local_addr()?),
            has_mail_server: config.smtp.is_some(),
            hosting: Hosting::Server,
        };
        let state_dir = config.state_dir.as_deref();
        let disk_copy = state_dir.map(DiskCopy::in_folder).transpose()?;
        let opened = opening::open_or_copy(&store, disk_copy.as_ref(), &deployment).await;
        let schedule = Schedule::new(store.clone(), clock.clone());
        let mut log = SyncLog::default();
        let (refresher, is_behind) = match opened.with_context(explain)? {
            Some((copy, confirmed_at)) => {
                let (store, clock) = (store.clone(), clock.clone());
                let refresher =
                    Refresher::start_from(&copy, confirmed_at, store, clock, deployment);
                (refresher, true)
            }
            None => {
                let is_behind = content_sync::has_site(&store).await?;
                if !is_behind {
                    content_sync::sync_at_start(&store, &clock, &config, &mut log).await?;
                    schedule
                        .keep()
                        .await
                        .context("catching up with maintenance windows")?;
                }
                let started = Refresher::start(store.clone(), clock.clone(), deployment).await;
                (started.context("making the first pages")?, is_behind)
            }
        };
        let (stopping, stopped) = signal::channel(false);
        let metrics = Arc::new(Metrics::default());
        if config.smtp.is_some() {
            metrics.mail.set_server(MailServer::Untried);
        }
        let renderer = Renderer::start().context("starting the thread that makes pages")?;
        let state = AppState {
            live: Live::new(refresher.site(), renderer.clone()),
            site: refresher.site(),
            renderer,
            latest: refresher.latest(),
            nudge: Arc::new(Notify::new()),
            outbox: Arc::new(Notify::new()),
            outgoing: OutgoingRules {
                to_private_networks: config.webhooks_to_private_networks,
            },
            assets: Arc::new(Assets::new(clock.now(), openapi::text())),
            media: Arc::new(Media::of(config.source.folder())),
            content: config.source.folder().map(Into::into),
            proxies: Arc::new(config.trusted_proxy.clone()),
            readiness: Arc::default(),
            metrics,
            failures: Arc::new(NetworkLimit::of_failures(clock.clone())),
            signups: Arc::new(NetworkLimit::of_signups(clock.clone())),
            uses: Arc::default(),
            running: Arc::default(),
            stopping: stopped,
            store,
            clock,
        };
        Ok(Self {
            config,
            state,
            refresher,
            schedule,
            listener,
            metrics_listener,
            started_at,
            stopping,
            log,
            signer,
            disk_copy,
            is_behind,
            open_files,
        })
    }

    /// The address on which it listens.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// The address on which it serves metrics, if it does.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_listener.as_ref()?.local_addr().ok()
    }

    /// The metrics, in Prometheus's text format.
    pub fn metrics(&self) -> String {
        metrics_report::current_report(&self.state, self.started_at)
    }

    /// The state that handlers share.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// The front that answers requests, without a socket.
    pub fn front(&self) -> Front {
        Front::new(self.state.clone())
    }

    /// Reads the content folder and follows the clock, if that is still to be done, and makes new
    /// pages.
    pub async fn catch_up(&mut self) -> anyhow::Result<()> {
        let (store, clock) = (&self.state.store, &self.state.clock);
        if std::mem::take(&mut self.is_behind) {
            content_sync::sync_at_start(store, clock, &self.config, &mut self.log).await?;
        }
        self.refresh_site().await?;
        Ok(())
    }

    /// Follows the clock, and makes new pages if the database or the clock has moved on. Returns
    /// whether it did.
    pub async fn refresh_site(&mut self) -> anyhow::Result<bool> {
        let kept = self.schedule.keep().await;
        let state = &self.state;
        let refresher = &mut self.refresher;
        let refreshed = refreshing::refresh_once(refresher, &state.readiness, &state.metrics).await;
        kept?;
        refreshed
    }

    /// What sends messages to subscribers, if a mail server is configured.
    pub fn worker(&self) -> anyhow::Result<Option<Worker>> {
        let Some(server) = self.config.smtp.clone() else {
            return Ok(None);
        };
        let sending = sending::Sending {
            server,
            signer: self.signer.clone(),
            connections: self.config.smtp_connections,
            rate: self.config.smtp_rate,
        };
        sending::worker(&self.state, sending).map(Some)
    }

    /// What sends messages to channels. Names are looked up with `resolver`.
    pub fn channel_worker(&self, resolver: Resolver) -> anyhow::Result<ChannelWorker> {
        channel_sending::worker(&self.state, resolver)
    }

    /// Tests whether the database takes writes, and counts what waits for subscribers, for `/readyz`
    /// and the metrics.
    pub async fn probe(&self) {
        let probe = Probe::new(self.state.store.clone());
        probing::try_once(&probe, &self.state).await;
    }

    /// Serves until `stop` completes, then lets running requests finish, within ten seconds in all.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let front = self.front();
        let worker = self.worker()?;
        let channel_worker = self.channel_worker(Resolver::system())?;
        let site = self.state.site.current();
        sending::log(self.config.smtp.as_ref(), &site.snapshot().site);
        drop(site);
        let max_connections =
            files::connections_allowed(self.open_files, self.config.database_connections)?;
        let access_log = self.config.access_log.map(AccessLog::start).transpose()?;
        let max_streams = usize::try_from(self.config.live_connections).unwrap_or(usize::MAX);
        let (state, changed) = (self.state, Arc::new(Notify::new()));
        let (stopping, stopped) = (self.stopping, state.stopping.clone());
        let mut tasks = JoinSet::new();
        let kept = (state.site.clone(), self.refresher.confirmed());
        tasks.spawn(disk_copying::keep_copy(
            self.disk_copy,
            kept,
            stopped.clone(),
        ));
        tasks.spawn(opening::keep_opening(
            state.store.clone(),
            state.nudge.clone(),
            stopped.clone(),
        ));
        tasks.spawn(refreshing::keep_fresh(
            self.refresher,
            state.nudge.clone(),
            changed.clone(),
            (state.readiness.clone(), state.metrics.clone()),
            stopped.clone(),
        ));
        tasks.spawn(
            self.schedule
                .run(changed, state.nudge.clone(), stopped.clone()),
        );
        tasks.spawn(syncing::keep_synced(
            state.clone(),
            self.config,
            (self.log, self.is_behind),
            stopped.clone(),
        ));
        if let Some(worker) = worker {
            tasks.spawn(sending::keep_sending(
                worker,
                state.clone(),
                stopped.clone(),
            ));
        }
        tasks.spawn(listening::keep_listening(
            state.store.clone(),
            state.nudge.clone(),
            stopped.clone(),
        ));
        tasks.spawn(living::keep_telling(state.live.clone(), stopped.clone()));
        tasks.spawn(channel_sending::keep_sending(
            channel_worker,
            state.clone(),
            stopped.clone(),
        ));
        tasks.spawn(probing::keep_probing(state.clone(), stopped.clone()));
        if let Some(listener) = self.metrics_listener {
            let (state, started_at) = (state.clone(), self.started_at);
            let report = move || metrics_report::current_report(&state, started_at);
            let serving = metrics_listener::serve(listener, Arc::new(report), stopped.clone());
            tasks.spawn(serving);
        }
        let readiness: Arc<Readiness> = state.readiness.clone();
        tokio::spawn(async move {
            stop.await;
            tracing::info!("stopping: requests in progress can finish");
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
            readiness.begin_stopping();
            let _ = stopping.send(true);
        });
        let settings = serving::ServingOptions {
            max_connections,
            access_log: access_log.clone(),
            max_streams,
        };
        let (mut stop_signal, until) = (stopped.clone(), stopped.clone());
        let serving = serving::serve(self.listener, front, state.clock.clone(), settings, stopped);
        // Tells the service manager once the first request can be answered.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        let ended = tokio::select! {
            ended = serving => ended.context("serving"),
            () = grace(&mut stop_signal) => {
                tracing::warn!("stopped before every request had finished");
                Ok(())
            }
            failed = ended_early(&mut tasks, until) => failed,
        };
        if ended.is_ok() {
            let all = async { while tasks.join_next().await.is_some() {} };
            if timeout(LAST_GRACE, all).await.is_err() {
                tracing::warn!("stopped before all work in progress had ended");
            }
        }
        tasks.abort_all();
        state.store.close().await;
        if let Some(access_log) = access_log {
            access_log.finish();
        }
        ended
    }
}

async fn grace(stop_signal: &mut signal::Receiver<bool>) {
    // An error means that the sender is gone, which counts as the signal to stop.
    let _ = stop_signal.wait_for(|stop| *stop).await;
    tokio::time::sleep(GRACE).await;
}

/// Fails if a part that should run as long as the server has ended early.
async fn ended_early(
    tasks: &mut JoinSet<()>,
    stop_signal: signal::Receiver<bool>,
) -> anyhow::Result<()> {
    let ended = tasks.join_next().await;
    if *stop_signal.borrow() {
        return std::future::pending().await;
    }
    match ended {
        Some(Err(error)) => bail!("a part of Lightship failed, so all of it stops: {error}"),
        Some(Ok(())) | None => bail!("a part of Lightship ended, so all of it stops"),
    }
}
