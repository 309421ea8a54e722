//! The corpus of entries, read.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::*;
use crate::content::problem::Severity;
use crate::domain::date_order::{DateOrder, default_date_order};
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::update::{Phase, Precision};
use crate::domain::zone::{Local, offset_of_minutes, resolve, start_of_day};

const CORPUS: [&str; 2] = [
    include_str!("../../../tests/corpus/updates.jsonl"),
    include_str!("../../../tests/corpus/more.jsonl"),
];

pub(super) fn cases() -> impl Iterator<Item = Value> {
    let lines = CORPUS.iter().flat_map(|file| file.lines());
    lines.map(|line| serde_json::from_str(line).expect("a case"))
}

/// Reads a body in the context of a case, at `now`, with the site's zone abbreviations.
pub(super) fn read_as(case: &Value, body: &str, now: &str, zones: &[(&str, i32)]) -> Reading {
    read_within(case, now, zones, |cx| read(body, cx))
}

/// What `run` returns in the context of a case.
pub(super) fn read_within(
    case: &Value,
    now: &str,
    zones: &[(&str, i32)],
    run: impl FnOnce(&Context<'_>) -> Reading,
) -> Reading {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let zone: Tz = text("zone").parse().expect("a zone");
    let (posted_at, posted_precision) = posted(text("post"), zone);
    let order = case["date_order"].as_str().and_then(DateOrder::parse);
    let slug = |name: &str| Slug::parse(name).expect("a slug");
    let components = [
        (slug("selma"), "Selma".to_owned()),
        (slug("nelson"), "Nelson".to_owned()),
    ];
    let zones: BTreeMap<String, FixedOffset> = zones
        .iter()
        .map(|(name, minutes)| ((*name).to_owned(), offset_of_minutes(*minutes)))
        .collect();
    let cx = Context {
        file: "incidents/case.md",
        first_line: 1,
        zone,
        date_order: order.unwrap_or_else(|| default_date_order(zone)),
        zones: &zones,
        posted_at,
        posted_precision,
        now: now.parse().expect("an instant"),
        components: &components,
        groups: &[],
        states: &States::default(),
        starts: None,
        kept: None,
    };
    run(&cx)
}

pub(super) const LONG_AFTER: &str = "2030-01-01T00:00:00Z";

/// What is wrong with the reading of a case; empty if nothing is.
fn check(case: &Value) -> Vec<String> {
    let body = case["body"].as_str().unwrap_or_default();
    let reading = read_as(case, body, LONG_AFTER, &[]);
    let mut wrong = Vec::new();
    let has = |severity| reading.problems.iter().any(|p| p.severity == severity);
    let is_error = has(Severity::Error);
    if is_error != (case["error"] == true) {
        wrong.push(format!("error is {is_error}: {:#?}", reading.problems));
    }
    if case["error"] == true {
        return wrong;
    }
    if has(Severity::Warning) != (case["warn"] == true) {
        wrong.push(format!(
            "warn is {}: {:#?}",
            has(Severity::Warning),
            reading.problems
        ));
    }
    let expected = case["expect"].as_array().expect("a list");
    if expected.len() != reading.entries.len() {
        wrong.push(format!("entries: {:#?}", reading.entries));
        return wrong;
    }
    for (expected, entry) in expected.iter().zip(&reading.entries) {
        compare(expected, entry, &mut wrong);
    }
    if let Some(post) = case["text"].as_str()
        && post != reading.markdown
    {
        wrong.push(format!("post is {:?}", reading.markdown));
    }
    wrong
}

fn compare(expected: &Value, entry: &Entry, wrong: &mut Vec<String>) {
    let mut same = |what: &str, expected: &Value, found: Value| {
        if *expected != found {
            wrong.push(format!("{what}: {found}, expected {expected}"));
        }
    };
    let at = entry.at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    same("at", &expected["at"], at.into());
    same(
        "precision",
        &expected["precision"],
        entry.precision.as_str().into(),
    );
    same(
        "phase",
        &expected["phase"],
        entry.phase.map(Phase::as_str).into(),
    );
    same("text", &expected["text"], entry.markdown.clone().into());
    if !expected["number"].is_null() {
        same("number", &expected["number"], entry.number.into());
    }
    if !expected["written"].is_null() {
        same(
            "written",
            &expected["written"],
            entry.as_written.clone().into(),
        );
    }
    let changes: serde_json::Map<String, Value> = entry
        .changes
        .iter()
        .map(|line| {
            let state = line.state.as_ref().map(StateKey::as_str);
            (line.component.to_string(), state.into())
        })
        .collect();
    let expected = match &expected["components"] {
        Value::Null => Value::Object(serde_json::Map::new()),
        stated => stated.clone(),
    };
    same("components", &expected, Value::Object(changes));
}

fn posted(text: &str, zone: Tz) -> (DateTime<Utc>, Precision) {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return (start_of_day(zone, day), Precision::Day);
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a date and time");
    match resolve(zone, local) {
        Local::Once(at) | Local::Twice(at, _) => (at, Precision::Minute),
        Local::Skipped => panic!("{text} doesn't exist in {zone}"),
    }
}

#[test]
fn the_corpus_is_read_rightly() {
    let mut failures = Vec::new();
    let mut count = 0;
    for case in cases() {
        count += 1;
        let wrong = check(&case);
        if !wrong.is_empty() {
            failures.push(format!(
                "{}: {}\n  {}",
                case["id"],
                case["body"],
                wrong.join("\n  ")
            ));
        }
    }
    assert!(count >= 1300, "only {count} cases");
    assert!(
        failures.is_empty(),
        "{} of {count} cases fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Reads a body as a post of Tuesday, 2013-02-26 01:00 in Denver.
pub(super) fn read_in_denver(body: &str, now: &str, zones: &[(&str, i32)]) -> Reading {
    let case = serde_json::json!({"zone": "America/Denver", "post": "2013-02-26 01:00"});
    read_as(&case, body, now, zones)
}

#[test]
fn what_is_still_to_come_is_said() {
    let body = "UPDATE 2013-02-26 02:15 MST: Mail is up.";
    let problems = |now| read_in_denver(body, now, &[]).problems;
    assert_eq!(problems("2013-02-26T09:15:00Z"), []);
    assert_eq!(problems("2013-02-26T09:00:00Z"), []);
    let [early] = problems("2013-02-26T08:59:00Z")
        .try_into()
        .expect("one problem");
    assert_eq!(early.severity, Severity::Warning);
    assert!(early.message.contains("in the future"), "{}", early.message);
}

#[test]
fn a_morning_that_is_still_to_come_is_an_afternoon() {
    // After 13:00 on Tuesday, 2:15 would be Wednesday morning.
    let body = "UPDATE 13:00: Mail is down.\n\nUPDATE 2:15: Mail is up.";
    let reading = read_in_denver(body, "2013-02-26T21:20:00Z", &[]);
    assert_eq!(
        reading.entries[1].at.to_rfc3339(),
        "2013-02-26T21:15:00+00:00"
    );
    assert_eq!(reading.problems.len(), 1, "{:?}", reading.problems);
    assert!(
        reading.problems[0]
            .message
            .contains("read as 2013-02-26 14:15 MST")
    );
}

#[test]
fn the_site_settles_what_an_abbreviation_means() {
    let body = "UPDATE 2013-02-26 14:30 IST: Mail is up.";
    let reading = read_in_denver(body, LONG_AFTER, &[("IST", 330)]);
    assert_eq!(reading.problems, []);
    assert_eq!(
        reading.entries[0].at.to_rfc3339(),
        "2013-02-26T09:00:00+00:00"
    );
    let unsettled = read_in_denver(body, LONG_AFTER, &[]).problems;
    assert!(
        unsettled[0]
            .message
            .contains("India Standard Time (UTC+5:30)")
    );
    assert!(
        unsettled[0]
            .help
            .as_deref()
            .is_some_and(|help| help.contains("[zones]"))
    );
}

#[test]
fn a_zone_without_letters_takes_those_that_can_mean_it() {
    let case = serde_json::json!({"zone": "Asia/Dubai", "post": "2013-02-26 01:00"});
    let body = |zone: &str| format!("UPDATE 2013-02-26 14:30 {zone}: Mail is up.");
    let own = read_as(&case, &body("GST"), LONG_AFTER, &[]);
    assert_eq!(own.problems, []);
    assert_eq!(own.entries[0].at.to_rfc3339(), "2013-02-26T10:30:00+00:00");
    let other = read_as(&case, &body("IST"), LONG_AFTER, &[]).problems;
    assert!(other[0].message.contains("\"IST\" can mean"), "{other:?}");
}
