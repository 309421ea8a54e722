//! The moments at which an incident makes components change by itself: a maintenance begins, an
//! incident is over.

use chrono::{DateTime, Utc};

use super::Involved;
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::{Kind, is_open};
use crate::domain::state::StateKey;
use crate::domain::update::Phase;

/// What turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// A maintenance begins.
    Begins,
    /// An incident is over.
    Ends,
}

/// A moment at which an incident begins or is over.
pub(super) struct Moment<'a> {
    pub(super) incident: &'a Involved,
    pub(super) turn: Turn,
    /// The update that says so; `None` if the post does.
    pub(super) update: Option<&'a str>,
    pub(super) at: DateTime<Utc>,
    pub(super) seq: i64,
    pub(super) public_at: DateTime<Utc>,
    pub(super) restore: bool,
}

impl Moment<'_> {
    /// A change that follows from it.
    pub(super) fn change(&self, seq: i64, state: StateKey, note: Option<String>) -> StateChange {
        StateChange {
            component: self.incident.component.clone(),
            at: self.at,
            seq,
            state,
            note,
            incident: Some(self.incident.id.clone()),
            update: self.update.map(str::to_owned),
            origin: match self.turn {
                Turn::Begins => Origin::Begin,
                Turn::Ends => Origin::Restore,
            },
            public_at: self.public_at,
        }
    }
}

/// The moments of an incident, in their order.
pub(super) fn moments(incident: &Involved) -> Vec<Moment<'_>> {
    let mut found = of_post(incident);
    let mut phase = incident.stated_phase.unwrap_or(incident.kind.first_phase());
    let mut window = incident.window;
    let is_work = incident.kind == Kind::Maintenance;
    for step in &incident.steps {
        window = window.moved_by(step.window);
        let Some(next) = step.phase else { continue };
        let was_open = is_open(incident.kind, phase);
        let stays_open = is_open(incident.kind, next);
        let by_step = |turn| Moment {
            incident,
            turn,
            update: Some(&step.update),
            at: step.at,
            seq: step.seq,
            public_at: step.public_at,
            restore: step.restore,
        };
        if is_work && stays_open && !was_open {
            found.push(by_step(Turn::Begins));
        }
        // One of which only the end was told began when it was to.
        if phase == Phase::Scheduled && next == Phase::Completed {
            let began = window.starts.filter(|starts| *starts <= step.at);
            found.extend(began.map(|at| by_post(incident, Turn::Begins, at)));
        }
        let is_over = next.is_final() && !phase.is_final();
        if is_over || is_work && was_open && !stays_open && !next.is_final() {
            found.push(by_step(Turn::Ends));
        }
        phase = next;
    }
    found
}

/// What follows from the phase that the post itself states.
fn of_post(incident: &Involved) -> Vec<Moment<'_>> {
    let Some(phase) = incident.stated_phase else {
        return Vec::new();
    };
    let post = |turn, at| by_post(incident, turn, at);
    match incident.kind {
        Kind::Disruption | Kind::Notice if phase.is_final() => {
            vec![post(Turn::Ends, incident.published_at)]
        }
        Kind::Disruption | Kind::Notice => Vec::new(),
        Kind::Maintenance => {
            let began = incident.window.starts.unwrap_or(incident.published_at);
            let ended = incident.window.ends.unwrap_or(incident.published_at);
            if phase == Phase::Completed {
                let ended = ended.max(began);
                vec![post(Turn::Begins, began), post(Turn::Ends, ended)]
            } else if is_open(incident.kind, phase) {
                vec![post(Turn::Begins, began)]
            } else {
                Vec::new()
            }
        }
    }
}

fn by_post(incident: &Involved, turn: Turn, at: DateTime<Utc>) -> Moment<'_> {
    Moment {
        incident,
        turn,
        update: None,
        at,
        seq: incident.seq,
        public_at: incident.public_at,
        restore: true,
    }
}
