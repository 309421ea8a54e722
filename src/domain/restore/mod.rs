//! Giving back: as an incident is resolved, components return to what they were before it; and
//! its counterpart, as a maintenance begins, they take what was planned.
//!
//! A pure function of the history, so that it comes out the same for files, API and clock, and
//! follows when an update is corrected or withdrawn.

mod course;
mod moments;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use self::course::Course;
use self::moments::{Moment, Turn, moments};
use super::component::StateChange;
use super::incident::Kind;
use super::slug::Slug;
use super::state::{StateKey, States};
use super::update::Phase;
use super::window::Window;

/// How far `seq` numbers of posts and updates lie apart at least, so that the changes they make
/// can stand between them; giving back comes last.
pub const SEQ_STEP: i64 = 1024;

/// What giving back must know of an incident that names the component.
#[derive(Debug, Clone, PartialEq)]
pub struct Involved {
    /// The incident.
    pub id: String,
    /// The component that is spoken of.
    pub component: Slug,
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
    /// The window that the post states.
    pub window: Window,
    /// The state that the component is to take as the maintenance begins, and its note.
    pub plan: Option<(StateKey, Option<String>)>,
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
    /// The window, as far as it moves it.
    pub window: Window,
    /// Whether it gives back, if it resolves.
    pub restore: bool,
}

/// The changes that follow for a component, given those that were made (`explicit`, sorted by
/// `(at, seq)`, of this component alone) and every public incident that names it.
///
/// At each resolving, the component returns if its latest change at that instant belongs to the
/// incident (and wasn't made by the very update that resolves), or to one that was over before and
/// couldn't give it back, and no other incident open at that instant names it: of incidents that
/// overlap, the last to be over gives back for all. It returns to operational; after a maintenance,
/// to what it was before the maintenance first changed it.
///
/// As a maintenance begins, the component takes the state that was planned, unless the update that
/// says so gives it another, or it is in a worse one: a maintenance hides no outage.
pub fn give_back(
    explicit: &[StateChange],
    incidents: &[Involved],
    states: &States,
) -> Vec<StateChange> {
    let mut turns: Vec<Moment<'_>> = incidents.iter().flat_map(moments).collect();
    turns.sort_by_key(|moment| (moment.at, moment.seq));
    let course = Course::of(incidents, &turns);
    let mut history = explicit.to_vec();
    let mut derived = Vec::new();
    for moment in turns {
        let found = match moment.turn {
            Turn::Begins => taking(&moment, &history, states),
            Turn::Ends => returning(&moment, &history, &course),
        };
        let Some(change) = found else { continue };
        let place =
            history.partition_point(|other| (other.at, other.seq) <= (change.at, change.seq));
        history.insert(place, change.clone());
        derived.push(change);
    }
    derived
}

/// What the component takes as a maintenance begins.
fn taking(moment: &Moment<'_>, history: &[StateChange], states: &States) -> Option<StateChange> {
    let incident = moment.incident;
    let (state, note) = incident.plan.as_ref()?;
    let seq = moment.seq + SEQ_STEP - 2;
    let so_far = history.partition_point(|change| (change.at, change.seq) <= (moment.at, seq));
    let latest = history[..so_far].last();
    let says_itself = latest.is_some_and(|latest| {
        moment.update.is_some()
            && latest.update.as_deref() == moment.update
            && latest.incident.as_deref() == Some(&incident.id)
    });
    let is_worse =
        latest.is_some_and(|latest| states.severity(&latest.state) > states.severity(state));
    (!says_itself && !is_worse).then(|| moment.change(seq, state.clone(), note.clone()))
}

/// What the component returns to as an incident is over.
fn returning(
    moment: &Moment<'_>,
    history: &[StateChange],
    course: &Course<'_>,
) -> Option<StateChange> {
    if !moment.restore {
        return None;
    }
    let (id, at) = (&moment.incident.id, moment.at);
    let history = &history[..history.partition_point(|change| change.at <= at)];
    let latest = history.last()?;
    let is_ours = latest.incident.as_ref() == Some(id);
    // Where incidents overlap, the one that is over last gives back for all of them.
    if !is_ours && !course.has_lapsed(latest, at) {
        return None;
    }
    let by_this_update = moment.update.is_some() && latest.update.as_deref() == moment.update;
    if by_this_update || course.is_another_open(id, at) {
        return None;
    }
    let whose = latest.incident.as_deref().unwrap_or(id);
    let is_work = |id: &&str| course.kind(id) == Some(Kind::Maintenance);
    let state = match [id, whose].into_iter().find(is_work) {
        Some(work) => state_before(work, history, course, at),
        None => StateKey::operational(),
    };
    (state != latest.state).then(|| moment.change(moment.seq + SEQ_STEP - 1, state, None))
}

/// What a component was before a maintenance first changed it. What an incident took that is over
/// by now isn't returned to.
fn state_before(
    work: &str,
    history: &[StateChange],
    course: &Course<'_>,
    at: DateTime<Utc>,
) -> StateKey {
    let first = history
        .iter()
        .position(|change| change.incident.as_deref() == Some(work))
        .unwrap_or(0);
    history[..first]
        .iter()
        .rev()
        .find(|change| !course.has_lapsed(change, at))
        .map_or_else(StateKey::operational, |change| change.state.clone())
}
