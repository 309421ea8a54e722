//! Headers: label, time and phase in any sensible arrangement, and whether what stands there
//! is one or merely prose.

use super::flat::{Line, Mark};
use super::label::{self, Label, PhaseWord};
use super::lexer::{Cursor, Lex, Token, tokens};
use super::time_text::TimeText;
use super::zone_text;
use crate::domain::update::Phase;

/// What a line is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// The header of an entry.
    Header(Header),
    /// A day, and nothing else.
    Day(TimeText),
    /// It looks like a header, but is read as prose.
    Doubtful { from: usize, to: usize },
    /// Neither.
    Prose,
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

/// What stands between two parts, or between header and text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gap {
    pub(super) colon: bool,
    pub(super) dash: bool,
    pub(super) comma: bool,
    pub(super) equals: bool,
    pub(super) slash: bool,
    pub(super) opened: bool,
    pub(super) closed: bool,
    /// Words such as "at".
    pub(super) words: bool,
}

/// A header as far as it has been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) label: Option<Label>,
    pub(super) phase: Option<PhaseWord>,
    /// The last part read is the phase, and stands after others.
    pub(super) phase_last: bool,
    /// What stands before that phase.
    pub(super) phase_gap: Gap,
    /// The first token of that phase.
    pub(super) phase_from: usize,
    /// The first token of the label, or of the phase that stands for one.
    pub(super) word_from: usize,
    pub(super) time: TimeText,
    /// Tokens of each run of time parts.
    pub(super) runs: Vec<(usize, usize)>,
    /// Brackets that are open.
    pub(super) open: Vec<char>,
    /// A bracket was opened before a part.
    pub(super) bracketed: bool,
    /// A colon stands somewhere after the label.
    pub(super) colon: bool,
    /// The first word begins with a capital.
    pub(super) initial: bool,
    /// `=` stands before the first part.
    pub(super) equals: bool,
    /// One past the last part's last token.
    pub(super) end: usize,
    /// Its first token.
    pub(super) from: usize,
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
        let labelled = draft.label.is_some();
        if range && !labelled {
            return Found::Prose;
        }
        let evaluated = super::acceptance::judge(draft, line, &tokens, place);
        if let Some(found) = evaluated {
            return found;
        }
    }
    match drafts.last() {
        Some(draft) if !range && looks_meant(draft) => doubtful(line, draft, &tokens),
        Some(_) | None => Found::Prose,
    }
}

/// Whether prose begins so much like a header that staff should be told.
fn looks_meant(draft: &Draft) -> bool {
    draft.time.clock.is_some_and(|clock| !clock.midnight)
}

fn doubtful(line: &Line, draft: &Draft, tokens: &[Token]) -> Found {
    let from = tokens.get(draft.from).map_or(0, |token| token.from);
    let to = tokens.get(draft.end.max(1) - 1).map_or(0, |token| token.to);
    let (Some(first), Some(last)) = (line.glyphs.get(from), line.glyphs.get(to.max(1) - 1)) else {
        return Found::Prose;
    };
    Found::Doubtful {
        from: first.start,
        to: last.end,
    }
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
                | '%' | '$' | '€' | '£' | '`' | '&' | '+' | '_',
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

/// Every header that the line could begin with, shortest first; and whether what follows the
/// longest makes it a span of time.
fn drafts(mut cursor: Cursor<'_>, equals: bool) -> (Vec<Draft>, bool) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut draft = Draft {
        from: cursor.at,
        equals,
        initial: cursor.peek().is_some_and(|token| token.initial),
        ..Draft::default()
    };
    loop {
        let gap = gap(&mut cursor, &mut draft.open, !drafts.is_empty());
        if is_span(cursor, gap, &draft) {
            return (drafts, true);
        }
        let from = cursor.at;
        let worded = draft.label.is_some();
        if !part(&mut cursor, gap, &mut draft) {
            return (drafts, false);
        }
        if (draft.label.is_some() || draft.phase.is_some()) && !worded {
            draft.word_from = from;
        }
        draft.bracketed |= gap.opened;
        draft.colon |= gap.colon && (draft.label.is_some() || draft.phase.is_some());
        draft.end = cursor.at;
        if draft.phase_last {
            draft.phase_from = from;
            draft.phase_gap = gap;
        }
        drafts.push(draft.clone());
    }
}

/// Takes the next part of a header, if one stands here.
fn part(cursor: &mut Cursor<'_>, gap: Gap, draft: &mut Draft) -> bool {
    let from = cursor.at;
    let began = draft.label.is_some() || draft.phase.is_some() || !draft.time.is_empty();
    if !gap.words
        && draft.label.is_none()
        && let Some(label) = label::label(cursor)
    {
        draft.label = Some(label);
        draft.phase_last = false;
        return true;
    }
    if !gap.words
        && draft.phase.is_none()
        && let Some(phase) = label::phase(cursor)
    {
        draft.phase = Some(phase);
        draft.phase_last = began;
        return true;
    }
    let goes_on = !draft.open.is_empty() && !draft.time.others.is_empty();
    let other = draft.time.clock.is_some() && (gap.opened || gap.slash || goes_on);
    let taken = draft.time.part(cursor)
        || (other && draft.time.other(cursor))
        || unknown_zone(cursor, gap, draft);
    if taken {
        draft.phase_last = false;
        match draft.runs.last_mut() {
            // It goes on from the part before: no label or phase stands between.
            Some(run) if run.1 == draft.end => run.1 = cursor.at,
            Some(_) | None => draft.runs.push((from, cursor.at)),
        }
    }
    taken
}

/// Capitals right after a clock, before what ends a header.
fn unknown_zone(cursor: &mut Cursor<'_>, gap: Gap, draft: &mut Draft) -> bool {
    let bare = !(gap.colon || gap.dash || gap.comma || gap.opened || gap.words || gap.equals);
    let after_clock = draft.time.clock.is_some()
        && draft.time.zone.is_none()
        && draft.runs.last().is_some_and(|run| run.1 == draft.end);
    if !bare || !after_clock {
        return false;
    }
    let mut ahead = *cursor;
    let Some(zone) = zone_text::unknown(&mut ahead) else {
        return false;
    };
    let mut rest = ahead;
    let tail = tail(&mut rest, &mut draft.open.clone());
    let ends = tail.colon || tail.dash || tail.closed || tail.comma || rest.is_at_end();
    if ends {
        draft.time.zone = Some(zone);
        *cursor = ahead;
    }
    ends
}

/// Whether a clock that stands here makes a span of time of the clock before: `11 PM - 11:59 PM`.
fn is_span(cursor: Cursor<'_>, gap: Gap, draft: &Draft) -> bool {
    if draft.time.clock.is_none() || gap.opened || gap.slash {
        return false;
    }
    let mut ahead = cursor;
    let to = ahead.one_of(&["to", "until", "till", "through", "thru", "and", "bis"]);
    if !to && !gap.dash {
        return false;
    }
    ahead.space();
    let mut second = TimeText::default();
    second.part(&mut ahead);
    while second.clock.is_none() {
        ahead.space();
        ahead.any_sign(&[',', '-', '–']);
        ahead.space();
        if !second.part(&mut ahead) {
            break;
        }
    }
    second.clock.is_some()
}

const OPENERS: [char; 4] = ['(', '[', '{', '<'];
const CLOSERS: [char; 4] = [')', ']', '}', '>'];

/// Skips what may stand between two parts of a header.
fn gap(cursor: &mut Cursor<'_>, open: &mut Vec<char>, began: bool) -> Gap {
    let mut gap = Gap::default();
    loop {
        if separators(cursor, open, &mut gap, true) {
            continue;
        }
        if let Some(bracket) = cursor.any_sign(&OPENERS) {
            open.push(bracket);
            gap.opened = true;
        } else if began && cursor.sign('@') {
            gap.words = true;
        } else if began && cursor.sign('/') {
            gap.slash = true;
        } else if began && glue_word(cursor) {
            gap.words = true;
        } else {
            return gap;
        }
    }
}

/// "at", "on", "as of", "posted" and the like.
fn glue_word(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    let as_of = ahead.one_of(&["as"]) && ahead.space() && ahead.one_of(&["of"]);
    if as_of {
        *cursor = ahead;
        return true;
    }
    cursor.one_of(&[
        "at",
        "on",
        "um",
        "posted",
        "added",
        "approx",
        "approximately",
        "circa",
        "ca",
    ])
}

/// Skips what may stand between a header and its text.
pub(super) fn tail(cursor: &mut Cursor<'_>, open: &mut Vec<char>) -> Gap {
    let mut gap = Gap::default();
    while separators(cursor, open, &mut gap, false) {}
    gap
}

/// Takes a space, a separator or the bracket that closes an open one.
fn separators(cursor: &mut Cursor<'_>, open: &mut Vec<char>, gap: &mut Gap, between: bool) -> bool {
    if cursor.space() {
        return true;
    }
    let Some(Lex::Sign(sign)) = cursor.peek().map(|token| token.lex) else {
        return false;
    };
    match sign {
        ':' => gap.colon = true,
        '–' => gap.dash = true,
        '-' if !is_hyphen(*cursor, between) => gap.dash = true,
        ',' | ';' => gap.comma = true,
        '=' => gap.equals = true,
        '|' | '•' | '·' | '»' | '→' => gap.dash = true,
        '~' | '*' => {}
        _ => {
            let closes = CLOSERS.iter().position(|closer| *closer == sign);
            let matching = closes.and_then(|index| OPENERS.get(index));
            if matching.is_none() || open.last() != matching {
                return false;
            }
            open.pop();
            gap.closed = true;
        }
    }
    cursor.at += 1;
    true
}

/// Whether the `-` here joins two words, or is the sign of an offset or a figure.
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
