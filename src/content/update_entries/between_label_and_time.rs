//! What may stand between the label, the time and the other parts of a header, such as a colon or
//! `approx.`, and between a header and its text.

use super::lexer::{Cursor, Lex, Token};
use super::zone_text;

/// What was skipped between two parts, or between header and text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Separators {
    pub(super) colon: bool,
    pub(super) dash: bool,
    pub(super) comma: bool,
    pub(super) equals: bool,
    pub(super) slash: bool,
    pub(super) opened: bool,
    pub(super) closed: bool,
    /// Words such as "at" or "approx".
    pub(super) words: bool,
    /// A full stop or dots, as at the end of a sentence.
    pub(super) stop: bool,
}

const OPENERS: [char; 4] = ['(', '[', '{', '<'];
const CLOSERS: [char; 4] = [')', ']', '}', '>'];

/// Skips what may stand between two parts of a header.
pub(super) fn separators_between_parts(
    cursor: &mut Cursor<'_>,
    open: &mut Vec<char>,
    began: bool,
    labelled: bool,
) -> Separators {
    let mut separators = Separators::default();
    loop {
        if take_separator(cursor, open, &mut separators, true) {
            continue;
        }
        if let Some(bracket) = cursor.any_sign(&OPENERS) {
            open.push(bracket);
            separators.opened = true;
        } else if began && cursor.sign('@') {
            separators.words = true;
        } else if began && cursor.sign('/') {
            separators.slash = true;
        } else if began && (glue_word(cursor) || labelled && cursor.one_of(&["from", "of", "for"]))
        {
            separators.words = true;
        } else {
            return separators;
        }
    }
}

/// "at", "on", "as of", "approx", "posted" and the like.
fn glue_word(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    let as_of = ahead.one_of(&["as"]) && ahead.space() && ahead.one_of(&["of"]);
    if as_of {
        *cursor = ahead;
        return true;
    }
    if cursor.one_of(&["approx", "ca"]) {
        // Abbreviations: the dot, if there is one, is theirs.
        let _ = cursor.sign('.');
        return true;
    }
    cursor.one_of(&[
        "at",
        "on",
        "um",
        "today",
        "tonight",
        "posted",
        "added",
        "approximately",
        "circa",
    ])
}

/// Skips what may stand between a header and its text.
pub(super) fn separators_before_text(cursor: &mut Cursor<'_>, open: &mut Vec<char>) -> Separators {
    let mut separators = Separators::default();
    while take_separator(cursor, open, &mut separators, false) {}
    separators
}

/// Takes a space, a separator or the bracket that closes an open one.
fn take_separator(
    cursor: &mut Cursor<'_>,
    open: &mut Vec<char>,
    separators: &mut Separators,
    between: bool,
) -> bool {
    if cursor.space() {
        return true;
    }
    let Some(Lex::Sign(sign)) = cursor.peek().map(|token| token.lex) else {
        return false;
    };
    match sign {
        ':' => separators.colon = true,
        '–' => separators.dash = true,
        '-' if !is_hyphen(*cursor, between) => separators.dash = true,
        ',' | ';' => separators.comma = true,
        '=' => separators.equals = true,
        '|' | '•' | '·' | '»' | '→' => separators.dash = true,
        '>' if is_arrow(*cursor) => separators.dash = true,
        '/' if !between && is_spaced(*cursor) => separators.dash = true,
        '…' if between => separators.dash = true,
        '.' if between && is_dots(*cursor) => separators.dash = true,
        '~' | '*' | '!' => {}
        '+' if !between => {}
        '.' | '…' if !between && (ends_sentence(*cursor) || is_dots(*cursor)) => {
            separators.stop = true
        }
        _ => {
            let closes = CLOSERS.iter().position(|closer| *closer == sign);
            let matching = closes.and_then(|index| OPENERS.get(index));
            if matching.is_some() && open.last() == matching {
                open.pop();
                separators.closed = true;
            } else if !(between && is_symbol(sign)) {
                return false;
            }
        }
    }
    cursor.at += 1;
    true
}

/// Whether the `-` here joins two words or is the sign of an offset or a number.
fn is_hyphen(cursor: Cursor<'_>, between: bool) -> bool {
    let before = cursor
        .at
        .checked_sub(1)
        .and_then(|before| cursor.tokens.get(before));
    let after = cursor.peek_at(1);
    let is_word = |token: Option<&Token>| token.is_some_and(|token| token.lex == Lex::Word);
    if is_word(before) && is_word(after) {
        return true;
    }
    if between {
        return zone_text::zone(&mut cursor.clone()).is_some();
    }
    before.is_none_or(|token| token.lex == Lex::Space)
        && after.is_some_and(|token| token.lex == Lex::Number)
}

/// Whether the sign here is followed by a space, another dot or the end of the line.
fn ends_sentence(cursor: Cursor<'_>) -> bool {
    cursor
        .peek_at(1)
        .is_none_or(|token| matches!(token.lex, Lex::Space | Lex::Sign('.' | '…')))
}

/// Whether the sign here has spaces on both sides.
fn is_spaced(cursor: Cursor<'_>) -> bool {
    let is_space = |token: Option<&Token>| token.is_some_and(|token| token.lex == Lex::Space);
    let before = cursor.at.checked_sub(1);
    is_space(before.and_then(|at| cursor.tokens.get(at))) && is_space(cursor.peek_at(1))
}

/// Whether the `>` here is part of `>>`, `->` or `=>`.
fn is_arrow(cursor: Cursor<'_>) -> bool {
    let before = cursor.at.checked_sub(1);
    let sign = before.and_then(|at| cursor.tokens.get(at));
    let shaft = sign.is_some_and(|token| matches!(token.lex, Lex::Sign('-' | '=' | '>' | '–')));
    let next = cursor.peek_at(1);
    shaft || next.is_some_and(|token| token.lex == Lex::Sign('>'))
}

/// Whether the dot here is one of several.
fn is_dots(cursor: Cursor<'_>) -> bool {
    let is_dot = |token: Option<&Token>| token.is_some_and(|token| token.lex == Lex::Sign('.'));
    let before = cursor.at.checked_sub(1);
    is_dot(cursor.peek_at(1)) || is_dot(before.and_then(|at| cursor.tokens.get(at)))
}

/// Whether this is an emoji or the like, which may stand between the parts of a header.
fn is_symbol(sign: char) -> bool {
    !sign.is_ascii() && !matches!(sign, '“' | '”' | '„' | '‟' | '«' | '‹' | '›' | '…')
}
