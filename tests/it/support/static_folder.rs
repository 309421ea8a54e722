//! A folder with the site as files, and how it is made from an application's database.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use lightship::app::static_site::{BuildReport, StaticSite, Target};
use tokio::sync::watch as signal;

use super::app::TestApp;

/// The names that a build keeps for itself.
pub(crate) const MANIFEST: &str = ".lightship-build.json";
pub(crate) const UNFINISHED: &str = ".lightship-build.unfinished.json";
pub(crate) const BESIDE: &str = ".lightship-build.new";

/// A folder of a build.
pub(crate) struct StaticFolder {
    _whole: tempfile::TempDir,
    /// Where the site is.
    pub(crate) path: PathBuf,
}

impl StaticFolder {
    pub(crate) fn new() -> Self {
        let whole = tempfile::tempdir().expect("a temporary folder");
        let path = whole.path().join("site");
        Self {
            _whole: whole,
            path,
        }
    }

    /// Opens it for an application's site.
    pub(crate) async fn open(&self, app: &TestApp) -> anyhow::Result<StaticSite> {
        let target = Target::Folder(self.path.clone());
        StaticSite::open(&app.config, app.clock.clone(), &target).await
    }

    /// Builds all of an application's site.
    pub(crate) async fn build(&self, app: &TestApp) -> BuildReport {
        let mut site = self.open(app).await.expect("it opens");
        let report = write(&mut site).await.expect("everything is due");
        site.close().await;
        report
    }

    /// Every file but the manifest, by name.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let names = self.names().into_iter();
        names
            .map(|name| {
                let bytes = fs::read(self.path.join(&name)).expect("a file");
                (name, bytes)
            })
            .collect()
    }

    /// The names of every file but the manifest.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        add_names(&self.path, "", &mut names);
        assert!(names.remove(MANIFEST), "the manifest is there");
        names
    }

    /// The files that have been written since `before`.
    pub(crate) fn written_since(&self, before: &BTreeMap<String, Stamp>) -> BTreeSet<String> {
        let now = self.stamps().into_iter();
        let written = now.filter(|(name, stamp)| before.get(name) != Some(stamp));
        written.map(|(name, _)| name).collect()
    }

    /// What changes when a file is written, even with the same bytes.
    pub(crate) fn stamps(&self) -> BTreeMap<String, Stamp> {
        let names = self.names().into_iter();
        names
            .map(|name| {
                let metadata = fs::metadata(self.path.join(&name)).expect("a file");
                let stamp = (metadata.ino(), metadata.mtime(), metadata.mtime_nsec());
                (name, stamp)
            })
            .collect()
    }

    /// The text of a file.
    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        let path = self.path.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Writes a file as something else would.
    pub(crate) fn write(&self, name: &str, text: &str) {
        super::app::write(&self.path, name, text.as_bytes());
    }
}

/// Inode and time of change.
pub(crate) type Stamp = (u64, i64, i64);

/// Writes what is due; `None` if nothing is.
pub(crate) async fn write(site: &mut StaticSite) -> Option<BuildReport> {
    let (_stopping, stopped) = signal::channel(false);
    site.write(&stopped).await.expect("it is written")
}

/// Writes what has changed in the database; `None` if nothing has.
pub(crate) async fn catch_up(site: &mut StaticSite) -> Option<BuildReport> {
    site.refresh().await.expect("the database answers");
    write(site).await
}

/// Whether the folder is what a new build would make.
pub(crate) async fn assert_current(folder: &StaticFolder, app: &TestApp) {
    let anew = StaticFolder::new();
    anew.build(app).await;
    let (found, expected) = (folder.files(), anew.files());
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in found {
        assert!(bytes == expected[&name], "{name} is old");
    }
}

fn add_names(folder: &Path, prefix: &str, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            add_names(&path, &format!("{name}/"), names);
        } else {
            names.insert(name);
        }
    }
}

/// The file that a host serves for a path.
pub(crate) fn file_of(path: &str, names: &BTreeSet<String>) -> Option<String> {
    let path = path.trim_start_matches('/');
    let index = format!("{path}/index.html");
    [path, index.trim_start_matches('/')]
        .into_iter()
        .find(|name| names.contains(*name))
        .map(str::to_owned)
}
