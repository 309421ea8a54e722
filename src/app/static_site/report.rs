//! What a build did, in a line.

use std::fmt;
use std::time::Duration;

use crate::render::number::grouped;

/// What a build did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildReport {
    /// How many files the site has.
    pub files: usize,
    /// How many of them were written.
    pub written: usize,
    /// How many old files were deleted.
    pub deleted: usize,
    /// How many old files stay because something else has changed them.
    pub kept: usize,
    /// The size of the site.
    pub bytes: u64,
    /// How long it took.
    pub took: Duration,
}

impl BuildReport {
    /// Whether any file differs from before.
    pub fn has_changed(&self) -> bool {
        self.written + self.deleted > 0
    }
}

/// "1,234 files: 1,230 unchanged, 4 written, 0 deleted, 12.3 MB, 0.8 s".
impl fmt::Display for BuildReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [files, unchanged, written, deleted] = [
            self.files,
            self.files - self.written,
            self.written,
            self.deleted,
        ]
        .map(grouped);
        write!(
            f,
            "{files} files: {unchanged} unchanged, {written} written, {deleted} deleted"
        )?;
        if self.kept > 0 {
            write!(
                f,
                ", {} kept because something else changed them",
                grouped(self.kept)
            )?;
        }
        let megabytes = self.bytes as f64 / 1e6;
        write!(f, ", {megabytes:.1} MB, {:.1} s", self.took.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_line() {
        let mut report = BuildReport {
            files: 1234,
            written: 4,
            deleted: 0,
            kept: 0,
            bytes: 12_340_000,
            took: Duration::from_millis(840),
        };
        let line = "1,234 files: 1,230 unchanged, 4 written, 0 deleted, 12.3 MB, 0.8 s";
        assert_eq!(report.to_string(), line);
        report.kept = 1;
        assert!(report.to_string().contains("1 kept"), "{report}");
    }
}
