//! The part of the sync that is about one incident file.

use serde_json::json;
use uuid::Uuid;

use super::sync_entries::{Owner, When, sync_entries, sync_states};
use super::{ActionError, Change, Deed};
use crate::content::IncidentFile;
use crate::content::update_entries::identity;
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::{Incident, Kind};
use crate::domain::staff::Actor;
use crate::domain::update::Source;
use crate::store::incidents::{self, StoredIncident};

/// The incident that a file was found to state, if it isn't new.
pub(super) type Matched = Option<StoredIncident>;

/// Writes what a file says, as far as it differs from what stands. Returns whether it did.
pub(super) async fn sync_incident(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
) -> Result<bool, ActionError> {
    let wanted = match old {
        Some(old) => merged(change, file, old),
        None => new_incident(change, file).await?,
    };
    let mut differs = old != Some(&wanted);
    if differs {
        incidents::set_incident(&mut change.tx, &wanted, change.now).await?;
        record(change, file, old, &wanted).await?;
        if let Some(old) = old.filter(|old| old.incident.slug != wanted.incident.slug) {
            incidents::set_redirect(&mut change.tx, &old.incident.slug, &wanted.incident.id)
                .await?;
        }
    }
    let owner = Owner {
        incident: &wanted.incident.id,
        update: None,
        origin: Origin::Post,
    };
    let at = match (wanted.incident.kind, wanted.incident.starts) {
        (Kind::Maintenance, Some(starts)) => starts,
        _ => wanted.incident.published_at,
    };
    let standing: &[StateChange] = old.map_or(&[], |old| &old.incident.changes);
    let when = When {
        at,
        seq: wanted.seq,
        public_at: wanted.incident.public_at,
    };
    differs |= sync_states(change, &owner, &file.components, standing, &when).await?;
    differs |= sync_entries(change, file, old, &wanted).await?;
    if differs {
        change.touch_incident(&wanted.incident.id);
        let fresh = incidents::find_incident(&mut change.tx, &wanted.incident.id).await?;
        for stored in old.into_iter().chain(&fresh) {
            for component in stored.incident.components() {
                change.touch_history(component);
            }
        }
    }
    Ok(differs)
}

async fn new_incident(
    change: &mut Change,
    file: &IncidentFile,
) -> Result<StoredIncident, ActionError> {
    let mut id = file
        .id
        .clone()
        .unwrap_or_else(|| identity::derive_incident_id(file.slug.as_str()));
    if incidents::find_incident(&mut change.tx, &id)
        .await?
        .is_some()
    {
        id = Uuid::now_v7().to_string();
    }
    Ok(StoredIncident {
        seq: change.next_seq(),
        withdrawn_at: None,
        hidden_at: None,
        file: Some(file.file.clone()),
        fingerprint: Some(file.fingerprint.clone()),
        stated: stated_fields(file),
        incident: Incident {
            id,
            slug: file.slug.clone(),
            title: file.title.clone(),
            kind: file.kind.unwrap_or(Kind::Disruption),
            stated_phase: file.phase,
            stated_impact: file.impact,
            author: file.author.clone(),
            published_at: file.published_at,
            precision: file.precision,
            starts: file.starts,
            ends: file.ends,
            summary: file.summary.clone(),
            markdown: file.markdown.clone(),
            mentions: Vec::new(),
            changes: Vec::new(),
            updates: Vec::new(),
            edited_at: file.edited_at,
            public_at: file.published_at,
            source: Source::File,
            draft: file.draft,
        },
    })
}

/// What stands, with what the file says put over it. A field that the file no longer states falls
/// back to nothing; one that it never stated stays as the API set it.
fn merged(change: &Change, file: &IncidentFile, old: &StoredIncident) -> StoredIncident {
    let was_stated = |field: &str| old.stated.split(' ').any(|word| word == field);
    fn pick<T: Clone>(said: Option<&T>, was_stated: bool, standing: Option<&T>) -> Option<T> {
        match said {
            Some(value) => Some(value.clone()),
            None if was_stated => None,
            None => standing.cloned(),
        }
    }
    let before = &old.incident;
    let reworded = before.title != file.title || before.markdown != file.markdown;
    let first_published = before.draft && !file.draft;
    let edited_at = if file.edited_at.is_some() {
        file.edited_at
    } else if reworded && !before.draft {
        Some(change.now)
    } else {
        before.edited_at
    };
    StoredIncident {
        seq: old.seq,
        withdrawn_at: None,
        hidden_at: None,
        file: Some(file.file.clone()),
        fingerprint: Some(file.fingerprint.clone()),
        stated: stated_fields(file),
        incident: Incident {
            slug: file.slug.clone(),
            title: file.title.clone(),
            kind: pick(file.kind.as_ref(), was_stated("kind"), Some(&before.kind))
                .unwrap_or(Kind::Disruption),
            stated_phase: pick(
                file.phase.as_ref(),
                was_stated("phase"),
                before.stated_phase.as_ref(),
            ),
            stated_impact: pick(
                file.impact.as_ref(),
                was_stated("impact"),
                before.stated_impact.as_ref(),
            ),
            author: pick(
                file.author.as_ref(),
                was_stated("author"),
                before.author.as_ref(),
            ),
            published_at: file.published_at,
            precision: file.precision,
            starts: pick(
                file.starts.as_ref(),
                was_stated("starts"),
                before.starts.as_ref(),
            ),
            ends: pick(file.ends.as_ref(), was_stated("ends"), before.ends.as_ref()),
            summary: pick(
                file.summary.as_ref(),
                was_stated("summary"),
                before.summary.as_ref(),
            ),
            markdown: file.markdown.clone(),
            edited_at,
            public_at: if first_published {
                change.now
            } else {
                before.public_at
            },
            draft: file.draft,
            ..before.clone()
        },
    }
}

fn stated_fields(file: &IncidentFile) -> String {
    let fields = [
        ("kind", file.kind.is_some()),
        ("phase", file.phase.is_some()),
        ("impact", file.impact.is_some()),
        ("author", file.author.is_some()),
        ("starts", file.starts.is_some()),
        ("ends", file.ends.is_some()),
        ("summary", file.summary.is_some()),
        ("components", file.states_components),
    ];
    let stated: Vec<_> = fields
        .iter()
        .filter(|(_, is)| *is)
        .map(|(name, _)| *name)
        .collect();
    stated.join(" ")
}

async fn record(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
    wanted: &StoredIncident,
) -> Result<(), ActionError> {
    let text = |stored: &StoredIncident| json!({"title": stored.incident.title, "markdown": stored.incident.markdown, "slug": stored.incident.slug, "file": stored.file});
    let actor = Actor::File {
        name: file.file.clone(),
    };
    change
        .record_as(
            &actor,
            Deed {
                action: "sync_incident",
                kind: "incident",
                id: &wanted.incident.id,
                label: &wanted.incident.title,
                before: old.map(text),
                after: Some(text(wanted)),
            },
        )
        .await
}
