//! Random histories: incidents that overlap, changes by hand between, maintenance, notices, files.

use chrono::{DateTime, Utc};

use super::plain::Plain;
use super::{Base, History, HistoryEntry, Involved, LastClaims, SEQ_STEP, Step, history};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::Kind;
use crate::domain::numbers::Numbers;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::update::Phase;
use crate::domain::window::Window;

impl Numbers {
    fn minute(&mut self) -> DateTime<Utc> {
        let minute = i64::try_from(self.below(40)).expect("small");
        DateTime::from_timestamp(minute * 60, 0).expect("in range")
    }

    fn state(&mut self) -> (StateKey, Option<String>) {
        let states = [
            "operational",
            "maintenance",
            "migrating",
            "degraded",
            "major_outage",
        ];
        let note = self.one_in(4).then(|| format!("note {}", self.below(3)));
        (StateKey::new(*self.pick(&states)), note)
    }
}

/// What was said of one component.
struct World {
    stated: Vec<StateChange>,
    incidents: Vec<Involved>,
    seq: i64,
}

fn selma() -> Slug {
    Slug::parse("selma").expect("a slug")
}

impl World {
    fn random(numbers: &mut Numbers) -> Self {
        let mut world = Self {
            stated: Vec::new(),
            incidents: Vec::new(),
            seq: 0,
        };
        for index in 0..=numbers.below(4) {
            world.tell(&format!("incident-{index}"), numbers);
        }
        for _ in 0..numbers.below(4) {
            world.seq += SEQ_STEP;
            let incident = match numbers.one_in(4) {
                true => world.incidents.first().map(|it| it.id.clone()),
                false => None,
            };
            let owner = (incident.as_deref(), None, Origin::Request);
            let (at, seq) = (numbers.minute(), world.seq);
            world.set(owner, at, seq, numbers);
        }
        for incident in &mut world.incidents {
            let id = Some(&incident.id);
            let own = world
                .stated
                .iter()
                .filter(|change| change.incident.as_ref() == id);
            incident.first_said = own.map(|change| change.at).min();
        }
        world
    }

    fn set(
        &mut self,
        (incident, update, origin): (Option<&str>, Option<&str>, Origin),
        at: DateTime<Utc>,
        seq: i64,
        numbers: &mut Numbers,
    ) {
        let (state, note) = numbers.state();
        self.stated.push(StateChange {
            component: selma(),
            at,
            seq: seq + i64::from(update.is_some()),
            state,
            note,
            incident: incident.map(str::to_owned),
            update: update.map(str::to_owned),
            origin,
            public_at: at,
        });
    }

    fn tell(&mut self, id: &str, numbers: &mut Numbers) {
        let kinds = [
            Kind::Disruption,
            Kind::Disruption,
            Kind::Maintenance,
            Kind::Notice,
        ];
        let kind = *numbers.pick(&kinds);
        self.seq += SEQ_STEP;
        let (seq, published_at) = (self.seq, numbers.minute());
        if !numbers.one_in(3) {
            let origin = match kind {
                Kind::Maintenance => Origin::Plan,
                Kind::Disruption | Kind::Notice => Origin::Post,
            };
            self.set((Some(id), None, origin), published_at, seq, numbers);
        }
        let window = |numbers: &mut Numbers| {
            let is_work = kind == Kind::Maintenance;
            let edge =
                |numbers: &mut Numbers| (is_work && !numbers.one_in(3)).then(|| numbers.minute());
            let (starts, ends) = (edge(numbers), edge(numbers));
            Window {
                starts,
                ends: ends.filter(|ends| starts.is_none_or(|starts| starts <= *ends)),
            }
        };
        let stated_window = window(numbers);
        let mut steps = Vec::new();
        for index in 0..numbers.below(5) {
            self.seq += SEQ_STEP;
            let (update, at) = (format!("{id}/{index}"), numbers.minute());
            if numbers.one_in(2) {
                let owner = (Some(id), Some(update.as_str()), Origin::Update);
                self.set(owner, at, self.seq, numbers);
            }
            steps.push(Step {
                update,
                at,
                seq: self.seq,
                public_at: at,
                phase: (!numbers.one_in(3)).then(|| *numbers.pick(kind.phases())),
                window: match numbers.one_in(5) {
                    true => window(numbers),
                    false => Window::default(),
                },
                restore: !numbers.one_in(3),
                is_entry: numbers.one_in(2),
            });
        }
        steps.sort_by_key(|step| (step.at, step.seq));
        self.incidents.push(Involved {
            id: id.to_owned(),
            component: selma(),
            kind,
            published_at,
            first_said: None,
            seq,
            public_at: published_at,
            stated_phase: numbers.one_in(3).then(|| *numbers.pick(kind.phases())),
            window: stated_window,
            steps,
        });
    }

    /// What was said, a line each.
    fn told(&self) -> String {
        let minute = |at: DateTime<Utc>| at.timestamp() / 60;
        let edge = |at: Option<DateTime<Utc>>| at.map(minute);
        let mut lines = Vec::new();
        for change in &self.stated {
            let (state, note) = (change.state.as_str(), &change.note);
            let of = change.update.as_ref().or(change.incident.as_ref());
            let (at, seq) = (minute(change.at), change.seq);
            lines.push(format!(
                "{at} ({seq}) {:?} {of:?}: {state} {note:?}",
                change.origin
            ));
        }
        for incident in &self.incidents {
            lines.push(format!(
                "{} {:?} {:?} at {} ({}), {:?} to {:?}",
                incident.id,
                incident.kind,
                incident.stated_phase,
                minute(incident.published_at),
                incident.seq,
                edge(incident.window.starts),
                edge(incident.window.ends),
            ));
            for step in &incident.steps {
                let (starts, ends) = (edge(step.window.starts), edge(step.window.ends));
                let (at, phase) = (minute(step.at), step.phase);
                lines.push(format!(
                    "  {} at {at} ({}): {phase:?}, {starts:?} to {ends:?}, {}",
                    step.update, step.seq, step.restore
                ));
            }
        }
        lines.join("\n")
    }

    fn whole(&self) -> History {
        history(
            &Base::default(),
            &self.stated,
            &self.incidents,
            &States::default(),
        )
    }

    fn history(&self) -> Vec<HistoryEntry> {
        self.whole().entries
    }
}

/// What a history says of an instant, of all that was said up to `until`.
fn standing(history: &[HistoryEntry], until: (DateTime<Utc>, i64)) -> (StateKey, Option<String>) {
    let mut known = history.iter().map(|entry| &entry.change);
    let last = known.rfind(|change| (change.at, change.seq) <= until);
    last.map_or_else(
        || (StateKey::operational(), None),
        |last| (last.state.clone(), last.note.clone()),
    )
}

#[test]
fn the_rule_agrees_with_itself_written_down_plainly() {
    let states = States::default();
    let mut told = 0;
    for seed in 0..10_000 {
        let world = World::random(&mut Numbers(seed));
        let history = world.history();
        let plain = Plain::new(&world.stated, &world.incidents, &states);
        for (at, seq) in plain.moments() {
            // A change stands behind the word that makes it, before the next one.
            let found = standing(&history, (at, seq + SEQ_STEP - 1));
            let wanted = plain.state((at, seq), true);
            let is_last = |other: &(DateTime<Utc>, i64)| {
                *other <= (at, seq) || other.1 >= seq + SEQ_STEP || other.0 > at
            };
            if plain.moments().iter().all(is_last) {
                assert_eq!(
                    found,
                    wanted,
                    "seed {seed}, at {at} ({seq}):\n{}",
                    world.told()
                );
                told += 1;
            }
        }
    }
    assert!(told > 30_000, "{told}");
}

#[test]
fn a_history_goes_on_from_any_quiet_change() {
    let mut told = 0;
    for seed in 0..10_000 {
        let world = World::random(&mut Numbers(seed));
        let whole = world.history();
        for (index, base) in whole.iter().enumerate().filter(|(_, entry)| entry.quiet) {
            let from = base.change.at;
            let goes_on = |incident: &&Involved| {
                let window = [incident.window.starts, incident.window.ends];
                let moved = incident
                    .steps
                    .iter()
                    .flat_map(|step| [Some(step.at), step.window.starts, step.window.ends]);
                let id = Some(&incident.id);
                let own = world
                    .stated
                    .iter()
                    .filter(|change| change.incident.as_ref() == id);
                let moved = moved.chain(own.map(|change| Some(change.at)));
                let mut moments = moved.chain(window).chain([Some(incident.published_at)]);
                moments.any(|moment| moment > Some(from))
            };
            let later: Vec<Involved> = world.incidents.iter().filter(goes_on).cloned().collect();
            if later.iter().any(|incident| incident.earliest() <= from) {
                continue;
            }
            let stated = world.stated.iter().filter(|change| change.at > from);
            let stated: Vec<StateChange> = stated.cloned().collect();
            let start = Base {
                state: base.change.state.clone(),
                note: base.change.note.clone(),
            };
            let tail = history(&start, &stated, &later, &States::default()).entries;
            assert_eq!(
                tail,
                whole[index + 1..],
                "seed {seed}, from {from}:\n{}",
                world.told()
            );
            told += 1;
        }
    }
    assert!(told > 3_000, "{told}");
}

#[test]
fn a_state_that_is_set_last_by_the_only_claim_needs_no_history() {
    let mut told = 0;
    for seed in 0..10_000 {
        let mut numbers = Numbers(seed);
        let mut world = World::random(&mut numbers);
        let before = world.whole();
        let Some(index) = world
            .incidents
            .iter()
            .position(|it| it.kind == Kind::Disruption)
        else {
            continue;
        };
        let id = world.incidents[index].id.clone();
        let minute = if numbers.one_in(4) { 20 } else { 45 };
        let at = DateTime::from_timestamp(minute * 60, 0).expect("in range");
        world.seq += SEQ_STEP;
        let (update, seq) = (format!("{id}/last"), world.seq);
        let owner = (Some(id.as_str()), Some(update.as_str()), Origin::Update);
        world.set(owner, at, seq, &mut numbers);
        let set = world.stated.last().expect("it was set").clone();
        let steps = &mut world.incidents[index].steps;
        steps.push(Step {
            update,
            at,
            seq,
            public_at: at,
            phase: numbers.one_in(2).then_some(Phase::Monitoring),
            window: Window::default(),
            restore: true,
            is_entry: false,
        });
        steps.sort_by_key(|step| (step.at, step.seq));
        let Some(last) = before.last.filter(|last| last.allow(&set)) else {
            continue;
        };
        let mut entries = before.entries;
        let latest = entries
            .last()
            .map(|entry| (entry.change.state.clone(), entry.change.note.clone()));
        let was = latest.unwrap_or_else(|| (StateKey::operational(), None));
        if was != (set.state.clone(), set.note.clone()) {
            entries.push(HistoryEntry {
                change: set,
                quiet: false,
            });
        }
        let last = LastClaims { until: at, ..last };
        let due = History {
            entries,
            last: Some(last),
        };
        assert_eq!(world.whole(), due, "seed {seed}:\n{}", world.told());
        told += 1;
    }
    assert!(told > 300, "{told}");
}
