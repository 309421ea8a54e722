//! What applies at an instant: the state set by hand, and what each incident claims.

use chrono::{DateTime, Utc};

use super::course::{Event, Standing, Statement, Transition, What};
use super::involved::Involved;
use crate::domain::component::StateChange;
use crate::domain::incident::Kind;
use crate::domain::state::{StateKey, States};

/// The state set by hand before a history begins, when nothing is claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// The state.
    pub state: StateKey,
    /// Its line for customers.
    pub note: Option<String>,
}

impl Default for Base {
    fn default() -> Self {
        Self {
            state: StateKey::operational(),
            note: None,
        }
    }
}

/// When something was said: the instant, then the sequence number.
type When = (DateTime<Utc>, i64);

/// A state that somebody set, with its line for customers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Said<'a> {
    state: &'a StateKey,
    note: Option<&'a str>,
    when: When,
}

/// An incident's contribution to the component's state.
#[derive(Debug, Clone)]
struct Run<'a> {
    kind: Kind,
    standing: Standing,
    /// What it claims while it is open.
    claim: Option<Said<'a>>,
    /// The claim was planned, so it doesn't hide a worse state that was set by hand.
    is_planned: bool,
    /// For a maintenance: what was said before it began.
    plan: Option<Said<'a>>,
    /// What it left when it ended.
    left: Option<Said<'a>>,
}

/// What applies, as events are taken in order.
pub(super) struct Ledger<'a> {
    states: &'a States,
    operational: &'a StateKey,
    by_hand: Said<'a>,
    /// Claims made before this don't count: staff have set a state outside incidents.
    overruled: When,
    runs: Vec<Run<'a>>,
    /// The indexes of the runs that claim something.
    claiming: Vec<usize>,
}

/// Before everything.
const EVER: When = (DateTime::<Utc>::MIN_UTC, i64::MIN);

impl<'a> Ledger<'a> {
    pub(super) fn new(
        base: &'a Base,
        incidents: &'a [Involved],
        plans: &[Option<&'a StateChange>],
        states: &'a States,
    ) -> Self {
        let runs = incidents.iter().zip(plans).map(|(incident, plan)| Run {
            kind: incident.kind,
            standing: match incident.kind {
                Kind::Disruption => Standing::Open,
                Kind::Maintenance | Kind::Notice => Standing::ToCome,
            },
            claim: None,
            is_planned: false,
            plan: plan.map(Said::of),
            left: None,
        });
        Self {
            states,
            operational: StateKey::operational_ref(),
            by_hand: Said {
                state: &base.state,
                note: base.note.as_deref(),
                when: EVER,
            },
            overruled: EVER,
            runs: runs.collect(),
            claiming: Vec::new(),
        }
    }

    /// Whether an open incident claims anything, even if it is overruled.
    pub(super) fn is_claimed(&self) -> bool {
        !self.claiming.is_empty()
    }

    /// The indexes of the incidents that claim anything.
    pub(super) fn claiming(&self) -> impl Iterator<Item = usize> {
        self.claiming.iter().copied()
    }

    /// The component's state and note.
    pub(super) fn holds(&self) -> (&'a StateKey, Option<&'a str>) {
        let claims = self
            .claiming
            .iter()
            .map(|index| &self.runs[*index])
            .filter_map(|run| Some((run, self.counts(run)?)));
        let mut worst: Option<Said<'a>> = None;
        let mut is_hidden = false;
        for (run, claim) in claims {
            is_hidden |= self.hides_hand(run, &claim);
            worst = Some(worst.map_or(claim, |worst| self.worse(worst, claim)));
        }
        let holds = match worst {
            Some(worst) if is_hidden => worst,
            Some(worst) => self.worse(worst, self.by_hand),
            None => self.by_hand,
        };
        (holds.state, holds.note)
    }

    /// Takes an event, and returns how the standing of its incident changed.
    pub(super) fn take(&mut self, event: &Event<'a>) -> Transition {
        let when = (event.at, event.seq);
        match &event.what {
            What::ByHand(change) => {
                self.by_hand = Said::of(change);
                self.overruled = when;
                Transition::Stays
            }
            What::Statement(statement) => self.take_statement(statement, when),
        }
    }

    fn take_statement(&mut self, statement: &Statement<'a>, when: When) -> Transition {
        let said = statement.sets.map(|set| Said {
            when,
            ..Said::of(set)
        });
        let run = &mut self.runs[statement.incident];
        let was = run.standing;
        run.standing = statement.to.unwrap_or(was);
        let transition = match (was, run.standing) {
            (Standing::Open, Standing::Open) => Transition::Stays,
            (Standing::ToCome | Standing::Over, Standing::Open) => {
                run.begin(when);
                Transition::Begins
            }
            (Standing::Open, Standing::Over | Standing::ToCome)
            | (Standing::ToCome, Standing::Over) => {
                self.end(statement, said, when);
                Transition::Ends
            }
            (Standing::ToCome | Standing::Over, Standing::ToCome) => {
                run.plan = said.or(run.plan);
                Transition::Stays
            }
            (Standing::Over, Standing::Over) => {
                if let Some(said) = said {
                    run.left = Some(said);
                    self.by_hand = said;
                }
                Transition::Stays
            }
        };
        let run = &mut self.runs[statement.incident];
        if run.standing == Standing::Open && said.is_some() {
            run.claim = said;
            run.is_planned = false;
        }
        self.update_claiming(statement.incident);
        transition
    }

    /// Updates the list of the runs that claim something.
    fn update_claiming(&mut self, incident: usize) {
        let claims = self.runs[incident].claim.is_some();
        let known = self.claiming.iter().position(|it| *it == incident);
        match (claims, known) {
            (true, None) => self.claiming.push(incident),
            (false, Some(index)) => _ = self.claiming.swap_remove(index),
            (true, Some(_)) | (false, None) => {}
        }
    }

    /// Ends an incident. What it leaves is the state by hand from then on.
    fn end(&mut self, statement: &Statement<'a>, said: Option<Said<'a>>, when: When) {
        let run = &self.runs[statement.incident];
        let is_worse = |claim: &Said<'a>| {
            let rivals = self.by_hand.when > claim.when || run.is_planned && !statement.restore;
            rivals && self.rank(&self.by_hand) > self.rank(claim)
        };
        let left = match (said, run.claim) {
            (Some(said), _) => Some(said),
            (None, None) => None,
            // A worse state that was set by hand since then stays.
            (None, Some(claim)) if is_worse(&claim) => None,
            (None, Some(_)) if !statement.restore => {
                let counts = self.counts(run);
                counts.map(|claim| Said { when, ..claim })
            }
            (None, Some(_)) if run.kind == Kind::Maintenance => None,
            (None, Some(_)) => Some(Said {
                state: self.operational,
                note: None,
                when,
            }),
        };
        let run = &mut self.runs[statement.incident];
        run.claim = None;
        run.left = left;
        self.by_hand = left.unwrap_or(self.by_hand);
    }

    /// A run's claim, unless staff have overruled it.
    fn counts(&self, run: &Run<'a>) -> Option<Said<'a>> {
        run.claim.filter(|claim| claim.when > self.overruled)
    }

    /// Whether a claim hides the state by hand, because that is older. What an ended incident left
    /// after the claim competes with it, and a plan hides nothing worse.
    fn hides_hand(&self, run: &Run<'a>, claim: &Said<'a>) -> bool {
        let is_older = claim.when > self.by_hand.when;
        is_older && !(run.is_planned && self.rank(&self.by_hand) > self.rank(claim))
    }

    /// The worse of two; of equals, the one that was set last.
    fn worse(&self, one: Said<'a>, other: Said<'a>) -> Said<'a> {
        let key = |said: &Said<'_>| (self.rank(said), said.when);
        if key(&other) > key(&one) { other } else { one }
    }

    fn rank(&self, said: &Said<'_>) -> usize {
        self.states.severity(said.state)
    }
}

impl<'a> Said<'a> {
    fn of(change: &'a StateChange) -> Self {
        Self {
            state: &change.state,
            note: change.note.as_deref(),
            when: (change.at, change.seq),
        }
    }
}

impl Run<'_> {
    /// Claims what was planned or, if the incident is reopened, what it left when it ended.
    fn begin(&mut self, when: When) {
        let left_at = self.left.map(|left| left.when);
        let plan = self.plan.filter(|plan| Some(plan.when) > left_at);
        self.is_planned = plan.is_some();
        let planned = plan.map(|plan| Said { when, ..plan });
        self.claim = planned.or(self.left);
    }
}
