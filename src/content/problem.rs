//! Problems: what is wrong in a file, where, and how to mend it.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file isn't published; its last good version stays.
    Error,
    /// Published, but something was understood that may not be meant.
    Warning,
    /// Published; only `check` says it.
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

    fn colour(self) -> &'static str {
        match self {
            Self::Error => "\x1b[1;31m",
            Self::Warning => "\x1b[1;33m",
            Self::Hint => "\x1b[1;36m",
        }
    }
}

/// One thing that is wrong or doubtful in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The line itself; of a very long one, its beginning.
    pub source: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

/// Columns of a line that are shown at most.
const SHOWN: usize = 100;

impl Problem {
    /// A problem of a file as a whole.
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

    /// The problem as compilers print theirs, ending in a line end. `prefix` is the content
    /// folder as it was named, or empty; `colour` is for terminals.
    pub fn render(&self, prefix: &str, colour: bool) -> String {
        let (strong, blue, end) = if colour {
            (self.severity.colour(), "\x1b[1;34m", "\x1b[0m")
        } else {
            ("", "", "")
        };
        let path = match prefix.trim_end_matches('/') {
            "" => self.file.clone(),
            folder => format!("{folder}/{}", self.file),
        };
        let place = if self.line == 0 {
            printable(&path)
        } else {
            format!("{}:{}:{}", printable(&path), self.line, self.column)
        };
        let mut text = format!(
            "{strong}{}{end}: {}\n",
            self.severity.as_str(),
            printable(&self.message)
        );
        // What follows stands in the column behind the line number.
        let margin = " ".repeat(self.line.to_string().len());
        let mut line = |content: String| {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{}", content.trim_end());
        };
        line(format!("{margin}{blue}-->{end} {place}"));
        if self.line > 0 && !self.source.trim().is_empty() {
            let (shown, caret) = self.excerpt();
            line(format!("{margin} {blue}|{end}"));
            line(format!("{blue}{} |{end} {shown}", self.line));
            if let Some((indent, width)) = caret {
                let carets = "^".repeat(width);
                line(format!(
                    "{margin} {blue}|{end} {}{strong}{carets}{end}",
                    " ".repeat(indent)
                ));
            }
        }
        if let Some(help) = &self.help {
            line(format!("{margin} {blue}={end} help: {}", printable(help)));
        }
        text
    }

    /// The part of the line around the place, and where carets stand under it: after how many
    /// columns, and how many.
    fn excerpt(&self) -> (String, Option<(usize, usize)>) {
        let chars: Vec<char> = self.source.chars().collect();
        let at = self.column.saturating_sub(1);
        let widths: Vec<usize> = chars.iter().map(|c| columns(*c)).collect();
        let total: usize = widths.iter().sum();
        let (mut from, mut to) = (0, chars.len());
        if total > SHOWN {
            from = at.min(chars.len()).saturating_sub(SHOWN / 3);
            if widths[from..].iter().sum::<usize>() < SHOWN {
                // Marks without a width may make it more characters than columns.
                from = from.min(chars.len().saturating_sub(SHOWN));
            }
            let mut seen = 0;
            to = from;
            while to < chars.len() && seen + widths[to] <= SHOWN {
                seen += widths[to];
                to += 1;
            }
        }
        let mut shown = String::new();
        if from > 0 {
            shown.push('…');
        }
        shown.extend(chars[from..to].iter().map(|c| visible(*c)));
        if to < chars.len() {
            shown.push('…');
        }
        if at >= to {
            return (shown, None);
        }
        let indent = usize::from(from > 0) + widths[from..at].iter().sum::<usize>();
        let last = (at + self.width.max(1)).min(to);
        let width = widths[at..last].iter().sum::<usize>().max(1);
        (shown, Some((indent, width)))
    }
}

/// Text for a terminal: nothing in it moves the cursor or changes colours.
fn printable(text: &str) -> String {
    text.chars().map(visible).collect()
}

fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// How many columns a terminal gives a character, roughly: wide ones two, marks that stand on
/// others none.
fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(source: &str, column: usize, width: usize) -> Problem {
        Problem {
            severity: Severity::Error,
            file: "incidents/selma.md".into(),
            line: 17,
            column,
            width,
            source: source.into(),
            message: "there is no such day".into(),
            help: Some("write the date as year, month and day".into()),
        }
    }

    #[test]
    fn the_caret_stands_under_the_place() {
        let text = problem("UPDATE (2/30/13): Mail is up.", 9, 7).render("content/", false);
        assert_eq!(
            text,
            "error: there is no such day\n  \
             --> content/incidents/selma.md:17:9\n   \
             |\n\
             17 | UPDATE (2/30/13): Mail is up.\n   \
             |         ^^^^^^^\n   \
             = help: write the date as year, month and day\n"
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place_and_wide_signs_counted() {
        let long = format!("{}HERE{}", "x".repeat(500), "y".repeat(500));
        let text = problem(&long, 501, 4).render("", false);
        let lines: Vec<&str> = text.lines().collect();
        let caret = lines[4].chars().position(|c| c == '^').expect("a caret");
        let under: String = lines[3].chars().skip(caret).take(4).collect();
        assert_eq!(under, "HERE");
        assert!(lines[3].chars().count() < 120);

        let text = problem("\t🚨🚨 UPDATE", 5, 6).render("", false);
        let caret = text.lines().nth(4).expect("a line");
        assert_eq!(caret, "   |       ^^^^^^");
        for (column, width) in [(2000, 1), (1, 5000), (0, 0)] {
            assert!(!problem("short", column, width).render("", true).is_empty());
        }
    }

    #[test]
    fn nothing_in_a_file_can_steer_the_terminal() {
        let text = problem("UPDATE \x1b[31m \u{202e}", 1, 6).render("", false);
        assert!(
            !text.contains('\x1b') && !text.contains('\u{202e}'),
            "{text}"
        );
    }
}
