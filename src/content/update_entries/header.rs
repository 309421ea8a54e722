//! Headers: whether what stands at the beginning of a line is one, a day, or merely prose.

use super::draft::{Draft, drafts};
use super::flat::{Line, Mark};
use super::lexer::{Cursor, Lex, Token, tokens};
use super::time_text::TimeText;
use crate::domain::update::Phase;

/// What a line is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// The header of an entry.
    Header(Header),
    /// A day, and nothing else.
    Day(TimeText),
    /// It looks like a header, but is read as prose.
    Doubtful(Doubtful),
    /// Neither.
    Prose,
}

/// Prose that begins like a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubtful {
    pub(super) from: usize,
    pub(super) to: usize,
    /// It begins with a label and a figure, not only with a time.
    pub(super) labelled: bool,
    /// Its first letter is a capital.
    pub(super) initial: bool,
}

/// The header of an entry.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Header {
    pub(super) number: Option<u32>,
    pub(super) phase: Option<Phase>,
    pub(super) time: TimeText,
    /// Where the text begins in the source; `None` if the header fills its line.
    pub(super) text_start: Option<usize>,
    /// Where it begins and ends in the source.
    pub(super) start: usize,
    pub(super) end: usize,
    /// It is an entry only if a time turns up at its end.
    pub(super) needs_time: bool,
    /// A bracket that it opened and its text may close.
    pub(super) open_bracket: Option<char>,
    /// Markers that began in it and go on in the text, to be put before that.
    pub(super) prefix: String,
    /// The time stands without label.
    pub(super) unlabelled: bool,
}

impl Header {
    /// It is a time that fills its line, and nothing else.
    pub(super) fn is_bare_time(&self) -> bool {
        self.unlabelled && self.text_start.is_none()
    }
}

/// Where the line stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) source: &'a str,
    pub(super) marks: &'a [Mark],
    /// It is a heading.
    pub(super) heading: bool,
    /// It begins its block, or follows a line that ended an entry.
    pub(super) first: bool,
    /// A day stands above it.
    pub(super) under_day: bool,
}

/// Says what a line is.
pub(super) fn find(line: &Line, place: Place<'_>) -> Found {
    let tokens = tokens(line);
    let mut cursor = Cursor::new(&tokens);
    let equals = decoration(&mut cursor);
    if cursor.is_at_end() {
        return Found::Prose;
    }
    let (drafts, range) = drafts(cursor, equals);
    for draft in drafts.iter().rev() {
        if range && draft.label.is_none() {
            return Found::Prose;
        }
        let evaluated = super::acceptance::judge(draft, line, &tokens, place);
        if let Some(found) = evaluated {
            return found;
        }
    }
    let Some(draft) = drafts.last() else {
        return Found::Prose;
    };
    let labelled = is_label_and_figure(draft, &tokens);
    let clock = draft.time.clock.is_some_and(|clock| !clock.midnight);
    if labelled || (clock && !range) {
        doubtful(line, draft, &tokens, labelled)
    } else {
        Found::Prose
    }
}

/// Whether a line begins with a label and a figure: "UPDATE 4.2", "Update 05-08 10h".
fn is_label_and_figure(draft: &Draft, tokens: &[Token]) -> bool {
    let Some(label) = draft.label else {
        return false;
    };
    let mut cursor = Cursor::new(tokens);
    cursor.at = draft.end;
    super::gap::gap(&mut cursor, &mut Vec::new(), true, true);
    label.number.is_some() || !draft.time.is_empty() || cursor.digits() > 0
}

fn doubtful(line: &Line, draft: &Draft, tokens: &[Token], labelled: bool) -> Found {
    let from = tokens.get(draft.from).map_or(0, |token| token.from);
    let to = tokens.get(draft.end.max(1) - 1).map_or(0, |token| token.to);
    let (Some(first), Some(last)) = (line.glyphs.get(from), line.glyphs.get(to.max(1) - 1)) else {
        return Found::Prose;
    };
    Found::Doubtful(Doubtful {
        from: first.start,
        to: last.end,
        labelled,
        initial: draft.initial,
    })
}

/// Skips symbols, emoji and their short names before a header. Says whether `=` was among them.
fn decoration(cursor: &mut Cursor<'_>) -> bool {
    let mut equals = false;
    while let Some(token) = cursor.peek() {
        match token.lex {
            Lex::Space => cursor.at += 1,
            Lex::Sign(':') => {
                if !short_name(cursor) {
                    return equals;
                }
            }
            Lex::Sign(
                '(' | '[' | '{' | '"' | '\'' | '“' | '”' | '„' | '«' | '.' | ',' | '/' | '\\' | '@'
                | '%' | '$' | '€' | '£' | '`' | '&' | '_',
            )
            | Lex::Word
            | Lex::Number
            | Lex::Opaque => break,
            Lex::Sign(sign) => {
                equals |= sign == '=';
                cursor.at += 1;
            }
        }
    }
    equals
}

/// `:rotating_light:`
fn short_name(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.at += 1;
    let mut letters = false;
    while let Some(token) = ahead.peek() {
        match token.lex {
            Lex::Word | Lex::Number => letters |= token.lex == Lex::Word,
            Lex::Sign('_' | '-' | '+') => {}
            Lex::Sign(':') if letters => {
                cursor.at = ahead.at + 1;
                return true;
            }
            Lex::Sign(_) | Lex::Space | Lex::Opaque => return false,
        }
        ahead.at += 1;
    }
    false
}
