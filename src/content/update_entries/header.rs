//! Decides whether the beginning of a line is a header, a day, or just prose.

use super::acceptance;
use super::between_label_and_time::separators_between_parts;
use super::draft::{Draft, drafts};
use super::flat::Line;
use super::found::{Doubtful, Found, LineContext};
use super::lexer::{Cursor, Lex, Token, tokens};

/// Decides what a line is.
pub(super) fn find(line: &Line, context: LineContext<'_>) -> Found {
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
        let evaluated = acceptance::judge(draft, line, &tokens, context);
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

/// Whether a line begins with a label and a number: "UPDATE 4.2", "Update 05-08 10h".
fn is_label_and_figure(draft: &Draft, tokens: &[Token]) -> bool {
    let Some(label) = draft.label else {
        return false;
    };
    let mut cursor = Cursor::new(tokens);
    cursor.at = draft.end;
    separators_between_parts(&mut cursor, &mut Vec::new(), true, true);
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

/// Skips symbols, emoji and their short names before a header. Returns whether `=` was among them.
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
