//! The rule of claims written down a second time, slowly and as it reads, to hold the first against.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::involved::{Involved, SEQ_STEP};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::{Kind, is_open};
use crate::domain::state::{StateKey, States};
use crate::domain::update::Phase;

type When = (DateTime<Utc>, i64);
type State = (StateKey, Option<String>);

/// A state, and since when it was said.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    state: State,
    when: When,
}

/// What an incident says at one instant.
#[derive(Debug, Clone)]
struct Line {
    when: When,
    set: Option<State>,
    /// Where it stands from then on.
    standing: Standing,
    restore: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    ToCome,
    Open,
    Over,
}

/// One incident, line by line.
struct Story {
    kind: Kind,
    plan: Option<Said>,
    lines: Vec<Line>,
}

/// All that was said of a component.
pub(super) struct Plain<'a> {
    states: &'a States,
    staff: Vec<Said>,
    stories: Vec<Story>,
}

fn state_of(change: &StateChange) -> State {
    (change.state.clone(), change.note.clone())
}

impl<'a> Plain<'a> {
    pub(super) fn new(stated: &[StateChange], incidents: &[Involved], states: &'a States) -> Self {
        let notice = |id: &String| {
            let mut notices = incidents.iter().filter(|it| it.kind == Kind::Notice);
            notices.any(|it| it.id == *id)
        };
        let staff = stated
            .iter()
            .filter(|change| change.incident.as_ref().is_none_or(notice))
            .map(|change| Said {
                state: state_of(change),
                when: (change.at, change.seq),
            });
        Self {
            states,
            staff: staff.collect(),
            stories: incidents
                .iter()
                .filter(|incident| incident.kind != Kind::Notice)
                .map(|incident| story(incident, stated))
                .collect(),
        }
    }

    /// Every instant at which something may change.
    pub(super) fn moments(&self) -> Vec<When> {
        let staff = self.staff.iter().map(|said| said.when);
        let lines = self.stories.iter().flat_map(|story| &story.lines);
        let mut moments: Vec<When> = staff.chain(lines.map(|line| line.when)).collect();
        moments.sort_unstable();
        moments
    }

    /// What the component is, with all that was said up to `until`, or just before it.
    pub(super) fn state(&self, until: When, inclusive: bool) -> State {
        let as_of = AsOf {
            until,
            inclusive,
            plain: self,
        };
        as_of.state()
    }

    fn rank(&self, said: &Said) -> usize {
        self.states.severity(&said.state.0)
    }
}

/// What was said up to some instant.
struct AsOf<'a> {
    until: When,
    inclusive: bool,
    plain: &'a Plain<'a>,
}

impl AsOf<'_> {
    fn knows(&self, when: When) -> bool {
        match when.cmp(&self.until) {
            Ordering::Less => true,
            Ordering::Equal => self.inclusive,
            Ordering::Greater => false,
        }
    }

    fn state(&self) -> State {
        let hand = self.by_hand();
        let overruled = self.overruled();
        let claims: Vec<(Said, bool)> = self
            .plain
            .stories
            .iter()
            .filter_map(|story| self.claim(story))
            .filter(|(claim, _)| Some(claim.when) > overruled)
            .collect();
        let mut rivals: Vec<Said> = claims.iter().map(|(claim, _)| claim.clone()).collect();
        if let Some(hand) = hand {
            let hides = |(claim, is_plan): &(Said, bool)| {
                let worse = self.plain.rank(&hand) > self.plain.rank(claim);
                claim.when > hand.when && !(*is_plan && worse)
            };
            if !claims.iter().any(hides) {
                rivals.push(hand);
            }
        } else if claims.is_empty() {
            return (StateKey::operational(), None);
        }
        rivals.sort_by_key(|said| (self.plain.rank(said), said.when));
        rivals.pop().expect("one of them").state
    }

    /// When staff last set a state outside of incidents.
    fn overruled(&self) -> Option<When> {
        let known = self.plain.staff.iter().map(|said| said.when);
        known.filter(|when| self.knows(*when)).max()
    }

    /// The latest of what staff set, and of what ends left.
    fn by_hand(&self) -> Option<Said> {
        let staff = self.plain.staff.iter().cloned();
        let left =
            self.plain.stories.iter().flat_map(|story| {
                (0..story.lines.len()).filter_map(|index| self.left(story, index))
            });
        staff
            .chain(left)
            .filter(|said| self.knows(said.when))
            .max_by_key(|said| said.when)
    }

    /// What the line at an index leaves as the state by hand.
    fn left(&self, story: &Story, index: usize) -> Option<Said> {
        let line = &story.lines[index];
        if !self.knows(line.when) {
            return None;
        }
        let said = line.set.clone().map(|state| Said {
            state,
            when: line.when,
        });
        let before = match index {
            0 => story.first(),
            _ => story.lines[index - 1].standing,
        };
        let is_end = line.standing != Standing::Open && before == Standing::Open
            || line.standing == Standing::Over && before == Standing::ToCome;
        if !is_end {
            return said.filter(|_| line.standing == Standing::Over);
        }
        if said.is_some() {
            return said;
        }
        let before = AsOf {
            until: line.when,
            inclusive: false,
            plain: self.plain,
        };
        let (claim, is_plan) = before.claim(story)?;
        let hand = before.by_hand();
        let worse = hand.filter(|hand| self.plain.rank(hand) > self.plain.rank(&claim));
        let is_later = worse.as_ref().is_some_and(|hand| hand.when > claim.when);
        if is_later || worse.is_some() && is_plan && !line.restore {
            return None;
        }
        let state = if !line.restore {
            if Some(claim.when) < before.overruled() {
                return None;
            }
            claim.state
        } else if story.kind == Kind::Maintenance {
            return None;
        } else {
            (StateKey::operational(), None)
        };
        Some(Said {
            state,
            when: line.when,
        })
    }

    /// What an incident claims, and whether it was only planned.
    fn claim(&self, story: &Story) -> Option<(Said, bool)> {
        let known = story.lines.iter().filter(|line| self.knows(line.when));
        let known = known.count();
        let lines = &story.lines[..known];
        let standing = lines.last().map_or(story.first(), |line| line.standing);
        if standing != Standing::Open {
            return None;
        }
        let closed = lines
            .iter()
            .rposition(|line| line.standing != Standing::Open);
        let since = match (closed, story.first()) {
            (Some(index), _) => index + 1,
            (None, _) => 0,
        };
        let set = lines[since..].iter().rev().find_map(|line| {
            let state = line.set.clone()?;
            Some(Said {
                state,
                when: line.when,
            })
        });
        if let Some(set) = set {
            return Some((set, false));
        }
        let left = self.left_before(story, since);
        let planned = (0..since)
            .rev()
            .find_map(|index| {
                let line = &story.lines[index];
                let was_open = index > 0 && story.lines[index - 1].standing == Standing::Open;
                let is_plan = line.standing == Standing::ToCome && !was_open;
                let state = line.set.clone().filter(|_| is_plan)?;
                Some(Said {
                    state,
                    when: line.when,
                })
            })
            .or(story.plan.clone());
        let planned = planned.filter(|plan| Some(plan.when) > left.as_ref().map(|it| it.when));
        match planned {
            Some(plan) => {
                let began = lines.get(since)?.when;
                Some((
                    Said {
                        when: began,
                        ..plan
                    },
                    true,
                ))
            }
            None => Some((left?, false)),
        }
    }

    /// Of the lines before an index, what the last end, or a line after it, left.
    fn left_before(&self, story: &Story, since: usize) -> Option<Said> {
        let mut found = None;
        let mut before = story.first();
        for index in 0..since {
            let standing = story.lines[index].standing;
            let is_end = before == Standing::Open && standing != Standing::Open
                || before == Standing::ToCome && standing == Standing::Over;
            let left = self.left(story, index);
            if is_end || left.is_some() {
                found = left;
            }
            before = standing;
        }
        found
    }
}

impl Story {
    fn first(&self) -> Standing {
        match self.kind {
            Kind::Disruption => Standing::Open,
            Kind::Maintenance | Kind::Notice => Standing::ToCome,
        }
    }
}

/// The lines of an incident, by time, from what its post, its updates and requests say.
fn story(incident: &Involved, stated: &[StateChange]) -> Story {
    let own = |update: Option<&str>| {
        let said = stated.iter().filter(|change| {
            change.incident.as_ref() == Some(&incident.id)
                && change.update.as_deref() == update
                && change.origin != Origin::Request
        });
        said.max_by_key(|change| (change.at, change.seq))
    };
    let says_phases = incident.steps.iter().any(|step| step.phase.is_some());
    let front = incident.stated_phase;
    let front = front.filter(|phase| !phase.is_final() || !says_phases);
    // Each: when, the state, the phase from then on (none: as before), whether components return.
    let mut reported: Vec<(When, Option<State>, Option<Phase>, bool)> = Vec::new();
    let is_work = incident.kind == Kind::Maintenance;
    if !is_work {
        let post = (incident.published_at, incident.seq);
        reported.push((post, own(None).map(state_of), None, true));
    }
    let mut window = incident.window;
    let mut phase = front.unwrap_or(incident.kind.first_phase());
    for step in &incident.steps {
        window = window.moved_by(step.window);
        if let Some(next) = step.phase {
            let is_done = next.is_final() && next != Phase::Cancelled;
            if phase == Phase::Scheduled && is_done && window.starts.is_some_and(|it| it <= step.at)
            {
                let began = (
                    window.starts.expect("it is there"),
                    incident.seq + SEQ_STEP - 2,
                );
                reported.push((began, None, Some(Phase::InProgress), true));
            }
            phase = next;
        }
        let set = own(Some(&step.update)).map(state_of);
        reported.push(((step.at, step.seq), set, step.phase, step.restore));
    }
    if let Some(phase) = front {
        let phased = incident.steps.iter().filter(|step| step.phase.is_some());
        let starts = incident.window.starts.unwrap_or(incident.published_at);
        let starts = phased.map(|step| step.at).fold(starts, Ord::min);
        let ends = incident.window.ends.unwrap_or(incident.published_at);
        let took_place = phase.is_final() && phase != Phase::Cancelled;
        if is_work && (is_open(incident.kind, phase) || took_place) {
            let began = (starts, incident.seq + SEQ_STEP - 2);
            reported.push((began, None, Some(Phase::InProgress), true));
        }
        if is_work && took_place {
            let ended = (ends.max(starts), incident.seq + SEQ_STEP - 1);
            reported.push((ended, None, Some(Phase::Completed), true));
        }
        if !is_work && phase.is_final() {
            let entries = incident.steps.iter().filter(|step| step.is_entry);
            let entries = entries.map(|step| (step.at, step.seq));
            let last = entries.fold((incident.published_at, incident.seq), Ord::max);
            let ended = (last.0, last.1 + SEQ_STEP - 1);
            reported.push((ended, None, Some(Phase::Resolved), true));
        }
    }
    for request in stated {
        let is_own = request.incident.as_ref() == Some(&incident.id);
        if is_own && request.origin == Origin::Request {
            let when = (request.at, request.seq);
            reported.push((when, Some(state_of(request)), None, true));
        }
    }
    reported.sort_by_key(|(when, ..)| *when);
    let mut standing = match is_work {
        true => Standing::ToCome,
        false => Standing::Open,
    };
    let lines = reported.into_iter().map(|(when, set, phase, restore)| {
        standing = match phase {
            None => standing,
            Some(phase) if is_open(incident.kind, phase) => Standing::Open,
            Some(phase) if phase.is_final() => Standing::Over,
            Some(_) => Standing::ToCome,
        };
        Line {
            when,
            set,
            standing,
            restore,
        }
    });
    Story {
        kind: incident.kind,
        lines: lines.collect(),
        plan: own(None).filter(|_| is_work).map(|plan| Said {
            state: state_of(plan),
            when: (plan.at, plan.seq),
        }),
    }
}
