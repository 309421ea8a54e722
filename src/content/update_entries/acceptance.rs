//! Decides whether what reads like a header is one: the rules for what must stand between header
//! and text, depending on what the header holds.

use super::between_label_and_time::{Separators, separators_before_text};
use super::draft::Draft;
use super::flat::{Line, Mark};
use super::found::{Found, Header, LineContext};
use super::lexer::{Cursor, Lex, Token};
use crate::domain::update::Phase;

/// What follows a draft of a header.
struct Rest<'a> {
    tail: Separators,
    /// The line ends here.
    ends: bool,
    /// The first token of the text.
    next: Option<&'a Token>,
    /// Every opened bracket is closed.
    enclosed: bool,
    /// A bracket that isn't closed.
    open: Option<char>,
    /// Bold or italics span the label and end before the text.
    marked: bool,
    /// Bold text does so.
    bold: bool,
}

impl Rest<'_> {
    /// A colon, a dash, brackets or the end of the line stand between header and text.
    fn separates(&self) -> bool {
        self.strictly() || self.ends
    }

    fn strictly(&self) -> bool {
        self.tail.colon || self.tail.dash || self.enclosed
    }

    fn opens_bracket(&self) -> bool {
        self.next
            .is_some_and(|token| matches!(token.lex, Lex::Sign('(' | '[')))
    }

    /// The text begins like a sentence.
    fn begins_sentence(&self) -> bool {
        self.next
            .is_some_and(|token| token.initial || token.lex == Lex::Opaque)
    }
}

/// What the line is if `draft` is its header; `None` if it can't be.
pub(super) fn judge(
    draft: &Draft,
    line: &Line,
    tokens: &[Token],
    context: LineContext<'_>,
) -> Option<Found> {
    let mut open = draft.open.clone();
    let mut cursor = Cursor {
        tokens,
        at: draft.end,
    };
    if goes_on(cursor) {
        return None;
    }
    // Times don't form hyphenated words, so this hyphen is a dash.
    let joined = draft.time.clock.is_some() && cursor.sign('-');
    let mut tail = separators_before_text(&mut cursor, &mut open);
    tail.dash |= joined;
    let next = cursor.peek();
    let text_at = next.and_then(|token| line.glyphs.get(token.from).map(|glyph| glyph.start));
    let (marked, bold) = marks(draft, line, tokens, context, text_at);
    let rest = Rest {
        tail,
        ends: next.is_none() && !line.cut && !tail.stop,
        next,
        enclosed: draft.bracketed && open.is_empty(),
        open: open.first().copied(),
        marked,
        bold,
    };
    let verdict = if draft.label.is_some() || draft.phase.is_some() {
        worded(draft, &rest, context)?
    } else {
        if is_day(draft, &rest) {
            return Some(Found::Day(time(draft, line, tokens, context)));
        }
        unlabelled(draft, &rest, context)?
    };
    Some(Found::Header(build(
        draft, &rest, verdict, line, tokens, context,
    )))
}

/// Whether a draft's last word goes on, as in "Tuesday's maintenance".
fn goes_on(cursor: Cursor<'_>) -> bool {
    let letter = |token: &Token| token.lex == Lex::Word;
    cursor.is_sign('\'') && cursor.peek_at(1).is_some_and(letter)
}

/// Whether the line is only a date.
fn is_day(draft: &Draft, rest: &Rest<'_>) -> bool {
    rest.ends && draft.time.has_date() && draft.time.clock.is_none() && rest.open.is_none()
}

/// Whether a draft is a header.
#[derive(Clone, Copy)]
enum Verdict {
    /// It is one.
    Sure,
    /// It is one if a time turns up at the end of the entry.
    NeedsTime,
    /// It is one, and the phase at its end is also the text.
    PhaseIsText,
}

/// Judges a date and a clock time without a label, or a clock time below a day.
fn unlabelled(draft: &Draft, rest: &Rest<'_>, context: LineContext<'_>) -> Option<Verdict> {
    let time = &draft.time;
    time.clock?;
    let separated = rest.tail.colon || rest.tail.dash || rest.ends;
    // In the middle of a paragraph, lower case after the time is more likely a sentence.
    let set_off = draft.begins_bracketed && rest.enclosed || rest.bold;
    // Log files have seconds in the brackets.
    let plain = context.first && time.clock.is_some_and(|clock| clock.second == 0);
    let apart = set_off && (plain || rest.begins_sentence());
    let dated = time.has_date() && (separated || apart);
    let under_day = context.under_day && (separated || rest.enclosed);
    (rest.open.is_none() && (dated || under_day)).then_some(Verdict::Sure)
}

/// Judges a header with a label or a phase word.
fn worded(draft: &Draft, rest: &Rest<'_>, context: LineContext<'_>) -> Option<Verdict> {
    let timed = !draft.time.is_empty();
    let capitals = match (draft.label, draft.phase) {
        (Some(label), _) => label.capitals,
        (None, Some(phase)) => phase.capitals,
        (None, None) => false,
    };
    if rest.open.is_some() && !(rest.tail.colon || rest.tail.dash || capitals) {
        return None;
    }
    if draft.phase_last {
        return phase_at_end(draft, rest, context, timed);
    }
    if timed {
        return with_time(draft, rest, context, capitals);
    }
    let verdict = if draft.label.is_some() {
        label_alone(draft, rest, context)?
    } else {
        phase_alone(draft, rest, context, capitals)?
    };
    Some(if context.first {
        verdict
    } else {
        Verdict::NeedsTime
    })
}

fn with_time(
    draft: &Draft,
    rest: &Rest<'_>,
    context: LineContext<'_>,
    capitals: bool,
) -> Option<Verdict> {
    // "UPDATE: Friday maintenance is cancelled" has no time.
    let dated = draft.time.date.is_some() && rest.begins_sentence();
    if draft.colon && draft.time.clock.is_none() && !rest.separates() && !dated {
        return None;
    }
    let begins = draft.colon && (rest.tail.comma || rest.begins_sentence());
    let equals = draft.equals && rest.tail.equals;
    let separated = rest.separates() || capitals || rest.bold || begins || equals;
    // In the middle of a paragraph, lower case is more likely a wrapped sentence.
    let small = !context.first && !draft.initial && !rest.marked;
    let small_ok = draft.label.is_some() && rest.strictly();
    (separated && (!small || small_ok)).then_some(Verdict::Sure)
}

fn label_alone(draft: &Draft, rest: &Rest<'_>, context: LineContext<'_>) -> Option<Verdict> {
    let separated = rest.strictly() || (draft.equals && rest.tail.equals);
    if context.heading {
        return (separated || rest.ends).then_some(Verdict::Sure);
    }
    if separated || rest.opens_bracket() || rest.bold || (rest.marked && rest.ends) {
        return Some(Verdict::Sure);
    }
    rest.ends.then_some(Verdict::NeedsTime)
}

fn phase_alone(
    draft: &Draft,
    rest: &Rest<'_>,
    context: LineContext<'_>,
    capitals: bool,
) -> Option<Verdict> {
    let equals = draft.equals && rest.tail.equals;
    if context.heading || rest.marked || rest.enclosed || equals {
        // "**Resolved** Mail is up." has a phase, "**Scheduled** maintenance" is prose.
        let begins = rest.bold && rest.begins_sentence();
        return (rest.separates() || equals || begins).then_some(Verdict::Sure);
    }
    if capitals && (rest.strictly() || rest.opens_bracket()) {
        return Some(Verdict::Sure);
    }
    // No sentence begins with "Postmortem:".
    let accounts = draft.phase.is_some_and(|it| it.phase == Phase::Postmortem);
    if accounts && draft.initial && rest.tail.colon {
        return Some(Verdict::Sure);
    }
    rest.separates().then_some(Verdict::NeedsTime)
}

/// The phase follows a label or a time: `UPDATE 10:48 - RESOLVED`.
fn phase_at_end(
    draft: &Draft,
    rest: &Rest<'_>,
    context: LineContext<'_>,
    timed: bool,
) -> Option<Verdict> {
    let capitals = draft.phase.is_some_and(|phase| phase.capitals);
    let shouted = rest
        .next
        .is_some_and(|token| token.capitals && token.to - token.from > 1);
    let separated = rest.tail.colon || rest.tail.dash || rest.tail.closed || rest.ends;
    let loud = capitals && !shouted && !context.heading;
    if !separated && !loud {
        return None;
    }
    if !timed && !context.first {
        return Some(Verdict::NeedsTime);
    }
    let plain = !context.heading && !capitals && !rest.marked && !rest.enclosed;
    if rest.ends && plain && draft.phase_separators.colon {
        return Some(Verdict::PhaseIsText);
    }
    Some(Verdict::Sure)
}

/// Whether a mark spans the label and ends before the text, and whether a bold one does.
fn marks(
    draft: &Draft,
    line: &Line,
    tokens: &[Token],
    context: LineContext<'_>,
    text_at: Option<usize>,
) -> (bool, bool) {
    let worded = draft.label.is_some() || draft.phase.is_some();
    let Some(label) = tokens
        .get(if worded { draft.word_from } else { draft.from })
        .and_then(|token| line.glyphs.get(token.from))
    else {
        return (false, false);
    };
    let mut found = (false, false);
    for mark in marks_of(line, context) {
        if mark.range.start > label.start {
            break;
        }
        let spans = mark.range.end > label.start;
        if spans && text_at.is_none_or(|text_at| mark.range.end <= text_at) {
            found.0 = true;
            found.1 |= mark.strong;
        }
    }
    found
}

/// The marks that begin in the line.
fn marks_of<'a>(line: &Line, context: LineContext<'a>) -> impl Iterator<Item = &'a Mark> {
    let (start, end) = (line.start, line.end);
    let first = context
        .marks
        .partition_point(|mark| mark.range.start < start);
    context.marks[first..]
        .iter()
        .take_while(move |mark| mark.range.start < end)
}

fn time(
    draft: &Draft,
    line: &Line,
    tokens: &[Token],
    context: LineContext<'_>,
) -> super::time_text::TimeText {
    let mut time = draft.time.clone();
    for (from, to) in &draft.runs {
        let first = tokens.get(*from).map_or(0, |token| token.from);
        let last = tokens.get(to.max(&1) - 1).map_or(0, |token| token.to);
        time.note(line, first, last, context.source);
    }
    close_bracket(&mut time);
    time
}

/// Restores the closing bracket that `12:00 CEST (06:00 AM EDT` lost with the gap after it.
fn close_bracket(time: &mut super::time_text::TimeText) {
    for (open, close) in [('(', ')'), ('[', ']')] {
        let count = |bracket| time.written.chars().filter(|c| *c == bracket).count();
        if count(open) > count(close) {
            time.written.push(close);
        }
    }
}

fn build(
    draft: &Draft,
    rest: &Rest<'_>,
    verdict: Verdict,
    line: &Line,
    tokens: &[Token],
    context: LineContext<'_>,
) -> Header {
    let glyph_of = |token: usize| {
        tokens
            .get(token)
            .and_then(|token| line.glyphs.get(token.from))
    };
    let end_glyph = tokens
        .get(draft.end.max(1) - 1)
        .and_then(|token| line.glyphs.get(token.to.max(1) - 1));
    let start = glyph_of(draft.from).map_or(line.start, |glyph| glyph.start);
    let end = end_glyph.map_or(start, |glyph| glyph.end);
    let text_token = match verdict {
        Verdict::PhaseIsText => tokens.get(draft.phase_from),
        Verdict::Sure | Verdict::NeedsTime => rest.next,
    };
    let (text_start, prefix) = match text_token {
        Some(token) => text_begins(token.from, line, context),
        None if line.cut => (Some(end), String::new()),
        None => (None, String::new()),
    };
    Header {
        number: draft.label.and_then(|label| label.number),
        phase: draft.phase.map(|phase| phase.phase),
        time: time(draft, line, tokens, context),
        text_start,
        start,
        end,
        needs_time: matches!(verdict, Verdict::NeedsTime),
        open_bracket: rest.open,
        prefix,
        unlabelled: draft.label.is_none() && draft.phase.is_none(),
    }
}

/// Where the text begins whose first visible character is the glyph `index`: at the marker that
/// opens right before it. Also returns the markers that the header leaves open, to be opened again.
fn text_begins(index: usize, line: &Line, context: LineContext<'_>) -> (Option<usize>, String) {
    let Some(glyph) = line.glyphs.get(index) else {
        return (None, String::new());
    };
    let header_end = index
        .checked_sub(1)
        .and_then(|before| line.glyphs.get(before))
        .map_or(line.start, |before| before.end);
    let mut start = glyph.start;
    let mut prefix = String::new();
    for mark in marks_of(line, context) {
        if mark.range.start >= glyph.start || mark.range.end <= glyph.start {
            continue;
        }
        if mark.range.start >= header_end {
            start = start.min(mark.range.start);
        } else {
            prefix.push_str(context.source.get(mark.opener.clone()).unwrap_or_default());
        }
    }
    (Some(start), prefix)
}
