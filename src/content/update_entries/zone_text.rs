//! Zones as people write them after a time: `MST`, `UTC+2`, `-0700`, `Pacific time`, `ET`.

use chrono::FixedOffset;
use chrono_tz::Tz;

use super::lexer::{Cursor, Lex};
use crate::domain::zone;

/// A zone as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ZoneText {
    /// An offset that leaves no doubt.
    Offset(FixedOffset),
    /// An abbreviation that the table knows, in capitals.
    Abbreviation(String),
    /// A name whose offset depends on the day.
    Rule(Tz),
    /// "local time": the site's zone.
    Site,
    /// Unknown capitals in the place of a zone.
    Unknown(String),
}

/// Takes a zone, if there is one here. Never returns [`ZoneText::Unknown`].
pub(super) fn zone(cursor: &mut Cursor<'_>) -> Option<ZoneText> {
    for parser in [named, abbreviation, signed_offset] {
        let mut ahead = *cursor;
        if let Some(zone) = parser(&mut ahead) {
            *cursor = ahead;
            return Some(zone);
        }
    }
    None
}

/// Takes capitals in the place of a zone, if there are any.
pub(super) fn unknown(cursor: &mut Cursor<'_>) -> Option<ZoneText> {
    let token = cursor.peek()?;
    let like_one =
        token.lex == Lex::Word && token.capitals && (2..=5).contains(&token.text.chars().count());
    if !like_one {
        return None;
    }
    cursor.at += 1;
    Some(ZoneText::Unknown(token.text.to_uppercase()))
}

/// `Pacific time`, `ET`, `Mountain`, `Central European Summer Time`, `America/Denver`, `local`
fn named(cursor: &mut Cursor<'_>) -> Option<ZoneText> {
    let first = cursor.peek()?;
    if first.lex != Lex::Word {
        return None;
    }
    let mut ahead = *cursor;
    let mut name = String::new();
    let mut found = None;
    for _ in 0..4 {
        let Some(word) = ahead.word() else { break };
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
        if ahead.is_sign('/') || ahead.is_sign('_') {
            let mut whole = *cursor;
            if let Some(rule) = iana(&mut whole) {
                cursor.at = rule.1;
                return Some(ZoneText::Rule(rule.0));
            }
            break;
        }
        if let Some((zone, end)) = ending(&name, first.capitals, first.initial, ahead) {
            found = Some((zone, end));
        }
        if !ahead.space() {
            break;
        }
    }
    let (zone, end) = found?;
    cursor.at = end;
    Some(zone)
}

/// The zone that `name` means, and where it ends, including the words that may follow: "time",
/// "standard time", "daylight time".
fn ending(
    name: &str,
    capitals: bool,
    initial: bool,
    mut cursor: Cursor<'_>,
) -> Option<(ZoneText, usize)> {
    let bare_end = cursor.at;
    let mut season = None;
    let mut timed = false;
    let mut ahead = cursor;
    ahead.space();
    if let Some(word @ ("standard" | "daylight" | "summer")) = ahead.word() {
        ahead.space();
        if ahead.one_of(&["time"]) {
            season = Some(word);
            timed = true;
            cursor = ahead;
        }
    } else {
        ahead = cursor;
        ahead.space();
        if ahead.one_of(&["time"]) {
            timed = true;
            cursor = ahead;
        }
    }
    if name == "local" && timed {
        return Some((ZoneText::Site, cursor.at));
    }
    let end = if timed { cursor.at } else { bare_end };
    if name.len() <= 3 && !matches!(name, "uk") {
        // `ET` must be in capitals, because `at` and `ct` mean other things.
        let rule = capitals.then(|| zone::by_name(name)).flatten()?;
        return (name != "at" && zone::meanings(&name.to_uppercase()).is_empty())
            .then_some((ZoneText::Rule(rule), end));
    }
    let family = matches!(
        name,
        "eastern"
            | "central"
            | "mountain"
            | "pacific"
            | "us eastern"
            | "us central"
            | "us mountain"
            | "us pacific"
            | "eastern us"
            | "central us"
            | "mountain us"
            | "pacific us"
    );
    if !(timed || family && initial) {
        return None;
    }
    let rule = zone::by_name(name)?;
    if season == Some("standard") && rule == Tz::America__Chicago {
        // Its abbreviation is ambiguous.
        return Some((ZoneText::Offset(zone::offset_of_minutes(-6 * 60)), end));
    }
    let seasonal = |season: &str| zone::seasonal(name, season == "standard");
    if let Some(abbreviation) = season.and_then(seasonal) {
        return Some((ZoneText::Abbreviation(abbreviation.to_owned()), end));
    }
    Some((ZoneText::Rule(rule), end))
}

/// `America/Denver`, `America/New_York`
fn iana(cursor: &mut Cursor<'_>) -> Option<(Tz, usize)> {
    let mut name = String::new();
    while let Some(token) = cursor.peek() {
        match token.lex {
            Lex::Word => name.push_str(&token.text),
            Lex::Sign(sign @ ('/' | '_')) => name.push(sign),
            Lex::Sign(_) | Lex::Number | Lex::Space | Lex::Opaque => break,
        }
        if name.len() > 40 {
            return None;
        }
        cursor.at += 1;
    }
    let zone = name.contains('/').then(|| zone::by_name(&name)).flatten()?;
    Some((zone, cursor.at))
}

/// `MST`, `UTC`, `UTC+2`, `GMT-05:30`, `(UTC -7)`, `Z`
fn abbreviation(cursor: &mut Cursor<'_>) -> Option<ZoneText> {
    let token = cursor.peek().filter(|token| token.lex == Lex::Word)?;
    let name = token.text.to_uppercase();
    if zone::meanings(&name).is_empty() {
        return None;
    }
    cursor.at += 1;
    if matches!(name.as_str(), "UTC" | "GMT") {
        let mut ahead = *cursor;
        let apart = ahead.space();
        if let Some(minutes) = offset_minutes(&mut ahead, false)
            && (!apart || ahead.is_at_end() || ahead.any_sign_ahead(&[')', ']', ':']))
        {
            *cursor = ahead;
            return Some(ZoneText::Offset(zone::offset_of_minutes(minutes)));
        }
    }
    // Lower case counts only where a header would end, because `est` and `met` are also words.
    let plain = token.capitals || (COMMON.contains(&name.as_str()) && stops(*cursor));
    if !plain || cursor.is_alphanumeric() {
        return None;
    }
    Some(ZoneText::Abbreviation(name))
}

const COMMON: [&str; 13] = [
    "UTC", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "CET", "CEST", "BST",
];

/// Whether a header could end here.
fn stops(cursor: Cursor<'_>) -> bool {
    cursor.is_at_end() || cursor.any_sign_ahead(&[':', '-', '–', ')', ']', ',', '/', '(']) || {
        let mut ahead = cursor;
        ahead.space() && (ahead.is_at_end() || ahead.any_sign_ahead(&['-', '–', '(', ':', '|']))
    }
}

/// `+0200`, `-07:00`
fn signed_offset(cursor: &mut Cursor<'_>) -> Option<ZoneText> {
    let minutes = offset_minutes(cursor, true)?;
    Some(ZoneText::Offset(zone::offset_of_minutes(minutes)))
}

/// The minutes of the `.5` in `UTC+5.5`.
fn part_of_hour(mut cursor: Cursor<'_>) -> Option<u32> {
    if !cursor.sign('.') {
        return None;
    }
    match cursor.peek()?.text.as_str() {
        "25" => Some(15),
        "5" => Some(30),
        "75" => Some(45),
        _ => None,
    }
}

/// Takes a sign and hours, with or without minutes; `full` requires all four digits.
fn offset_minutes(cursor: &mut Cursor<'_>, full: bool) -> Option<i32> {
    let sign = cursor.any_sign(&['+', '-'])?;
    let digits = cursor.digits();
    let value = cursor.number(1..=4)?;
    let (hours, mut minutes) = match digits {
        4 => (value / 100, value % 100),
        1 | 2 => (value, 0),
        _ => return None,
    };
    let mut ahead = *cursor;
    if digits <= 2 && ahead.sign(':') && ahead.digits() == 2 {
        minutes = ahead.number(2..=2)?;
        *cursor = ahead;
    } else if !full
        && digits <= 2
        && let Some(part) = part_of_hour(*cursor)
    {
        minutes = part;
        cursor.at += 2;
    } else if full && digits <= 2 {
        return None;
    }
    if hours > 14 || minutes > 59 || cursor.is_alphanumeric() {
        return None;
    }
    let total = i32::try_from(hours * 60 + minutes).ok()?;
    Some(if sign == '+' { total } else { -total })
}
