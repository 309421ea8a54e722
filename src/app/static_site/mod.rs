//! The public site as files in a folder or an object store, for when no server can be reached. It
//! is made from the same database, which it only reads, by the same code.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::sync::{Notify, watch as signal};
use tokio::time::{Instant, timeout};

use self::destination::Destination;
pub use self::destination::Target;
use self::folder::Folder;
pub use self::report::BuildReport;
use self::writing::{Due, Writer};
use super::content_sync::has_site;
use super::listening::keep_listening;
use super::refreshing::{PATIENCE, POLL};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::site::Hosting;
use crate::site::refresh::Refresher;
use crate::snapshot::load::Deployment;
use crate::store::{Store, StoreError, without_password};
use crate::web::assets::Assets;
use crate::web::openapi;

#[cfg(feature = "s3")]
mod bucket;
mod destination;
mod folder;
mod manifest;
mod report;
mod writing;

/// How often to look whether the files of `media/` have changed.
const LOOK_AT_MEDIA: Duration = Duration::from_secs(10);

/// How long to wait after files couldn't be written.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// How long writing may go on after the stop signal. An object store may not answer.
const TO_STOP: Duration = Duration::from_secs(5);

/// A place with the site, and the database that it is made from.
#[derive(Debug)]
pub struct StaticSite {
    store: Store,
    refresher: Refresher,
    /// `None` only while it writes.
    writer: Option<Writer>,
    /// What is still to be written.
    due: Option<Due>,
}

impl StaticSite {
    /// Opens the place and the database. Nothing is written yet.
    ///
    /// # Errors
    /// If the place holds something else, or the database has no site, in words that say how to go
    /// on.
    pub async fn open(config: &Config, clock: Clock, target: &Target) -> anyhow::Result<Self> {
        let database = &config.source.database;
        let opening = Store::open_to_read(database, config.database_connections).await;
        let store = opening
            .with_context(|| format!("opening the database {}", without_password(database)))?;
        if !has_site(&store).await? {
            bail!(
                "the database {} has no site yet; start `lightship serve`, or run `lightship sync`",
                without_password(database)
            );
        }
        let to = open_destination(target).await?;
        let deployment = Deployment {
            base_url: config.base_url.clone(),
            fallback_url: format!("http://{}", config.listen),
            has_mail_server: config.smtp.is_some(),
            hosting: Hosting::Files,
        };
        let assets = Assets::new(clock.now(), openapi::text());
        let refresher = Refresher::start(store.clone(), clock, deployment)
            .await
            .context("reading the site")?;
        Ok(Self {
            store,
            refresher,
            writer: Some(Writer::new(to, &assets, config.source.folder())),
            due: Some(Due::Everything),
        })
    }

    /// The base URL that pages have.
    pub fn base_url(&self) -> String {
        self.refresher
            .site()
            .current()
            .snapshot()
            .site
            .base_url
            .clone()
    }

    /// Reads what has changed in the database, if anything has.
    pub async fn refresh(&mut self) -> Result<(), StoreError> {
        let made = timeout(PATIENCE, self.refresher.refresh()).await;
        let made = made.unwrap_or(Err(StoreError::Unanswered));
        if made.is_err() {
            self.store.find_server().await;
        }
        if made? {
            self.due = match (self.due.take(), self.refresher.changed()) {
                (None, Some(changed)) => Some(Due::Only(Box::new(changed.clone()))),
                // Two changes aren't added up; that is rare.
                (Some(_), _) | (None, None) => Some(Due::Everything),
            };
        }
        Ok(())
    }

    /// Writes what may differ, unless nothing does. Returns what it did, and `None` if the stop
    /// signal came first.
    pub async fn write(
        &mut self,
        stopped: &signal::Receiver<bool>,
    ) -> anyhow::Result<Option<BuildReport>> {
        let Some(due) = self.due.take() else {
            return Ok(None);
        };
        // Until all of it is written, everything may differ.
        self.due = Some(Due::Everything);
        let site = self.refresher.site().current();
        let mut asked = stopped.clone();
        let stopped = stopped.clone();
        let report = tokio::select! {
            report = self.on_thread(move |writer| {
                writer.write(site.snapshot(), &due, &stopped)
            }) => report?,
            () = async {
                // The one who would ask may be gone.
                if asked.wait_for(|stop| *stop).await.is_err() {
                    std::future::pending::<()>().await;
                }
                tokio::time::sleep(TO_STOP).await;
            } => None,
        };
        if report.is_some() {
            self.due = None;
        }
        Ok(report)
    }

    /// Keeps the files up to date until the stop signal.
    ///
    /// # Errors
    /// Only if it can't go on.
    pub async fn watch(&mut self, mut stopped: signal::Receiver<bool>) -> anyhow::Result<()> {
        let nudge = Arc::new(Notify::new());
        let listening = keep_listening(self.store.clone(), nudge.clone(), stopped.clone());
        tokio::spawn(listening);
        let mut has_failed = false;
        let mut media_at = Instant::now() + LOOK_AT_MEDIA;
        let mut wait = POLL;
        loop {
            tokio::select! {
                () = nudge.notified() => {}
                () = tokio::time::sleep(wait) => {}
                _ = stopped.wait_for(|stop| *stop) => return Ok(()),
            }
            let looks_at_media = Instant::now() >= media_at;
            if looks_at_media {
                media_at = Instant::now() + LOOK_AT_MEDIA;
            }
            match self.catch_up(looks_at_media, &mut stopped).await {
                Ok(report) => {
                    wait = POLL;
                    if std::mem::take(&mut has_failed) {
                        tracing::info!("the files are up to date again");
                    }
                    if let Some(report) = report.filter(BuildReport::has_changed) {
                        tracing::info!(
                            written = report.written,
                            deleted = report.deleted,
                            "{report}"
                        );
                    }
                }
                Err(error) if self.writer.is_none() => return Err(error),
                // Logged once, not every time.
                Err(error) => {
                    wait = TRY_AGAIN;
                    let error = format!("{error:#}");
                    match std::mem::replace(&mut has_failed, true) {
                        false => {
                            tracing::error!(%error, "the files can't be brought up to date; they stay");
                        }
                        true => {
                            tracing::debug!(%error, "the files still can't be brought up to date")
                        }
                    }
                }
            }
        }
    }

    async fn catch_up(
        &mut self,
        looks_at_media: bool,
        stopped: &mut signal::Receiver<bool>,
    ) -> anyhow::Result<Option<BuildReport>> {
        tokio::select! {
            refreshed = self.refresh() => refreshed?,
            _ = stopped.wait_for(|stop| *stop) => return Ok(None),
        }
        if looks_at_media
            && self.due.is_none()
            && self.on_thread(|writer| writer.has_other_media()).await?
        {
            self.due = Some(Due::Only(Box::default()));
        }
        self.write(stopped).await
    }

    /// Runs work on a thread of its own, because a disk or a network may be slow.
    async fn on_thread<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Writer) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let mut writer = self
            .writer
            .take()
            .context("a fault in Lightship ended the writing")?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&mut writer);
            (writer, done)
        });
        let (writer, done) = done.await?;
        self.writer = Some(writer);
        done
    }

    /// Closes the database.
    pub async fn close(self) {
        self.store.close().await;
    }
}

/// Opens the place that the user names. Nothing is written yet.
///
/// # Errors
/// If it holds something else, or can't be reached, in words that say how to go on.
async fn open_destination(target: &Target) -> anyhow::Result<Box<dyn Destination>> {
    match target {
        Target::Folder(path) => Ok(Box::new(Folder::open(path)?)),
        Target::Bucket(address) => open_bucket(address).await,
    }
}

#[cfg(feature = "s3")]
async fn open_bucket(address: &str) -> anyhow::Result<Box<dyn Destination>> {
    Ok(Box::new(bucket::Bucket::open(address).await?))
}

#[cfg(not(feature = "s3"))]
async fn open_bucket(_: &str) -> anyhow::Result<Box<dyn Destination>> {
    bail!(
        "this lightship was built without object stores; use that of the container image, build \
         one with `cargo build --release --features s3`, or build into a folder and copy that"
    );
}
