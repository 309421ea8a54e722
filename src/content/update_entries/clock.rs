//! Times of day as people write them: `2:15`, `14:15 Uhr`, `3.15AM`, `11a`, `1830 UTC`, `noon`.

use super::lexer::{Cursor, Lex};

/// Which half of the day the writer named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    /// a.m.
    Am,
    /// p.m.
    Pm,
}

/// A time of day as written. Its numbers may be impossible; see [`ClockText::check`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClockText {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) milli: u32,
    pub(super) half: Option<Half>,
    /// The form leaves no doubt which half is meant: a leading zero, `14 Uhr`, `noon`, an offset.
    pub(super) sure: bool,
    /// `midnight` after a date may be either end of that day.
    pub(super) midnight: bool,
}

impl ClockText {
    /// Seconds since midnight, up to 86 400; `Err` says what is impossible.
    pub(super) fn check(&self) -> Result<u32, String> {
        if self.minute > 59 || self.second > 60 || self.hour > 24 {
            return Err(format!("there is no time {}", self.plain()));
        }
        let hour = match self.half {
            Some(Half::Pm) if self.hour < 12 => self.hour + 12,
            Some(Half::Am) if self.hour == 12 => 0,
            Some(Half::Am) if self.hour > 12 => {
                return Err(format!("there is no time {} a.m.", self.plain()));
            }
            Some(Half::Am | Half::Pm) | None => self.hour,
        };
        let seconds = hour * 3600 + self.minute * 60 + self.second.min(59);
        if seconds > 86_400 {
            return Err(format!("there is no time {}", self.plain()));
        }
        Ok(seconds)
    }

    /// Whether the hour could also be in the afternoon.
    pub(super) fn is_doubtful(&self) -> bool {
        self.half.is_none() && !self.sure && (1..12).contains(&self.hour)
    }

    /// The time in digits, on whichever clock it was written.
    pub(super) fn plain(&self) -> String {
        format!("{}:{:02}", self.hour, self.minute)
    }
}

/// Takes a time of day, if there is one here.
pub(super) fn clock(cursor: &mut Cursor<'_>) -> Option<ClockText> {
    for parser in [by_word, with_minutes, hour_alone, without_sign, after_mark] {
        let mut ahead = *cursor;
        if let Some(clock) = parser(&mut ahead) {
            *cursor = ahead;
            return Some(clock);
        }
    }
    None
}

const EXACT: ClockText = ClockText {
    hour: 0,
    minute: 0,
    second: 0,
    milli: 0,
    half: None,
    sure: true,
    midnight: false,
};

/// `noon`, `12 noon`, `midnight`
fn by_word(cursor: &mut Cursor<'_>) -> Option<ClockText> {
    if cursor.digits() == 2 {
        let mut ahead = *cursor;
        if ahead.number(2..=2) == Some(12) {
            ahead.space();
            if ahead.one_of(&["noon", "midnight"]) {
                cursor.number(2..=2);
                cursor.space();
            }
        }
    }
    match cursor.word()? {
        "noon" | "midday" => Some(ClockText { hour: 12, ..EXACT }),
        "midnight" => Some(ClockText {
            midnight: true,
            ..EXACT
        }),
        _ => None,
    }
}

/// `2:15`, `02:15:30.123`, `2:15pm`, `3.15AM`, `14.15 Uhr`, `14h15`
fn with_minutes(cursor: &mut Cursor<'_>) -> Option<ClockText> {
    let digits = cursor.digits();
    let leading_zero = cursor.peek()?.text.starts_with('0') && digits == 2;
    let hour = cursor.number(1..=2)?;
    let colon = cursor.sign(':');
    let letter = !colon && cursor.digits_after_h();
    let dot = !colon && !letter && cursor.sign('.');
    if letter {
        cursor.word();
    } else if !colon && !dot {
        return None;
    }
    let minute = cursor.number(2..=2)?;
    let mut clock = ClockText {
        hour,
        minute,
        sure: leading_zero || letter,
        ..EXACT
    };
    let mut ahead = *cursor;
    if colon && ahead.sign(':') && ahead.digits() == 2 {
        clock.second = ahead.number(2..=2)?;
        *cursor = ahead;
        let mut behind = *cursor;
        if behind.sign('.') && (1..=9).contains(&behind.digits()) {
            let fraction = &behind.peek()?.text;
            clock.milli = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
            behind.at += 1;
            *cursor = behind;
        }
    }
    let named = half_or_unit(cursor, &mut clock) || noon_or_midnight(cursor, &mut clock);
    if dot && !named {
        return None;
    }
    ends(*cursor).then_some(clock)
}

/// Takes the `10.30` of `26/02/13 10.30`: only after a date, because alone it could be anything.
pub(super) fn dotted(cursor: &mut Cursor<'_>) -> Option<ClockText> {
    let mut ahead = *cursor;
    let leading_zero = ahead.peek()?.text.starts_with('0') && ahead.digits() == 2;
    let hour = ahead.number(1..=2)?;
    if !ahead.sign('.') {
        return None;
    }
    let minute = ahead.number(2..=2)?;
    let possible = hour < 24 && minute < 60 && ends(ahead);
    if possible {
        *cursor = ahead;
    }
    possible.then_some(ClockText {
        hour,
        minute,
        sure: leading_zero,
        ..EXACT
    })
}

/// The second word of `12:00 noon` and `12:00 midnight`.
fn noon_or_midnight(cursor: &mut Cursor<'_>, clock: &mut ClockText) -> bool {
    let mut ahead = *cursor;
    ahead.space();
    let is_twelve = (clock.hour, clock.minute) == (12, 0);
    let midnight = is_twelve && ahead.one_of(&["midnight"]);
    if midnight {
        clock.hour = 0;
        clock.midnight = true;
    }
    let found = midnight || is_twelve && ahead.one_of(&["noon"]);
    if found {
        clock.sure = true;
        *cursor = ahead;
    }
    found
}

/// `3pm`, `11a`, `7 AM`, `14 Uhr`
fn hour_alone(cursor: &mut Cursor<'_>) -> Option<ClockText> {
    let hour = cursor.number(1..=2)?;
    let mut clock = ClockText {
        hour,
        sure: false,
        ..EXACT
    };
    let mut unit = *cursor;
    unit.space();
    if unit.one_of(&["hours", "hrs"]) {
        // "2 hours later"
        return None;
    }
    let named = half_or_unit(cursor, &mut clock);
    (named && ends(*cursor)).then_some(clock)
}

/// `1830 UTC`, `0915h`, `1830hrs`, `0915`, `915pm`. With nothing after it, `1830` might be a year,
/// so only what can't be a year is a time.
fn without_sign(cursor: &mut Cursor<'_>) -> Option<ClockText> {
    let digits = cursor.digits();
    let value = cursor.number(3..=4)?;
    let mut clock = ClockText {
        hour: value / 100,
        minute: value % 100,
        sure: digits == 4,
        ..EXACT
    };
    if clock.hour > 24 || clock.minute > 59 {
        return None;
    }
    let named = half_or_unit(cursor, &mut clock);
    if digits == 3 && !named {
        return None;
    }
    let zoned = {
        let mut ahead = *cursor;
        ahead.space();
        super::zone_text::zone(&mut ahead).is_some()
    };
    let maybe_year = (1900..2100).contains(&value);
    (ends(*cursor) && (named || zoned || !maybe_year)).then_some(clock)
}

/// The `091500` of `20130226T091500Z`.
fn after_mark(cursor: &mut Cursor<'_>) -> Option<ClockText> {
    let before = cursor
        .at
        .checked_sub(1)
        .and_then(|at| cursor.tokens.get(at))?;
    let value = cursor.number(6..=6)?;
    (before.text == "t" && ends(*cursor)).then_some(ClockText {
        hour: value / 10_000,
        minute: value / 100 % 100,
        second: value % 100,
        ..EXACT
    })
}

/// Takes `am`, `p.m.`, `a`, `Uhr`, `hrs`, `h`, if one is here.
fn half_or_unit(cursor: &mut Cursor<'_>, clock: &mut ClockText) -> bool {
    let mut ahead = *cursor;
    let spaced = ahead.space();
    let Some(word) = ahead.word() else {
        return false;
    };
    let mut dots = true;
    let half = match word {
        // The dot of "2:15 AM." ends a sentence; that of "2:15 a.m." may belong to the word.
        "am" | "pm" => {
            dots = false;
            Some(if word == "am" { Half::Am } else { Half::Pm })
        }
        "a" | "p" => {
            let mut dotted = ahead;
            let m = (dotted.sign('.') | dotted.space()) && dotted.one_of(&["m"]);
            if m {
                ahead = dotted;
            } else if spaced {
                return false;
            }
            Some(if word == "a" { Half::Am } else { Half::Pm })
        }
        "uhr" | "hrs" | "hours" | "h" => None,
        "o" if ahead.sign('\'') && ahead.one_of(&["clock"]) => {
            dots = false;
            None
        }
        _ => return false,
    };
    if ahead.is_alphanumeric() {
        return false;
    }
    if dots {
        ahead.sign('.');
    }
    match half {
        Some(half) => clock.half = Some(half),
        // "2 o'clock" leaves the half of the day open.
        None => clock.sure |= dots,
    }
    *cursor = ahead;
    true
}

/// Whether a time can end here: what follows doesn't make it another number.
fn ends(cursor: Cursor<'_>) -> bool {
    let next_is_number = cursor
        .peek_at(1)
        .is_some_and(|token| token.lex == Lex::Number);
    let goes_on = cursor.any_sign_ahead(&[':', '/', '.', '%']) && next_is_number;
    let word = cursor
        .peek()
        .filter(|token| matches!(token.lex, Lex::Word | Lex::Number));
    // `2:15MST` and `09:15:00Z`: a zone may follow without a space.
    let close_zone = word.is_some_and(|token| token.lex == Lex::Word && token.capitals);
    !goes_on && (word.is_none() || close_zone) && !cursor.is_sign('%')
}

impl Cursor<'_> {
    /// Whether `h` and two digits follow, as in `14h15`.
    fn digits_after_h(&self) -> bool {
        self.peek()
            .is_some_and(|token| token.lex == Lex::Word && token.text == "h")
            && self
                .peek_at(1)
                .is_some_and(|token| token.lex == Lex::Number && token.text.len() == 2)
    }
}
