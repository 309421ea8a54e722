//! What was written into a folder: the hash and the size of each file, kept in the folder itself.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// The name of the manifest in the folder.
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
    /// The hash of its bytes.
    pub(super) sha256: String,
    /// Its size.
    pub(super) bytes: u64,
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
        let found: Option<Self> = load(&folder.join(MANIFEST))?;
        if let Some(found) = &found
            && found.format != FORMAT
        {
            bail!(
                "{} has format {}, which this version doesn't know; build into another folder",
                folder.join(MANIFEST).display(),
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
    load(&folder.join(UNFINISHED))
}

fn load<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Option<T>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    let read = serde_json::from_slice(&text);
    read.map(Some).with_context(|| {
        format!(
            "{} can't be read, so it isn't known which files are old; build into another folder",
            path.display()
        )
    })
}
