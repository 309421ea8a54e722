//! Watches the content folder. It watches a directory on disk, not a path: if the path leads to
//! another one (a deploy that swaps a link, a folder deleted and created again), it watches that.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

/// The device and inode of each watched folder that exists.
type Identities = [Option<(u64, u64)>; 2];

/// A watch on a folder.
pub(super) struct FolderWatch {
    folder: PathBuf,
    changed: Arc<Notify>,
    is_lost: Arc<AtomicBool>,
    identities: Identities,
    watcher: Option<RecommendedWatcher>,
    last_error: Option<String>,
}

impl FolderWatch {
    /// Watches `folder`, and notifies `changed` when something in it has changed.
    pub(super) fn start(folder: &Path, changed: Arc<Notify>) -> Self {
        let mut watch = Self {
            folder: folder.to_owned(),
            changed,
            is_lost: Arc::default(),
            identities: identities(folder),
            watcher: None,
            last_error: None,
        };
        watch.renew();
        watch
    }

    /// Whether the path now leads to another folder than the watched one.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed) || identities(&self.folder) != self.identities
    }

    /// Sets the watch up again.
    pub(super) fn renew(&mut self) {
        // The inodes come first, so that a change in between is noticed the next time.
        self.identities = identities(&self.folder);
        self.is_lost = Arc::default();
        self.watcher = None;
        if self.identities[0].is_none() {
            return;
        }
        match watcher(&self.folder, self.changed.clone(), self.is_lost.clone()) {
            Ok(watcher) => {
                self.watcher = Some(watcher);
                self.last_error = None;
            }
            Err(error) => {
                let error = error.to_string();
                if self.last_error.as_ref() != Some(&error) {
                    tracing::warn!(%error, folder = %self.folder.display(), "the content folder can't be watched; it is read every 30 seconds");
                }
                self.last_error = Some(error);
            }
        }
    }
}

fn identities(folder: &Path) -> Identities {
    let identity = |path: &Path| {
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_dir)?;
        Some((metadata.dev(), metadata.ino()))
    };
    [identity(folder), identity(&folder.join("incidents"))]
}

fn watcher(
    folder: &Path,
    changed: Arc<Notify>,
    is_lost: Arc<AtomicBool>,
) -> notify::Result<RecommendedWatcher> {
    let roots = [folder.to_owned(), folder.join("incidents")];
    let log = move |event: notify::Result<notify::Event>| {
        if let Ok(event) = &event {
            if event.kind.is_access() {
                return;
            }
            // A folder that is created again may get the same inode, so its removal is noted, too.
            let ends =
                event.kind.is_remove() && event.paths.iter().any(|path| roots.contains(path));
            if ends {
                is_lost.store(true, Ordering::Relaxed);
            }
        }
        changed.notify_one();
    };
    let mut watcher = notify::recommended_watcher(log)?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok(watcher)
}
