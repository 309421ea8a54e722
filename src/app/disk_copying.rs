//! Keeps a copy of what the pages show in a folder, to begin with if the database is away at a start.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use tempfile::NamedTempFile;
use tokio::sync::watch as signal;
use tokio::time::{Instant, sleep};

use crate::site::SiteHandle;
use crate::site::refresh::Confirmed;
use crate::site::version::Version;
use crate::snapshot::load::Deployment;
use crate::snapshot::{Snapshot, disk_copy};

/// The copy's name in its folder.
const NAME: &str = "pages";

/// How long after a change it is copied, so that several together are copied once.
const SETTLE: Duration = Duration::from_millis(500);

/// How many times as long as copying takes nothing is copied afterwards.
const REST: u32 = 20;

/// How often the copy is marked as up to date.
const MARK: Duration = Duration::from_secs(20);

/// The copy on disk. Its time of change is when it was last up to date.
#[derive(Debug, Clone)]
pub(super) struct DiskCopy(PathBuf);

impl DiskCopy {
    /// The copy in a folder, which is made if it is missing.
    pub(super) fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        let explain = || {
            let shown = folder.display();
            format!("--state-dir {shown} can't be written; name a folder that Lightship may write")
        };
        fs::create_dir_all(folder).with_context(explain)?;
        // Found out now rather than when it is needed.
        NamedTempFile::new_in(folder).with_context(explain)?;
        Ok(Self(folder.join(NAME)))
    }

    /// What it shows, and when that was last up to date; `None` if there is no copy.
    pub(super) fn read(
        &self,
        deployment: &Deployment,
    ) -> io::Result<Option<(Snapshot, DateTime<Utc>)>> {
        let file = match File::open(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let confirmed_at = file.metadata()?.modified()?.into();
        let snapshot = disk_copy::read(BufReader::new(file), deployment)?;
        Ok(Some((snapshot, confirmed_at)))
    }

    /// Replaces it as a whole.
    fn write(&self, snapshot: &Snapshot, confirmed_at: DateTime<Utc>) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        let mut file = NamedTempFile::new_in(folder)?;
        disk_copy::write(snapshot, BufWriter::new(file.as_file_mut()))?;
        file.as_file()
            .set_modified(SystemTime::from(confirmed_at))?;
        file.as_file().sync_all()?;
        file.persist(&self.0)?;
        Ok(())
    }

    fn mark(&self, confirmed_at: DateTime<Utc>) -> io::Result<()> {
        let file = File::options().append(true).open(&self.0)?;
        file.set_modified(SystemTime::from(confirmed_at))
    }
}

/// Copies what the pages show after each change, until the stop signal, and once more then.
pub(super) async fn keep_copy(
    copy: Option<DiskCopy>,
    (site, confirmed): (SiteHandle, Confirmed),
    mut stopped: signal::Receiver<bool>,
) {
    let Some(copy) = copy else {
        let _ = stopped.wait_for(|stop| *stop).await;
        return;
    };
    let mut keeper = Keeper {
        copy,
        site,
        confirmed,
        kept: None,
        has_failed: false,
    };
    let mut versions = keeper.site.versions();
    loop {
        let took = keeper.keep().await;
        let next = async {
            sleep(SETTLE.max(took * REST)).await;
            tokio::select! {
                _ = versions.changed() => sleep(SETTLE).await,
                () = sleep(MARK) => {}
            }
        };
        tokio::select! {
            () = next => {}
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    keeper.keep().await;
}

struct Keeper {
    copy: DiskCopy,
    site: SiteHandle,
    confirmed: Confirmed,
    /// The version that was copied last.
    kept: Option<Version>,
    has_failed: bool,
}

impl Keeper {
    /// Copies the site, or if it has been copied, marks the copy as up to date. Returns how long that
    /// took.
    async fn keep(&mut self) -> Duration {
        let begun = Instant::now();
        let current = self.site.current();
        // It is a copy itself, or has been copied.
        if current.snapshot().stale_since.is_some() {
            return begun.elapsed();
        }
        let version = current.version();
        let is_kept = self.kept == Some(version);
        let (copy, confirmed_at) = (self.copy.clone(), self.confirmed.at());
        let snapshot = current.share_snapshot();
        let keeping = tokio::task::spawn_blocking(move || match is_kept {
            true => copy.mark(confirmed_at),
            false => copy.write(&snapshot, confirmed_at),
        });
        let kept = keeping
            .await
            .unwrap_or_else(|ended| Err(io::Error::other(ended)));
        self.kept = kept.is_ok().then_some(version);
        match kept {
            Ok(()) => self.has_failed = false,
            // Logged once.
            Err(error) if !std::mem::replace(&mut self.has_failed, true) => {
                tracing::warn!(%error, "the copy in --state-dir can't be written");
            }
            Err(_) => {}
        }
        begun.elapsed()
    }
}
