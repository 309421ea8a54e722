//! Tests of what each change of a history comes from, where it stands in order, and what goes on.

use super::{Base, History, Involved, LastClaims, SEQ_STEP, Step, history};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::Kind;
use crate::domain::incident::example::{at, slug, window};
use crate::domain::state::{StateKey, States};
use crate::domain::update::Phase;
use crate::domain::window::Window;

/// What was said in a minute: by hand, by an incident's post, or by an update.
fn said(minute: i64, state: &str, incident: Option<&str>, update: Option<&str>) -> StateChange {
    StateChange {
        component: slug("selma"),
        at: at(minute),
        seq: minute * SEQ_STEP + i64::from(update.is_some()),
        state: StateKey::new(state),
        note: None,
        incident: incident.map(str::to_owned),
        update: update.map(str::to_owned),
        origin: match (incident, update) {
            (None, _) => Origin::Request,
            (Some(_), None) => Origin::Post,
            (Some(_), Some(_)) => Origin::Update,
        },
        public_at: at(minute),
    }
}

/// An incident with updates, each called by its minute.
fn incident(id: &str, kind: Kind, published: i64, steps: &[(i64, Option<Phase>)]) -> Involved {
    let step = |(minute, phase): &(i64, Option<Phase>)| Step {
        update: minute.to_string(),
        at: at(*minute),
        seq: minute * SEQ_STEP,
        public_at: at(*minute),
        phase: *phase,
        window: Window::default(),
        restore: true,
        is_entry: true,
    };
    Involved {
        steps: steps.iter().map(step).collect(),
        ..Involved::example(id, kind, published)
    }
}

/// One of which the post states a phase, and when it takes place.
fn stated(phase: Phase, ends: Option<i64>, incident: Involved) -> Involved {
    Involved {
        stated_phase: Some(phase),
        window: window(ends.map(|_| 10), ends),
        ..incident
    }
}

fn told(stated: &[StateChange], incidents: &[Involved]) -> History {
    history(&Base::default(), stated, incidents, &States::default())
}

/// The last change: its minute, its state, what it comes from and its position in order.
#[track_caller]
fn check(
    stated: &[StateChange],
    incidents: &[Involved],
    (minute, state, origin, seq): (i64, &str, Origin, i64),
) {
    let entries = told(stated, incidents).entries;
    let last = &entries.last().expect("a change").change;
    let found = (last.at, last.state.as_str(), last.origin, last.seq);
    assert_eq!(found, (at(minute), state, origin, seq));
}

const CRASH: Option<&str> = Some("crash");
const SLOW: Option<&str> = Some("slow");
const WORK: Option<&str> = Some("work");
const OVER: Option<Phase> = Some(Phase::Resolved);

#[test]
fn a_change_comes_from_what_was_said_unless_that_is_not_what_holds_after_a_transition() {
    let slow = incident("slow", Kind::Disruption, 10, &[]);
    let crash = |phase| incident("crash", Kind::Disruption, 20, &[(30, phase)]);
    let says = |state| {
        [
            said(10, "degraded", SLOW, None),
            said(20, "major_outage", CRASH, None),
            said(30, state, CRASH, Some("30")),
        ]
    };
    let (update, back) = (30 * SEQ_STEP + 1, 31 * SEQ_STEP - 1);
    let both = [slow.clone(), crash(OVER)];
    let due = (30, "degraded", Origin::Restore, back);
    check(&says("operational"), &both, due);
    check(&says("operational")[..2], &both, due);
    let due = (30, "partial_outage", Origin::Update, update);
    check(&says("partial_outage"), &both, due);
    let due = (30, "degraded", Origin::Update, update);
    check(&says("operational"), &[slow, crash(None)], due);
}

#[test]
fn a_maintenance_takes_what_was_planned_before_what_follows() {
    let begins = (10, Some(Phase::InProgress));
    let work = |steps: &[_]| incident("work", Kind::Maintenance, 0, steps);
    let plan = said(0, "maintenance", WORK, None);
    let plan = || plan.clone();
    let due = (10, "maintenance", Origin::Begin, 11 * SEQ_STEP - 2);
    check(&[plan()], &[work(&[begins])], due);
    let migrating = said(10, "migrating", WORK, Some("10"));
    let due = (10, "migrating", Origin::Update, 10 * SEQ_STEP + 1);
    check(&[plan(), migrating], &[work(&[begins])], due);
    // From here on only the post says what became of it, so that the place is behind the post.
    let due = (10, "maintenance", Origin::Begin, SEQ_STEP - 2);
    let begun = stated(Phase::InProgress, Some(20), work(&[]));
    check(&[plan()], &[begun], due);
    let due = (20, "operational", Origin::Restore, SEQ_STEP - 1);
    let done = stated(Phase::Completed, Some(20), work(&[]));
    check(&[plan()], std::slice::from_ref(&done), due);
    let entries = told(&[plan()], &[done]).entries;
    assert_eq!(entries[0].change.seq, SEQ_STEP - 2);
    let mut late = work(&[(20, Some(Phase::Completed))]);
    late.window = window(Some(10), None);
    let entries = told(&[plan()], &[late]).entries;
    let began = &entries[0].change;
    assert_eq!((began.at, began.seq), (at(10), SEQ_STEP - 2));
}

#[test]
fn an_end_that_only_the_post_states_stands_behind_its_last_entry() {
    let post = said(10, "degraded", SLOW, None);
    let slow = incident("slow", Kind::Disruption, 10, &[(20, None)]);
    let due = (20, "operational", Origin::Restore, 21 * SEQ_STEP - 1);
    check(&[post], &[stated(Phase::Resolved, None, slow)], due);
}

#[test]
fn a_state_set_by_hand_is_told_even_if_nothing_changes_by_it() {
    let hand = |minute| said(minute, "degraded", None, None);
    let minutes = |history: History| {
        let entries = history.entries.into_iter();
        entries
            .map(|entry| entry.change.at.timestamp() / 60)
            .collect::<Vec<_>>()
    };
    assert_eq!(minutes(told(&[hand(10), hand(20)], &[])), [10, 20]);
    let slow = incident("slow", Kind::Disruption, 20, &[]);
    let post = said(20, "degraded", SLOW, None);
    assert_eq!(minutes(told(&[hand(10), post], &[slow])), [10]);
}

#[test]
fn of_several_states_that_an_update_sets_the_last_counts() {
    let slow = incident("slow", Kind::Disruption, 10, &[(20, None)]);
    let first = said(20, "degraded", SLOW, Some("20"));
    let last = StateChange {
        seq: first.seq + 1,
        ..said(20, "partial_outage", SLOW, Some("20"))
    };
    let due = (20, "partial_outage", Origin::Update, last.seq);
    let slow = [slow];
    check(&[first.clone(), last.clone()], &slow, due);
    check(&[last, first], &slow, due);
}

#[test]
fn a_change_is_quiet_if_nothing_is_claimed_from_its_instant_on() {
    let check = |stated: &[StateChange], incidents: &[Involved], wanted: &[bool]| {
        let entries = told(stated, incidents).entries;
        let quiet: Vec<_> = entries.iter().map(|entry| entry.quiet).collect();
        assert_eq!(quiet, wanted);
    };
    let crash = |published, ended| {
        let steps = [(ended, OVER), (ended + 10, None)];
        incident("crash", Kind::Disruption, published, &steps)
    };
    let hand = |minute, state| said(minute, state, None, None);
    let post = |minute| said(minute, "major_outage", CRASH, None);
    let whole = [hand(5, "migrating"), post(10)];
    check(&whole, &[crash(10, 20)], &[true, false, true]);
    let overruled = [post(10), hand(15, "degraded")];
    check(&overruled, &[crash(10, 20)], &[false, false, true]);
    // An end that changes nothing makes no earlier change quiet.
    let slow = |ended| incident("slow", Kind::Disruption, 10, &[(ended, OVER)]);
    let worse = [said(10, "degraded", SLOW, None), hand(20, "major_outage")];
    check(&worse, &[slow(30)], &[false, false]);
}

#[test]
fn an_update_needs_no_history_if_it_speaks_last_for_the_only_claim() {
    let check = |incidents: &[&str], minute: i64, allowed: bool| {
        let last = LastClaims {
            until: at(30),
            incidents: incidents.iter().map(|id| (*id).to_owned()).collect(),
        };
        let set = said(minute, "degraded", CRASH, Some("update"));
        assert_eq!(last.allow(&set), allowed, "{incidents:?} {minute}");
    };
    check(&["crash"], 31, true);
    check(&["crash"], 30, false);
    check(&["crash"], 29, false);
    check(&["slow"], 31, false);
    check(&["crash", "slow"], 31, false);
    check(&[], 31, false);
}
