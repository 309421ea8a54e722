//! The part of the sync that handles one incident file.

use uuid::Uuid;

use super::change::Change;
use super::edit_incident::kept_window;
use super::error::ActionError;
use super::stated_states::{Owner, When};
use super::sync_entries::{SyncedEntries, public_since, sync_entries};
use super::sync_overruled::overruled;
use super::sync_report::file_problem;
use super::sync_states::{Standing, sync_states};
use crate::content::problem::{Problem, Severity};
use crate::content::update_entries::{StateLine, identity};
use crate::content::{FileIds, IncidentFile};
use crate::domain::actor::Actor;
use crate::domain::component::Origin;
use crate::domain::dispatch::Telling;
use crate::domain::event::Event;
use crate::domain::event::facts::FilePost;
use crate::domain::incident::{CLOCK_TOLERANCE, Incident, Kind, has_own_item};
use crate::domain::update::Source;
use crate::domain::window::Window;
use crate::store::incidents::{self, StoredIncident};

/// The result of syncing a file.
#[derive(Debug)]
pub(super) struct Synced {
    /// Whether it said something new.
    pub(super) differs: bool,
    /// The ids of its incident and its entries.
    pub(super) ids: FileIds,
    /// Problems: what the file says without effect.
    pub(super) problems: Vec<Problem>,
}

/// Writes what a file says, as far as it differs from what is stored.
pub(super) async fn sync_incident(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
) -> Result<Synced, ActionError> {
    let wanted = match old {
        Some(old) => merged(change, file, old),
        None => new_incident(change, file).await?,
    };
    let id = &wanted.incident.id;
    let mut differs = old != Some(&wanted);
    if differs {
        incidents::set_incident(&mut change.tx, &wanted, change.now).await?;
        note(change, file, old, &wanted);
    }
    if let Some(old) = old {
        if old.incident.slug != wanted.incident.slug {
            incidents::set_redirect(&mut change.tx, &old.incident.slug, id).await?;
        }
        if old.never_public && !wanted.incident.draft {
            incidents::set_public_since(&mut change.tx, id, change.now).await?;
        }
    }
    differs |= sync_post(change, file, old, &wanted).await?;
    let entries = sync_told_entries(change, file, old, &wanted).await?;
    differs |= entries.differs;
    let rewritten = match differs {
        true => incidents::find_incident(&mut change.tx, id).await?,
        false => None,
    };
    let fresh = rewritten.as_ref().or(old);
    if differs {
        change.touch_incident(id);
        for stored in old.into_iter().chain(fresh) {
            for component in stored.incident.components() {
                change.touch_history(component);
            }
        }
    }
    let mut problems = entries.problems;
    problems.extend(stated_in_vain(change, file, &wanted, fresh));
    if let Some(rewritten) = rewritten.as_ref().filter(|it| !it.incident.draft) {
        problems.extend(overruled(change, file, old, rewritten).await?);
    }
    Ok(Synced {
        differs,
        ids: FileIds {
            incident: id.clone(),
            slug: None,
            entries: entries.ids,
        },
        problems,
    })
}

/// Syncs the entries; nobody is told of those of a draft.
async fn sync_told_entries(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
    wanted: &StoredIncident,
) -> Result<SyncedEntries, ActionError> {
    let telling = change.telling;
    if wanted.incident.draft {
        change.tell(Telling::Quietly);
    }
    let entries = sync_entries(change, file, old, wanted).await;
    change.tell(telling);
    entries
}

/// Syncs the states and names of the post itself. If the file never stated any, they are the API's.
async fn sync_post(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
    wanted: &StoredIncident,
) -> Result<bool, ActionError> {
    let owner = Owner::post(&wanted.incident);
    let when = When::of_post(&wanted.incident, wanted.seq);
    let standing = old.map_or(Standing::default(), |old| Standing {
        changes: &old.incident.changes,
        mentions: &old.incident.mentions,
    });
    let was_stated = old.is_none_or(|old| is_stated(&old.stated, "components"));
    if file.states_components || was_stated {
        return sync_states(change, &owner, &file.components, standing, &when).await;
    }
    let kept: Vec<StateLine> = standing
        .changes
        .iter()
        .filter(|found| matches!(found.origin, Origin::Post | Origin::Plan))
        .map(|found| StateLine {
            component: found.component.clone(),
            state: Some(found.state.clone()),
            note: found.note.clone(),
        })
        .chain(standing.mentions.iter().map(|component| StateLine {
            component: component.clone(),
            state: None,
            note: None,
        }))
        .collect();
    sync_states(change, &owner, &kept, standing, &when).await
}

/// What a file says without effect, because of what the database holds.
fn stated_in_vain(
    change: &Change,
    file: &IncidentFile,
    wanted: &StoredIncident,
    fresh: Option<&StoredIncident>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut warn = |message: String, help: String| {
        problems.push(file_problem(Severity::Warning, file, message, &help));
    };
    if let Some(id) = file.id.as_ref().filter(|id| **id != wanted.incident.id) {
        let kept = &wanted.incident.id;
        warn(
            format!("the id {id:?} comes too late: this incident has had another from the start"),
            format!("write \"id: {kept}\", or run `lightship sync --write-ids`"),
        );
    }
    let latest = fresh.and_then(|fresh| {
        let mut updates = fresh.incident.updates.iter().rev();
        updates.find(|update| update.phase.is_some() && update.at <= change.now + CLOCK_TOLERANCE)
    });
    if let (Some(stated), Some(latest)) = (file.phase, latest)
        && let Some(said) = latest.phase
        && latest.source != Source::File
        && stated.progress() > said.progress()
    {
        let (stated, said) = (stated.as_str(), said.as_str());
        warn(
            format!(
                "the front matter says {stated}, but the latest update says {said}; the update \
                 counts"
            ),
            format!(
                "to change the phase, add an entry: \"## UPDATE {}: {stated}\"",
                change.now.format("%Y-%m-%d %H:%M UTC")
            ),
        );
    }
    problems
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
    let is_maintenance = file.kind == Some(Kind::Maintenance);
    Ok(StoredIncident {
        seq: change.next_seq(),
        withdrawn_at: None,
        hidden_at: None,
        file: Some(file.file.clone()),
        fingerprint: Some(file.fingerprint.clone()),
        stated: stated_fields(file),
        never_public: file.draft,
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
            starts: file.starts.filter(|_| is_maintenance),
            ends: file.ends.filter(|_| is_maintenance),
            summary: file.summary.clone(),
            markdown: file.markdown.clone(),
            mentions: Vec::new(),
            changes: Vec::new(),
            updates: Vec::new(),
            edited_at: file.edited_at,
            public_at: file
                .public_at
                .unwrap_or_else(|| public_since(file.published_at, change.now)),
            source: Source::File,
            draft: file.draft,
            own_item: has_item(change, file),
        },
    })
}

/// The stored incident, overlaid with what the file says. A field that the file no longer states
/// becomes empty; one that it never stated stays as the API set it.
fn merged(change: &Change, file: &IncidentFile, old: &StoredIncident) -> StoredIncident {
    let was_stated = |field: &str| is_stated(&old.stated, field);
    fn pick<T: Clone>(said: Option<&T>, was_stated: bool, standing: Option<&T>) -> Option<T> {
        match said {
            Some(value) => Some(value.clone()),
            None if was_stated => None,
            None => standing.cloned(),
        }
    }
    let before = &old.incident;
    let reworded = before.title != file.title || before.markdown != file.markdown;
    let first_published = old.never_public && !file.draft;
    let edited_at = if file.edited_at.is_some() {
        file.edited_at
    } else if reworded && !before.draft {
        Some(change.now)
    } else {
        before.edited_at
    };
    let kind = pick(file.kind.as_ref(), was_stated("kind"), Some(&before.kind));
    let kind = kind.unwrap_or(Kind::Disruption);
    let standing = before.stated_window();
    let window = Window {
        starts: pick(
            file.starts.as_ref(),
            was_stated("starts"),
            standing.starts.as_ref(),
        ),
        ends: pick(
            file.ends.as_ref(),
            was_stated("ends"),
            standing.ends.as_ref(),
        ),
    };
    let window = kept_window(old, kind, window);
    StoredIncident {
        seq: old.seq,
        withdrawn_at: None,
        hidden_at: None,
        file: Some(file.file.clone()),
        fingerprint: Some(file.fingerprint.clone()),
        stated: stated_fields(file),
        never_public: old.never_public && file.draft,
        incident: Incident {
            slug: file.slug.clone(),
            title: file.title.clone(),
            kind,
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
            starts: window.starts,
            ends: window.ends,
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
            own_item: if old.never_public {
                has_item(change, file)
            } else {
                before.own_item
            },
            ..before.clone()
        },
    }
}

/// Whether the post of a file gets a feed item of its own when it becomes public. A future entry
/// can't stand in for it.
fn has_item(change: &Change, file: &IncidentFile) -> bool {
    let is_shown = file.published_at.max(change.now) + CLOCK_TOLERANCE;
    let has_entries = file.entries.iter().any(|entry| entry.at <= is_shown);
    has_own_item(file.summary.as_ref().unwrap_or(&file.markdown), has_entries)
}

/// Whether a list of fields contains this one.
fn is_stated(fields: &str, field: &str) -> bool {
    fields.split(' ').any(|word| word == field)
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

fn note(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
    wanted: &StoredIncident,
) {
    let post = |stored: &StoredIncident| FilePost::of(&stored.incident, stored.file.as_deref());
    let actor = Actor::file(file.file.as_str());
    let is_public = !wanted.incident.draft;
    let publishes = is_public && old.is_none_or(|old| old.never_public);
    let event = Event::IncidentSynced {
        id: wanted.incident.id.clone(),
        before: old.map(post),
        after: post(wanted),
        publishes: publishes.then_some(wanted.incident.published_at),
    };
    change.happened_by(actor, event);
}
