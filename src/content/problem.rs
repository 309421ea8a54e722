//! Problems: what is wrong in a file, where, and how to fix it.

use serde::{Deserialize, Serialize};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file isn't published; its last good version stays.
    Error,
    /// The file is published, but it may have been misunderstood.
    Warning,
    /// The file is published; only `check` shows the problem.
    Hint,
}

impl Severity {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

/// Something that is wrong or doubtful in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The file, relative to the content folder.
    pub file: String,
    /// The line, counted from 1; 0 for a problem with the file as a whole.
    pub line: usize,
    /// The character of the line at which the problem begins, counted from 1.
    pub column: usize,
    /// How many characters the problem spans.
    pub width: usize,
    /// The line itself; if it is very long, its beginning.
    pub source: String,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with a file as a whole.
    pub(crate) fn of_file(
        severity: Severity,
        file: &str,
        message: impl Into<String>,
        help: Option<&str>,
    ) -> Self {
        Self {
            severity,
            file: file.to_owned(),
            line: 0,
            column: 0,
            width: 0,
            source: String::new(),
            message: message.into(),
            help: help.map(str::to_owned),
        }
    }
}
