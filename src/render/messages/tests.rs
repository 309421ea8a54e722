//! The sentences for headlines and maintenance, in many situations.

use std::borrow::Cow;

use serde_json::json;

use super::*;
use crate::domain::fact::Became;
use crate::domain::headline::{Headline, Open, Part};
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States, Tone};
use crate::domain::update::Phase;

/// Takes `components` as `name=state` and `incidents` as `phase title @component,component`.
fn say(components: &[&str], incidents: &[&str]) -> Headline {
    let states = States::default();
    let slug = |name: &str| Slug::from_title(name).expect("a slug");
    let parsed: Vec<_> = components
        .iter()
        .map(|text| {
            let (name, state) = text.split_once('=').expect("name=state");
            (slug(name), name, StateKey::new(state))
        })
        .collect();
    let parts: Vec<_> = parsed
        .iter()
        .map(|(slug, name, key)| Part {
            slug,
            name,
            reads: Cow::Borrowed(&states.find(key).expect("a known state").reads),
            tone: states.tone(key),
            severity: states.severity(key),
        })
        .collect();
    let named: Vec<(Phase, &str, Vec<Slug>)> = incidents
        .iter()
        .map(|text| {
            let (phase, rest) = text.split_once(' ').expect("phase, then title");
            let (title, slugs) = rest.split_once('@').expect("@ before components");
            let slugs = slugs.split(',').filter(|s| !s.is_empty()).map(slug);
            (
                Phase::parse(phase).expect("a phase"),
                title,
                slugs.collect(),
            )
        })
        .collect();
    let slugs: Vec<Vec<&Slug>> = named.iter().map(|row| row.2.iter().collect()).collect();
    let open: Vec<_> = named
        .iter()
        .zip(&slugs)
        .map(|((phase, title, _), components)| Open {
            title,
            kind: if phase.is_of_maintenance() {
                Kind::Maintenance
            } else {
                Kind::Disruption
            },
            phase: *phase,
            components,
        })
        .collect();
    crate::domain::headline::headline(&parts, &open)
}

#[track_caller]
fn check(components: &[&str], incidents: &[&str], sentence: &str, rest_is_working: bool) {
    let said = say(components, incidents);
    assert_eq!(headline(&said), sentence);
    assert_eq!(said.rest_is_working, rest_is_working, "{sentence}");
}

#[test]
fn components_are_named_worst_first_then_counted() {
    check(
        &["Clark=operational", "Nelson=degraded", "Selma=major_outage"],
        &[],
        "Selma is down and Nelson is degraded.",
        true,
    );
    check(
        &["Selma=migrating", "Nelson=degraded"],
        &[],
        "Nelson is degraded and Selma is migrating.",
        false,
    );
    check(
        &[
            "A=degraded",
            "B=degraded",
            "Selma=major_outage",
            "C=degraded",
            "D=degraded",
        ],
        &[],
        "Selma is down and 4 other components are degraded.",
        false,
    );
    check(
        &[
            "A=degraded",
            "B=degraded",
            "Selma=major_outage",
            "C=degraded",
        ],
        &[],
        "Selma is down, and A, B and C are degraded.",
        false,
    );
    check(
        &[
            "A=degraded",
            "B=migrating",
            "C=partial_outage",
            "D=major_outage",
        ],
        &[],
        "D is down, C is partly down, A is degraded and B is migrating.",
        false,
    );
    check(
        &["A=degraded", "B=degraded", "C=operational"],
        &[],
        "A and B are degraded.",
        true,
    );
    check(
        &["A=degraded", "B=degraded", "C=major_outage"],
        &[],
        "C is down, and A and B are degraded.",
        false,
    );
    check(
        &["A=major_outage", "B=major_outage", "C=degraded"],
        &[],
        "A and B are down, and C is degraded.",
        false,
    );
    check(
        &["A=major_outage", "B=partial_outage", "C=migrating"],
        &[],
        "A is down, B is partly down and C is migrating.",
        false,
    );
    check(
        &[
            "A=major_outage",
            "B=major_outage",
            "C=major_outage",
            "D=major_outage",
            "E=major_outage",
        ],
        &[],
        "A, B, C and 2 other components are down.",
        false,
    );
    check(
        &[
            "A=major_outage",
            "B=partial_outage",
            "C=degraded",
            "D=degraded",
            "E=migrating",
            "F=maintenance",
        ],
        &[],
        "A is down, B is partly down and 4 other components are affected.",
        false,
    );
    check(
        &[
            "A=major_outage",
            "B=degraded",
            "C=degraded",
            "D=degraded",
            "E=migrating",
        ],
        &[],
        "A is down, 3 other components are degraded and 1 is migrating.",
        false,
    );
}

#[test]
fn nothing_is_said_to_work_while_an_incident_is_open() {
    let working = ["Selma=operational", "Mail=operational"];
    check(&working, &[], "Everything is working.", false);
    check(
        &working,
        &["investigating mail to two providers bounces@mail"],
        "We are looking into: mail to two providers bounces.",
        true,
    );
    check(
        &working,
        &["monitoring Mail bounces.@mail,selma"],
        "We are watching: Mail bounces.",
        false,
    );
    check(
        &working,
        &[
            "identified Why is mail slow?@",
            "monitoring B@",
            "investigating A@",
        ],
        "We are looking into: Why is mail slow?; A. We are watching: B.",
        true,
    );
    check(
        &working,
        &[
            "in_progress New disks for Selma@selma",
            "verifying New switch@",
        ],
        "Planned maintenance is in progress: New disks for Selma. \
         Planned maintenance is being checked: New switch.",
        true,
    );
    check(
        &working,
        &[
            "identified A@",
            "identified B@",
            "identified C@",
            "identified D@",
        ],
        "We are looking into: A; B; C; and 1 more.",
        true,
    );
    check(&[], &[], "No problems reported.", false);
    check(&[], &["identified A@"], "We are looking into: A.", false);
}

#[test]
fn the_rest_works_only_if_no_open_incident_is_about_it() {
    let parts = ["Selma=migrating", "Mail=operational"];
    check(
        &parts,
        &["monitoring Disk@selma,mail"],
        "Selma is migrating.",
        true,
    );
    check(
        &parts,
        &["monitoring Bounces@mail"],
        "Selma is migrating.",
        false,
    );
    check(
        &parts,
        &["monitoring Something odd@"],
        "Selma is migrating.",
        false,
    );
    assert_eq!(say(&parts, &[]).tone, Tone::Info);
}

fn told(became: Became, names: &[&str], more: usize) -> String {
    fact(&Fact {
        became,
        components: names.iter().map(|name| (*name).to_owned()).collect(),
        more,
        said_at: at("2013-12-31T20:00:00Z"),
        zone: "America/Denver".to_owned(),
        clock: "12h".to_owned(),
    })
}

fn at(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().expect("an instant")
}

#[test]
fn what_became_of_a_maintenance_is_told_with_the_names_it_had() {
    let names = ["Selma", "Nelson", "Clark"];
    for (became, names, more, wanted) in [
        (
            Became::Begun,
            &names[..1],
            0,
            "Maintenance on Selma has started.",
        ),
        (
            Became::Completed,
            &names[..2],
            0,
            "Maintenance on Selma and Nelson is complete.",
        ),
        (
            Became::Cancelled,
            &names[..],
            2,
            "Maintenance on Selma, Nelson, Clark and 2 other components has been cancelled.",
        ),
        (
            Became::Begun,
            &names[..0],
            0,
            "The maintenance has started.",
        ),
    ] {
        assert_eq!(told(became, names, more), wanted);
    }
    assert_eq!(
        told(Became::Begun, &["Mail & *more* <b>", "Selma (old), 2.0"], 0),
        "Maintenance on Mail \\& \\*more\\* \\<b\\> and Selma (old), 2.0 has started."
    );
}

#[test]
fn its_new_times_are_told_with_the_year_if_that_was_another_one_then() {
    let (before, after) = (at("2014-01-01T05:30:00Z"), at("2014-01-01T07:30:00Z"));
    let extended = |until, is_later| told(Became::Extended { until, is_later }, &["Selma"], 0);
    assert_eq!(
        extended(before, true),
        "Maintenance on Selma is taking longer than planned: until December 31 at 10:30 pm MST."
    );
    assert_eq!(
        extended(after, false),
        "Maintenance on Selma will end earlier than planned: until January 1, 2014 at 12:30 am MST."
    );
    let (starts, ends) = (Some(before), Some(after));
    assert_eq!(
        told(Became::Moved { starts, ends }, &["Selma"], 0),
        "Maintenance on Selma has a new time: from December 31 at 10:30 pm MST \
         until January 1, 2014 at 12:30 am MST."
    );
}

#[test]
fn the_activity_log_has_facts_in_words_and_texts_as_they_are() {
    let kept = json!({"became": "begun", "components": ["Selma"], "more": 0,
        "said_at": "2013-03-02T20:00:00Z", "zone": "UTC", "clock": "24h"});
    for (before, wanted) in [
        (
            json!({"markdown": "", "phase": "in_progress", "fact": kept}),
            json!({"markdown": "Maintenance on Selma has started.", "phase": "in_progress"}),
        ),
        (
            json!({"markdown": "New disks."}),
            json!({"markdown": "New disks."}),
        ),
        (json!("selma"), json!("selma")),
    ] {
        let mut value = before;
        put_in_words(&mut value);
        assert_eq!(value.to_string(), wanted.to_string());
    }
}
