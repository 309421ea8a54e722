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
    /// Files that are missing and will count as gone if they still are a moment later.
    pub missing: BTreeSet<String>,
    /// What is wrong between files and database: files that could not be taken over because of
    /// what the database holds, and what they say in vain.
    pub problems: Vec<Problem>,
    /// Of which files it is to be said that they are at another address than their name says. It
    /// stays so until a file or what it states changes.
    pub moved: Vec<Problem>,
    /// Files that can't be read and never could: nothing of them is shown.
    pub unread: BTreeSet<String>,
    /// The ids that each file's incident and entries have, by file name.
    pub ids: BTreeMap<String, FileIds>,
    /// The new revision, if anything public changed.
    pub revision: Option<i64>,
    /// The revision that it found.
    pub seen_revision: i64,
    /// Something was written, public or not.
    pub has_written: bool,
}

/// A problem that is about a file as a whole.
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
