//! What was written: the hash and the size of each file, kept beside the files themselves.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// The name of the manifest.
pub(super) const MANIFEST: &str = ".lightship-build.json";

/// The name of the list of files that are being added. It is there only while a build runs, or
/// after one that was killed.
pub(super) const UNFINISHED: &str = ".lightship-build.unfinished.json";

/// The only format so far.
const FORMAT: u32 = 1;

/// Everything that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: u32,
    /// The files by name.
    pub(super) files: BTreeMap<String, Written>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// The hash of its bytes; in a bucket, that of its headers and its bytes.
    pub(super) sha256: String,
    /// Its size.
    pub(super) bytes: u64,
    /// The ETag that an object store gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            format: FORMAT,
            files: BTreeMap::new(),
        }
    }
}

impl Manifest {
    /// The manifest in a folder, if there is one.
    pub(super) fn load(folder: &Path) -> anyhow::Result<Option<Self>> {
        let path = folder.join(MANIFEST);
        let text = read(&path)?;
        let found = text.map(|text| Self::parse(&text, &path.display().to_string()));
        found.transpose()
    }

    /// Parses a manifest. `shown` is what errors call it.
    pub(super) fn parse(text: &[u8], shown: &str) -> anyhow::Result<Self> {
        let found: Self = parse(text, shown)?;
        if found.format != FORMAT {
            bail!(
                "{shown} has format {}, which this version doesn't know; build into another place",
                found.format
            );
        }
        Ok(found)
    }

    /// The size of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }
}

/// The names of the files that a killed build was adding; `None` if none was killed.
pub(super) fn load_unfinished(folder: &Path) -> anyhow::Result<Option<Vec<String>>> {
    let path = folder.join(UNFINISHED);
    let text = read(&path)?;
    let found = text.map(|text| parse(&text, &path.display().to_string()));
    found.transpose()
}

fn read(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// Parses what a build keeps for itself. `shown` is what errors call it.
pub(super) fn parse<T: for<'de> Deserialize<'de>>(text: &[u8], shown: &str) -> anyhow::Result<T> {
    serde_json::from_slice(text).with_context(|| {
        format!(
            "{shown} can't be read, so it isn't known which files are old; build into another place"
        )
    })
}
