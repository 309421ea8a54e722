//! Collects problems, and turns a range of the body into file, line, column and width.

use std::ops::Range;

use crate::content::problem::{Problem, Severity};

/// How many problems are reported. Errors may be twice as many; the last one counts the rest.
const MOST: usize = 100;

/// The most characters of a line that a problem keeps.
const SHOWN: usize = 1000;

/// Collects the problems of one text.
pub(in crate::content) struct Report<'a> {
    file: &'a str,
    text: &'a str,
    first_line: usize,
    line_starts: Vec<usize>,
    problems: Vec<Problem>,
    left_out: usize,
}

impl<'a> Report<'a> {
    /// A report for a text that begins on line `first_line` of a file.
    pub(in crate::content) fn new(file: &'a str, text: &'a str, first_line: usize) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            file,
            text,
            first_line,
            line_starts,
            problems: Vec::new(),
            left_out: 0,
        }
    }

    /// Whether there are no problems so far.
    pub(in crate::content) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// The number of errors.
    pub(in crate::content) fn error_count(&self) -> usize {
        self.problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count()
    }

    /// The line of the file that contains a place of the text.
    pub(in crate::content) fn line_of(&self, at: usize) -> usize {
        self.first_line
            + self
                .line_starts
                .partition_point(|start| *start <= at)
                .max(1)
            - 1
    }

    /// Adds a problem about a range of the text.
    pub(in crate::content) fn add(
        &mut self,
        severity: Severity,
        place: Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        if self.problems.len() >= MOST && severity != Severity::Error {
            self.left_out += 1;
            return;
        }
        if self.problems.len() >= 2 * MOST {
            self.left_out += 1;
            return;
        }
        let index = self
            .line_starts
            .partition_point(|start| *start <= place.start)
            .max(1)
            - 1;
        let start = self.line_starts.get(index).copied().unwrap_or(0);
        let end = self
            .line_starts
            .get(index + 1)
            .map_or(self.text.len(), |next| next - 1);
        let count =
            |range: Range<usize>| self.text.get(range).map_or(0, |text| text.chars().count());
        let line = self.text.get(start..end).unwrap_or_default();
        self.problems.push(Problem {
            severity,
            file: self.file.to_owned(),
            line: self.first_line + index,
            column: count(start..place.start) + 1,
            width: count(place.start..place.end.min(end)).max(1),
            source: line.trim_end_matches('\r').chars().take(SHOWN).collect(),
            message: message.into(),
            help,
        });
    }

    /// Adds a problem about a line of the file.
    pub(in crate::content) fn add_line(
        &mut self,
        severity: Severity,
        line: usize,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let index = line.saturating_sub(self.first_line);
        let start = self.line_starts.get(index).copied().unwrap_or(0);
        let end = self
            .line_starts
            .get(index + 1)
            .map_or(self.text.len(), |next| next - 1);
        self.add(severity, start..end, message, help);
    }

    /// The problems, sorted by line and column.
    pub(in crate::content) fn finish(mut self) -> Vec<Problem> {
        self.problems
            .sort_by_key(|problem| (problem.line, problem.column));
        if self.left_out > 0
            && let Some(last) = self.problems.last().cloned()
        {
            self.problems.push(Problem {
                severity: Severity::Warning,
                message: format!("and {} more problems like these", self.left_out),
                help: None,
                ..last
            });
        }
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "One\nZwölf Ämter\nthree";

    fn report() -> Report<'static> {
        Report::new("a.md", TEXT, 5)
    }

    #[test]
    fn a_problem_has_a_line_a_column_and_a_width() {
        let at = TEXT.find("Ämter").expect("it is there");
        for (range, wanted) in [
            (0..3, (5, 1, 3, "One")),
            (at..at + "Ämter".len(), (6, 7, 5, "Zwölf Ämter")),
            (at..TEXT.len(), (6, 7, 5, "Zwölf Ämter")),
            (at..at, (6, 7, 1, "Zwölf Ämter")),
            (TEXT.len()..TEXT.len(), (7, 6, 1, "three")),
        ] {
            let mut report = report();
            let line = report.line_of(range.start);
            report.add(Severity::Hint, range, "x", None);
            let found = &report.finish()[0];
            let place = (found.line, found.column, found.width, &found.source[..]);
            assert_eq!(place, wanted);
            assert_eq!(line, wanted.0);
        }
        for (line, wanted) in [(5, (5, 3)), (6, (6, 11)), (7, (7, 5)), (1, (5, 3))] {
            let mut report = report();
            report.add_line(Severity::Hint, line, "x", None);
            let found = &report.finish()[0];
            assert_eq!((found.line, found.width), wanted);
            assert_eq!(found.column, 1);
        }
    }

    #[test]
    fn only_so_many_problems_are_reported_and_the_rest_counted() {
        let after = |warnings: usize, errors: usize| {
            let mut report = report();
            for _ in 0..warnings {
                report.add(Severity::Warning, 0..1, "x", None);
            }
            for _ in 0..errors {
                report.add(Severity::Error, 4..5, "x", None);
            }
            assert_eq!(report.is_empty(), warnings + errors == 0);
            assert_eq!(
                report.error_count(),
                errors.min(2 * MOST - warnings.min(MOST))
            );
            let problems = report.finish();
            let last = problems.last().map(|problem| problem.message.clone());
            (problems.len(), last.filter(|message| message != "x"))
        };
        let more = |count| Some(format!("and {count} more problems like these"));
        assert_eq!(after(0, 0), (0, None));
        assert_eq!(after(MOST, 0), (MOST, None));
        assert_eq!(after(MOST + 3, 0), (MOST + 1, more(3)));
        assert_eq!(after(MOST, MOST), (2 * MOST, None));
        assert_eq!(after(MOST + 3, MOST + 4), (2 * MOST + 1, more(7)));
    }
}
