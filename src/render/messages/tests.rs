//! The headline in words, for many a situation.

use std::borrow::Cow;

use super::*;
use crate::domain::headline::{Headline, Open, Part};
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States, Tone};
use crate::domain::update::Phase;

/// `components` as `name=state`, `incidents` as `phase title @component,component`.
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
