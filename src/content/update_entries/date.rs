//! Dates as people write them: `2/26/13`, `2013-02-26`, `Feb. 26`, `25th March 2020`, `Friday`.

use chrono::Weekday;

use super::clock;
use super::lexer::{Cursor, Lex};

/// A date as written; its meaning may depend on the site and the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateText {
    /// Year, month and day are certain.
    Full { year: i32, month: u32, day: u32 },
    /// The month has a name or a position that leaves no doubt; the year is missing.
    DayMonth { month: u32, day: u32 },
    /// Two numbers whose order must be worked out, with or without a year.
    Figures {
        first: u32,
        second: u32,
        year: Option<i32>,
        /// Written with dots, as is usual where the day comes first.
        dotted: bool,
    },
}

/// Takes a date, if there is one here.
pub(super) fn date(cursor: &mut Cursor<'_>) -> Option<DateText> {
    let parsers = [
        compact, year_first, year_name, figures, day_month, month_day,
    ];
    for parser in parsers {
        let mut ahead = *cursor;
        if let Some(date) = parser(&mut ahead) {
            *cursor = ahead;
            return Some(date);
        }
    }
    None
}

/// `20130926`
fn compact(cursor: &mut Cursor<'_>) -> Option<DateText> {
    let value = cursor.number(8..=8)?;
    let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
    let plausible = (1970..2100).contains(&year) && month <= 12;
    let ends = !cursor.is_alphanumeric() || is_time_mark(*cursor);
    (plausible && ends).then_some(DateText::Full {
        year: i32::try_from(year).ok()?,
        month,
        day,
    })
}

/// `2013-02-26`, `2013/2/26`, `2013.02.26`
fn year_first(cursor: &mut Cursor<'_>) -> Option<DateText> {
    let year = cursor.number(4..=4)?;
    let sign = cursor.any_sign(&['-', '/', '.', '–'])?;
    let month = cursor.number(1..=2)?;
    if !cursor.sign(sign) {
        return None;
    }
    let day = cursor.number(1..=2)?;
    ends(*cursor).then_some(DateText::Full {
        year: i32::try_from(year).ok()?,
        month,
        day,
    })
}

/// `2013 Feb 26`, `2013-Feb-26`
fn year_name(cursor: &mut Cursor<'_>) -> Option<DateText> {
    let year = cursor.number(4..=4)?;
    joint(cursor)?;
    let month = month(cursor)?;
    joint(cursor)?;
    let day = cursor.number(1..=2)?;
    cursor.one_of(&["st", "nd", "rd", "th"]);
    let plausible = (1970..2100).contains(&year) && !cursor.is_sign(':');
    (plausible && ends(*cursor)).then_some(DateText::Full {
        year: i32::try_from(year).ok()?,
        month,
        day,
    })
}

/// `2/26/13`, `26.2.2013`, `02-26-2013`, `2/26`, `26.2.`
fn figures(cursor: &mut Cursor<'_>) -> Option<DateText> {
    let first = cursor.number(1..=2)?;
    let sign = cursor.any_sign(&['/', '.', '-'])?;
    let dotted = sign == '.';
    if dotted {
        cursor.space();
    }
    let second = cursor.number(1..=2)?;
    let mut ahead = *cursor;
    let mut year = None;
    if ahead.sign(sign) {
        let spaced = dotted && ahead.space();
        let digits = ahead.digits();
        // A dotted date may end in a dot: `26.2. 14:15`, `26.2. 14 Uhr`.
        let is_clock = is_minutes(ahead) || spaced && digits == 2 && is_clock(ahead);
        if matches!(digits, 2 | 4) && !is_clock {
            year = full_year(ahead.number(2..=4)?, digits);
            *cursor = ahead;
        } else if dotted {
            cursor.sign('.');
        } else {
            return None;
        }
    }
    if year.is_none() && sign == '-' {
        return None;
    }
    if year.is_none() && dotted && !closes_with_dot(*cursor) {
        // `21.11 14 Uhr`: with a clock time after it, this isn't a version.
        let mut clock = *cursor;
        if !clock.space() || !is_clock(clock) {
            return None;
        }
    }
    ends(*cursor).then_some(DateText::Figures {
        first,
        second,
        year,
        dotted,
    })
}

/// Takes the `05-08` of `05-08 10:00`: month and day, unless only the other order is possible. A
/// clock time must follow, because alone it could be anything.
pub(super) fn month_then_day(cursor: &mut Cursor<'_>) -> Option<DateText> {
    let mut ahead = *cursor;
    let first = ahead.number(2..=2)?;
    if !ahead.sign('-') {
        return None;
    }
    let second = ahead.number(2..=2)?;
    let mut clock = ahead;
    let spaced = clock.space() | clock.sign(',');
    clock.space();
    if !spaced || clock::clock(&mut clock).is_none() {
        return None;
    }
    let (month, day) = match (first, second) {
        (1..=12, 1..=31) => (first, second),
        (1..=31, 1..=12) => (second, first),
        _ => return None,
    };
    *cursor = ahead;
    Some(DateText::DayMonth { month, day })
}

/// Whether there are digits with a colon here, as in `14:15`.
fn is_minutes(cursor: Cursor<'_>) -> bool {
    let colon = cursor
        .peek_at(1)
        .is_some_and(|token| token.lex == Lex::Sign(':'));
    colon && is_digit(cursor.peek_at(2))
}

/// Whether there is a time of day here.
fn is_clock(cursor: Cursor<'_>) -> bool {
    clock::clock(&mut cursor.clone()).is_some() || clock::dotted(&mut cursor.clone()).is_some()
}

/// Whether the token before this one is a dot: `2.15` isn't a date, `26.2.` is.
fn closes_with_dot(cursor: Cursor<'_>) -> bool {
    cursor
        .at
        .checked_sub(1)
        .and_then(|before| cursor.tokens.get(before))
        .is_some_and(|token| token.lex == Lex::Sign('.'))
}

/// `26 February 2013`, `25th March`, `the 2nd of March`, `26-Feb-2013`, `26Feb2013`
fn day_month(cursor: &mut Cursor<'_>) -> Option<DateText> {
    if cursor.one_of(&["the"]) {
        cursor.space();
    }
    let day = cursor.number(1..=2)?;
    if let Some(date) = close_month(*cursor, day) {
        cursor.at += 2;
        return Some(date);
    }
    cursor.one_of(&["st", "nd", "rd", "th"]);
    cursor.sign('.');
    let joint = joint(cursor)?;
    if cursor.one_of(&["of"]) {
        cursor.space();
    }
    let month = month(cursor)?;
    let year = year(cursor, joint);
    Some(with_year(year, month, day))
}

/// The month and the year of `26Feb2013` or `26Feb13`.
fn close_month(mut cursor: Cursor<'_>, day: u32) -> Option<DateText> {
    let month = month(&mut cursor)?;
    let digits = cursor.digits();
    let value = cursor.number(2..=4).filter(|_| digits != 3)?;
    let year = full_year(value, digits)?;
    ends(cursor).then_some(DateText::Full { year, month, day })
}

/// `February 26, 2013`, `Feb. 26`, `Feb 26th`, `Dec 3`
fn month_day(cursor: &mut Cursor<'_>) -> Option<DateText> {
    let month = month(cursor)?;
    let joint = joint(cursor)?;
    if cursor.one_of(&["the"]) {
        cursor.space();
    }
    let day = cursor.number(1..=2)?;
    let is_clock = cursor.is_sign(':')
        && cursor
            .peek_at(1)
            .is_some_and(|token| token.lex == Lex::Number);
    if is_clock {
        return None;
    }
    cursor.one_of(&["st", "nd", "rd", "th"]);
    if cursor.is_alphanumeric() {
        return None;
    }
    let year = year(cursor, joint);
    Some(with_year(year, month, day))
}

/// Whether there is a month here with a day after it, rather than a time of day.
pub(super) fn month_and_day(cursor: Cursor<'_>) -> bool {
    let mut time = cursor;
    let timed = month(&mut time).is_some()
        && joint(&mut time).is_some()
        && clock::clock(&mut time).is_some();
    !timed && month_day(&mut cursor.clone()).is_some()
}

fn with_year(year: Option<i32>, month: u32, day: u32) -> DateText {
    match year {
        Some(year) => DateText::Full { year, month, day },
        None => DateText::DayMonth { month, day },
    }
}

/// What joins day and month: spaces, a hyphen, a slash, or the dot of an abbreviation.
fn joint(cursor: &mut Cursor<'_>) -> Option<char> {
    if cursor.space() || closes_with_dot(*cursor) {
        return Some(' ');
    }
    cursor.any_sign(&['-', '/'])
}

/// A year after a day and a month: `2013`, `, 2013`, `'13`; after a hyphen also `-13`.
fn year(cursor: &mut Cursor<'_>, joint: char) -> Option<i32> {
    let mut ahead = *cursor;
    let joined = joint != ' ' && ahead.sign(joint);
    if !joined {
        ahead.sign('.');
        ahead.sign(',');
        ahead.space();
    }
    let short = ahead.sign('\'') || joined;
    let digits = ahead.digits();
    let value = match digits {
        4 => ahead.number(4..=4)?,
        2 if short => ahead.number(2..=2)?,
        _ => return None,
    };
    // `1830 UTC` after a day is a time, and so is `14:15`.
    let plausible = digits == 2 || (1970..2100).contains(&value);
    if !plausible || !ends(ahead) || ahead.is_sign(':') && is_digit(ahead.peek_at(1)) {
        return None;
    }
    *cursor = ahead;
    full_year(value, digits)
}

/// Takes a year that stands alone, as at the end of `Fri Dec 3 09:44:44 PST 1999`.
pub(super) fn late_year(cursor: &mut Cursor<'_>) -> Option<i32> {
    let mut ahead = *cursor;
    let value = ahead.number(4..=4)?;
    if !(1970..2100).contains(&value) || !ends(ahead) {
        return None;
    }
    *cursor = ahead;
    i32::try_from(value).ok()
}

fn full_year(value: u32, digits: usize) -> Option<i32> {
    let value = if digits == 2 { 2000 + value } else { value };
    i32::try_from(value).ok()
}

fn is_digit(token: Option<&super::lexer::Token>) -> bool {
    token.is_some_and(|token| token.lex == Lex::Number)
}

/// Whether a date can end here: no letter or digit follows, except the `T` before a time.
fn ends(cursor: Cursor<'_>) -> bool {
    if is_time_mark(cursor) {
        return true;
    }
    let goes_on = cursor.any_sign_ahead(&['/', '-', '.']) && is_digit(cursor.peek_at(1));
    !cursor.is_alphanumeric() && !goes_on
}

/// The `T` of `2013-02-26T09:15`.
fn is_time_mark(cursor: Cursor<'_>) -> bool {
    cursor
        .peek()
        .is_some_and(|token| token.lex == Lex::Word && token.text == "t")
        && is_digit(cursor.peek_at(1))
}

/// Takes a month's name, with the dot that may follow it.
fn month(cursor: &mut Cursor<'_>) -> Option<u32> {
    let word = cursor.word()?;
    let number = MONTHS
        .iter()
        .position(|names| names.contains(&word))
        .and_then(|index| u32::try_from(index + 1).ok())?;
    cursor.sign('.');
    Some(number)
}

/// Takes the name of a day of the week, with the dot that may follow it.
pub(super) fn weekday(cursor: &mut Cursor<'_>) -> Option<Weekday> {
    let mut ahead = *cursor;
    let word = ahead.word()?;
    let (_, day) = WEEKDAYS.iter().find(|(names, _)| names.contains(&word))?;
    ahead.sign('.');
    *cursor = ahead;
    Some(*day)
}

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "jänner"],
    &["february", "feb", "febr", "februar"],
    &["march", "mar", "märz"],
    &["april", "apr"],
    &["may", "mai"],
    &["june", "jun", "juni"],
    &["july", "jul", "juli"],
    &["august", "aug"],
    &["september", "sep", "sept"],
    &["october", "oct", "oktober", "okt"],
    &["november", "nov"],
    &["december", "dec", "dezember", "dez"],
];

const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["monday", "mon", "montag"], Weekday::Mon),
    (&["tuesday", "tue", "tues", "dienstag"], Weekday::Tue),
    (&["wednesday", "wed", "weds", "mittwoch"], Weekday::Wed),
    (
        &["thursday", "thu", "thur", "thurs", "donnerstag"],
        Weekday::Thu,
    ),
    (&["friday", "fri", "freitag"], Weekday::Fri),
    (&["saturday", "sat", "samstag"], Weekday::Sat),
    (&["sunday", "sun", "sonntag"], Weekday::Sun),
];
