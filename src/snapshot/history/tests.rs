//! A packed history says the same as its changes.

use super::*;
use crate::domain::component;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).expect("in range")
}

fn selma() -> Slug {
    Slug::parse("selma").expect("a slug")
}

/// A change at a minute. If it has an incident, it has an update, too.
fn change(minute: i64, seq: i64, state: &str, texts: [Option<&str>; 2]) -> StateChange {
    let [note, incident] = texts.map(|text| text.map(str::to_owned));
    StateChange {
        component: selma(),
        at: at(minute),
        seq,
        state: StateKey::new(state),
        note,
        update: incident
            .as_ref()
            .map(|_| "0191f1c2-8a3b-7c4d-8e5f-001122334455".to_owned()),
        incident,
        origin: Origin::Request,
        public_at: at(minute + seq % 2),
    }
}

/// Histories of several lengths, each with its packed form: empty, short, whole blocks, longer.
fn histories() -> Vec<(Vec<StateChange>, History)> {
    let few = vec![
        change(10, 1, "degraded", [None, Some("my own id")]),
        change(20, 2, "major_outage", [Some("rescue"), None]),
        change(20, 3, "major_outage", [None, Some("my own id")]),
        change(40, 4, "operational", [Some("rescue"), None]),
    ];
    let states = ["operational", "degraded", "degraded", "rescue, slowly"];
    let long = |count: i64| -> Vec<StateChange> {
        (0..count)
            .map(|n| {
                let state = states[usize::try_from(n * n % 11 % 4).expect("small")];
                let note = (n % 3 == 0).then_some("“again”");
                let incident = (n % 5 == 0).then_some("0191f1c2-8a3b-7c4d-8e5f-00112233445a");
                // Up to three changes at the same instant, and sequence numbers that go up and
                // down.
                change(n / 3 * 2 - 7, n * 7 % 64, state, [note, incident])
            })
            .collect()
    };
    let whole = i64::try_from(BLOCK).expect("small");
    [
        vec![],
        few,
        long(whole),
        long(2 * whole),
        long(3 * whole + 5),
    ]
    .into_iter()
    .map(|mut changes| {
        let packed = History::of(&selma(), changes.iter().rev().map(borrowed).collect());
        changes.sort_by_key(|change| (change.at, change.seq));
        (changes, packed)
    })
    .collect()
}

#[test]
fn changed_from_an_instant_on_it_is_as_if_packed_anew() {
    let known = Some("0191f1c2-8a3b-7c4d-8e5f-00112233445a");
    for (changes, packed) in histories() {
        for minute in -10..60 {
            for count in [0, 1, 20] {
                let from = minute.max(30);
                let notes = [Some("anew"), Some("“again”"), None];
                let new: Vec<_> = (0..count)
                    .zip(notes.into_iter().cycle())
                    .map(|(n, note)| change(from + n, 5, "degraded", [note, known]))
                    .collect();
                let stays = changes.iter().filter(|change| change.at < at(minute));
                let expected: Vec<_> = stays.cloned().chain(new.clone()).collect();
                let changed = packed.changed_since(at(minute), new);
                assert_eq!(changed.iter().collect::<Vec<_>>(), expected, "{minute}");
                assert_eq!(changed.len(), expected.len());
                let last = changed.last.map(|change| changed.unpack(&change));
                assert_eq!(last.as_ref(), expected.last());
            }
        }
    }
}

#[test]
fn texts_that_are_known_are_not_put_in_again() {
    let note = |n: i64| {
        if n % 2 == 0 {
            "even"
        } else {
            "0191f1c2-8a3b-7c4d-8e5f-001122334455"
        }
    };
    let mut history = History::of(&selma(), Vec::new());
    for n in 0..100 {
        let new = change(n, n, "degraded", [Some(note(n)), None]);
        history = history.changed_since(at(n), vec![new]);
    }
    let notes: Vec<_> = history.iter().filter_map(|change| change.note).collect();
    assert!(notes.iter().zip(0..).all(|(told, n)| told == note(n)));
    assert_eq!((history.len(), history.texts.len()), (100, 2));
}

#[test]
fn what_is_packed_comes_out_the_same_and_in_order() {
    for (changes, packed) in histories() {
        assert_eq!(packed.iter().collect::<Vec<_>>(), changes);
        let newest_first: Vec<_> = packed.iter().rev().collect();
        assert!(newest_first.iter().eq(changes.iter().rev()));
        assert_eq!(packed.first(), changes.first().cloned());
        assert_eq!(
            (packed.len(), packed.is_empty()),
            (changes.len(), changes.is_empty())
        );
        let by_hand = changes
            .iter()
            .rev()
            .filter(|change| change.update.is_none());
        assert!(by_hand.cloned().eq(packed.by_hand()));
    }
}

#[test]
fn it_says_of_each_instant_what_the_changes_themselves_say() {
    for (changes, packed) in histories() {
        for minute in -10..50 {
            let expected = component::standing(&changes, at(minute));
            assert_eq!(packed.standing(at(minute)), expected, "{minute}");
            assert_eq!(*packed.state_at(at(minute)), expected.state, "{minute}");
            let tail = packed.since(at(minute));
            assert_eq!(component::standing(&tail, at(minute)).state, expected.state);
            let until = changes.partition_point(|change| change.at <= at(minute));
            assert_eq!(tail, changes[until.saturating_sub(1)..], "{minute}");
            let last = changes[..until].last().map(|change| change.at);
            assert_eq!(packed.last_change(at(minute)), last);
        }
        for (index, change) in changes.iter().enumerate() {
            let before = match index {
                0 => StateKey::operational(),
                _ => changes[index - 1].state.clone(),
            };
            assert_eq!(packed.state_before(change), before);
        }
    }
}
