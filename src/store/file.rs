//! The file of an SQLite database: created so that only its owner can read it, and checked, so that
//! nothing is written into a file that was removed.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::file_owner;

/// Only the user who runs Lightship may read and write.
const MODE: u32 = 0o600;

/// A file that was opened, known by its inode, whatever its name is by now.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    /// Device and inode.
    identity: Option<(u64, u64)>,
    /// The write-ahead log, where SQLite writes first. It exists as long as a connection is open.
    log: Option<PathBuf>,
}

impl DatabaseFile {
    /// The file at `path`, which is open.
    pub(super) fn opened(path: PathBuf) -> Self {
        let log = beside(&path, "-wal");
        Self {
            identity: identity_of(&path),
            log: log.exists().then_some(log),
            path,
        }
    }

    /// Checks that the path still leads to the file that was opened, even if no connection is open.
    ///
    /// # Errors
    /// `Replaced`.
    pub(super) fn check_identity(&self) -> Result<(), StoreError> {
        match identity_of(&self.path) {
            None => Err(self.replaced("is gone")),
            Some(_) if identity_of(&self.path) != self.identity => {
                Err(self.replaced("is not the file that was opened"))
            }
            Some(_) => Ok(()),
        }
    }

    /// The error for a file that may not be written.
    pub(super) fn read_only(&self) -> StoreError {
        StoreError::ReadOnly(format!(
            "the database {} can't be written: {}",
            self.path.display(),
            file_owner::remedy(&self.path)
        ))
    }

    fn replaced(&self, what: &str) -> StoreError {
        StoreError::Replaced(format!(
            "the database {} {what}, so nothing is written; put the right one back and restart \
             Lightship",
            self.path.display()
        ))
    }

    /// Checks, while a connection is open, that the path still leads to the open file and its log.
    ///
    /// # Errors
    /// `Replaced`.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.check_identity()?;
        match &self.log {
            Some(log) if !log.exists() => Err(self.replaced("has lost its -wal file")),
            Some(_) | None => Ok(()),
        }
    }
}

fn identity_of(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// The path with `end` appended to its name.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Creates an empty file that only its owner may read, whatever the umask; an existing file stays.
/// SQLite fills it, and gives the files beside it the same permissions.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path);
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}
