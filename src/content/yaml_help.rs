//! Explains what is wrong with front matter that isn't YAML, in the words of someone who writes a
//! post, and how to fix that very line.

use std::ops::Range;

use serde_saphyr::granit_parser::ErrorKind;
use serde_saphyr::{DefaultMessageFormatter, Error, ExternalMessageSource, MessageFormatter as _};

/// What is wrong, and how to fix it.
pub(super) struct Explained {
    pub(super) message: String,
    pub(super) help: String,
}

/// Whether a text isn't wrong, but too large or too deeply nested.
pub(super) fn is_too_large(error: &Error) -> bool {
    match error {
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => true,
        Error::AliasError { error, .. } => is_too_large(error),
        _ => matches!(syntax_error(error), Some(ErrorKind::RecursionLimitExceeded)),
    }
}

/// The parser's error, if it was the parser's.
fn syntax_error(error: &Error) -> Option<&ErrorKind> {
    match error {
        Error::ExternalMessage { source, .. } => match &**source {
            ExternalMessageSource::Parser(error) => Some(error.kind()),
            _ => None,
        },
        _ => None,
    }
}

/// Explains an error of the YAML library at a place.
pub(super) fn explain(error: &Error, text: &str, place: &Range<usize>) -> Explained {
    let line = Line::at(text, place.start);
    let explained = |message: &str, help: &str| Explained {
        message: message.to_owned(),
        help: help.to_owned(),
    };
    if is_too_large(error) {
        return explained(
            "it is too large or too deep, or its aliases expand too far",
            "write each value out, without & and *",
        );
    }
    if let Error::DuplicateMappingKey { key, .. } = error {
        let key = key
            .as_ref()
            .map_or("a key".to_owned(), |key| format!("the key \"{key}\""));
        return explained(
            &format!("{key} appears here a second time"),
            "keep one of the two lines",
        );
    }
    match syntax_error(error) {
        Some(ErrorKind::UnclosedFlowCollection { open }) => {
            let close = if *open == '[' { ']' } else { '}' };
            explained(
                &format!("the {open} is never closed"),
                &format!("close it with {close}, or quote the text that begins with it"),
            )
        }
        Some(ErrorKind::UnclosedQuotedScalar) => explained(
            "the quote is never closed",
            "end the text with the quote it begins with",
        ),
        Some(
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation,
        ) => explained("a tab is used for indentation", "indent with spaces"),
        Some(ErrorKind::InvalidTrailingSingleQuotedScalar) => explained(
            "the text goes on after its closing quote",
            "put it in double quotes: an apostrophe closes single ones",
        ),
        _ => line.explain(error),
    }
}

/// The line at which the library failed, and the one before.
struct Line<'a> {
    text: &'a str,
    before: &'a str,
}

impl<'a> Line<'a> {
    fn at(text: &'a str, at: usize) -> Self {
        let at = (0..=at.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        let (above, below) = text.split_at(at);
        let start = above.rfind('\n').map_or(0, |end| end + 1);
        let end = below.find('\n').map_or(text.len(), |length| at + length);
        let before = above[..start].trim_end_matches('\n');
        Self {
            text: &text[start..end],
            before: before.rsplit('\n').next().unwrap_or_default(),
        }
    }

    /// Key and value, if the line is written as `key: value`.
    fn key_and_value(&self) -> Option<(&'a str, &'a str)> {
        let (key, value) = self.text.split_once(": ")?;
        let key = key.trim_start();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        (!key.is_empty() && key.chars().all(plain)).then(|| (key, value.trim()))
    }

    fn explain(&self, error: &Error) -> Explained {
        let general = "each line is \"key: value\", such as: title: \"Mail on Selma is down\"";
        let explained = |message: &str, help: String| Explained {
            message: message.to_owned(),
            help,
        };
        if let Some((key, value)) = self.key_and_value() {
            if let Some(open) = open_bracket(self.before) {
                return explained(
                    &format!("the line before opens {open} and doesn't close it"),
                    format!("close it, or quote the text: \"{open}…\""),
                );
            }
            if !self.before.trim().is_empty() && !self.before.contains(':') {
                return explained("the line before is not \"key: value\"", general.to_owned());
            }
            let quotable = value.contains(": ")
                || value.ends_with(':')
                || value.starts_with(['@', '`', '%', '*', '&', '!', '|', '>', '?', '-', ',']);
            if quotable && !value.starts_with(['"', '\'']) {
                let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                return explained(
                    "the text needs quotes: a character in it means something else to YAML",
                    format!("write {key}: \"{value}\""),
                );
            }
            if self.text.starts_with(' ')
                && matches!(syntax_error(error), Some(ErrorKind::MappingValueNotAllowed))
            {
                return explained(
                    "the line is indented, as if it belonged to the one before",
                    "begin it without spaces".to_owned(),
                );
            }
        }
        let said = DefaultMessageFormatter.format_message(error);
        explained(&said, general.to_owned())
    }
}

/// The bracket at the beginning of a line's value that isn't closed on the line.
fn open_bracket(line: &str) -> Option<char> {
    let (_, value) = line.split_once(": ")?;
    let open = value.trim().chars().next()?;
    let close = match open {
        '[' => ']',
        '{' => '}',
        _ => return None,
    };
    (!value.contains(close)).then_some(open)
}

#[cfg(test)]
mod tests {
    use crate::content::yaml;

    #[test]
    fn what_is_no_yaml_is_explained_by_its_own_line() {
        for (text, message, help) in [
            (
                "title: A\ncomponents: {selma: degraded\n",
                "the { is never closed",
                "close it with }",
            ),
            ("title: [A\ndate: 2013-01-01\n", "opens [", "close it"),
            (
                "title: \"A\ndate: 2013-01-01\n",
                "the quote is never closed",
                "end the text",
            ),
            (
                "title: Mail: is down\n",
                "needs quotes",
                "write title: \"Mail: is down\"",
            ),
            ("title: @A\n", "needs quotes", "write title: \"@A\""),
            ("title: *a\n", "needs quotes", "write title: \"*a\""),
            (
                "title: `a` \"b\"\n",
                "needs quotes",
                "write title: \"`a` \\\"b\\\"\"",
            ),
            ("a: 1\nb:\n\tc: d\n", "a tab", "with spaces"),
            (
                "budget: A\nbudget: B\n",
                "\"budget\" appears here a second time",
                "keep one",
            ),
            ("a: *b\n", "needs quotes", "write a: \"*b\""),
            (
                "title: A\ntitle: B\n",
                "\"title\" appears here a second time",
                "keep one",
            ),
            ("title: 'It's down'\n", "goes on after", "double quotes"),
            ("title: A\n date: B\n", "indented", "without spaces"),
            (
                "title A\ndate: 2013-01-01\n",
                "the line before",
                "key: value",
            ),
            ("title:A\ndate:B\n", "key: value", "after the colon"),
        ] {
            let error = yaml::parse(text).expect_err(text);
            assert!(error.message.contains(message), "{text}: {error:?}");
            assert!(error.help.contains(help), "{text}: {error:?}");
        }
    }
}
