//! The folder that holds the site. It is written file by file, each in one step, and only files
//! that were written here are ever replaced or deleted.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::destination::{Bytes, Destination};
use super::manifest::{MANIFEST, Manifest, UNFINISHED, Written, load_unfinished};
use crate::domain::hash::{Sha256Pieces, sha256};
use crate::site::static_files::{FileHeaders, Naming};

/// The name under which a file is written beside its place. There is one at a time.
const BESIDE: &str = ".lightship-build.new";

/// How many bytes are read at once.
const PIECE_BYTES: usize = 64 * 1024;

/// A folder that is written to. No other process writes to it at the same time.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    manifest: Manifest,
    /// Files that may be there because a build was killed.
    doubtful: BTreeSet<String>,
    /// Whether the manifest may be behind: something has been written since it was saved.
    is_writing: bool,
    /// Names that aren't in the manifest yet.
    new: Vec<String>,
    /// Holds the lock.
    _lock: File,
}

impl Folder {
    /// Opens a folder, or makes it.
    ///
    /// # Errors
    /// If it holds something else, if another process writes to it, or if it can't be read.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        fs::create_dir_all(path).with_context(|| format!("making the folder {shown}"))?;
        let lock = File::open(path).with_context(|| format!("opening the folder {shown}"))?;
        // Where the file system has no locks, nothing is locked.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            bail!(
                "another `lightship build` is writing to {shown}; stop it, or name another folder"
            );
        }
        let manifest = Manifest::load(path)?;
        let doubtful = load_unfinished(path)?;
        if manifest.is_none() && doubtful.is_none() && !is_empty(path)? {
            bail!(
                "{shown} isn't empty, and `lightship build` hasn't written it, so nothing there is \
                 changed; name a new or an empty folder"
            );
        }
        let mut folder = Self {
            path: path.to_owned(),
            manifest: manifest.unwrap_or_default(),
            is_writing: doubtful.is_some(),
            doubtful: BTreeSet::new(),
            new: Vec::new(),
            _lock: lock,
        };
        if let Some(names) = doubtful {
            // The killed build may have replaced any file, too.
            folder.doubtful.extend(names);
            folder
                .doubtful
                .extend(folder.manifest.files.keys().cloned());
            folder.remove_leftovers()?;
        }
        Ok(folder)
    }

    /// Removes what a killed build left beside files.
    fn remove_leftovers(&self) -> anyhow::Result<()> {
        let parents = self
            .doubtful
            .iter()
            .map(|name| parent_of(&self.path.join(name)));
        let parents: BTreeSet<PathBuf> = parents.chain([self.path.clone()]).collect();
        for parent in parents {
            remove(&parent.join(BESIDE))?;
        }
        Ok(())
    }

    /// Refuses the name of something that wasn't written here. A folder with only old files will be
    /// gone.
    fn check_free(&self, name: &str, old: &[String]) -> anyhow::Result<()> {
        let path = self.path.join(name);
        let Ok(found) = path.symlink_metadata() else {
            return Ok(());
        };
        let folder = format!("{name}/");
        if found.is_dir() && old.iter().any(|it| it.starts_with(&folder)) {
            return Ok(());
        }
        bail!(
            "{} is in the way: `lightship build` hasn't written it; move it, or name another \
             folder",
            path.display()
        );
    }

    fn old_names(&self, names: &BTreeSet<&str>) -> Vec<String> {
        let known = self.manifest.files.keys().chain(&self.doubtful);
        let old: BTreeSet<&String> = known.filter(|it| !names.contains(it.as_str())).collect();
        old.into_iter().cloned().collect()
    }

    /// Notes, before the first change, what is going to be added. So the next build knows it, even
    /// if this one is killed.
    fn begin(&mut self) -> anyhow::Result<()> {
        if !self.is_writing || !self.new.is_empty() {
            let new = std::mem::take(&mut self.new);
            let names: Vec<&String> = new.iter().chain(&self.doubtful).collect();
            self.save(UNFINISHED, &names)?;
            self.is_writing = true;
        }
        Ok(())
    }

    fn note(&mut self, name: &str, written: Written) -> anyhow::Result<()> {
        if self.manifest.files.get(name) != Some(&written) {
            self.begin()?;
            self.manifest.files.insert(name.to_owned(), written);
        }
        self.doubtful.remove(name);
        Ok(())
    }

    /// Deletes a file that was written here, and the folders that are empty then. Returns whether
    /// it did: it stays if something else has changed it.
    fn delete(&mut self, name: &str) -> anyhow::Result<bool> {
        self.begin()?;
        let path = self.path.join(name);
        let is_ours = self.doubtful.remove(name) || {
            let known = self.manifest.files.get(name);
            let found = match File::open(&path) {
                Ok(mut file) => Some(copy(&mut file, &mut io::sink())?),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error).context(format!("reading {}", path.display())),
            };
            found.is_none() || found.as_ref() == known
        };
        self.manifest.files.remove(name);
        if is_ours {
            remove(&path)?;
            let parents = path.ancestors().skip(1);
            let inside = parents.take_while(|parent| *parent != self.path);
            for parent in inside {
                // It isn't empty.
                if fs::remove_dir(parent).is_err() {
                    break;
                }
            }
        } else {
            tracing::warn!(
                file = %path.display(),
                "the site doesn't have this file any more, but something else has changed it, so \
                 it stays"
            );
        }
        Ok(is_ours)
    }

    fn save(&self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let path = self.path.join(name);
        let text = serde_json::to_vec(value)?;
        write_beside(&path, Bytes::Ready(&text))
            .with_context(|| format!("writing {}", path.display()))?;
        Ok(())
    }
}

impl Destination for Folder {
    fn naming(&self) -> Naming {
        Naming::Files
    }

    fn prepare(&mut self, names: &BTreeSet<&str>) -> anyhow::Result<usize> {
        let old = self.old_names(names);
        let in_the_way: Vec<String> = old.into_iter().filter(|it| clashes(it, names)).collect();
        let is_new = |name: &&&str| !self.manifest.files.contains_key(**name);
        let new: Vec<String> = names.iter().filter(is_new).map(|it| (*it).into()).collect();
        for name in new.iter().filter(|name| !self.doubtful.contains(*name)) {
            self.check_free(name, &in_the_way)?;
        }
        self.new = new;
        let mut deleted = 0;
        for name in in_the_way {
            deleted += usize::from(self.delete(&name)?);
        }
        Ok(deleted)
    }

    fn has(&self, name: &str) -> bool {
        self.manifest.files.contains_key(name) && !self.doubtful.contains(name)
    }

    fn put(&mut self, name: &str, bytes: Bytes<'_>, _: &FileHeaders) -> anyhow::Result<bool> {
        let path = self.path.join(name);
        let failed = || format!("writing {}", path.display());
        if is_same(&path, bytes).with_context(failed)? {
            if !self.has(name) {
                let written = describe(bytes, &mut io::sink()).with_context(failed)?;
                self.note(name, written)?;
            }
            return Ok(false);
        }
        self.begin()?;
        let parent = parent_of(&path);
        fs::create_dir_all(&parent).with_context(failed)?;
        let written = write_beside(&path, bytes).with_context(failed)?;
        self.note(name, written)?;
        Ok(true)
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        Ok(())
    }

    fn delete_others(&mut self, names: &BTreeSet<&str>) -> anyhow::Result<(usize, usize)> {
        let (mut deleted, mut kept) = (0, 0);
        for name in self.old_names(names) {
            match self.delete(&name)? {
                true => deleted += 1,
                false => kept += 1,
            }
        }
        Ok((deleted, kept))
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        if !self.is_writing {
            return Ok(());
        }
        self.save(MANIFEST, &self.manifest)?;
        remove(&self.path.join(UNFINISHED))?;
        self.is_writing = false;
        self.doubtful.clear();
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.manifest.bytes()
    }
}

/// Whether a name can't stand in a folder together with one of `names`.
fn clashes(name: &str, names: &BTreeSet<&str>) -> bool {
    let folder = format!("{name}/");
    let mut after = names.range(folder.as_str()..);
    let is_folder = after.next().is_some_and(|next| next.starts_with(&folder));
    let mut folders = Path::new(name).ancestors().skip(1);
    is_folder || folders.any(|it| it.to_str().is_some_and(|it| names.contains(it)))
}

fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    let shown = folder.display();
    let mut entries =
        fs::read_dir(folder).with_context(|| format!("reading the folder {shown}"))?;
    Ok(entries.next().is_none())
}

fn parent_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("deleting {}", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a file beside its place and renames it, so that nobody ever reads half of it. It isn't
/// flushed to the disk: after a power failure, the next build compares all bytes and mends it.
fn write_beside(path: &Path, bytes: Bytes<'_>) -> io::Result<Written> {
    let beside = path.with_file_name(BESIDE);
    let written = File::create(&beside).and_then(|mut file| describe(bytes, &mut file));
    let renamed = written.and_then(|written| fs::rename(&beside, path).map(|()| written));
    if renamed.is_err() {
        // It may be half a file on a full disk.
        let _ = fs::remove_file(&beside);
    }
    renamed
}

/// Copies bytes, and returns what there is to know of them.
fn describe(bytes: Bytes<'_>, into: &mut impl Write) -> io::Result<Written> {
    match bytes {
        Bytes::Ready(bytes) => {
            into.write_all(bytes)?;
            Ok(Written {
                sha256: sha256(bytes),
                bytes: bytes.len() as u64,
                etag: None,
            })
        }
        Bytes::OfFile(path) => copy(&mut File::open(path)?, into),
    }
}

fn copy(from: &mut File, into: &mut impl Write) -> io::Result<Written> {
    let mut pieces = Sha256Pieces::default();
    let mut piece = vec![0; PIECE_BYTES];
    let mut bytes = 0;
    loop {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Ok(Written {
                sha256: pieces.finish(),
                bytes,
                etag: None,
            });
        }
        pieces.add(&piece[..count]);
        into.write_all(&piece[..count])?;
        bytes += count as u64;
    }
}

/// Whether a file is there and has these bytes.
fn is_same(path: &Path, bytes: Bytes<'_>) -> io::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    match bytes {
        Bytes::Ready(bytes) => Ok(length == bytes.len() as u64 && has(&mut file, bytes)?),
        Bytes::OfFile(other) => {
            let mut other = File::open(other)?;
            if other.metadata()?.len() != length {
                return Ok(false);
            }
            let mut piece = vec![0; PIECE_BYTES];
            loop {
                let count = other.read(&mut piece)?;
                if count == 0 {
                    return Ok(true);
                }
                if !has(&mut file, &piece[..count])? {
                    return Ok(false);
                }
            }
        }
    }
}

/// Whether the next bytes of a file are these.
fn has(file: &mut File, bytes: &[u8]) -> io::Result<bool> {
    let mut found = vec![0; bytes.len()];
    match file.read_exact(&mut found) {
        Ok(()) => Ok(found == bytes),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
