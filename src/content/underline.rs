//! A problem as compilers show it: the line, with its place underlined, and how to mend it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::problem::{Problem, Severity};

/// The most columns of a line that are shown.
const SHOWN: usize = 100;

impl Problem {
    /// Renders the problem as compilers do, with a line end at the end. `prefix` is the content
    /// folder as the user named it, or empty; `colour` is for terminals.
    pub fn render(&self, prefix: &str, colour: bool) -> String {
        let path = match prefix.trim_end_matches('/') {
            "" => printable(&self.file),
            folder => printable(&format!("{folder}/{}", self.file)),
        };
        let source = printable(&self.source);
        let title = level_of(self.severity).primary_title(printable(&self.message));
        let group = if self.line == 0 {
            title.element(Origin::path(path))
        } else if source.trim().is_empty() {
            let place = Origin::path(path).line(self.line);
            title.element(place.char_column(self.column))
        } else {
            let place = AnnotationKind::Primary.span(self.span(&source));
            let snippet = Snippet::source(source).path(path).line_start(self.line);
            title.element(snippet.annotation(place))
        };
        let help = self.help.iter();
        let report = [group.elements(help.map(|help| Level::HELP.message(printable(help))))];
        let renderer = match colour {
            true => Renderer::styled(),
            false => Renderer::plain(),
        };
        renderer.term_width(SHOWN).render(&report) + "\n"
    }

    /// The place in `source`, in bytes.
    fn span(&self, source: &str) -> Range<usize> {
        let byte_at = |number: usize| {
            let char = source.char_indices().nth(number);
            char.map_or(source.len(), |(at, _)| at)
        };
        let from = self.column.saturating_sub(1);
        byte_at(from)..byte_at(from + self.width)
    }
}

fn level_of(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::HELP.with_name(severity.as_str()),
    }
}

/// Makes a text safe for a terminal, with as many characters: nothing in it moves the cursor,
/// changes colours or the writing direction.
fn printable(text: &str) -> String {
    let visible = |c: char| match c {
        '\t' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(visible).collect()
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
             |\n   \
             = help: write the date as year, month and day\n"
        );
        let of_file = Problem::of_file(
            Severity::Hint,
            "selma.txt",
            "it is no post",
            Some("rename it"),
        );
        assert_eq!(
            of_file.render("content", false),
            "hint: it is no post\n--> content/selma.txt\n = help: rename it\n"
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
        let text = problem(&long, 1, 1000).render("", false);
        assert!(
            text.lines().all(|line| line.chars().count() < 120),
            "{text}"
        );

        let text = problem("\t🚨🚨 UPDATE", 5, 6).render("", false);
        let caret = text.lines().nth(4).expect("a line");
        assert_eq!(caret, "   |       ^^^^^^");
        for (column, width) in [(2000, 1), (1, 5000), (0, 0)] {
            assert!(!problem("short", column, width).render("", true).is_empty());
        }
    }

    #[test]
    fn nothing_in_a_file_can_steer_the_terminal() {
        let evil = "\x1b[31m \u{9b}31m \u{202e}\r";
        let problem = Problem {
            file: evil.into(),
            message: evil.into(),
            help: Some(evil.into()),
            ..problem(evil, 1, 6)
        };
        let whole = Problem {
            line: 0,
            ..problem.clone()
        };
        for text in [problem.render(evil, false), whole.render(evil, false)] {
            let steers = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
            assert!(!text.contains(steers), "{text:?}");
        }
    }
}
