//! Puts ids into incident files, so that a new database built from them has the same ids. All other
//! bytes stay as they are: line ends, spaces, the order of keys, a byte order mark.

mod file_ids;
mod text;

pub use self::file_ids::FileIds;

use std::fs;
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::files::fingerprint;
use super::folder_context::{FolderContext, KnownSite};
use super::incident_file::IncidentFile;
use super::site_file::SiteFile;

/// Writes ids into the files of a folder.
pub struct IdWriter<'a> {
    folder: &'a Path,
    ground: FolderContext,
}

impl<'a> IdWriter<'a> {
    /// A writer for a folder that was read with the same `site`, `known` and `now`.
    pub fn new(folder: &'a Path, site: &SiteFile, known: &KnownSite, now: DateTime<Utc>) -> Self {
        Self {
            folder,
            ground: FolderContext::of(site.clone(), known, now),
        }
    }

    /// Writes those ids that a file doesn't state yet. Returns whether there were any.
    ///
    /// # Errors
    /// Why the file can't be written and what to do; it is then unchanged.
    pub fn write(&self, file: &IncidentFile, ids: &FileIds) -> Result<bool, String> {
        let failed = |error: std::io::Error| format!("the file can't be written: {error}");
        // Replace the target of a link, so that the link stays a link.
        let path = self
            .folder
            .join(&file.file)
            .canonicalize()
            .map_err(failed)?;
        let read_again = || {
            let bytes = fs::read(&path).map_err(failed)?;
            if fingerprint(&bytes) == file.fingerprint {
                Ok(bytes)
            } else {
                Err(
                    "the file changed in the meantime and was left alone; run the command again"
                        .to_owned(),
                )
            }
        };
        let old = String::from_utf8(read_again()?).map_err(|error| error.to_string())?;
        let new = text::with_ids(&file.file, &old, ids, &self.ground.context())?;
        if new == old {
            return Ok(false);
        }
        let parent = path.parent().unwrap_or(self.folder);
        let mut beside = tempfile::Builder::new()
            .prefix(".ids-")
            .suffix(".tmp")
            .tempfile_in(parent)
            .map_err(failed)?;
        let metadata = fs::metadata(&path).map_err(failed)?;
        beside.write_all(new.as_bytes()).map_err(failed)?;
        let whole = beside.as_file();
        whole
            .set_permissions(metadata.permissions())
            .map_err(failed)?;
        whole.sync_all().map_err(failed)?;
        read_again()?;
        beside.persist(&path).map_err(|error| failed(error.error))?;
        Ok(true)
    }
}
