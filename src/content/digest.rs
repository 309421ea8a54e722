//! One hash over a content folder: two looks with the same hash saw the same bytes.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::files::{list_posts, read_file};
use super::problem::Severity;
use super::site_file;
use crate::domain::hash::hex;

/// The version of the parser. Increment it when a change makes files parse differently, so that all
/// files are parsed again.
const PARSER_VERSION: u32 = 2;

/// The hash of all files in a folder and of what else reading them depends on: Lightship's version
/// and the day. `None` if a file can't be read.
pub fn digest_folder(folder: &Path, now: DateTime<Utc>) -> Option<String> {
    let mut problems = Vec::new();
    let mut names = vec![site_file::NAME.to_owned()];
    for within in ["incidents", "templates"] {
        names.extend(list_posts(folder, within, &mut problems)?);
    }
    let mut whole = Sha256::new();
    let version = env!("CARGO_PKG_VERSION");
    whole.update(format!("{version} {PARSER_VERSION} {}\n", now.date_naive()));
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
    // Hints are about files that aren't read. They are shown only when the folder is read again.
    problems.sort_by(|a, b| a.file.cmp(&b.file));
    for problem in &problems {
        if problem.severity != Severity::Hint {
            return None;
        }
        whole.update(format!("{}\n{}\n", problem.file, problem.message));
    }
    Some(hex(&whole.finalize()))
}

/// How deep nested folders are searched.
const DEPTH: usize = 8;

/// The names of all files in a folder and its subfolders, sorted. It matters whether a picture
/// exists, not what it shows.
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
