//! Closed incidents say how long they lasted; open ones are ordered by severity.

use super::says;
use super::world::{World, at, slug};
use crate::domain::incident::Kind;
use crate::domain::update::{Phase, Precision};
use crate::render::html::{component, component_month, history, home, incident};

/// A mail server was down for 2 h 10 min, and a postmortem followed two days later.
fn over() -> World {
    let mut world = World::empty();
    world.component("mail", "Mail", "", "2009-05-01");
    world.whole.as_of = at("2013-03-01T12:00:00Z");
    let mut mail = world.incident("mail-is-down", "Mail is down", "2013-02-26T09:15:00Z");
    mail.updates = vec![
        world.update(
            "m1",
            "2013-02-26T09:15:00Z",
            Some(Phase::Investigating),
            "We will write again within half an hour.",
            &["mail=major_outage"],
        ),
        world.update(
            "m2",
            "2013-02-26T11:25:00Z",
            Some(Phase::Resolved),
            "Mail is up again.",
            &["mail<operational"],
        ),
    ];
    world.publish(mail);
    world
}

#[test]
fn what_is_over_says_how_long_it_lasted_and_the_last_words() {
    let snapshot = over().snapshot();
    let month = history::month(&snapshot, 2013, 2).into_string();
    says(
        &month,
        &[
            "Resolved after 2 h 10 min · February 26, 2013",
            "Mail is up again.",
        ],
    );
    assert!(!month.contains("half an hour"), "{month}");
    for page in [home::page(&snapshot), history::page(&snapshot)] {
        says(&page.into_string(), &["Resolved after 2 h 10 min"]);
    }
    let found = snapshot.find_incident(&slug("mail-is-down")).expect("it");
    let page = incident::page(&snapshot, &found).into_string();
    says(
        &page,
        &["Lasted 2 h 10 min · Tuesday, February 26 · 2:15 am – 4:25 am MST"],
    );
    let description = "content=\"Resolved after 2 h 10 min. Mail is up again.\"";
    assert_eq!(page.matches(description).count(), 2, "{page}");
}

#[test]
fn how_long_is_said_only_of_what_is_known_and_over() {
    let check = |change: &dyn Fn(&mut World), expected: &[&str], absent: &[&str]| {
        let mut world = over();
        change(&mut world);
        let snapshot = world.snapshot();
        let found = snapshot.find_incident(&slug("mail-is-down")).expect("it");
        let page = incident::page(&snapshot, &found).into_string();
        says(&page, expected);
        for text in absent {
            assert!(!page.contains(text), "{text}: {page}");
        }
    };
    check(
        &|world| world.whole.incidents[0].updates[1].phase = Some(Phase::Monitoring),
        &["Monitoring"],
        &["Lasted", "Resolved"],
    );
    check(
        &|world| world.whole.incidents[0].updates[1].precision = Precision::Day,
        &["From February 26 at 2:15 am MST to February 26"],
        &["Lasted", "Resolved after"],
    );
    // After it was reopened and resolved again, it lasted until the second end.
    check(
        &|world| {
            let again = world.update(
                "m3",
                "2013-02-26T12:00:00Z",
                Some(Phase::Identified),
                "No.",
                &[],
            );
            let end = world.update(
                "m4",
                "2013-02-26T13:15:00Z",
                Some(Phase::Resolved),
                "Yes.",
                &[],
            );
            world.whole.incidents[0].updates.extend([again, end]);
        },
        &["Lasted 4 h"],
        &[],
    );
    // A notice has no end.
    check(
        &|world| world.whole.incidents[0].kind = Kind::Notice,
        &["Mail is down"],
        &["Lasted", "Resolved after"],
    );
    // A maintenance lasts from its beginning.
    check(
        &|world| {
            let incident = &mut world.whole.incidents[0];
            incident.kind = Kind::Maintenance;
            incident.starts = Some(at("2013-02-26T09:00:00Z"));
            incident.ends = Some(at("2013-02-26T12:00:00Z"));
            incident.updates[0].phase = Some(Phase::InProgress);
            incident.updates[1].phase = Some(Phase::Completed);
        },
        &["Planned for", "Lasted 2 h 10 min"],
        &[],
    );
    check(
        &|world| {
            let incident = &mut world.whole.incidents[0];
            incident.kind = Kind::Maintenance;
            incident.starts = Some(at("2013-02-26T09:00:00Z"));
            incident.updates[0].phase = None;
            incident.updates[1].phase = Some(Phase::Cancelled);
        },
        &["Cancelled"],
        &["Lasted"],
    );
}

#[test]
fn a_postmortem_stands_first_with_its_own_date_and_moves_no_end() {
    let mut world = over();
    let account = world.update(
        "m3",
        "2013-02-28T10:00:00Z",
        Some(Phase::Postmortem),
        "A switch failed.",
        &[],
    );
    let later = world.update("m4", "2013-02-28T20:00:00Z", None, "One word more.", &[]);
    world.whole.incidents[0].updates.extend([account, later]);
    let snapshot = world.snapshot();
    let found = snapshot.find_incident(&slug("mail-is-down")).expect("it");
    let page = incident::page(&snapshot, &found).into_string();
    says(
        &page,
        &["Postmortem February 28 at 3:00 am MST", "Lasted 2 h 10 min"],
    );
    let position = |id: &str| {
        page.find(&format!("id=\"update-{id}\""))
            .expect("an update")
    };
    assert!(
        position("m3") < position("m4") && position("m4") < position("m2"),
        "{page}"
    );
    assert!(
        page.contains("content=\"Resolved after 2 h 10 min."),
        "{page}"
    );
}

#[test]
fn open_incidents_stand_worst_first_in_the_colour_of_what_they_hold() {
    let mut world = World::empty();
    for (key, name) in [("selma", "Selma"), ("nelson", "Nelson"), ("ruby", "Ruby")] {
        world.component(key, name, "", "2009-05-01");
    }
    let mut open = |key: &str, when: &str, phase: Phase, changes: &[&str]| {
        let mut incident = world.incident(key, key, when);
        let update = world.update(&format!("u-{key}"), when, Some(phase), "Text.", changes);
        incident.updates = vec![update];
        world.publish(incident);
    };
    open(
        "dead",
        "2013-02-26T07:00:00Z",
        Phase::Monitoring,
        &["selma=major_outage"],
    );
    open(
        "slow",
        "2013-02-26T08:00:00Z",
        Phase::Investigating,
        &["nelson=degraded"],
    );
    open(
        "mended",
        "2013-02-26T08:30:00Z",
        Phase::Investigating,
        &["ruby=major_outage"],
    );
    open("words", "2013-02-26T09:00:00Z", Phase::Investigating, &[]);
    // Staff have since set Ruby to operational.
    world.change("ruby", "2013-02-26T09:30:00Z", "operational");
    let html = home::page(&world.snapshot()).into_string();
    let cards: Vec<&str> = html.split("<article class=\"card ").skip(1).collect();
    let heads: Vec<_> = cards
        .iter()
        .map(|card| {
            let title = card.split("/incidents/").nth(1).expect("a link");
            (
                card.split('"').next().expect("a tone"),
                title.split('"').next().expect("a slug"),
            )
        })
        .collect();
    assert_eq!(
        heads,
        [
            ("bad", "dead"),
            ("warn", "slow"),
            ("info", "mended"),
            ("info", "words")
        ]
    );
    says(
        &html,
        &[
            "Major outage · Monitoring · started",
            "Degraded · Investigating · started",
        ],
    );
}

#[test]
fn a_long_history_is_paged_by_month() {
    let mut world = World::empty();
    world.component("selma", "Selma", "", "2009-05-01");
    for day in 1..=28 {
        for hour in 0..6 {
            for (month, state) in [(1, "degraded"), (2, "migrating")] {
                let when = format!("2013-{month:02}-{day:02}T{:02}:00:00Z", hour + 8);
                let state = if hour % 2 == 0 { state } else { "operational" };
                if at(&when) < world.whole.as_of {
                    world.change("selma", &when, state);
                }
            }
        }
    }
    let (_, changes) = &mut world.whole.components[0];
    changes.sort_by_key(|change| (change.at, change.seq));
    let snapshot = world.snapshot();
    let record = snapshot.find_component(&slug("selma")).expect("it");
    let rows = |html: &str| {
        html.split("<ol class=\"log\">")
            .nth(1)
            .map_or(0, |log| log.matches("<li>").count())
    };
    let page = component::page(&snapshot, record).into_string();
    let log = page.split("</ol>").next().expect("a log");
    assert_eq!(rows(log), 100);
    for path in ["/components/selma/2013/01", "/components/selma/2013/02"] {
        assert!(page.contains(&format!("href=\"{path}\"")), "{path}: {page}");
    }
    let months = component_month::months(&snapshot, record);
    assert_eq!(months.len(), 2, "{months:?}");
    let january = component_month::page(&snapshot, record, (2013, 1)).into_string();
    assert_eq!(rows(&january), months[&(2013, 1)]);
    says(
        &january,
        &["168 changes in January 2013.", "February 2013 →"],
    );
    // A short history has no such pages.
    let seed = super::worlds::seed().snapshot();
    let record = seed.find_component(&slug("selma")).expect("it");
    assert!(component_month::months(&seed, record).is_empty());
}
