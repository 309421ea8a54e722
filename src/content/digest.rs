//! What a content folder holds, as one hash: two looks with the same hash saw the same bytes.

use std::path::Path;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::folder::{list_posts, read_file};
use super::problem::Severity;
use super::site_file;

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
    // A hint is of a file that isn't read, and is shown again only if all is read.
    problems.sort_by(|a, b| a.file.cmp(&b.file));
    for problem in &problems {
        if problem.severity != Severity::Hint {
            return None;
        }
        whole.update(format!("{}\n{}\n", problem.file, problem.message));
    }
    let hash = whole.finalize();
    let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(hash)
}
