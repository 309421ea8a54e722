//! Claims: what a component is at each instant, given all that staff, files and incidents said of it.
//!
//! An open incident claims the state that it last set. The worst claim holds; without one, what was
//! set by hand. A pure function of what was said, so that it comes out the same for files, API and
//! clock, and follows when an update is corrected or withdrawn.

mod course;
mod involved;
mod ledger;
#[cfg(test)]
mod plain;
#[cfg(test)]
mod random;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod tests;

pub use self::involved::{Involved, SEQ_STEP, Step};
pub use self::ledger::Base;

use chrono::{DateTime, Utc};

use self::course::events;
use self::ledger::Ledger;
use super::component::StateChange;
use super::state::States;

/// A change of what a component is.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// What it became, when, and what made it so. Its state isn't always what was set just then.
    pub change: StateChange,
    /// From the end of its instant on nothing is claimed, so that a history can begin with it.
    pub quiet: bool,
}

/// What a component was, and what is claimed of it after all that.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// What it was, by time.
    pub held: Vec<Held>,
    /// What is claimed last.
    pub last: Option<LastClaims>,
}

/// What is claimed of a component after all that was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastClaims {
    /// The latest instant of which anything was said.
    pub until: DateTime<Utc>,
    /// The incidents that claim a state, in no order.
    pub incidents: Vec<String>,
}

impl LastClaims {
    /// Whether the component is what an update sets from then on, whatever was said before: nothing
    /// was said of that instant or later, and the update's incident, which goes on, is the only one
    /// that claims anything.
    pub fn allow(&self, set: &StateChange) -> bool {
        let is_own = |id: &String| Some(id) == set.incident.as_ref();
        self.until < set.at && self.incidents.len() == 1 && self.incidents.iter().all(is_own)
    }
}

/// What a component was from `base` on, given what was stated (`stated`: by hand, by
/// posts, updates and plans, of this component alone, in any order) and every public incident that
/// names it. A state set by hand is in it even if nothing changed by it; else only what changed.
pub fn history(
    base: &Base,
    stated: &[StateChange],
    incidents: &[Involved],
    states: &States,
) -> History {
    let Some(component) = stated
        .first()
        .map(|change| &change.component)
        .or(incidents.first().map(|incident| &incident.component))
    else {
        return History::default();
    };
    let events = events(stated, incidents);
    let mut ledger = Ledger::new(base, incidents, &events.plans, states);
    let mut held: Vec<Held> = Vec::new();
    let mut latest = (&base.state, base.note.as_deref());
    let until = events.list.last().map(|event| event.at);
    let mut events = events.list.iter().peekable();
    while let Some(event) = events.next() {
        let turn = ledger.take(event);
        let now = ledger.holds();
        if now != latest || event.is_by_hand() {
            latest = now;
            held.push(Held {
                change: event.change(component, incidents, turn, now),
                quiet: false,
            });
        }
        let is_last = events.peek().is_none_or(|next| next.at != event.at);
        if is_last
            && !ledger.is_claimed()
            && let Some(last) = held.last_mut().filter(|last| last.change.at == event.at)
        {
            last.quiet = true;
        }
    }
    let claiming = ledger.claiming().map(|place| incidents[place].id.clone());
    let last = until.map(|until| LastClaims {
        until,
        incidents: claiming.collect(),
    });
    History { held, last }
}
