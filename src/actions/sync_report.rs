//! What a sync did, and what it found wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::content::problem::{Problem, Severity};
use crate::content::{FileIds, IncidentFile};

/// What a sync did.
#[derive(Debug, Clone, Default)]
pub struct SyncReport {
    /// Incidents that are new.
    pub added: usize,
    /// Incidents that changed.
    pub changed: usize,
    /// Incidents that are no longer shown because their file is gone.
    pub hidden: usize,
    /// Files that are missing, and count as gone if they still are a moment later.
    pub missing: BTreeSet<String>,
    /// Conflicts between files and database: files that were refused because of what the database
    /// holds, and what files say without effect.
    pub problems: Vec<Problem>,
    /// Notices about files whose address differs from their name. They stay until a file or what it
    /// states changes.
    pub moved: Vec<Problem>,
    /// Files that can't be read and never could, so nothing of them is shown.
    pub unread: BTreeSet<String>,
    /// The ids of each file's incident and entries, by file name.
    pub ids: BTreeMap<String, FileIds>,
    /// The new revision, if anything public changed.
    pub revision: Option<i64>,
    /// The revision at the start of the sync.
    pub seen_revision: i64,
    /// Whether anything was written, public or not.
    pub has_written: bool,
}

/// A problem with a file as a whole.
pub(super) fn file_problem(
    severity: Severity,
    file: &IncidentFile,
    message: String,
    help: &str,
) -> Problem {
    Problem {
        severity,
        file: file.file.clone(),
        line: 0,
        column: 0,
        width: 0,
        source: String::new(),
        message,
        help: Some(help.to_owned()),
    }
}
