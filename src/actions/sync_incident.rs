//! The part of the sync that is about one incident file.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{ActionError, Change, Deed};
use crate::content::IncidentFile;
use crate::content::update_entries::identity::{self, Known};
use crate::content::update_entries::{Entry, StateLine};
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::{CLOCK_TOLERANCE, Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::staff::Actor;
use crate::domain::update::{Precision, Source, Update};
use crate::store::incidents::{self, StoredIncident};
use crate::store::states;
use crate::store::updates::{self, StoredUpdate};

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

/// Whose changes of state: an incident's post's or one of its updates'.
struct Owner<'a> {
    incident: &'a str,
    update: Option<&'a str>,
    origin: Origin,
}

/// When changes of state take place, in which order, and since when they are public.
struct When {
    at: DateTime<Utc>,
    seq: i64,
    public_at: DateTime<Utc>,
}

/// Makes the changes of state and the mentions of a post or an update those that its lines say.
async fn sync_states(
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

async fn sync_entries(
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
