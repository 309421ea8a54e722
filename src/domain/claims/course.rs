//! The course of the incidents that name a component, as events in order.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::involved::{Involved, SEQ_STEP};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::{Kind, is_open};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;

/// Something that may change the component's state.
pub(super) struct Event<'a> {
    pub(super) at: DateTime<Utc>,
    pub(super) seq: i64,
    pub(super) what: What<'a>,
}

/// What happened.
pub(super) enum What<'a> {
    /// Somebody set a state outside incidents, or a notice did.
    ByHand(&'a StateChange),
    /// An incident said something.
    Statement(Statement<'a>),
}

/// A post, an update or a request in an incident's name.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    /// The incident's index in the list.
    pub(super) incident: usize,
    /// Where the incident stands afterwards; `None`: as before.
    pub(super) to: Option<Standing>,
    pub(super) update: Option<&'a str>,
    pub(super) public_at: DateTime<Utc>,
    pub(super) restore: bool,
    /// The state that it sets; the last one if there are several.
    pub(super) sets: Option<&'a StateChange>,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A maintenance that is planned.
    ToCome,
    Open,
    Over,
}

impl Standing {
    /// Where an incident of this kind stands when it is in a phase.
    pub(super) fn of(kind: Kind, phase: Phase) -> Self {
        if is_open(kind, phase) {
            Self::Open
        } else if phase.is_final() {
            Self::Over
        } else {
            Self::ToCome
        }
    }
}

/// How the standing of an incident changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transition {
    /// It stays open, over or planned.
    Stays,
    /// It begins or is reopened.
    Begins,
    /// It is over or (a maintenance) planned again.
    Ends,
}

impl<'a> Event<'a> {
    pub(super) fn is_by_hand(&self) -> bool {
        matches!(self.what, What::ByHand(_))
    }

    /// The change of state that follows from the event; `now` is what the component is after it.
    pub(super) fn change(
        &self,
        component: &Slug,
        incidents: &[Involved],
        transition: Transition,
        now: (&StateKey, Option<&str>),
    ) -> StateChange {
        let (state, note) = (now.0.clone(), now.1.map(str::to_owned));
        let statement = match &self.what {
            What::ByHand(change) => {
                return StateChange {
                    state,
                    note,
                    ..(*change).clone()
                };
            }
            What::Statement(statement) => statement,
        };
        let is_said = |set: &&StateChange| set.state == state && set.note == note;
        let is_transition = transition != Transition::Stays;
        if let Some(set) = statement.sets.filter(|set| !is_transition || is_said(set)) {
            return StateChange {
                state,
                note,
                ..set.clone()
            };
        }
        let (origin, last) = match transition {
            Transition::Begins => (Origin::Begin, SEQ_STEP - 2),
            Transition::Stays | Transition::Ends => (Origin::Restore, SEQ_STEP - 1),
        };
        StateChange {
            component: component.clone(),
            at: self.at,
            seq: match statement.update {
                Some(_) => self.seq + last,
                None => self.seq,
            },
            state,
            note,
            incident: Some(incidents[statement.incident].id.clone()),
            update: statement.update.map(str::to_owned),
            origin,
            public_at: statement.public_at,
        }
    }
}

/// Everything that was said, in order: by instant, then by sequence number.
pub(super) struct Events<'a> {
    pub(super) list: Vec<Event<'a>>,
    /// For each incident, what its post plans, if it is a maintenance.
    pub(super) plans: Vec<Option<&'a StateChange>>,
}

/// Turns what was stated, and the course of the incidents, into events.
pub(super) fn events<'a>(stated: &'a [StateChange], incidents: &'a [Involved]) -> Events<'a> {
    let mut said: HashMap<(&str, &str), &StateChange> = HashMap::new();
    let indexes: HashMap<&str, usize> = incidents
        .iter()
        .enumerate()
        .map(|(index, incident)| (incident.id.as_str(), index))
        .collect();
    let mut events = Vec::new();
    for change in stated {
        let index = change
            .incident
            .as_deref()
            .map(|id| indexes.get(id).copied());
        let event = |what| Event {
            at: change.at,
            seq: change.seq,
            what,
        };
        match index {
            None => events.push(event(What::ByHand(change))),
            // The incident isn't public.
            Some(None) => {}
            Some(Some(index)) if incidents[index].kind == Kind::Notice => {
                events.push(event(What::ByHand(change)));
            }
            Some(Some(index)) if change.origin == Origin::Request => {
                events.push(event(What::Statement(Statement {
                    incident: index,
                    to: None,
                    update: change.update.as_deref(),
                    public_at: change.public_at,
                    restore: true,
                    sets: Some(change),
                })));
            }
            Some(Some(_)) => {
                let of = (
                    change.incident.as_deref().unwrap_or(""),
                    change.update.as_deref().unwrap_or(""),
                );
                let latest = said.entry(of).or_insert(change);
                if (change.at, change.seq) > (latest.at, latest.seq) {
                    *latest = change;
                }
            }
        }
    }
    for (index, incident) in incidents.iter().enumerate() {
        if incident.kind != Kind::Notice {
            Course::new(index, incident, &said).push_events(&mut events);
        }
    }
    events.sort_by_key(|event| (event.at, event.seq));
    let plans = incidents.iter().map(|incident| match incident.kind {
        Kind::Maintenance => said.get(&(incident.id.as_str(), "")).copied(),
        Kind::Disruption | Kind::Notice => None,
    });
    Events {
        plans: plans.collect(),
        list: events,
    }
}

/// An incident whose events are being collected.
struct Course<'a, 'b> {
    index: usize,
    incident: &'a Involved,
    said: &'b HashMap<(&'a str, &'a str), &'a StateChange>,
}

impl<'a, 'b> Course<'a, 'b> {
    fn new(
        index: usize,
        incident: &'a Involved,
        said: &'b HashMap<(&'a str, &'a str), &'a StateChange>,
    ) -> Self {
        Self {
            index,
            incident,
            said,
        }
    }

    fn sets(&self, update: &'a str) -> Option<&'a StateChange> {
        self.said.get(&(self.incident.id.as_str(), update)).copied()
    }

    /// An event of the post, or of what follows from it.
    fn by_post(&self, to: Option<Standing>, at: DateTime<Utc>, seq: i64) -> Event<'a> {
        let sets = match (self.incident.kind, to) {
            (Kind::Disruption, None) => self.sets(""),
            _ => None,
        };
        Event {
            at,
            seq,
            what: What::Statement(Statement {
                incident: self.index,
                to,
                update: None,
                public_at: self.incident.public_at,
                restore: true,
                sets,
            }),
        }
    }

    fn push_events(&self, events: &mut Vec<Event<'a>>) {
        let incident = self.incident;
        let has_phases = incident.steps.iter().any(|step| step.phase.is_some());
        // If the stated phase ends the incident, the updates know better when.
        let stated = incident
            .stated_phase
            .filter(|phase| !(phase.is_final() && has_phases));
        match incident.kind {
            Kind::Notice => {}
            Kind::Disruption => self.disruption(stated, events),
            Kind::Maintenance => self.maintenance(stated, events),
        }
        self.steps(stated, events);
    }

    fn disruption(&self, stated: Option<Phase>, events: &mut Vec<Event<'a>>) {
        let incident = self.incident;
        events.push(self.by_post(None, incident.published_at, incident.seq));
        if stated.is_some_and(Phase::is_final) {
            let post = (incident.published_at, incident.seq);
            let entries = incident.steps.iter().filter(|step| step.is_entry);
            let (at, seq) = entries.map(|step| (step.at, step.seq)).fold(post, Ord::max);
            events.push(self.by_post(Some(Standing::Over), at, seq + SEQ_STEP - 1));
        }
    }

    fn maintenance(&self, stated: Option<Phase>, events: &mut Vec<Event<'a>>) {
        let incident = self.incident;
        let Some(phase) = stated else { return };
        let began = incident.window.starts.unwrap_or(incident.published_at);
        // It began before any update that states a phase.
        let phased = incident.steps.iter().filter(|step| step.phase.is_some());
        let began = phased.map(|step| step.at).fold(began, Ord::min);
        let begins = self.by_post(Some(Standing::Open), began, incident.seq + SEQ_STEP - 2);
        if is_open(incident.kind, phase) {
            events.push(begins);
        } else if took_place(phase) {
            events.push(begins);
            let ended = incident.window.ends.unwrap_or(incident.published_at);
            let ended = ended.max(began);
            events.push(self.by_post(Some(Standing::Over), ended, incident.seq + SEQ_STEP - 1));
        }
    }

    fn steps(&self, stated: Option<Phase>, events: &mut Vec<Event<'a>>) {
        let incident = self.incident;
        let mut phase = stated.unwrap_or(incident.kind.first_phase());
        let mut window = incident.window;
        for step in &incident.steps {
            window = window.moved_by(step.window);
            let next = step.phase.unwrap_or(phase);
            // If only the end was reported, it began as planned.
            if phase == Phase::Scheduled && took_place(next) {
                let began = window.starts.filter(|starts| *starts <= step.at);
                let seq = incident.seq + SEQ_STEP - 2;
                events.extend(began.map(|at| self.by_post(Some(Standing::Open), at, seq)));
            }
            events.push(Event {
                at: step.at,
                seq: step.seq,
                what: What::Statement(Statement {
                    incident: self.index,
                    to: step.phase.map(|phase| Standing::of(incident.kind, phase)),
                    update: Some(&step.update),
                    public_at: step.public_at,
                    restore: step.restore,
                    sets: self.sets(&step.update),
                }),
            });
            phase = next;
        }
    }
}

/// Whether a maintenance in this phase is over and wasn't cancelled.
fn took_place(phase: Phase) -> bool {
    phase.is_final() && phase != Phase::Cancelled
}
