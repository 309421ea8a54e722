//! Publishes or discards a draft.

use super::add_update::present_incident;
use super::change::Change;
use super::edit_incident::{EditIncident, edit_incident, withdraw_incident};
use super::error::ActionError;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::store::incidents::StoredIncident;

/// Publishes a draft. Its post and updates are dated now, except those with a date of their own, or
/// if it was public before.
///
/// # Errors
/// `NotFound`; `Conflict` if it is published already, or a file states it; `Invalid` if its
/// maintenance can't take place any more as planned.
pub async fn publish_draft(change: &mut Change, slug: &Slug) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    let stored = present_incident(change, slug).await?;
    refuse_published(&stored)?;
    let published = EditIncident {
        draft: Some(false),
        ..EditIncident::default()
    };
    edit_incident(change, slug, published).await
}

/// Discards a draft; the activity log keeps it.
///
/// # Errors
/// `NotFound`; `Conflict` if it is published, or a file states it.
pub async fn discard_draft(change: &mut Change, slug: &Slug) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    let stored = present_incident(change, slug).await?;
    refuse_published(&stored)?;
    withdraw_incident(change, slug).await
}

fn refuse_published(stored: &StoredIncident) -> Result<(), ActionError> {
    if stored.incident.draft {
        return Ok(());
    }
    Err(ActionError::Conflict(format!(
        "{:?} is already published",
        stored.incident.title
    )))
}
