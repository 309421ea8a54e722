//! Claims: what a component is at each instant, given everything that was said about it.
//!
//! An open incident claims the state that it last set. The worst claim holds; without a claim, the
//! state set by hand does. This is a pure function of what was said. So the result is the same for
//! files, API and clock, and it follows when an update is corrected or withdrawn.

mod course;
mod involved;
mod ledger;
#[cfg(test)]
mod plain;
#[cfg(test)]
mod random;
#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod tests;

pub use self::involved::{Involved, SEQ_STEP, Step};
pub use self::ledger::Base;

use chrono::{DateTime, Utc};

use self::course::events;
use self::ledger::Ledger;
use super::component::StateChange;
use super::state::States;

/// A change of a component's state.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// What it became, when, and why. The state isn't always the one that was set at that instant.
    pub change: StateChange,
    /// Nothing is claimed at the end of its instant, so a history can begin with it.
    pub quiet: bool,
}

/// What a component was, and what is claimed about it in the end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// Its changes, by time.
    pub entries: Vec<HistoryEntry>,
    /// The claims in the end, if they are known.
    pub last: Option<LastClaims>,
}

/// What is claimed about a component after everything that was said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastClaims {
    /// The latest instant for which anything was said.
    pub until: DateTime<Utc>,
    /// The incidents that claim a state, in no particular order.
    pub incidents: Vec<String>,
}

impl LastClaims {
    /// Whether the component takes the state that an update sets, whatever was said before. It does
    /// if nothing was said for that instant or later, and if the update's incident, which goes on,
    /// is the only one that claims anything.
    pub fn allow(&self, set: &StateChange) -> bool {
        let is_own = |id: &String| Some(id) == set.incident.as_ref();
        self.until < set.at && self.incidents.len() == 1 && self.incidents.iter().all(is_own)
    }
}

/// What a component was from `base` on, given what was `stated` about it alone (by hand, posts,
/// updates and plans; in any order) and every public incident that names it. A state set by hand is
/// always in the result; otherwise only changes are.
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
    let mut entries: Vec<HistoryEntry> = Vec::new();
    let mut latest = (&base.state, base.note.as_deref());
    let until = events.list.last().map(|event| event.at);
    let mut events = events.list.iter().peekable();
    while let Some(event) = events.next() {
        let transition = ledger.take(event);
        let now = ledger.holds();
        if now != latest || event.is_by_hand() {
            latest = now;
            entries.push(HistoryEntry {
                change: event.change(component, incidents, transition, now),
                quiet: false,
            });
        }
        let is_last = events.peek().is_none_or(|next| next.at != event.at);
        if is_last
            && !ledger.is_claimed()
            && let Some(last) = entries.last_mut().filter(|last| last.change.at == event.at)
        {
            last.quiet = true;
        }
    }
    let claiming = ledger.claiming().map(|index| incidents[index].id.clone());
    let last = until.map(|until| LastClaims {
        until,
        incidents: claiming.collect(),
    });
    History { entries, last }
}
