//! What a component is while incidents overlap, end, begin and are opened again.

use super::*;
use crate::domain::component::Origin;
use crate::domain::incident::Kind;
use crate::domain::incident::example::{at, slug};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::domain::window::Window;

fn selma() -> Slug {
    slug("selma")
}

/// What is said of Selma, as it is put together.
#[derive(Default)]
struct World {
    said: Vec<StateChange>,
    incidents: Vec<Involved>,
}

impl World {
    fn hand(mut self, minute: i64, state: &str) -> Self {
        self.said.push(change(minute, state, None));
        self
    }

    fn incident(mut self, id: &str, kind: Kind, published: i64) -> Self {
        let incident = Involved::example(id, kind, published);
        self.incidents.push(incident);
        self
    }

    fn disruption(self, id: &str, published: i64, state: &str) -> Self {
        let mut world = self.incident(id, Kind::Disruption, published);
        let post = StateChange {
            origin: Origin::Post,
            ..change(published, state, Some((id, None)))
        };
        world.said.push(post);
        world
    }

    fn maintenance(self, id: &str, plan: &str, starts: i64) -> Self {
        let mut world = self.incident(id, Kind::Maintenance, 0);
        let post = StateChange {
            origin: Origin::Plan,
            ..change(0, plan, Some((id, None)))
        };
        world.said.push(post);
        world.last().window.starts = Some(at(starts));
        world
    }

    fn last(&mut self) -> &mut Involved {
        self.incidents.last_mut().expect("an incident")
    }

    fn stated(mut self, phase: Phase) -> Self {
        self.last().stated_phase = Some(phase);
        self
    }

    /// An update of an incident: its phase, and the state that it sets.
    fn update(mut self, id: &str, minute: i64, phase: Option<Phase>, state: Option<&str>) -> Self {
        let update = format!("{id}@{minute}");
        if let Some(state) = state {
            self.said
                .push(change(minute, state, Some((id, Some(&update)))));
        }
        let mut all = self.incidents.iter_mut();
        let incident = all.find(|it| it.id == id).expect("an incident");
        incident.steps.push(Step {
            update,
            at: at(minute),
            seq: minute * SEQ_STEP,
            public_at: at(minute),
            phase,
            window: Window::default(),
            restore: true,
            is_entry: true,
        });
        self
    }

    fn ends(self, id: &str, minute: i64) -> Self {
        let incident = self.incidents.iter().find(|it| it.id == id);
        let phase = match incident.map(|it| it.kind) {
            Some(Kind::Maintenance) => Phase::Completed,
            _ => Phase::Resolved,
        };
        self.update(id, minute, Some(phase), None)
    }

    fn leaving(mut self) -> Self {
        let step = self.incidents.iter_mut().flat_map(|it| &mut it.steps);
        step.max_by_key(|step| step.at).expect("an update").restore = false;
        self
    }

    fn history(&self) -> Vec<HistoryEntry> {
        history(
            &Base::default(),
            &self.said,
            &self.incidents,
            &States::default(),
        )
        .entries
    }

    /// Each change: its minute and what the component became.
    #[track_caller]
    fn becomes(self, expected: &[(i64, &str)]) {
        let found: Vec<_> = self
            .history()
            .into_iter()
            .map(|entry| entry.change)
            .map(|entry| (entry.at.timestamp() / 60, entry.state.to_string()))
            .collect();
        let expected = expected
            .iter()
            .map(|(minute, state)| (*minute, (*state).to_owned()));
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}

fn change(minute: i64, state: &str, of: Option<(&str, Option<&str>)>) -> StateChange {
    let (incident, update) = match of {
        Some((incident, update)) => (Some(incident.to_owned()), update.map(str::to_owned)),
        None => (None, None),
    };
    StateChange {
        component: selma(),
        at: at(minute),
        seq: minute * SEQ_STEP + 1,
        state: StateKey::new(state),
        note: None,
        origin: match update {
            Some(_) => Origin::Update,
            None => Origin::Request,
        },
        incident,
        update,
        public_at: at(minute),
    }
}

#[test]
fn a_component_is_as_bad_as_the_worst_that_is_open_about_it() {
    World::default()
        .disruption("dead", 10, "major_outage")
        .disruption("slow", 20, "degraded")
        .becomes(&[(10, "major_outage")]);
    World::default()
        .disruption("dead", 10, "major_outage")
        .disruption("slow", 20, "degraded")
        .ends("dead", 30)
        .ends("slow", 40)
        .becomes(&[(10, "major_outage"), (30, "degraded"), (40, "operational")]);
}

#[test]
fn a_short_outage_within_a_long_trouble_leaves_what_the_trouble_says() {
    World::default()
        .disruption("slow", 10, "degraded")
        .disruption("crash", 20, "major_outage")
        .ends("crash", 30)
        .becomes(&[(10, "degraded"), (20, "major_outage"), (30, "degraded")]);
}

#[test]
fn staff_overrule_an_incident_until_it_speaks_again() {
    World::default()
        .disruption("dead", 10, "major_outage")
        .hand(20, "degraded")
        .update("dead", 30, None, Some("partial_outage"))
        .becomes(&[
            (10, "major_outage"),
            (20, "degraded"),
            (30, "partial_outage"),
        ]);
}

#[test]
fn at_its_end_a_disruption_leaves_only_what_is_worse_and_was_set_since() {
    World::default()
        .disruption("slow", 10, "degraded")
        .hand(20, "major_outage")
        .ends("slow", 30)
        .becomes(&[(10, "degraded"), (20, "major_outage")]);
    World::default()
        .disruption("dead", 10, "major_outage")
        .hand(20, "degraded")
        .ends("dead", 30)
        .becomes(&[(10, "major_outage"), (20, "degraded"), (30, "operational")]);
}

#[test]
fn what_the_ending_update_says_stays() {
    World::default()
        .disruption("dead", 10, "major_outage")
        .update("dead", 20, Some(Phase::Resolved), Some("degraded"))
        .becomes(&[(10, "major_outage"), (20, "degraded")]);
    World::default()
        .disruption("dead", 10, "major_outage")
        .ends("dead", 20)
        .leaving()
        .becomes(&[(10, "major_outage")]);
}

#[test]
fn what_an_end_left_overrules_no_worse_claim() {
    World::default()
        .disruption("dead", 10, "major_outage")
        .disruption("slow", 20, "degraded")
        .update("slow", 30, Some(Phase::Resolved), Some("degraded"))
        .ends("dead", 40)
        .becomes(&[(10, "major_outage"), (40, "operational")]);
}

#[test]
fn a_maintenance_returns_to_what_was_set_by_hand() {
    World::default()
        .hand(5, "degraded")
        .maintenance("work", "maintenance", 10)
        .update("work", 10, Some(Phase::InProgress), None)
        .update("work", 12, None, Some("migrating"))
        .ends("work", 20)
        .becomes(&[(5, "degraded"), (12, "migrating"), (20, "degraded")]);
    World::default()
        .maintenance("work", "maintenance", 10)
        .update("work", 10, Some(Phase::InProgress), None)
        .hand(15, "major_outage")
        .ends("work", 20)
        .becomes(&[(10, "maintenance"), (15, "major_outage")]);
}

#[test]
fn a_plan_holds_from_the_beginning_and_hides_nothing_worse() {
    World::default()
        .maintenance("work", "maintenance", 10)
        .becomes(&[]);
    World::default()
        .maintenance("work", "maintenance", 10)
        .update("work", 5, None, Some("migrating"))
        .update("work", 10, Some(Phase::InProgress), None)
        .becomes(&[(10, "migrating")]);
    World::default()
        .hand(5, "major_outage")
        .maintenance("work", "maintenance", 10)
        .update("work", 10, Some(Phase::InProgress), None)
        .hand(12, "operational")
        .becomes(&[(5, "major_outage"), (12, "operational")]);
}

#[test]
fn a_maintenance_told_when_it_was_over_ran_from_its_start() {
    World::default()
        .maintenance("work", "maintenance", 10)
        .ends("work", 20)
        .becomes(&[(10, "maintenance"), (20, "operational")]);
    World::default()
        .maintenance("work", "maintenance", 30)
        .ends("work", 20)
        .becomes(&[]);
    World::default()
        .maintenance("work", "maintenance", 10)
        .update("work", 20, Some(Phase::Cancelled), None)
        .becomes(&[]);
}

#[test]
fn a_maintenance_that_is_put_off_is_a_plan_again() {
    World::default()
        .maintenance("work", "maintenance", 10)
        .update("work", 10, Some(Phase::InProgress), None)
        .update("work", 12, Some(Phase::Scheduled), None)
        .update("work", 14, None, Some("migrating"))
        .update("work", 20, Some(Phase::InProgress), None)
        .becomes(&[(10, "maintenance"), (12, "operational"), (20, "migrating")]);
}

#[test]
fn opened_again_it_claims_what_its_end_left() {
    World::default()
        .disruption("dead", 10, "major_outage")
        .update("dead", 20, Some(Phase::Resolved), Some("degraded"))
        .update("dead", 30, Some(Phase::Monitoring), None)
        .ends("dead", 40)
        .becomes(&[(10, "major_outage"), (20, "degraded"), (40, "operational")]);
    World::default()
        .disruption("dead", 10, "major_outage")
        .ends("dead", 20)
        .hand(25, "degraded")
        .update("dead", 30, Some(Phase::Investigating), None)
        .becomes(&[(10, "major_outage"), (20, "operational"), (25, "degraded")]);
}

#[test]
fn said_while_it_is_over_a_state_stays() {
    World::default()
        .disruption("dead", 10, "major_outage")
        .ends("dead", 20)
        .update("dead", 30, None, Some("degraded"))
        .update("dead", 40, Some(Phase::Postmortem), None)
        .becomes(&[(10, "major_outage"), (20, "operational"), (30, "degraded")]);
}

#[test]
fn a_postmortem_ends_what_is_open() {
    World::default()
        .disruption("dead", 10, "major_outage")
        .update("dead", 20, Some(Phase::Postmortem), None)
        .update("dead", 30, None, None)
        .becomes(&[(10, "major_outage"), (20, "operational")]);
}

#[test]
fn a_final_phase_in_front_matter_counts_from_the_last_entry() {
    World::default()
        .disruption("old", 10, "major_outage")
        .stated(Phase::Resolved)
        .update("old", 20, None, Some("degraded"))
        .update("old", 30, None, None)
        .becomes(&[(10, "major_outage"), (20, "degraded"), (30, "operational")]);
    // What was open at its last entry is over with it, whatever that says.
    World::default()
        .disruption("old", 10, "major_outage")
        .stated(Phase::Resolved)
        .update("old", 20, None, Some("degraded"))
        .becomes(&[(10, "major_outage"), (20, "degraded"), (20, "operational")]);
    // An update that says a phase knows better.
    World::default()
        .disruption("old", 10, "major_outage")
        .stated(Phase::Resolved)
        .update("old", 20, Some(Phase::Monitoring), None)
        .becomes(&[(10, "major_outage")]);
}

#[test]
fn a_notice_sets_states_as_staff_do() {
    let mut world = World::default()
        .disruption("dead", 10, "major_outage")
        .incident("notice", Kind::Notice, 20);
    world
        .said
        .push(change(20, "degraded", Some(("notice", None))));
    world
        .update("notice", 30, Some(Phase::Resolved), None)
        .becomes(&[(10, "major_outage"), (20, "degraded")]);
}

#[test]
fn of_equals_the_one_set_last_holds_with_its_note() {
    let mut world = World::default()
        .disruption("one", 10, "degraded")
        .disruption("other", 20, "degraded");
    world.said[0].note = Some("the first".to_owned());
    world.said[1].note = Some("the second".to_owned());
    let history = world.history().into_iter();
    let notes: Vec<_> = history.map(|entry| entry.change.note).collect();
    let told = ["the first", "the second"].map(|note| Some(note.to_owned()));
    assert_eq!(notes, told);
}

#[test]
fn each_change_names_what_made_it() {
    let world = World::default()
        .disruption("slow", 10, "degraded")
        .disruption("crash", 20, "major_outage")
        .ends("crash", 30);
    let history = world.history();
    let back = &history[2].change;
    assert_eq!(back.origin, Origin::Restore);
    assert_eq!(back.incident.as_deref(), Some("crash"));
    assert_eq!(back.update.as_deref(), Some("crash@30"));
    assert_eq!(
        history.iter().map(|entry| entry.quiet).collect::<Vec<_>>(),
        [false; 3]
    );
}
