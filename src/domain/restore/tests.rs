//! What components return to, and what a maintenance makes of them.

use super::*;
use crate::domain::component::Origin;
use crate::domain::slug::Slug;

fn selma() -> Slug {
    Slug::parse("selma").expect("a slug")
}

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).expect("in range")
}

fn incident(id: &str, kind: Kind, steps: &[(i64, Phase)]) -> Involved {
    let steps = steps.iter().map(|(minute, phase)| Step {
        update: format!("{id}@{minute}"),
        at: at(*minute),
        seq: minute * SEQ_STEP,
        public_at: at(*minute),
        phase: Some(*phase),
        window: Window::default(),
        restore: true,
    });
    Involved {
        id: id.to_owned(),
        component: selma(),
        kind,
        published_at: at(0),
        started: at(0),
        seq: 0,
        public_at: at(0),
        stated_phase: None,
        window: Window::default(),
        plan: None,
        steps: steps.collect(),
    }
}

fn change(minute: i64, state: &str, incident: Option<&str>) -> StateChange {
    StateChange {
        component: selma(),
        at: at(minute),
        seq: minute * SEQ_STEP + 1,
        state: StateKey::new(state),
        note: None,
        incident: incident.map(str::to_owned),
        update: incident.map(|id| format!("{id}@{minute}")),
        origin: Origin::Update,
        public_at: at(minute),
    }
}

#[track_caller]
fn check(explicit: &[StateChange], incidents: &[Involved], expected: &[(i64, &str)]) {
    let given: Vec<_> = give_back(explicit, incidents, &States::default())
        .into_iter()
        .map(|change| (change.at.timestamp() / 60, change.state.to_string()))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(m, s)| (*m, (*s).to_owned()))
        .collect();
    assert_eq!(given, expected);
}

#[test]
fn resolving_a_disruption_makes_its_components_operational() {
    let selma = incident("a", Kind::Disruption, &[(20, Phase::Resolved)]);
    check(
        &[change(10, "major_outage", Some("a"))],
        &[selma],
        &[(20, "operational")],
    );
}

#[test]
fn completing_a_maintenance_returns_to_what_was_before() {
    let work = incident(
        "m",
        Kind::Maintenance,
        &[(10, Phase::InProgress), (20, Phase::Completed)],
    );
    let history = [
        change(5, "degraded", None),
        change(10, "maintenance", Some("m")),
        change(12, "migrating", Some("m")),
    ];
    check(&history, &[work], &[(20, "degraded")]);
}

#[test]
fn a_change_by_hand_is_left_alone() {
    let selma = incident("a", Kind::Disruption, &[(20, Phase::Resolved)]);
    check(
        &[
            change(10, "major_outage", Some("a")),
            change(15, "degraded", None),
        ],
        &[selma],
        &[],
    );
}

#[test]
fn what_the_resolving_update_says_itself_stands() {
    let selma = incident("a", Kind::Disruption, &[(20, Phase::Resolved)]);
    check(
        &[
            change(10, "major_outage", Some("a")),
            change(20, "degraded", Some("a")),
        ],
        &[selma],
        &[],
    );
}

#[test]
fn another_open_incident_holds_it_until_that_is_resolved_too() {
    let a = incident("a", Kind::Disruption, &[(20, Phase::Resolved)]);
    let b = incident("b", Kind::Disruption, &[(30, Phase::Resolved)]);
    check(
        &[change(10, "major_outage", Some("a"))],
        &[a.clone(), b.clone()],
        &[(30, "operational")],
    );
    check(
        &[
            change(10, "major_outage", Some("a")),
            change(12, "degraded", Some("b")),
        ],
        &[a, b],
        &[(30, "operational")],
    );
}

#[test]
fn the_last_to_be_resolved_gives_back_for_all() {
    let older = incident("a", Kind::Disruption, &[(30, Phase::Resolved)]);
    let newer = incident("b", Kind::Disruption, &[(20, Phase::Resolved)]);
    let history = [
        change(10, "major_outage", Some("a")),
        change(12, "degraded", Some("b")),
    ];
    let both = [older.clone(), newer.clone()];
    check(&history, &both, &[(30, "operational")]);
    // Both at once.
    let mut at_once = newer.clone();
    at_once.steps[0].at = at(30);
    check(&history, &[older.clone(), at_once], &[(30, "operational")]);
    // The newer is open again by then: it gives back when it is over at last.
    let again = incident(
        "b",
        Kind::Disruption,
        &[
            (20, Phase::Resolved),
            (25, Phase::Investigating),
            (40, Phase::Resolved),
        ],
    );
    check(&history, &[older, again], &[(40, "operational")]);
}

#[test]
fn what_was_left_standing_on_purpose_isnt_given_back_by_another() {
    let older = incident("a", Kind::Disruption, &[(30, Phase::Resolved)]);
    let newer = incident("b", Kind::Disruption, &[(20, Phase::Resolved)]);
    let first = change(10, "major_outage", Some("a"));
    let both = [older.clone(), newer.clone()];
    // Said by the very update that resolves; said afterwards; by hand.
    for last in [
        change(20, "degraded", Some("b")),
        change(22, "degraded", Some("b")),
        change(22, "degraded", None),
    ] {
        check(&[first.clone(), last], &both, &[]);
    }
    let mut kept = newer;
    kept.steps[0].restore = false;
    let taken = change(12, "degraded", Some("b"));
    check(&[first, taken], &[older, kept], &[]);
}

#[test]
fn a_disruption_that_outlasts_a_maintenance_gives_back_what_that_took() {
    let work = incident(
        "m",
        Kind::Maintenance,
        &[(10, Phase::InProgress), (20, Phase::Completed)],
    );
    let named = incident("a", Kind::Disruption, &[(30, Phase::Resolved)]);
    let history = [
        change(5, "degraded", None),
        change(10, "maintenance", Some("m")),
    ];
    check(&history, &[work, named], &[(30, "degraded")]);
}

#[test]
fn a_maintenance_doesnt_return_to_what_was_resolved_meanwhile() {
    let work = incident(
        "m",
        Kind::Maintenance,
        &[(10, Phase::InProgress), (20, Phase::Completed)],
    );
    let over = incident("a", Kind::Disruption, &[(15, Phase::Resolved)]);
    let history = [
        change(5, "degraded", Some("a")),
        change(10, "migrating", Some("m")),
    ];
    check(&history, &[work, over], &[(20, "operational")]);
}

#[test]
fn resolving_twice_gives_back_once_and_reopening_starts_anew() {
    let a = incident(
        "a",
        Kind::Disruption,
        &[
            (20, Phase::Resolved),
            (25, Phase::Resolved),
            (30, Phase::Investigating),
            (40, Phase::Resolved),
        ],
    );
    check(
        &[
            change(10, "major_outage", Some("a")),
            change(30, "degraded", Some("a")),
        ],
        &[a],
        &[(20, "operational"), (40, "operational")],
    );
}

#[test]
fn restore_false_leaves_everything_as_it_is() {
    let mut a = incident("a", Kind::Disruption, &[(20, Phase::Resolved)]);
    a.steps[0].restore = false;
    check(&[change(10, "major_outage", Some("a"))], &[a], &[]);
}

#[test]
fn a_post_that_was_resolved_from_the_start_leaves_nothing_broken() {
    let mut a = incident("a", Kind::Disruption, &[]);
    a.stated_phase = Some(Phase::Resolved);
    let mut post = change(0, "degraded", Some("a"));
    post.update = None;
    check(&[post], &[a], &[(0, "operational")]);
}

fn work(steps: &[(i64, Phase)]) -> Involved {
    Involved {
        plan: Some((StateKey::new("maintenance"), None)),
        window: Window {
            starts: Some(at(10)),
            ends: Some(at(20)),
        },
        ..incident("m", Kind::Maintenance, steps)
    }
}

#[test]
fn a_maintenance_takes_what_was_planned_when_it_begins_not_when_it_was_to() {
    check(&[], &[work(&[])], &[]);
    check(
        &[],
        &[work(&[(12, Phase::InProgress), (25, Phase::Completed)])],
        &[(12, "maintenance"), (25, "operational")],
    );
    check(&[], &[work(&[(5, Phase::Cancelled)])], &[]);
    check(
        &[],
        &[work(&[(12, Phase::InProgress), (15, Phase::Scheduled)])],
        &[(12, "maintenance"), (15, "operational")],
    );
}

#[test]
fn one_of_which_only_the_end_was_told_ran_as_it_was_planned() {
    let expected = [(10, "maintenance"), (18, "operational")];
    check(&[], &[work(&[(18, Phase::Completed)])], &expected);
    let stated = Involved {
        stated_phase: Some(Phase::Completed),
        ..work(&[])
    };
    check(&[], &[stated], &[(10, "maintenance"), (20, "operational")]);
}

#[test]
fn it_hides_no_outage_and_leaves_what_its_update_says_itself() {
    let steps = [(10, Phase::InProgress), (20, Phase::Completed)];
    check(&[change(5, "degraded", None)], &[work(&steps)], &[]);
    check(
        &[change(10, "migrating", Some("m"))],
        &[work(&steps)],
        &[(20, "operational")],
    );
}
