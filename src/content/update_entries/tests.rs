//! The corpus of entries, read.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use serde_json::Value;

use super::*;
use crate::content::problem::Severity;
use crate::domain::site::default_date_order;
use crate::domain::zone::{Local, resolve, start_of_day};

/// What is wrong with the reading of a case; empty if nothing is.
fn check(case: &Value) -> Vec<String> {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let zone: Tz = text("zone").parse().expect("a zone");
    let (posted_at, posted_precision) = posted(text("post"), zone);
    let order = case["date_order"].as_str().and_then(DateOrder::parse);
    let slug = |name: &str| Slug::parse(name).expect("a slug");
    let components = [
        (slug("selma"), "Selma".to_owned()),
        (slug("nelson"), "Nelson".to_owned()),
    ];
    let states = States::default();
    let zones = BTreeMap::new();
    let cx = Context {
        file: "incidents/case.md",
        first_line: 1,
        zone,
        date_order: order.unwrap_or_else(|| default_date_order(zone)),
        zones: &zones,
        posted_at,
        posted_precision,
        now: "2030-01-01T00:00:00Z".parse().expect("an instant"),
        components: &components,
        states: &states,
    };
    let reading = read(text("body"), &cx);
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
    let files = [
        include_str!("../../../tests/corpus/updates.jsonl"),
        include_str!("../../../tests/corpus/more.jsonl"),
    ];
    let mut failures = Vec::new();
    let mut count = 0;
    for line in files.iter().flat_map(|file| file.lines()) {
        let case: Value = serde_json::from_str(line).expect("a case");
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
    assert!(count >= 131, "only {count} cases");
    assert!(
        failures.is_empty(),
        "{} of {count} cases fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
