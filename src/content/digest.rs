//! What a content folder holds, as one hash: two looks with the same hash saw the same bytes.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::files::{list_posts, read_file};
use super::problem::Severity;
use super::site_file;
use crate::domain::hash::hex;

/// How files are read. Whoever makes the reader read something otherwise counts this up, so that
/// every file is read anew.
const READING: u32 = 2;

/// The hash of every file of a folder, and of what else its reading depends on: this version of
/// Lightship and the day. `None` if something of it can't be read.
pub fn digest_folder(folder: &Path, now: DateTime<Utc>) -> Option<String> {
    let mut problems = Vec::new();
    let mut names = vec![site_file::NAME.to_owned()];
    for within in ["incidents", "templates"] {
        names.extend(list_posts(folder, within, &mut problems)?);
    }
    let mut whole = Sha256::new();
    let version = env!("CARGO_PKG_VERSION");
    whole.update(format!("{version} {READING} {}\n", now.date_naive()));
    for name in names {
        let bytes = read_file(folder, &name, &mut problems)?;
        for part in [name.as_bytes(), &bytes] {
            whole.update((part.len() as u64).to_be_bytes());
            whole.update(part);
        }
    }
    for name in pictures(&folder.join("media"), 0) {
        whole.update(format!("{name}\n"));
    }
    // A hint is of a file that isn't read, and is shown again only if all is read.
    problems.sort_by(|a, b| a.file.cmp(&b.file));
    for problem in &problems {
        if problem.severity != Severity::Hint {
            return None;
        }
        whole.update(format!("{}\n{}\n", problem.file, problem.message));
    }
    Some(hex(&whole.finalize()))
}

/// Folders within each other are looked at so deep.
const DEPTH: usize = 8;

/// The names of the files in a folder and those within, sorted: whether a picture is there, not
/// what it shows.
fn pictures(folder: &Path, depth: usize) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && depth < DEPTH {
            names.extend(pictures(&path, depth + 1));
        }
        names.push(path.to_string_lossy().into_owned());
    }
    names.sort();
    names
}
