//! The words that begin an entry: labels with their ordinals and numbers, and phase words.

use super::date;
use super::lexer::{Cursor, Lex};
use crate::domain::nearest::nearest;
use crate::domain::update::Phase;

/// "Update" in one of its forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label {
    /// Its number: "Second update", "Update #2".
    pub(super) number: Option<u32>,
    /// The label word itself is all capitals.
    pub(super) capitals: bool,
}

/// Takes a label, with what precedes it and its number, if there is one here.
pub(super) fn label(cursor: &mut Cursor<'_>) -> Option<Label> {
    let mut ahead = *cursor;
    let mut number = None;
    let mut prefixed = false;
    for _ in 0..2 {
        let (mut word, mut counted) = (ahead, ahead);
        if let Some(ordinal) = ordinal(&mut counted) {
            number = number.or(ordinal);
            word = counted;
        } else if !word.one_of(&["status"]) {
            break;
        }
        prefixed = true;
        let spaced = word.space();
        if !spaced && !word.sign('-') {
            return None;
        }
        ahead = word;
    }
    let token = ahead.peek()?;
    let noun = matches!(ahead.word()?, "update" | "edit");
    let participle = matches!(token.text.as_str(), "updated" | "edited");
    // "Last updated: …" is about the page, not about an event.
    if !(noun || participle && !prefixed) {
        return None;
    }
    if noun {
        number = number_after(&mut ahead).or(number);
    }
    if ahead.is_alphanumeric() {
        return None;
    }
    *cursor = ahead;
    Some(Label {
        number,
        capitals: token.capitals,
    })
}

/// `#2`, `no. 2`, ` 2`, `2`, but not the beginning of a time, a date or a version.
fn number_after(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut ahead = *cursor;
    ahead.space();
    let mut named = ahead.sign('#');
    if named {
        ahead.space();
    }
    if !named && ahead.one_of(&["no", "nr", "number"]) {
        ahead.sign('.');
        ahead.space();
        named = true;
    }
    let value = ahead.number(1..=3)?;
    if !named && is_part_of_more(*cursor) || continues(ahead) {
        return None;
    }
    *cursor = ahead;
    Some(value)
}

/// Whether the number after these spaces begins a date or a time.
fn is_part_of_more(mut cursor: Cursor<'_>) -> bool {
    cursor.space();
    let mut clock = cursor;
    let mut day = cursor;
    super::clock::clock(&mut clock).is_some()
        || (date::date(&mut day).is_some() && !is_before_a_date(cursor))
}

/// Whether the number here is a count and the date after it begins with its month: in "Update 3 Feb
/// 26, 2:15" there is no third of February.
fn is_before_a_date(mut cursor: Cursor<'_>) -> bool {
    let counts = cursor.number(1..=3).is_some() && cursor.space();
    counts && date::month_and_day(cursor)
}

/// Whether a number continues after what was taken: `4.2`, `10:48`, `2nd`, `5%`.
fn continues(cursor: Cursor<'_>) -> bool {
    let sign = cursor.any_sign_ahead(&['.', ':', '/', '-', ',']);
    let number = cursor
        .peek_at(1)
        .is_some_and(|token| token.lex == Lex::Number);
    cursor.is_alphanumeric() || (sign && number) || cursor.any_sign_ahead(&['%', '°', '$', '€'])
}

/// An ordinal before a label. `Some(None)` for one without a number, such as "final".
fn ordinal(cursor: &mut Cursor<'_>) -> Option<Option<u32>> {
    if cursor.digits() > 0 {
        let value = cursor.number(1..=2)?;
        return cursor
            .one_of(&["st", "nd", "rd", "th"])
            .then_some(Some(value));
    }
    let word = cursor.word()?;
    if let Some(index) = ORDINALS.iter().position(|ordinal| *ordinal == word) {
        return Some(u32::try_from(index + 1).ok());
    }
    ADJECTIVES.contains(&word).then_some(None)
}

const ORDINALS: [&str; 10] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
];

const ADJECTIVES: [&str; 12] = [
    "final",
    "latest",
    "last",
    "new",
    "newest",
    "another",
    "further",
    "quick",
    "brief",
    "short",
    "important",
    "urgent",
];

/// A phase word, and whether it is all capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PhaseWord {
    pub(super) phase: Phase,
    pub(super) capitals: bool,
}

/// Takes a phase word, if there is one here.
pub(super) fn phase(cursor: &mut Cursor<'_>) -> Option<PhaseWord> {
    let mut ahead = *cursor;
    let token = ahead.peek()?;
    let mut capitals = token.capitals;
    let phase = match ahead.word()? {
        "investigating" => Phase::Investigating,
        "identified" => Phase::Identified,
        "monitoring" => Phase::Monitoring,
        "resolved" | "fixed" => Phase::Resolved,
        "scheduled" => Phase::Scheduled,
        "verifying" => Phase::Verifying,
        "completed" => Phase::Completed,
        "cancelled" | "canceled" => Phase::Cancelled,
        "postmortem" => Phase::Postmortem,
        "post" => {
            // "Post-mortem", "post mortem"
            let joined = ahead.space() | ahead.any_sign(&['-', '–', '_']).is_some();
            let joined = joined | ahead.space();
            capitals &= ahead.peek().is_some_and(|token| token.capitals);
            if !joined || !ahead.one_of(&["mortem"]) {
                return None;
            }
            Phase::Postmortem
        }
        "in" => {
            let joined = ahead.space() || ahead.sign('_') || ahead.sign('-');
            capitals &= ahead.peek().is_some_and(|token| token.capitals);
            if !joined || !ahead.one_of(&["progress"]) {
                return None;
            }
            Phase::InProgress
        }
        _ => return None,
    };
    if ahead.is_alphanumeric() {
        return None;
    }
    *cursor = ahead;
    Some(PhaseWord { phase, capitals })
}

/// Words that people write for a phase, but that aren't phase words.
const OVER: [&str; 9] = [
    "behoben",
    "closed",
    "done",
    "ended",
    "erledigt",
    "gelöst",
    "over",
    "recovered",
    "restored",
];

/// The phase word nearest to a word, if it is near enough: `monitorng`, `done`.
pub(super) fn nearest_phase(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    if OVER.contains(&word.as_str()) {
        return Some(Phase::Resolved.as_str());
    }
    nearest(
        &word,
        Phase::ALL.into_iter().map(Phase::as_str).chain(["fixed"]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_for_a_phase_is_found() {
        let check = |word: &str, phase: Option<&str>| assert_eq!(nearest_phase(word), phase);
        check("Monitorng", Some("monitoring"));
        check("investigate", Some("investigating"));
        check("Done", Some("resolved"));
        check("fixd", Some("fixed"));
        check("fix", None);
    }
}
