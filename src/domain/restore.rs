//! Giving back: as an incident is resolved, components return to what they were before it.
//!
//! A pure function of the history, so that it comes out the same for files, API and clock, and
//! follows when an update is corrected or withdrawn.

use chrono::{DateTime, Utc};

use super::component::{Origin, StateChange};
use super::incident::{Kind, is_open};
use super::state::StateKey;
use super::update::Phase;

/// How far `seq` numbers of posts and updates lie apart at least, so that the changes they make
/// can stand between them; giving back comes last.
pub const SEQ_STEP: i64 = 1024;

/// What giving back must know of an incident that names the component.
#[derive(Debug, Clone, PartialEq)]
pub struct Involved {
    /// The incident.
    pub id: String,
    /// What sort of post it is.
    pub kind: Kind,
    /// The post's own date.
    pub published_at: DateTime<Utc>,
    /// The earlier of its post and its first update.
    pub started: DateTime<Utc>,
    /// The order in which the post was made.
    pub seq: i64,
    /// When the post became public.
    pub public_at: DateTime<Utc>,
    /// The phase that front matter states.
    pub stated_phase: Option<Phase>,
    /// Its updates, oldest first.
    pub steps: Vec<Step>,
}

/// An update, as far as giving back is concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The update.
    pub update: String,
    /// The instant it speaks of.
    pub at: DateTime<Utc>,
    /// The order in which it was made.
    pub seq: i64,
    /// When it became public.
    pub public_at: DateTime<Utc>,
    /// The phase that it sets.
    pub phase: Option<Phase>,
    /// Whether it gives back, if it resolves.
    pub restore: bool,
}

/// A moment at which an incident is resolved.
struct Ending<'a> {
    incident: &'a Involved,
    update: Option<&'a str>,
    at: DateTime<Utc>,
    seq: i64,
    public_at: DateTime<Utc>,
    restore: bool,
}

/// The changes by which a component returns, given those that were made (`explicit`, sorted by
/// `(at, seq)`, of this component alone) and every public incident that names it.
///
/// At each resolving, the component returns if its latest change at that instant belongs to the
/// incident (and wasn't made by the very update that resolves), and no other incident open at
/// that instant names it. It returns to operational; after a maintenance, to what it was before
/// the maintenance first changed it.
pub fn give_back(explicit: &[StateChange], incidents: &[Involved]) -> Vec<StateChange> {
    let mut endings: Vec<Ending<'_>> = incidents.iter().flat_map(endings).collect();
    endings.sort_by_key(|ending| (ending.at, ending.seq));
    let mut history = explicit.to_vec();
    let mut given_back = Vec::new();
    for ending in endings {
        let Some(change) = returning(&ending, &history, incidents) else {
            continue;
        };
        let place =
            history.partition_point(|other| (other.at, other.seq) <= (change.at, change.seq));
        history.insert(place, change.clone());
        given_back.push(change);
    }
    given_back
}

fn endings(incident: &Involved) -> Vec<Ending<'_>> {
    let mut found = Vec::new();
    let mut phase = incident.stated_phase.unwrap_or(incident.kind.first_phase());
    if phase.is_final() {
        found.push(Ending {
            incident,
            update: None,
            at: incident.published_at,
            seq: incident.seq,
            public_at: incident.public_at,
            restore: true,
        });
    }
    for step in &incident.steps {
        let Some(next) = step.phase else { continue };
        if next.is_final() && !phase.is_final() {
            found.push(Ending {
                incident,
                update: Some(&step.update),
                at: step.at,
                seq: step.seq,
                public_at: step.public_at,
                restore: step.restore,
            });
        }
        phase = next;
    }
    found
}

fn returning(
    ending: &Ending<'_>,
    history: &[StateChange],
    incidents: &[Involved],
) -> Option<StateChange> {
    if !ending.restore {
        return None;
    }
    let incident = ending.incident;
    let latest = history[..history.partition_point(|change| change.at <= ending.at)].last()?;
    if latest.incident.as_deref() != Some(&incident.id) {
        return None;
    }
    let by_this_update = ending.update.is_some() && latest.update.as_deref() == ending.update;
    let held_by_another = incidents
        .iter()
        .any(|other| other.id != incident.id && is_open_at(other, ending.at));
    if by_this_update || held_by_another {
        return None;
    }
    let state = match incident.kind {
        Kind::Disruption | Kind::Notice => StateKey::operational(),
        Kind::Maintenance => state_before(incident, history),
    };
    (state != latest.state).then(|| StateChange {
        component: latest.component.clone(),
        at: ending.at,
        seq: ending.seq + SEQ_STEP - 1,
        state,
        note: None,
        incident: Some(incident.id.clone()),
        update: ending.update.map(str::to_owned),
        origin: Origin::Restore,
        public_at: ending.public_at,
    })
}

fn state_before(incident: &Involved, history: &[StateChange]) -> StateKey {
    let first = history
        .iter()
        .position(|change| change.incident.as_deref() == Some(&incident.id));
    first
        .and_then(|index| index.checked_sub(1))
        .map_or_else(StateKey::operational, |index| history[index].state.clone())
}

fn is_open_at(incident: &Involved, at: DateTime<Utc>) -> bool {
    if incident.started > at {
        return false;
    }
    let phase = incident
        .steps
        .iter()
        .rev()
        .filter(|step| step.at <= at)
        .find_map(|step| step.phase)
        .or(incident.stated_phase)
        .unwrap_or(incident.kind.first_phase());
    is_open(incident.kind, phase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slug::Slug;

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
            restore: true,
        });
        Involved {
            id: id.to_owned(),
            kind,
            published_at: at(0),
            started: at(0),
            seq: 0,
            public_at: at(0),
            stated_phase: None,
            steps: steps.collect(),
        }
    }

    fn change(minute: i64, state: &str, incident: Option<&str>) -> StateChange {
        StateChange {
            component: Slug::parse("selma").expect("a slug"),
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
        let given: Vec<_> = give_back(explicit, incidents)
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
            &[],
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
}
