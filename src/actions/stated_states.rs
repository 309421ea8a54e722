//! The states and names of components that a post or an update states.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::change::{Change, Unsettled};
use super::error::ActionError;
use crate::domain::component::{Origin, StateChange};
use crate::domain::event::facts::StatedStates;
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Update;
use crate::store::{states, updates};

/// The owner of changes of state: an incident's post, or one of its updates.
pub(super) struct Owner<'a> {
    pub(super) incident: &'a str,
    pub(super) update: Option<&'a str>,
    pub(super) origin: Origin,
}

/// When changes of state take place, their position in the order, and since when they are public.
pub(super) struct When {
    pub(super) at: DateTime<Utc>,
    pub(super) seq: i64,
    pub(super) public_at: DateTime<Utc>,
}

impl<'a> Owner<'a> {
    /// An incident's post. What a maintenance's post states is a plan: it holds once the
    /// maintenance begins.
    pub(super) fn post(incident: &'a Incident) -> Self {
        Self {
            incident: &incident.id,
            update: None,
            origin: match incident.kind {
                Kind::Maintenance => Origin::Plan,
                Kind::Disruption | Kind::Notice => Origin::Post,
            },
        }
    }

    /// An update of an incident.
    pub(super) fn update(incident: &'a str, update: &'a str) -> Self {
        Self {
            incident,
            update: Some(update),
            origin: Origin::Update,
        }
    }

    /// A change of state by the owner; `number` counts the owner's changes, from 1.
    pub(super) fn change(
        &self,
        when: &When,
        number: i64,
        component: &Slug,
        (state, note): (&StateKey, Option<&str>),
    ) -> StateChange {
        StateChange {
            component: component.clone(),
            at: when.at,
            seq: when.seq + number,
            state: state.clone(),
            note: note.map(str::to_owned),
            incident: Some(self.incident.to_owned()),
            update: self.update.map(str::to_owned),
            origin: self.origin,
            public_at: when.public_at,
        }
    }
}

impl When {
    /// When an incident's post sets states; `seq` is the incident's sequence number.
    pub(super) fn of_post(incident: &Incident, seq: i64) -> Self {
        Self {
            at: incident.published_at,
            seq,
            public_at: incident.public_at,
        }
    }

    /// When an update sets states.
    pub(super) fn of_update(update: &Update) -> Self {
        Self {
            at: update.at,
            seq: update.seq,
            public_at: update.public_at,
        }
    }
}

/// Withdraws what an owner stated, so that it can be stated anew.
pub(super) async fn withdraw_states(
    change: &mut Change,
    owner: &Owner<'_>,
) -> Result<(), ActionError> {
    // If the post's kind has changed, it stated changes of the other origin before.
    let origins: &[Origin] = match owner.update {
        Some(_) => &[Origin::Update],
        None => &[Origin::Post, Origin::Plan],
    };
    for origin in origins {
        let (incident, update) = (owner.incident, owner.update);
        states::set_changes_withdrawn(&mut change.tx, incident, update, *origin, change.now)
            .await?;
    }
    Ok(())
}

/// Writes what an update states. What it stated before must be withdrawn first.
pub(super) async fn write_update_states(
    change: &mut Change,
    incident_id: &str,
    update: &Update,
    stated: &StatedStates,
) -> Result<(), ActionError> {
    let owner = Owner::update(incident_id, &update.id);
    write(change, &owner, &When::of_update(update), stated).await
}

/// Writes what an incident's post states; `seq` is the incident's sequence number.
pub(super) async fn write_post_states(
    change: &mut Change,
    incident: &Incident,
    seq: i64,
    stated: &StatedStates,
) -> Result<(), ActionError> {
    let owner = Owner::post(incident);
    write(change, &owner, &When::of_post(incident, seq), stated).await
}

/// Writes what a new update states; `incident` is the incident before the update.
pub(super) async fn write_new_states(
    change: &mut Change,
    incident: &Incident,
    update: &Update,
    stated: &StatedStates,
) -> Result<(), ActionError> {
    let owner = Owner::update(&incident.id, &update.id);
    let made = insert_states(change, &owner, &When::of_update(update), stated).await?;
    for slug in &made.mentions {
        change.touch_history_since(slug, update.at);
    }
    for set in made.changes {
        let slug = set.component.clone();
        change.unsettle(&slug, Unsettled::added(incident, update, set));
    }
    let mentions = made.mentions;
    updates::insert_mentions(&mut change.tx, owner.incident, owner.update, &mentions).await?;
    Ok(())
}

async fn write(
    change: &mut Change,
    owner: &Owner<'_>,
    when: &When,
    stated: &StatedStates,
) -> Result<(), ActionError> {
    for (slug, _) in stated {
        change.touch_history(slug);
    }
    let mentions = insert_states(change, owner, when, stated).await?.mentions;
    updates::set_mentions(&mut change.tx, owner.incident, owner.update, &mentions).await?;
    Ok(())
}

/// What was written.
struct Stated {
    /// The states that were set.
    changes: Vec<StateChange>,
    /// The components that were only named.
    mentions: Vec<Slug>,
}

/// Writes the states.
async fn insert_states(
    change: &mut Change,
    owner: &Owner<'_>,
    when: &When,
    stated: &StatedStates,
) -> Result<Stated, ActionError> {
    let (mut changes, mut mentions) = (Vec::new(), Vec::new());
    for ((slug, setting), number) in stated.iter().zip(1..) {
        let Some((state, note)) = setting else {
            mentions.push(slug.clone());
            continue;
        };
        let found = owner.change(when, number, slug, (state, note.as_deref()));
        let id = Uuid::now_v7().to_string();
        states::insert_change(&mut change.tx, &id, &found, change.now).await?;
        changes.push(found);
    }
    Ok(Stated { changes, mentions })
}
