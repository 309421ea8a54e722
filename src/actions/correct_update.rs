//! Corrects an update, withdraws it, or brings it back. The old version is always kept.

use chrono::{DateTime, Utc};

use super::add_update::{phase_fits, present_incident, resolve};
use super::change::Change;
use super::checks::{self, Gathered};
use super::error::ActionError;
use super::stated_states::{Owner, withdraw_states, write_update_states};
use crate::domain::component::Origin;
use crate::domain::event::Event;
use crate::domain::event::facts::StatedStates;
use crate::domain::event::facts::{Text, WhichUpdate};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::store::incidents::{StoredIncident, find_incident};
use crate::store::states::list_changes_of_incident;
use crate::store::updates::{StoredUpdate, find_update, set_update};

/// A correction; fields that are `None` stay as they are.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    /// The new text; it replaces a fact.
    pub markdown: Option<String>,
    /// The new phase; `Some(None)` removes it.
    pub phase: Option<Option<Phase>>,
    /// The new states.
    pub components: Option<StatedStates>,
    /// The new instant.
    pub at: Option<DateTime<Utc>>,
    /// The new byline; `Some(None)` removes it.
    pub author: Option<Option<String>>,
}

/// Corrects an update that didn't come from a file. A correction that changes nothing leaves it
/// untouched.
///
/// # Errors
/// `NotFound`; `Conflict` if a file states it; `Invalid` as for a new update.
pub async fn correct_update(
    change: &mut Change,
    incident: &Slug,
    id: &str,
    wanted: Correction,
) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    let (stored, old) = find_own(change, incident, id).await?;
    if old.withdrawn_at.is_some() {
        return Err(ActionError::NotFound(format!("there is no update {id:?}")));
    }
    let known = checks::known(change).await?;
    let mut wrong = Gathered::default();
    if let Some(markdown) = &wanted.markdown {
        wrong.take(checks::markdown("/markdown", markdown))?;
    }
    wrong.take(phase_fits(
        "/phase",
        stored.incident.kind,
        wanted.phase.flatten(),
    ))?;
    wrong.take(checks::not_future("/at", wanted.at, change.now))?;
    // Changes made before anybody could read it don't count as edits.
    let edited_at = match stored.incident.draft {
        true => old.update.edited_at,
        false => Some(change.now),
    };
    let author = wanted.author.as_ref().and_then(Option::as_deref);
    wrong.take(checks::author(author))?;
    let components = match &wanted.components {
        Some(components) => wrong.take(resolve(&known, "/components", components)?)?,
        None => None,
    };
    wrong.finish()?;
    let before = &old.update;
    let update = Update {
        fact: before.fact.clone().filter(|_| wanted.markdown.is_none()),
        markdown: wanted
            .markdown
            .map_or_else(|| before.markdown.clone(), |text| text.trim().to_owned()),
        phase: wanted.phase.unwrap_or(before.phase),
        at: wanted.at.unwrap_or(before.at),
        precision: if wanted.at.is_some() {
            Precision::Minute
        } else {
            before.precision
        },
        author: wanted.author.unwrap_or_else(|| before.author.clone()),
        edited_at,
        ..before.clone()
    };
    // Moving the update moves its states, too, so they are written anew in both cases.
    let said_before = settings_of(change, &stored, id).await?;
    let as_before = Update {
        edited_at: before.edited_at,
        ..update.clone()
    };
    if as_before == *before && components.as_ref().is_none_or(|it| *it == said_before) {
        // An update that says the same isn't marked as edited.
        return Ok(());
    }
    let components = match components {
        Some(components) => Some(components),
        None if update.at != before.at => Some(said_before.clone()),
        None => None,
    };
    let said_after = components.clone().unwrap_or_else(|| said_before.clone());
    let row = StoredUpdate {
        update: update.clone(),
        ..old.clone()
    };
    set_update(&mut change.tx, &row, change.now).await?;
    if let Some(components) = components {
        withdraw_states(change, &Owner::update(&stored.incident.id, id)).await?;
        write_update_states(change, &stored.incident.id, &update, &components).await?;
    }
    touch_all(change, &stored);
    change.happened(Event::UpdateCorrected {
        which: WhichUpdate::of(&stored.incident, id),
        before: Text::of(before, Some(said_before)),
        after: Text::of(&update, Some(said_after)),
    });
    change.settle().await
}

/// Withdraws an update: it disappears from pages and feeds, and stays in the activity log.
///
/// # Errors
/// `NotFound`; `Conflict` if a file states it.
pub async fn withdraw_update(
    change: &mut Change,
    incident: &Slug,
    id: &str,
) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    set_withdrawn(change, incident, id, true).await
}

/// Brings a withdrawn update back as it was.
///
/// # Errors
/// `NotFound`; `Conflict` if a file states it.
pub async fn reinstate_update(
    change: &mut Change,
    incident: &Slug,
    id: &str,
) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    set_withdrawn(change, incident, id, false).await
}

async fn set_withdrawn(
    change: &mut Change,
    incident: &Slug,
    id: &str,
    withdraw: bool,
) -> Result<(), ActionError> {
    let (stored, old) = find_own(change, incident, id).await?;
    if old.withdrawn_at.is_some() == withdraw {
        return if withdraw {
            Err(ActionError::NotFound(format!("there is no update {id:?}")))
        } else {
            Ok(())
        };
    }
    let said = settings_of(change, &stored, id).await?;
    let row = StoredUpdate {
        withdrawn_at: withdraw.then_some(change.now),
        ..old.clone()
    };
    set_update(&mut change.tx, &row, change.now).await?;
    touch_all(change, &stored);
    if let Some(after) = find_incident(&mut change.tx, &stored.incident.id).await? {
        touch_all(change, &after);
    }
    let which = WhichUpdate::of(&stored.incident, id);
    let text = Text::of(&old.update, Some(said));
    change.happened(if withdraw {
        Event::UpdateWithdrawn {
            which,
            before: text,
        }
    } else {
        Event::UpdateBroughtBack { which, after: text }
    });
    change.settle().await
}

async fn find_own(
    change: &mut Change,
    incident: &Slug,
    id: &str,
) -> Result<(StoredIncident, StoredUpdate), ActionError> {
    let stored = present_incident(change, incident).await?;
    let update = find_update(&mut change.tx, id)
        .await?
        .filter(|update| update.incident_id == stored.incident.id)
        .ok_or_else(|| ActionError::NotFound(format!("there is no update {id:?}")))?;
    match update.update.source {
        Source::File => Err(ActionError::Conflict(format!(
            "this update comes from {}; change it there, or add another update",
            stored.file.as_deref().unwrap_or("a file")
        ))),
        Source::Api | Source::Clock => Ok((stored, update)),
    }
}

async fn settings_of(
    change: &mut Change,
    stored: &StoredIncident,
    id: &str,
) -> Result<StatedStates, ActionError> {
    let changes = list_changes_of_incident(&mut change.tx, &stored.incident.id).await?;
    let own = changes
        .into_iter()
        .filter(|found| found.update.as_deref() == Some(id) && found.origin == Origin::Update)
        .map(|found| (found.component, Some((found.state, found.note))));
    let named = stored
        .incident
        .updates
        .iter()
        .filter(|update| update.id == id)
        .flat_map(|update| update.mentions.iter().map(|slug| (slug.clone(), None)));
    Ok(own.chain(named).collect())
}

fn touch_all(change: &mut Change, stored: &StoredIncident) {
    change.touch_incident(&stored.incident.id);
    for component in stored.incident.components() {
        change.touch_history(component);
    }
}
