//! How a line could begin as a header: every reading of its first words, shortest first.

use super::between_label_and_time::{Separators, separators_before_text, separators_between_parts};
use super::clock;
use super::date;
use super::label::{self, Label, PhaseWord};
use super::lexer::{Cursor, Lex};
use super::time_text::{TimeText, Unsure};
use super::zone_text;

/// A header as far as it has been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) label: Option<Label>,
    pub(super) phase: Option<PhaseWord>,
    /// The phase is the last part read, and follows others.
    pub(super) phase_last: bool,
    /// What precedes that phase.
    pub(super) phase_separators: Separators,
    /// The first token of that phase.
    pub(super) phase_from: usize,
    /// The first token of the label, or of the phase in its place.
    pub(super) word_from: usize,
    pub(super) time: TimeText,
    /// The token range of each run of time parts.
    pub(super) runs: Vec<(usize, usize)>,
    /// Brackets that are open.
    pub(super) open: Vec<char>,
    /// A bracket was opened before the first part.
    pub(super) begins_bracketed: bool,
    /// A bracket was opened before a part.
    pub(super) bracketed: bool,
    /// There is a colon somewhere after the label.
    pub(super) colon: bool,
    /// The first word begins with a capital.
    pub(super) initial: bool,
    /// There is a `=` before the first part.
    pub(super) equals: bool,
    /// One past the last token of the last part.
    pub(super) end: usize,
    /// The first token of the header.
    pub(super) from: usize,
}

/// Every header that the line could begin with, shortest first; and whether what follows the
/// longest makes it a time span.
pub(super) fn drafts(mut cursor: Cursor<'_>, equals: bool) -> (Vec<Draft>, bool) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut draft = Draft {
        from: cursor.at,
        equals,
        initial: cursor.peek().is_some_and(|token| token.initial),
        ..Draft::default()
    };
    loop {
        let separators = separators_between_parts(
            &mut cursor,
            &mut draft.open,
            !drafts.is_empty(),
            draft.label.is_some(),
        );
        if is_span(cursor, separators, &draft) {
            return (drafts, true);
        }
        let from = cursor.at;
        let worded = draft.label.is_some();
        if !part(&mut cursor, separators, &mut draft) {
            return (drafts, false);
        }
        if (draft.label.is_some() || draft.phase.is_some()) && !worded {
            draft.word_from = from;
        }
        draft.begins_bracketed |= separators.opened && drafts.is_empty();
        draft.bracketed |= separators.opened;
        draft.colon |= separators.colon && (draft.label.is_some() || draft.phase.is_some());
        draft.end = cursor.at;
        if draft.phase_last {
            draft.phase_from = from;
            draft.phase_separators = separators;
        }
        drafts.push(draft.clone());
    }
}

/// Takes the next part of a header, if there is one here.
fn part(cursor: &mut Cursor<'_>, separators: Separators, draft: &mut Draft) -> bool {
    let from = cursor.at;
    let began = draft.label.is_some() || draft.phase.is_some() || !draft.time.is_empty();
    if !separators.words
        && draft.label.is_none()
        && let Some(label) = label::label(cursor)
    {
        draft.label = Some(label);
        draft.phase_last = false;
        return true;
    }
    if !separators.words
        && draft.phase.is_none()
        && let Some(phase) = label::phase(cursor)
    {
        draft.phase = Some(phase);
        draft.phase_last = began;
        return true;
    }
    let goes_on = !draft.open.is_empty() && !draft.time.others.is_empty();
    let other = draft.time.clock.is_some() && (separators.opened || separators.slash || goes_on);
    let taken = unsure(cursor, draft)
        || draft.time.part(cursor)
        || (other && draft.time.other(cursor))
        || ((separators.opened || separators.slash)
            && draft.time.zone_again(cursor, separators.slash))
        || (separators.comma && other_at_the_end(cursor, draft))
        || unknown_zone(cursor, separators, draft);
    if taken {
        draft.phase_last = false;
        match draft.runs.last_mut() {
            // It continues the part before: there is no label or phase between them.
            Some(run) if run.1 == draft.end => run.1 = cursor.at,
            Some(_) | None => draft.runs.push((from, cursor.at)),
        }
    }
    taken
}

/// Takes what is a time only after a label: `UPDATE 05-08 10:00`, `UPDATE 10.30:`.
fn unsure(cursor: &mut Cursor<'_>, draft: &mut Draft) -> bool {
    let worded = draft.label.is_some() || draft.phase.is_some();
    if !worded || draft.time.date.is_some() {
        return false;
    }
    if draft.time.clock.is_none()
        && let Some(date) = date::month_then_day(cursor)
    {
        draft.time.date = Some(date);
        draft.time.unsure = Some(Unsure::MonthDay);
        return true;
    }
    let capitals = draft.label.is_some_and(|label| label.capitals);
    if !capitals || !draft.time.is_empty() {
        return false;
    }
    let mut ahead = *cursor;
    let Some(clock) = clock::dotted(&mut ahead) else {
        return false;
    };
    let mut rest = ahead;
    rest.space();
    zone_text::zone(&mut rest);
    if !separators_before_text(&mut rest, &mut draft.open.clone()).colon {
        return false;
    }
    draft.time.clock = Some(clock);
    draft.time.unsure = Some(Unsure::Dotted);
    *cursor = ahead;
    true
}

/// Takes a time in another zone after a comma, if it ends the header: `0330 EST, 0830 UTC`.
fn other_at_the_end(cursor: &mut Cursor<'_>, draft: &mut Draft) -> bool {
    let mut ahead = *cursor;
    let mut time = draft.time.clone();
    if time.zone.is_none() || !time.other(&mut ahead) {
        return false;
    }
    let mut rest = ahead;
    let tail = separators_before_text(&mut rest, &mut draft.open.clone());
    let ends = tail.colon || tail.dash || tail.closed || rest.is_at_end();
    if ends {
        draft.time = time;
        *cursor = ahead;
    }
    ends
}

/// Takes capitals right after a clock time, before whatever ends a header.
fn unknown_zone(cursor: &mut Cursor<'_>, separators: Separators, draft: &mut Draft) -> bool {
    let bare = !(separators.colon
        || separators.dash
        || separators.comma
        || separators.opened
        || separators.words
        || separators.equals);
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
    let tail = separators_before_text(&mut rest, &mut draft.open.clone());
    let ends = tail.colon || tail.dash || tail.closed || tail.comma || rest.is_at_end();
    if ends {
        draft.time.zone = Some(zone);
        *cursor = ahead;
    }
    ends
}

/// Whether a clock time here makes a time span with the one before: `11 PM - 11:59 PM`.
fn is_span(cursor: Cursor<'_>, separators: Separators, draft: &Draft) -> bool {
    if draft.time.clock.is_none() || separators.opened || separators.slash {
        return false;
    }
    if joins_clocks(cursor, draft) {
        return true;
    }
    let mut ahead = cursor;
    let to = ahead.one_of(&["to", "until", "till", "through", "thru", "and", "bis"]);
    if !to && !separators.dash {
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

/// Whether the hyphen here joins two clock times, as in `9:00-11:59 PM`. Otherwise it begins an
/// offset, as in `09:15:00-07:00`: that is how machines write, with a `T` or with seconds.
fn joins_clocks(cursor: Cursor<'_>, draft: &Draft) -> bool {
    let is = |back: usize, wanted: &dyn Fn(Lex) -> bool| {
        let token = cursor
            .at
            .checked_sub(back)
            .and_then(|at| cursor.tokens.get(at));
        token.is_some_and(|token| wanted(token.lex))
    };
    let colon = |lex| lex == Lex::Sign(':');
    let seconds = is(2, &colon) && is(4, &colon);
    if is(1, &|lex| lex == Lex::Space) || seconds || draft.time.machine {
        return false;
    }
    let mut ahead = cursor;
    let mut second = TimeText::default();
    let minutes = |cursor: &Cursor<'_>| {
        let figures = cursor.peek_at(2).map(|token| token.lex);
        cursor.peek_at(1).is_some_and(|token| colon(token.lex)) && figures == Some(Lex::Number)
    };
    ahead.sign('-') && minutes(&ahead) && second.part(&mut ahead) && second.clock.is_some()
}
