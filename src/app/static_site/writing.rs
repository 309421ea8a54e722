//! Writes the site to its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anyhow::{Context as _, bail};
use bytes::Bytes as Shared;
use tokio::runtime::Handle;
use tokio::sync::watch as signal;

use super::destination::{Bytes, Destination};
use super::report::BuildReport;
use crate::site::dependence::Changed;
use crate::site::static_files::{FileHeaders, Naming, file_name, find_clash, list_files};
use crate::snapshot::Snapshot;
use crate::urls;
use crate::web::assets::Assets;
use crate::web::media;

/// What writes, and what it writes besides pages.
#[derive(Debug)]
pub(super) struct Writer {
    to: Box<dyn Destination>,
    /// The files in the binary that pages load, by name.
    assets: Vec<(String, Shared, FileHeaders)>,
    content: Option<PathBuf>,
    /// The files of `media/` as they were when they were written last.
    media: BTreeMap<String, Stamp>,
}

/// When a file was written, and its size. A file with the same stamp has the same bytes.
type Stamp = (SystemTime, u64);

/// A file of `media/`: its name in the folder, where it is, and its stamp.
type MediaFile = (String, PathBuf, Stamp);

/// What may differ from what was written last.
#[derive(Debug, Clone)]
pub(super) enum Due {
    /// Everything.
    Everything,
    /// What depends on this.
    Only(Box<Changed>),
}

impl Writer {
    /// A writer for a place. Pictures and other files for posts come from a content folder.
    pub(super) fn new(to: Box<dyn Destination>, assets: &Assets, content: Option<&Path>) -> Self {
        let assets = assets.list_for_files().map(|(path, document)| {
            let headers = FileHeaders::new(document.media_type, document.policy);
            let name = file_name(path, to.naming());
            (name, document.plain().clone(), headers)
        });
        Self {
            assets: assets.collect(),
            to,
            content: content.map(Path::to_owned),
            media: BTreeMap::new(),
        }
    }

    /// Brings the place up to date. Returns `None` if the stop signal came before it was: what is
    /// there is whole, and the next run goes on.
    pub(super) fn write(
        &mut self,
        snapshot: &Snapshot,
        due: &Due,
        stopped: &signal::Receiver<bool>,
    ) -> anyhow::Result<Option<BuildReport>> {
        let start = Instant::now();
        let media = list_media(self.content.as_deref())?;
        let files = list_files(snapshot, self.to.naming());
        let names = || {
            let assets = self.assets.iter().map(|(name, ..)| name.as_str());
            let media = media.iter().map(|(name, ..)| name.as_str());
            let pages = files.iter().map(|file| file.name.as_str());
            assets.chain(media).chain(pages)
        };
        // Objects have no folders.
        if self.to.naming() == Naming::Files
            && let Some((one, other)) = find_clash(names())
        {
            bail!("the files {one} and {other} can't be in one folder; rename one of them");
        }
        let names: BTreeSet<&str> = names().collect();
        let mut report = BuildReport {
            files: names.len(),
            deleted: self.to.prepare(&names)?,
            ..BuildReport::default()
        };
        for (name, bytes, headers) in &self.assets {
            if matches!(due, Due::Everything) || !self.to.has(name) {
                report.written += usize::from(self.to.put(name, Bytes::Ready(bytes), headers)?);
            }
        }
        for (name, path, stamp) in &media {
            if self.media.get(name) != Some(stamp) || !self.to.has(name) {
                let headers = Handle::current().block_on(media::headers_of(path));
                report.written += usize::from(self.to.put(name, Bytes::OfFile(path), &headers)?);
                self.media.insert(name.clone(), *stamp);
            }
        }
        let changed = match due {
            Due::Everything => None,
            Due::Only(changed) => Some(changed.as_ref()),
        };
        let mut place = None;
        for file in &files {
            if *stopped.borrow() {
                return Ok(None);
            }
            if place != Some(file.place) {
                self.to.settle()?;
                place = Some(file.place);
            }
            if self.to.has(&file.name) && !file.is_affected(snapshot, changed) {
                continue;
            }
            let text = file.render(snapshot).with_context(|| {
                format!("{} can't be made: it is listed, but isn't there", file.name)
            })?;
            let bytes = Bytes::Ready(text.body.as_bytes());
            report.written += usize::from(self.to.put(&file.name, bytes, &text.headers)?);
        }
        self.to.settle()?;
        let (deleted, kept) = self.to.delete_others(&names)?;
        report.deleted += deleted;
        report.kept = kept;
        self.to.finish()?;
        report.bytes = self.to.bytes();
        report.took = start.elapsed();
        Ok(Some(report))
    }

    /// Whether the files of `media/` differ from those that were written.
    pub(super) fn has_other_media(&self) -> anyhow::Result<bool> {
        let found = list_media(self.content.as_deref())?.into_iter();
        let found: BTreeMap<String, Stamp> = found.map(|(name, _, stamp)| (name, stamp)).collect();
        Ok(found != self.media)
    }
}

/// The files of `media/`. One that vanishes meanwhile isn't among them.
fn list_media(content: Option<&Path>) -> anyhow::Result<Vec<MediaFile>> {
    let Some(content) = content else {
        return Ok(Vec::new());
    };
    let found = media::list_files(content)
        .with_context(|| format!("listing {}", content.join("media").display()))?;
    let stamped = found.into_iter().filter_map(|(name, path)| {
        let metadata = fs::metadata(&path).ok()?;
        let stamp = (metadata.modified().ok()?, metadata.len());
        let name = format!("{}{name}", urls::MEDIA.trim_start_matches('/'));
        Some((name, path, stamp))
    });
    Ok(stamped.collect())
}
