//! Where incidents stand, when they begin, and what they do to components.

use serde_json::json;

use super::example::{at, change, slug, window};
use super::*;
use crate::domain::state::{StateKey, Tone};

const MAINTENANCE: Kind = Kind::Maintenance;
const DISRUPTION: Kind = Kind::Disruption;

#[test]
fn words_are_read_as_they_are_written() {
    for (kind, word) in Kind::ALL
        .into_iter()
        .zip(["disruption", "maintenance", "notice"])
    {
        assert_eq!((kind.as_str(), Kind::parse(word)), (word, Some(kind)));
        assert_eq!(json!(kind), word);
    }
    let words = ["none", "minor", "major", "critical"];
    for (impact, word) in Impact::ALL.into_iter().zip(words) {
        assert_eq!((impact.as_str(), Impact::parse(word)), (word, Some(impact)));
        assert_eq!(json!(impact), word);
        assert_eq!(Impact::of_tone(impact.tone()), impact);
    }
    assert_eq!(Impact::of_tone(Tone::Info), Impact::None);
}

#[test]
fn the_page_goes_on_if_the_clock_is_set_back_but_not_far() {
    let check = |made_until: i64, wanted: i64| {
        assert_eq!(
            page_time(at(100), at(made_until)),
            at(wanted),
            "{made_until}"
        );
    };
    check(90, 100);
    check(110, 110);
    check(200, 115);
}

#[test]
fn each_kind_has_its_phases_and_those_in_which_it_is_open() {
    let check = |kind: Kind, count: usize, open: &[Phase]| {
        let phases = kind.phases();
        assert_eq!((phases.len(), phases[0]), (count, kind.first_phase()));
        assert!(phases.contains(&kind.resolving_phase()));
        let open_in = phases.iter().copied().filter(|phase| is_open(kind, *phase));
        assert_eq!(open_in.collect::<Vec<_>>(), open);
    };
    let open = [Phase::Investigating, Phase::Identified, Phase::Monitoring];
    check(DISRUPTION, 5, &open);
    check(MAINTENANCE, 6, &[Phase::InProgress, Phase::Verifying]);
    check(Kind::Notice, 5, &[]);
    assert_eq!(MAINTENANCE.resolving_phase(), Phase::Completed);
    assert_eq!(DISRUPTION.resolving_phase(), Phase::Resolved);
}

#[test]
fn a_post_without_a_text_is_no_item_beside_updates() {
    let check = |text: &str, has_updates: bool, wanted: bool| {
        assert_eq!(
            has_own_item(text, has_updates),
            wanted,
            "{text:?} {has_updates}"
        );
    };
    check("Selma is down.", true, true);
    check("Selma is down.", false, true);
    check(" \n", false, true);
    check(" \n", true, false);
}

#[test]
fn the_latest_phase_that_is_due_holds() {
    let check = |incident: &Incident, minute: i64, phase: Phase, is_open: bool| {
        let found = (incident.phase(at(minute)), incident.is_open(at(minute)));
        assert_eq!(found, (phase, is_open), "{minute}");
    };
    let plain = Incident::example(DISRUPTION, 60);
    check(&plain, 60, Phase::Investigating, true);
    let stated = plain.stated(Phase::Resolved);
    check(&stated, 60, Phase::Resolved, false);
    let told = stated
        .said(70, Some(Phase::Identified))
        .said(80, None)
        .said(90, Some(Phase::Resolved));
    // A quarter of an hour ahead of the clock is due.
    check(&told, 54, Phase::Resolved, false);
    check(&told, 55, Phase::Identified, true);
    check(&told, 74, Phase::Identified, true);
    check(&told, 75, Phase::Resolved, false);
}

#[test]
fn only_a_maintenance_still_to_come_is_planned() {
    let work = Incident::example(MAINTENANCE, 60);
    assert!(work.is_planned(at(60)));
    assert!(!work.said(70, Some(Phase::InProgress)).is_planned(at(70)));
    assert!(!Incident::example(DISRUPTION, 60).is_planned(at(60)));
}

#[test]
fn updates_move_the_window_of_a_maintenance() {
    let mut work = Incident::example(MAINTENANCE, 60)
        .within(Some(100), Some(200))
        .said(70, None);
    work.last_put().window.ends = Some(at(250));
    assert_eq!(work.window(), window(Some(100), Some(250)));
    assert_eq!(work.stated_window(), window(Some(100), Some(200)));
    work.kind = DISRUPTION;
    assert_eq!(work.window(), Window::default());
}

#[test]
fn the_clock_takes_a_hand_unless_somebody_said_since_how_it_stands() {
    let check = |said: &[(i64, Option<Phase>)], wanted: Option<(i64, Phase)>| {
        let work = Incident::example(MAINTENANCE, 60).within(Some(100), Some(200));
        let told = said
            .iter()
            .fold(work, |work, (minute, phase)| work.said(*minute, *phase));
        let wanted = wanted.map(|(minute, phase)| (at(minute), phase));
        assert_eq!(told.next_transition(), wanted, "{said:?}");
    };
    let opens = Some((100, Phase::InProgress));
    let closes = Some((200, Phase::Completed));
    check(&[], opens);
    check(&[(150, None)], opens);
    check(&[(100, Some(Phase::Scheduled))], opens);
    check(&[(101, Some(Phase::Scheduled))], None);
    check(&[(90, Some(Phase::InProgress)), (95, None)], closes);
    check(&[(200, Some(Phase::Verifying))], closes);
    check(&[(201, Some(Phase::Verifying))], None);
    check(
        &[(90, Some(Phase::InProgress)), (95, Some(Phase::Cancelled))],
        None,
    );

    let work = Incident::example(MAINTENANCE, 60);
    assert_eq!(work.next_transition(), None);
    let begun = work.within(Some(50), Some(200)).stated(Phase::InProgress);
    assert_eq!(begun.next_transition(), Some((at(200), Phase::Completed)));
    let late = begun.within(Some(50), Some(59));
    assert_eq!(late.next_transition(), None);
    let notice = Incident::example(Kind::Notice, 60).within(Some(100), Some(200));
    assert_eq!(notice.stated(Phase::Scheduled).next_transition(), None);
}

#[test]
fn more_than_an_hour_before_all_that_was_said_is_unusually_early() {
    let incident = Incident::example(DISRUPTION, 600)
        .said(590, None)
        .said(610, None);
    let early = |minute: i64| {
        incident
            .unusually_early(at(minute))
            .map(|early| early.num_minutes())
    };
    assert_eq!(early(529), Some(61));
    assert_eq!(early(530), None);
    assert_eq!(early(600), None);
}

#[test]
fn the_update_that_was_made_last_may_speak_of_an_earlier_time() {
    let mut incident = Incident::example(DISRUPTION, 60);
    assert_eq!(incident.last_made(), None);
    incident = incident.said(70, None).said(80, None);
    incident.updates[0].seq = 90;
    assert_eq!(incident.last_made(), Some(&incident.updates[0]));
}

#[test]
fn it_started_with_the_first_that_was_said_or_with_its_window() {
    let check = |incident: &Incident, started: i64, last_said: i64| {
        assert_eq!(incident.started(), at(started));
        assert_eq!(incident.last_said(), at(last_said));
    };
    let plain = Incident::example(DISRUPTION, 60);
    check(&plain, 60, 60);
    check(&plain.clone().said(50, None), 50, 60);
    check(&plain.said(70, None).said(80, None), 60, 80);
    let work = Incident::example(MAINTENANCE, 60);
    check(&work.clone().within(Some(100), None), 100, 60);
    check(&work.within(None, Some(100)).said(50, None), 50, 60);
}

#[test]
fn the_earliest_instant_may_be_that_of_anything_it_says() {
    let plain = || Incident::example(MAINTENANCE, 60).said(70, None);
    assert_eq!(plain().earliest(), at(60));
    assert_eq!(plain().within(Some(50), None).earliest(), at(50));
    assert_eq!(plain().said(40, None).earliest(), at(40));
    let mut moved = plain();
    moved.last_put().window.starts = Some(at(30));
    assert_eq!(moved.earliest(), at(30));
    let mut set = plain();
    set.changes.push(change("selma", 20, "degraded", None));
    assert_eq!(set.earliest(), at(20));
}

#[test]
fn the_impact_is_as_stated_else_that_of_the_worst_state_ever_set() {
    let states = States::default();
    let mut incident = Incident::example(DISRUPTION, 60)
        .said(70, None)
        .said(80, None);
    assert_eq!(incident.impact(&states), Impact::None);
    incident.add_change(change("selma", 60, "degraded", None));
    assert_eq!(incident.impact(&states), Impact::Minor);
    incident.add_change(change("selma", 70, "major_outage", Some("0")));
    incident.add_change(change("selma", 80, "operational", Some("1")));
    assert_eq!(incident.impact(&states), Impact::Critical);
    incident.stated_impact = Some(Impact::Major);
    assert_eq!(incident.impact(&states), Impact::Major);
}

#[test]
fn a_change_stands_with_what_states_it_and_behind_what_was_made_before() {
    let mut incident = Incident::example(DISRUPTION, 60)
        .said(70, None)
        .said(80, None);
    for (component, minute, state, update) in [
        ("selma", 70, "degraded", Some("0")),
        ("nelson", 80, "degraded", Some("1")),
        ("ruby", 70, "major_outage", Some("0")),
        ("selma", 69, "migrating", Some("0")),
        ("selma", 60, "maintenance", None),
        ("selma", 90, "operational", Some("gone")),
    ] {
        incident.add_change(change(component, minute, state, update));
    }
    let told = |changes: &[StateChange]| {
        let told = changes
            .iter()
            .map(|change| change.state.as_str().to_owned());
        told.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(told(&incident.changes), "maintenance");
    assert_eq!(
        told(&incident.updates[0].changes),
        "migrating degraded major_outage"
    );
    assert_eq!(told(&incident.updates[1].changes), "degraded");
    assert_eq!(incident.all_changes().count(), 5);
}

#[test]
fn each_component_is_named_once_in_the_order_in_which_it_is_spoken_of() {
    let mut incident = Incident::example(DISRUPTION, 60).said(70, None);
    incident.mentions = vec![slug("ruby"), slug("selma")];
    incident.add_change(change("selma", 60, "degraded", None));
    incident.last_put().mentions = vec![slug("mail"), slug("ruby")];
    incident.add_change(change("nelson", 70, "degraded", Some("0")));
    let named: Vec<_> = incident
        .components()
        .into_iter()
        .map(Slug::as_str)
        .collect();
    assert_eq!(named, ["selma", "ruby", "nelson", "mail"]);
    let degraded = StateKey::new("degraded");
    assert!(
        incident
            .all_changes()
            .all(|change| change.state == degraded)
    );
}

#[test]
fn serialized_it_comes_back_as_it_was() {
    let mut incident = Incident::example(MAINTENANCE, 60)
        .within(Some(100), None)
        .said(70, Some(Phase::Scheduled));
    incident.last_put().id = "0191f1c2-8a3b-7c4d-8e5f-001122334455".to_owned();
    incident.add_change(change("selma", 60, "degraded", None));
    let update = Some(incident.updates[0].id.clone());
    incident.add_change(StateChange {
        update,
        ..change("selma", 70, "operational", None)
    });
    assert_eq!(incident.updates[0].changes.len(), 1);
    let read = serde_json::from_value::<Incident>(json!(incident));
    assert_eq!(read.ok(), Some(incident));
}
