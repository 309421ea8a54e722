//! Changes the state of a component, without an update.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::change::Change;
use super::checks::{self, KnownNames};
use super::error::ActionError;
use crate::domain::component::{Component, Origin, StateChange};
use crate::domain::event::Event;
use crate::domain::event::facts::{InNameOf, StateSaid};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::store::history::find_latest;
use crate::store::incidents::{StoredIncident, find_incident_for};
use crate::store::states;

/// A state to set.
#[derive(Debug, Clone)]
pub struct NewState {
    /// The component.
    pub component: Slug,
    /// The state, as it was typed.
    pub state: StateKey,
    /// A line for customers; `None` clears the present one.
    pub note: Option<String>,
    /// The incident that the state belongs to.
    pub incident: Option<Slug>,
    /// When the component took the state; by default now.
    pub at: Option<DateTime<Utc>>,
    /// The state that the writer saw. If the component is in another one by now, nothing is done.
    /// `None` skips the check.
    pub seen: Option<StateKey>,
}

/// Changes a component's state, as of now or of an earlier instant.
///
/// # Errors
/// `NotFound` for an unknown component, `Conflict` for a retired one, `Invalid` for an unknown
/// state or incident, a note that is too long or a time in the future; `Conflict` if the incident
/// isn't open, or the component isn't in the state that was seen.
pub async fn set_component_state(change: &mut Change, wanted: NewState) -> Result<(), ActionError> {
    change.require(Permission::SetStates)?;
    let component = checks::active_component(change, &wanted.component).await?;
    let known = checks::known_states(change).await?;
    let state = known.state("/state", &wanted.state)?;
    checks::note("/note", wanted.note.as_deref())?;
    checks::not_future("/at", wanted.at, change.now)?;
    let at = wanted.at.unwrap_or(change.now);
    let incident = match &wanted.incident {
        None => None,
        Some(slug) => {
            // Actors who may not read drafts don't learn that there is one.
            let found = find_incident_for(&mut change.tx, slug, &change.actor).await?;
            Some(found.ok_or_else(|| {
                ActionError::invalid(
                    "/incident",
                    format!("there is no incident {:?}", slug.as_str()),
                )
            })?)
        }
    };
    if let Some(draft) = incident.as_ref().filter(|stored| stored.incident.draft) {
        return Err(ActionError::invalid(
            "/incident",
            format!(
                "{:?} is a draft, so customers wouldn't see it; publish it first",
                draft.incident.title
            ),
        ));
    }
    if let Some(StoredIncident { incident, .. }) = &incident
        && !incident.is_open(change.now)
    {
        return Err(ActionError::Conflict(format!(
            "{:?} isn't open, so it can't set the state of {}; leave \"incident\" out, or post an \
             update that opens it again",
            incident.title, component.name
        )));
    }
    let last = find_latest(&mut change.tx, &wanted.component, change.now).await?;
    refuse_unseen(last.as_ref(), &component, &known, &wanted)?;
    let note = checks::kept_note(wanted.note.as_deref());
    let is_said = last.is_some_and(|old| {
        let by_hand = old.origin == Origin::Request && old.incident.is_none();
        by_hand && old.state == state && old.note == note
    });
    if is_said && wanted.at.is_none() && incident.is_none() {
        // Repeating the present state changes nothing, so nothing is recorded or published.
        return Ok(());
    }
    let before = find_latest(&mut change.tx, &wanted.component, at).await?;
    let found = StateChange {
        component: wanted.component.clone(),
        at,
        seq: change.next_seq(),
        state,
        note,
        incident: incident.as_ref().map(|stored| stored.incident.id.clone()),
        update: None,
        origin: Origin::Request,
        public_at: change.now,
    };
    let id = Uuid::now_v7().to_string();
    states::insert_change(&mut change.tx, &id, &found, change.now).await?;
    change.touch_history_since(&wanted.component, at);
    if let Some(stored) = &incident {
        change.touch_incident(&stored.incident.id);
    }
    let said = |change: StateChange| StateSaid {
        state: change.state,
        note: change.note,
    };
    change.happened(Event::ComponentStateSet {
        component: wanted.component,
        name: component.name,
        change: id,
        at,
        incident: incident.map(|stored| InNameOf {
            id: stored.incident.id,
            slug: stored.incident.slug,
        }),
        before: before.map(said),
        after: said(found),
    });
    change.settle().await
}

/// Refuses to overrule a state that the writer hasn't seen.
fn refuse_unseen(
    last: Option<&StateChange>,
    component: &Component,
    known: &KnownNames,
    wanted: &NewState,
) -> Result<(), ActionError> {
    let Some(seen) = &wanted.seen else {
        return Ok(());
    };
    let seen = known.state("/seen", seen)?;
    let state = last.map_or_else(StateKey::operational, |last| last.state.clone());
    if state == seen {
        return Ok(());
    }
    Err(ActionError::Conflict(format!(
        "{} has changed state since ({:?}); look again",
        component.name,
        state.as_str()
    )))
}
