//! A time as written: date, day of the week, clock time and zone, each if it is there. Words before
//! it, such as `approx.`, are in `between_label_and_time`.

use std::ops::Range;

use chrono::{NaiveDate, Weekday};
use pulldown_cmark::Event;

use super::clock::{self, ClockText};
use super::date::{self, DateText};
use super::flat::{Flattener, Line};
use super::lexer::{Cursor, Lex, tokens};
use super::zone_text::{self, ZoneText};

/// A time as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::content) struct TimeText {
    pub(super) date: Option<DateText>,
    pub(super) weekday: Option<Weekday>,
    pub(super) clock: Option<ClockText>,
    pub(super) zone: Option<ZoneText>,
    /// The same instant in other zones, as in `12:00 CEST (06:00 AM EDT)`.
    pub(super) others: Vec<(ClockText, ZoneText)>,
    /// A `T` joins date and clock time, as machines write it.
    pub(super) machine: bool,
    /// The reading is uncertain; a warning says so.
    pub(super) unsure: Option<Unsure>,
    /// Where it stands in the source.
    pub(super) place: Range<usize>,
    /// The time as a reader sees it.
    pub(super) written: String,
}

/// Why a reading is uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsure {
    /// `10.30` without a date could be a version.
    Dotted,
    /// `05-08` without a year could have the day first.
    MonthDay,
}

impl TimeText {
    /// Whether no part of a time was written.
    pub(super) fn is_empty(&self) -> bool {
        self.date.is_none() && self.weekday.is_none() && self.clock.is_none()
    }

    /// Whether a date is given, not only a day of the week.
    pub(in crate::content) fn has_date(&self) -> bool {
        self.date.is_some()
    }

    /// The day, if year, month and day are written so that they can't mean anything else:
    /// `2013-02-26`, `26.2.2013`, `2/26/2013`.
    pub(in crate::content) fn plain_day(&self) -> Option<NaiveDate> {
        match self.date? {
            DateText::Full { year, month, day } => {
                // A day that doesn't exist is reported where it is resolved.
                NaiveDate::from_ymd_opt(year, month, day)
                    .or_else(|| NaiveDate::from_ymd_opt(year, 1, 1))
            }
            DateText::Figures {
                first,
                second,
                year: Some(year),
                dotted,
            } => {
                let (day, month) = match (first > 12, second > 12) {
                    (false, true) => (second, first),
                    _ if dotted => (first, second),
                    (true, false) => (first, second),
                    (false, false) | (true, true) => return None,
                };
                NaiveDate::from_ymd_opt(year, month, day)
                    .or_else(|| NaiveDate::from_ymd_opt(year, 1, 1))
            }
            DateText::DayMonth { .. } | DateText::Figures { year: None, .. } => None,
        }
    }

    /// Takes the next part of a time, if there is one here that isn't known yet.
    pub(super) fn part(&mut self, cursor: &mut Cursor<'_>) -> bool {
        if self.date.is_none()
            && let Some(date) = date::date(cursor)
        {
            self.date = Some(date);
            // The `T` of `2013-02-26T09:15`.
            let mut ahead = *cursor;
            if ahead.one_of(&["t"]) && ahead.digits() > 0 {
                self.machine = true;
                *cursor = ahead;
            }
            return true;
        }
        if self.weekday.is_none()
            && let Some(weekday) = date::weekday(cursor)
        {
            self.weekday = Some(weekday);
            part_of_day(cursor);
            return true;
        }
        if self.clock.is_none()
            && let Some(clock) =
                clock::clock(cursor).or_else(|| self.date.and_then(|_| clock::dotted(cursor)))
        {
            self.clock = Some(clock);
            return true;
        }
        if self.clock.is_some()
            && let Some(DateText::DayMonth { month, day }) = self.date
            && let Some(year) = date::late_year(cursor)
        {
            self.date = Some(DateText::Full { year, month, day });
            return true;
        }
        self.zone_part(cursor)
    }

    /// Takes a zone after its clock time, or right before it.
    fn zone_part(&mut self, cursor: &mut Cursor<'_>) -> bool {
        if self.zone.is_some() {
            return false;
        }
        let mut ahead = *cursor;
        let Some(zone) = zone_text::zone(&mut ahead) else {
            return false;
        };
        if self.clock.is_none() {
            let mut clock = ahead;
            if !clock.space() || clock::clock(&mut clock).is_none() {
                return false;
            }
        }
        self.zone = Some(zone);
        *cursor = ahead;
        true
    }

    /// Takes a time in another zone, such as `06:00 AM EDT`, if there is one here.
    pub(super) fn other(&mut self, cursor: &mut Cursor<'_>) -> bool {
        let mut ahead = *cursor;
        let Some(clock) = clock::clock(&mut ahead) else {
            return false;
        };
        ahead.space();
        let Some(zone) = zone_text::zone(&mut ahead) else {
            return false;
        };
        self.others.push((clock, zone));
        *cursor = ahead;
        true
    }

    /// Takes the zone repeated in another form: after a slash, as in `14:15 UTC/GMT`, or alone in a
    /// bracket, as in `2:15 PM MST (GMT-7)`.
    pub(super) fn zone_again(&mut self, cursor: &mut Cursor<'_>, slash: bool) -> bool {
        let (Some(clock), Some(_)) = (self.clock, &self.zone) else {
            return false;
        };
        let mut ahead = *cursor;
        let Some(zone) = zone_text::zone(&mut ahead) else {
            return false;
        };
        if !slash && !ahead.any_sign_ahead(&[')', ']']) {
            return false;
        }
        self.others.push((clock, zone));
        *cursor = ahead;
        true
    }

    /// Adds the tokens `from..to` of a line to the text as written.
    pub(super) fn note(&mut self, line: &Line, from: usize, to: usize, source: &str) {
        let Some(glyphs) = line.glyphs.get(from..to) else {
            return;
        };
        let (Some(first), Some(last)) = (glyphs.first(), glyphs.last()) else {
            return;
        };
        if self.written.is_empty() {
            self.place.start = first.start;
        } else {
            self.written.push(' ');
        }
        self.place.end = last.end;
        for glyph in glyphs {
            let raw = source.get(glyph.start..glyph.end).unwrap_or_default();
            if raw.chars().count() == 1 {
                self.written.push_str(raw);
            } else {
                self.written.push(glyph.ch);
            }
        }
    }
}

/// Skips the "night" of "Sunday night", if the time ends with it.
fn part_of_day(cursor: &mut Cursor<'_>) {
    let mut ahead = *cursor;
    let named = ahead.space() && ahead.one_of(&["morning", "afternoon", "evening", "night"]);
    let stops = ahead.is_at_end()
        || ahead.any_sign_ahead(&[':', '-', '–', ')', ']', ','])
        || (ahead.space() && ahead.any_sign_ahead(&['-', '–', ':']));
    if named && stops {
        let mut word = *cursor;
        word.space();
        word.at += 1;
        *cursor = word;
    }
}

/// Reads a line that is only a time, with the words that systems put before it.
pub(super) fn whole_line(line: &Line, source: &str) -> Option<TimeText> {
    if line.cut || line.glyphs.is_empty() {
        return None;
    }
    let tokens = tokens(line);
    let mut cursor = Cursor::new(&tokens);
    let mut time = TimeText::default();
    let (mut first, mut last) = (None, 0);
    loop {
        filler(&mut cursor, time.is_empty());
        if time.is_empty() {
            ago(&mut cursor);
        }
        let from = cursor.at;
        let known = time.part(&mut cursor) || (time.clock.is_some() && time.other(&mut cursor));
        if !known {
            break;
        }
        first.get_or_insert(from);
        last = cursor.at;
    }
    if !cursor.is_at_end() || time.is_empty() {
        return None;
    }
    let from = tokens.get(first?)?.from;
    let to = tokens.get(last.checked_sub(1)?)?.to;
    time.note(line, from, to, source);
    Some(time)
}

/// Whether a line says "posted" or the like before its time.
pub(super) fn is_signed(line: &Line) -> bool {
    let tokens = tokens(line);
    tokens
        .iter()
        .find(|token| token.lex == Lex::Word)
        .is_some_and(|token| SIGNATURES.contains(&token.text.as_str()))
}

const SIGNATURES: [&str; 3] = ["posted", "published", "added"];

/// Skips what may stand between the parts of a time that fills its line.
fn filler(cursor: &mut Cursor<'_>, before: bool) {
    loop {
        let sign = cursor.any_sign(&[
            ':', '-', '–', ',', ';', '@', '(', ')', '[', ']', '=', '|', '•', '·', '*', '~', '.',
        ]);
        let word = cursor.one_of(&["at", "on", "um", "the", "of"])
            || (before && cursor.one_of(&SIGNATURES));
        if sign.is_none() && !word && !cursor.space() {
            break;
        }
    }
}

/// Skips the age that pages print before a time: `Posted about 2 months ago. Feb 26, 2013 - …`.
fn ago(cursor: &mut Cursor<'_>) {
    let mut ahead = *cursor;
    for _ in 0..5 {
        if ahead.one_of(&["ago"]) {
            ahead.any_sign(&['.', ',', ':', ';']);
            ahead.space();
            *cursor = ahead;
            return;
        }
        let taken = ahead.word().is_some() || ahead.number(1..=3).is_some();
        if !taken || !ahead.space() {
            return;
        }
    }
}

/// Reads a text that is only a time, such as one in front matter.
pub(in crate::content) fn whole_text(text: &str) -> Option<TimeText> {
    let mut flattener = Flattener::new(text, 0);
    flattener.take(&Event::Text(text.into()), 0..text.len());
    let flat = flattener.finish(text.len());
    whole_line(flat.lines.first()?, text)
}
