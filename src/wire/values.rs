//! Reads single values of a body.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value;

pub(super) use super::fields::body;
use super::fields::{self, Place};
use super::maintenance::Do;
use super::ordered::ByComponent;
use super::setting::{ComponentSettings, Setting};
use super::subscriber::ImportedSubscriber;
use crate::domain::bounce::BounceKind;
use crate::domain::incident::{Impact, Kind};
use crate::domain::news_kind::NewsKind;
use crate::domain::scope::Scope;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::subscriber::Channel;
use crate::domain::update::Phase;

fn string(value: Value, place: &mut Place<'_>, wanted: &str) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        other => place.expected(wanted, &other),
    }
}

/// A text of any length, including line breaks.
pub(super) fn text(value: Value, place: &mut Place<'_>) -> Option<String> {
    let text = string(value, place, "a string")?;
    if text.contains('\0') {
        return place.refuse("a text can't hold the character U+0000");
    }
    Some(text)
}

/// A text on one line, not blank.
pub(super) fn line(value: Value, place: &mut Place<'_>) -> Option<String> {
    let line = note(value, place)?;
    if line.is_none() {
        return place.refuse("can't be blank");
    }
    line
}

/// A text on one line; `None` if it is blank.
pub(super) fn note(value: Value, place: &mut Place<'_>) -> Option<Option<String>> {
    let text = string(value, place, "a string")?;
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return place.refuse("must be on one line, without control characters");
    }
    Some((!text.is_empty()).then(|| text.to_owned()))
}

/// A text on one line; empty if it is blank.
pub(super) fn line_or_nothing(value: Value, place: &mut Place<'_>) -> Option<String> {
    note(value, place).map(Option::unwrap_or_default)
}

/// An instant with its offset (RFC 3339).
pub(super) fn instant(value: Value, place: &mut Place<'_>) -> Option<DateTime<Utc>> {
    const EXAMPLE: &str = "2013-02-26T09:15:00Z or 2013-02-26T02:15:00-07:00";
    let text = string(value, place, "a string with a date and time")?;
    let short: String = text.chars().take(40).collect();
    if let Ok(at) = DateTime::parse_from_rfc3339(&text) {
        let at = at.to_utc();
        return match YEARS.contains(&at.year()) {
            true => Some(at),
            false => place.refuse(format!("{short:?} {NO_YEAR}")),
        };
    }
    if text.parse::<NaiveDateTime>().is_ok() || text.parse::<NaiveDate>().is_ok() {
        return place.refuse(format!(
            "{short:?} has no offset from UTC; write it as {EXAMPLE}"
        ));
    }
    place.refuse(format!(
        "{short:?} is not a date and time; write it as {EXAMPLE}"
    ))
}

/// A calendar day.
pub(super) fn day(value: Value, place: &mut Place<'_>) -> Option<NaiveDate> {
    let text = string(value, place, "a string with a date")?;
    match NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
        Ok(day) if YEARS.contains(&day.year()) => Some(day),
        Ok(_) => place.refuse(NO_YEAR),
        Err(_) => place.refuse("not a date; write it as 2009-05-01"),
    }
}

/// The years that a date can be in.
const YEARS: RangeInclusive<i32> = 1970..=9999;
const NO_YEAR: &str = "isn't between the years 1970 and 9999; is the year right?";

/// The highest place in a list.
const MAX_COUNT: i64 = 1_000_000;

/// Up to here, a float represents every whole number exactly.
const WHOLE: f64 = 9_007_199_254_740_991.0;

/// A whole number from 0 on.
pub(super) fn count(value: Value, place: &mut Place<'_>) -> Option<i64> {
    let Value::Number(number) = value else {
        return place.expected("a whole number", &value);
    };
    // In JSON Schema, 4.0 is a whole number, too.
    let whole = number
        .as_f64()
        .filter(|it| it.fract() == 0.0 && it.abs() <= WHOLE);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole and small enough"
    )]
    match number.as_i64().or(whole.map(|it| it as i64)) {
        Some(count) if (0..=MAX_COUNT).contains(&count) => Some(count),
        Some(count) if count < 0 => place.refuse("must not be negative"),
        Some(_) => place.refuse(format!("must be at most {MAX_COUNT}")),
        None => place.refuse("must be a whole number"),
    }
}

/// True or false.
pub(super) fn flag(value: Value, place: &mut Place<'_>) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(flag),
        other => place.expected("true or false", &other),
    }
}

/// The slug of an incident or component.
pub(super) fn slug(value: Value, place: &mut Place<'_>) -> Option<Slug> {
    let text = string(value, place, "a string")?;
    match Slug::parse(&text) {
        Ok(slug) => Some(slug),
        Err(error) => place.refuse(error.to_string()),
    }
}

/// The key of a state; the site knows which keys exist.
pub(super) fn state(value: Value, place: &mut Place<'_>) -> Option<StateKey> {
    line(value, place).map(StateKey::new)
}

fn word<T: Copy>(
    value: Value,
    place: &mut Place<'_>,
    what: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Option<T> {
    let word = string(value, place, "a string")?;
    let found = all.iter().copied().find(|known| as_str(*known) == word);
    if found.is_none() {
        let known: Vec<_> = all.iter().map(|known| as_str(*known)).collect();
        return place.refuse(fields::unknown(what, &word, &known));
    }
    found
}

pub(super) fn kind(value: Value, place: &mut Place<'_>) -> Option<Kind> {
    word(value, place, "kind", &Kind::ALL, Kind::as_str)
}

pub(super) fn phase(value: Value, place: &mut Place<'_>) -> Option<Phase> {
    word(value, place, "phase", &Phase::ALL, Phase::as_str)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "every reader takes its value"
)]
pub(super) fn step(value: Value, place: &mut Place<'_>) -> Option<Do> {
    let word = value.as_str();
    let found = Do::ALL.into_iter().find(|it| Some(it.as_str()) == word);
    if found.is_none() {
        return place.expected("\"start\", \"end\", \"extend\" or \"cancel\"", &value);
    }
    found
}

pub(super) fn impact(value: Value, place: &mut Place<'_>) -> Option<Impact> {
    word(value, place, "impact", &Impact::ALL, Impact::as_str)
}

/// The scopes of a token, each once.
pub(super) fn scopes(value: Value, place: &mut Place<'_>) -> Option<Vec<Scope>> {
    let Value::Array(items) = value else {
        return place.expected("a list of scopes", &value);
    };
    let mut scopes = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let mut here = place.inside(&index.to_string());
        let scope = word(item, &mut here, "scope", &Scope::ALL, Scope::as_str)?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Some(scopes)
}

/// A list of values, each read by `read`.
fn list<T>(
    value: Value,
    place: &mut Place<'_>,
    wanted: &str,
    read: impl Fn(Value, &mut Place<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let Value::Array(items) = value else {
        return place.expected(wanted, &value);
    };
    // All are read, so that every mistake is reported.
    let read: Vec<_> = (0..)
        .zip(items)
        .map(|(index, item): (usize, _)| read(item, &mut place.inside(&index.to_string())))
        .collect();
    read.into_iter().collect()
}

/// Slugs, in order.
pub(super) fn slugs(value: Value, place: &mut Place<'_>) -> Option<Vec<Slug>> {
    list(value, place, "a list of slugs", slug)
}

/// Texts on one line each, in order.
pub(super) fn lines(value: Value, place: &mut Place<'_>) -> Option<Vec<String>> {
    list(value, place, "a list of names", line)
}

/// Kinds of news.
pub(super) fn news_kinds(value: Value, place: &mut Place<'_>) -> Option<Vec<NewsKind>> {
    let kind =
        |item, here: &mut Place<'_>| word(item, here, "kind", &NewsKind::ALL, NewsKind::as_str);
    list(value, place, "a list of kinds", kind)
}

/// Subscribers to import.
pub(super) fn imported_subscribers(
    value: Value,
    place: &mut Place<'_>,
) -> Option<Vec<ImportedSubscriber>> {
    list(value, place, "a list of subscribers", body)
}

/// A kind of channel that staff add.
pub(super) fn channel_kind(value: Value, place: &mut Place<'_>) -> Option<Channel> {
    word(value, place, "kind", &Channel::ADDED, Channel::as_str)
}

/// What a provider reports.
pub(super) fn bounce_kind(value: Value, place: &mut Place<'_>) -> Option<BounceKind> {
    word(value, place, "kind", &BounceKind::ALL, BounceKind::as_str)
}

/// Components and what to set each to.
pub(super) fn settings(value: Value, place: &mut Place<'_>) -> Option<ComponentSettings> {
    let Value::Object(object) = value else {
        let wanted = "an object such as {\"selma\": \"migrating\"}";
        return place.expected(wanted, &value);
    };
    let mut settings = Vec::new();
    for (name, value) in object {
        let mut here = place.inside(&name);
        match Slug::parse(&name) {
            Ok(slug) => settings.push((slug, setting(value, &mut here))),
            Err(error) => {
                here.refuse::<()>(error.to_string());
            }
        }
    }
    Some(ByComponent(settings))
}

fn setting(value: Value, place: &mut Place<'_>) -> Option<Setting> {
    match value {
        Value::Null => None,
        Value::String(_) => state(value, place).map(Setting::State),
        Value::Object(_) => body(value, place).map(Setting::WithNote),
        other => {
            let wanted = "a state, an object such as {\"state\": …, \"note\": …}, or null";
            place.expected(wanted, &other)
        }
    }
}
