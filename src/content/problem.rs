//! Problems: what is wrong in a file, where, and how to mend it.

use serde::Serialize;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file isn't published; its last good version stays.
    Error,
    /// Published, but something was understood that may not be meant.
    Warning,
    /// Published; only `check` says it.
    Hint,
}

/// One thing that is wrong or doubtful in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The file, relative to the content folder.
    pub file: String,
    /// Its line, counted from 1; 0 if it is about the file as a whole.
    pub line: usize,
    /// The character in the line at which it begins, counted from 1.
    pub column: usize,
    /// How many characters it spans.
    pub width: usize,
    /// The line itself.
    pub source: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}
