//! What a line can be: the header of an entry, a day, or prose.

use super::flat::Mark;
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
    /// It begins with a label and a number, not only with a time.
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
    /// It is the header of an entry only if a time turns up at the entry's end.
    pub(super) needs_time: bool,
    /// A bracket that it opens and that its text may close.
    pub(super) open_bracket: Option<char>,
    /// Markers that begin in it and go on in the text; they are put before the text.
    pub(super) prefix: String,
    /// The time has no label.
    pub(super) unlabelled: bool,
}

impl Header {
    /// Whether it is only a time that fills its line.
    pub(super) fn is_bare_time(&self) -> bool {
        self.unlabelled && self.text_start.is_none()
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineContext<'a> {
    pub(super) source: &'a str,
    pub(super) marks: &'a [Mark],
    /// It is a heading.
    pub(super) heading: bool,
    /// It begins its block, or follows a line that ended an entry.
    pub(super) first: bool,
    /// There is a day above it.
    pub(super) under_day: bool,
}
