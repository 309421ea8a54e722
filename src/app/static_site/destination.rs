//! Where the site is written to: a folder, or a bucket of an object store.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use crate::site::static_files::{FileHeaders, Naming};

/// What the user names as the place for the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A folder.
    Folder(PathBuf),
    /// A bucket and the prefix of its objects, as in `s3://bucket/prefix`.
    Bucket(String),
}

/// What a file is to contain.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bytes<'b> {
    /// These bytes.
    Ready(&'b [u8]),
    /// Those of a file elsewhere.
    OfFile(&'b Path),
}

/// A place for the site. Only what was written here is ever replaced or deleted. What is there is
/// whole at any time, and after a build that was killed, the next one mends everything.
pub(super) trait Destination: Debug + Send {
    /// How its files are named.
    fn naming(&self) -> Naming;

    /// Prepares for a site with these files. Old files in their way are deleted; returns how many.
    ///
    /// # Errors
    /// If something that wasn't written here has the name of one of them.
    fn prepare(&mut self, names: &BTreeSet<&str>) -> anyhow::Result<usize>;

    /// Whether a file is known to be there as it was written last.
    fn has(&self, name: &str) -> bool;

    /// Writes a file, unless it is there already as it is to be. Returns whether it did.
    fn put(&mut self, name: &str, bytes: Bytes<'_>, headers: &FileHeaders) -> anyhow::Result<bool>;

    /// Waits until everything that was put is there, before what links to it is put.
    fn settle(&mut self) -> anyhow::Result<()>;

    /// Deletes the old files, which aren't among these. Returns how many there were, and how many
    /// stay because something else has changed them.
    fn delete_others(&mut self, names: &BTreeSet<&str>) -> anyhow::Result<(usize, usize)>;

    /// Saves what was written, if anything was.
    fn finish(&mut self) -> anyhow::Result<()>;

    /// How many bytes all files have.
    fn bytes(&self) -> u64;
}
