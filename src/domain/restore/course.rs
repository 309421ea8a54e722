//! How the incidents that name a component ran: when each was open, and what of theirs lapsed when
//! they were over.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::Involved;
use super::moments::{Moment, Turn};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::{Kind, is_open};

/// The course of every incident that names a component.
pub(super) struct Course<'a> {
    incidents: HashMap<&'a str, Run<'a>>,
    /// The instants from which on one more is open, and one fewer; both sorted.
    opened: Vec<DateTime<Utc>>,
    closed: Vec<DateTime<Utc>>,
}

/// The course of one.
struct Run<'a> {
    kind: Kind,
    /// Whether it is open from an instant on, by time; before the first it isn't.
    spans: Vec<(DateTime<Utc>, bool)>,
    endings: Vec<Ending<'a>>,
}

/// That an incident was over.
struct Ending<'a> {
    at: DateTime<Utc>,
    update: Option<&'a str>,
    restore: bool,
}

impl<'a> Course<'a> {
    /// The course of `incidents`, whose moments are `turns`, by time.
    pub(super) fn of(incidents: &'a [Involved], turns: &[Moment<'a>]) -> Self {
        let mut course = Self {
            incidents: HashMap::with_capacity(incidents.len()),
            opened: Vec::new(),
            closed: Vec::new(),
        };
        for incident in incidents {
            let spans = spans(incident);
            for (at, is_open) in &spans {
                let side = match is_open {
                    true => &mut course.opened,
                    false => &mut course.closed,
                };
                side.push(*at);
            }
            let run = Run {
                kind: incident.kind,
                spans,
                endings: Vec::new(),
            };
            course.incidents.insert(&incident.id, run);
        }
        course.opened.sort_unstable();
        course.closed.sort_unstable();
        for turn in turns.iter().filter(|turn| turn.turn == Turn::Ends) {
            if let Some(run) = course.incidents.get_mut(turn.incident.id.as_str()) {
                run.endings.push(Ending {
                    at: turn.at,
                    update: turn.update,
                    restore: turn.restore,
                });
            }
        }
        course
    }

    /// Whether an incident other than `id` is open at `at`.
    pub(super) fn is_another_open(&self, id: &str, at: DateTime<Utc>) -> bool {
        let so_far = |instants: &[DateTime<Utc>]| instants.partition_point(|other| *other <= at);
        let open = so_far(&self.opened) - so_far(&self.closed);
        let own = self.incidents.get(id).is_some_and(|run| run.is_open(at));
        open > usize::from(own)
    }

    /// What sort of post an incident is.
    pub(super) fn kind(&self, id: &str) -> Option<Kind> {
        self.incidents.get(id).map(|run| run.kind)
    }

    /// Whether a change belongs to an incident that is over at `at`, so that nobody vouches for it
    /// any more. What an incident said as it ended, or left standing on purpose, holds on.
    pub(super) fn has_lapsed(&self, change: &StateChange, at: DateTime<Utc>) -> bool {
        let run = change
            .incident
            .as_deref()
            .and_then(|id| self.incidents.get(id));
        let Some(run) = run.filter(|run| !run.is_open(at)) else {
            return false;
        };
        let Some(last) = run.endings.iter().rfind(|ending| ending.at <= at) else {
            return false;
        };
        let said_at_the_end = last.update.is_some() && change.update.as_deref() == last.update;
        last.restore && !said_at_the_end && change.at <= last.at && change.origin != Origin::Restore
    }
}

impl Run<'_> {
    fn is_open(&self, at: DateTime<Utc>) -> bool {
        let so_far = self.spans.partition_point(|(from, _)| *from <= at);
        so_far > 0 && self.spans[so_far - 1].1
    }
}

/// When an incident begins and ends to be open: each instant once, and only where it turns.
fn spans(incident: &Involved) -> Vec<(DateTime<Utc>, bool)> {
    let mut phase = incident.stated_phase.unwrap_or(incident.kind.first_phase());
    let mut spans: Vec<(DateTime<Utc>, bool)> = Vec::new();
    let mut turn = |at: DateTime<Utc>, phase| {
        let open = is_open(incident.kind, phase);
        // Of the same instant, the last word counts.
        spans.pop_if(|last| last.0 == at);
        if spans.last().is_some_and(|last| last.1) != open {
            spans.push((at, open));
        }
    };
    turn(incident.started, phase);
    for step in &incident.steps {
        phase = step.phase.unwrap_or(phase);
        turn(step.at.max(incident.started), phase);
    }
    spans
}
