//! The text of an entry or a post: a range of the source with parts cut out.

use std::ops::Range;

use super::blocks::{Block, Sort};
use super::found::Header;

/// A part of the source that is left out, and its replacement.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    range: Range<usize>,
    instead: String,
    /// The replacement must stay as it is.
    literal: bool,
}

impl Cut {
    /// Leaves a range out.
    pub(super) fn out(range: Range<usize>) -> Self {
        Self::with(range, "")
    }

    /// Replaces a range with `instead`.
    pub(super) fn with(range: Range<usize>, instead: &str) -> Self {
        Self {
            range,
            instead: instead.to_owned(),
            literal: false,
        }
    }

    /// Replaces a literal text, with its comments, by the text inside.
    pub(super) fn literal(range: Range<usize>, source: &str) -> Self {
        let whole = source.get(range.clone()).unwrap_or_default();
        let inner = whole
            .split_once('\n')
            .map(|(_, rest)| rest)
            .and_then(|rest| {
                rest.trim_end_matches('\n')
                    .rsplit_once('\n')
                    .or(Some(("", rest)))
            })
            .map(|(inner, _)| inner)
            .unwrap_or_default();
        Self {
            range,
            instead: inner.to_owned(),
            literal: true,
        }
    }
}

/// The text of an entry.
pub(super) fn assemble(
    source: &str,
    range: Range<usize>,
    cuts: Vec<Cut>,
    block: &Block,
    header: &Header,
) -> String {
    let text = apply(source, range, cuts);
    let text = match text {
        Applied::Literal(text) => return text,
        Applied::Mixed(text) => text,
    };
    let text = match block.sort {
        Sort::Item(_) => dedent(&text),
        Sort::Heading(_)
        | Sort::Paragraph
        | Sort::Rule
        | Sort::Comment
        | Sort::Literal
        | Sort::Other => text,
    };
    let trimmed = trim(&text);
    let closed = header
        .open_bracket
        .and_then(|open| {
            let close = match open {
                '[' => ']',
                '{' => '}',
                '<' => '>',
                _ => ')',
            };
            trimmed.strip_suffix(close)
        })
        .unwrap_or(trimmed);
    let begun = match header.text_start {
        Some(_) => closed.trim_start(),
        None => closed,
    };
    if header.prefix.is_empty() {
        return begun.to_owned();
    }
    format!("{}{begun}", header.prefix)
}

/// The source without its cuts.
pub(super) fn without(source: &str, cuts: Vec<Cut>) -> String {
    match apply(source, 0..source.len(), cuts) {
        Applied::Literal(text) => text,
        Applied::Mixed(text) => trim(&text).to_owned(),
    }
}

enum Applied {
    /// It is only one literal text.
    Literal(String),
    /// Everything else.
    Mixed(String),
}

fn apply(source: &str, range: Range<usize>, mut cuts: Vec<Cut>) -> Applied {
    cuts.retain(|cut| cut.range.end > range.start && cut.range.start < range.end);
    cuts.sort_by_key(|cut| (cut.range.start, std::cmp::Reverse(cut.range.end)));
    let mut text = String::new();
    let mut literal = None;
    let mut kept_any = false;
    let mut at = range.start;
    for cut in cuts {
        if cut.range.start < at && cut.range.end <= at {
            continue;
        }
        let piece = source.get(at..cut.range.start.max(at)).unwrap_or_default();
        kept_any |= !piece.trim().is_empty();
        push(&mut text, piece);
        if cut.literal {
            kept_any |= literal.is_some();
            literal = Some(cut.instead.clone());
        }
        if cut.instead == "\n\n" {
            let end = text.trim_end_matches([' ', '\t', '\n']).len();
            text.truncate(end);
        }
        text.push_str(&cut.instead);
        if cut.literal
            && source
                .get(..cut.range.end)
                .is_some_and(|it| it.ends_with('\n'))
        {
            // The line end after its last comment, which the text inside lacks.
            text.push('\n');
        }
        at = cut.range.end.max(at);
    }
    let piece = source.get(at..range.end.max(at)).unwrap_or_default();
    kept_any |= !piece.trim().is_empty();
    push(&mut text, piece);
    match literal {
        Some(literal) if !kept_any => Applied::Literal(literal),
        Some(_) | None => Applied::Mixed(text),
    }
}

/// Adds a piece; after a cut, without the blank lines at its beginning.
fn push(text: &mut String, piece: &str) {
    if text.ends_with("\n\n") {
        text.push_str(trim_start(piece));
    } else {
        text.push_str(piece);
    }
}

/// Removes blank lines at the beginning, and white space or `<br>` at the end.
fn trim(text: &str) -> &str {
    let mut rest = trim_start(text).trim_end();
    while let Some(at) = rest.strip_suffix('>').and_then(|tag| tag.rfind('<')) {
        let tag = rest[at..].trim_matches(['<', '>', '/', ' ']);
        if !tag.eq_ignore_ascii_case("br") {
            break;
        }
        rest = rest[..at].trim_end();
    }
    rest
}

/// Removes blank lines at the beginning; the first line keeps its indentation.
fn trim_start(text: &str) -> &str {
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        if !line.trim().is_empty() {
            break;
        }
        rest = after;
    }
    rest
}

/// Removes the indentation of a list item from the lines after the first.
fn dedent(text: &str) -> String {
    let indent = text
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    text.split('\n')
        .enumerate()
        .map(|(index, line)| {
            if index == 0 {
                line
            } else {
                line.get(indent..).unwrap_or_else(|| line.trim_start())
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}
