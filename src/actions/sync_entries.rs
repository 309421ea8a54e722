//! The part of the sync that is about the entries of an incident file and the states they set.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{ActionError, Change, Deed};
use crate::content::IncidentFile;
use crate::content::update_entries::identity::{self, Known};
use crate::content::update_entries::{Entry, StateLine};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::CLOCK_TOLERANCE;
use crate::domain::slug::Slug;
use crate::domain::staff::Actor;
use crate::domain::update::{Precision, Source, Update};
use crate::store::incidents::StoredIncident;
use crate::store::states;
use crate::store::updates::{self, StoredUpdate};

/// Whose changes of state: an incident's post's or one of its updates'.
pub(super) struct Owner<'a> {
    pub(super) incident: &'a str,
    pub(super) update: Option<&'a str>,
    pub(super) origin: Origin,
}

/// When changes of state take place, in which order, and since when they are public.
pub(super) struct When {
    pub(super) at: DateTime<Utc>,
    pub(super) seq: i64,
    pub(super) public_at: DateTime<Utc>,
}

/// Makes the changes of state and the mentions of a post or an update those that its lines say.
pub(super) async fn sync_states(
    change: &mut Change,
    owner: &Owner<'_>,
    lines: &[StateLine],
    standing: &[StateChange],
    when: &When,
) -> Result<bool, ActionError> {
    let wanted: Vec<StateChange> = lines
        .iter()
        .filter_map(|line| line.state.as_ref().map(|state| (line, state)))
        .zip(1..)
        .map(|((line, state), place)| StateChange {
            component: line.component.clone(),
            at: when.at,
            seq: when.seq + place,
            state: state.clone(),
            note: line.note.clone(),
            incident: Some(owner.incident.to_owned()),
            update: owner.update.map(str::to_owned),
            origin: owner.origin,
            public_at: when.public_at,
        })
        .collect();
    let mentions: Vec<Slug> = lines
        .iter()
        .filter(|line| line.state.is_none())
        .map(|line| line.component.clone())
        .collect();
    updates::set_mentions(&mut change.tx, owner.incident, owner.update, &mentions).await?;
    let own: Vec<_> = standing
        .iter()
        .filter(|found| found.origin == owner.origin)
        .collect();
    if own.iter().copied().eq(wanted.iter()) {
        return Ok(false);
    }
    states::set_changes_withdrawn(
        &mut change.tx,
        owner.incident,
        owner.update,
        owner.origin,
        change.now,
    )
    .await?;
    for found in &wanted {
        let id = Uuid::now_v7().to_string();
        states::insert_change(&mut change.tx, &id, found, change.now).await?;
    }
    Ok(true)
}

pub(super) async fn sync_entries(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
    wanted: &StoredIncident,
) -> Result<bool, ActionError> {
    let incident_id = &wanted.incident.id;
    let standing: Vec<&Update> = old
        .iter()
        .flat_map(|old| &old.incident.updates)
        .filter(|update| update.source == Source::File)
        .collect();
    let known: Vec<Known> = standing
        .iter()
        .map(|update| Known {
            id: update.id.clone(),
            at: update.at,
            text: update.markdown.clone(),
        })
        .collect();
    let ids = identity::recognise(&known, &file.entries);
    let mut order: Vec<usize> = (0..file.entries.len()).collect();
    if file.newest_first {
        order.reverse();
    }
    order.sort_by_key(|index| file.entries[*index].at);
    let mut kept = HashSet::new();
    let mut differs = false;
    for index in order {
        let entry = &file.entries[index];
        let before = ids[index]
            .as_ref()
            .and_then(|id| standing.iter().find(|update| update.id == *id).copied());
        let update = match before {
            Some(before) => edited(change, entry, before),
            None => added(change, file, entry, ids[index].as_deref(), old.is_some()).await?,
        };
        kept.insert(update.id.clone());
        let owner = Owner {
            incident: incident_id,
            update: Some(&update.id),
            origin: Origin::Update,
        };
        let when = When {
            at: update.at,
            seq: update.seq,
            public_at: update.public_at,
        };
        if before != Some(&update) {
            let text = |update: &Update| json!({"at": update.at, "markdown": update.markdown, "phase": update.phase});
            let stored = StoredUpdate {
                incident_id: incident_id.clone(),
                update: update.clone(),
                withdrawn_at: None,
            };
            updates::set_update(&mut change.tx, &stored, change.now).await?;
            let actor = Actor::File {
                name: file.file.clone(),
            };
            let deed = Deed {
                action: "sync_update",
                kind: "update",
                id: &update.id,
                label: &wanted.incident.title,
                before: before.map(text),
                after: Some(text(&update)),
            };
            change.record_as(&actor, deed).await?;
            differs = true;
        }
        let changes = before.map_or(&[][..], |before| &before.changes);
        differs |= sync_states(change, &owner, &entry.changes, changes, &when).await?;
    }
    for gone in standing
        .into_iter()
        .filter(|update| !kept.contains(&update.id))
    {
        let stored = StoredUpdate {
            incident_id: incident_id.clone(),
            update: gone.clone(),
            withdrawn_at: Some(change.now),
        };
        updates::set_update(&mut change.tx, &stored, change.now).await?;
        differs = true;
    }
    Ok(differs)
}

fn edited(change: &Change, entry: &Entry, before: &Update) -> Update {
    let undated = entry.precision == Precision::None && before.precision == Precision::None;
    let reworded = before.markdown != entry.markdown;
    Update {
        at: if undated { before.at } else { entry.at },
        precision: entry.precision,
        as_written: entry.as_written.clone(),
        phase: entry.phase,
        author: entry.author.clone(),
        markdown: entry.markdown.clone(),
        restore: entry.restore,
        edited_at: entry.edited_at.or(if reworded {
            Some(change.now)
        } else {
            before.edited_at
        }),
        ..before.clone()
    }
}

async fn added(
    change: &mut Change,
    file: &IncidentFile,
    entry: &Entry,
    stated_id: Option<&str>,
    file_was_known: bool,
) -> Result<Update, ActionError> {
    let undated = entry.precision == Precision::None;
    let at = if undated && file_was_known {
        change.now
    } else {
        entry.at
    };
    let mut id = stated_id.map_or_else(
        || identity::derive_id(file.slug.as_str(), entry.at, &entry.markdown),
        str::to_owned,
    );
    let seq = change.next_seq();
    let public_at = if file_was_known && at <= change.now + CLOCK_TOLERANCE {
        change.now
    } else {
        at
    };
    let mut update = Update {
        id: id.clone(),
        at,
        seq,
        precision: entry.precision,
        as_written: entry.as_written.clone(),
        phase: entry.phase,
        author: entry.author.clone(),
        markdown: entry.markdown.clone(),
        changes: Vec::new(),
        mentions: Vec::new(),
        restore: entry.restore,
        edited_at: entry.edited_at,
        public_at: entry.public_at.unwrap_or(public_at),
        source: Source::File,
    };
    // An id that was given before is this entry's only if it is the very same one come back.
    let mut attempt = 0;
    while let Some(found) = updates::find_update(&mut change.tx, &id).await? {
        if found.withdrawn_at.is_some()
            && found.update.at == at
            && found.update.markdown == entry.markdown
        {
            update.seq = found.update.seq;
            update.public_at = found.update.public_at;
            update.edited_at = found.update.edited_at;
            break;
        }
        attempt += 1;
        id = identity::derive_id(
            file.slug.as_str(),
            entry.at,
            &format!("{}\n{attempt}", entry.markdown),
        );
    }
    update.id = id;
    Ok(update)
}
