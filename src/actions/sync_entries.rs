//! The part of the sync that handles the entries of an incident file.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::change::Change;
use super::error::ActionError;
use super::stated_states::{Owner, When, withdraw_states};
use super::sync_report::file_problem;
use super::sync_states::{Standing, says_the_same, sync_states};
use crate::content::IncidentFile;
use crate::content::problem::{Problem, Severity};
use crate::content::update_entries::Entry;
use crate::content::update_entries::identity::{self, KnownEntry};
use crate::domain::actor::Actor;
use crate::domain::component::Origin;
use crate::domain::event::Event;
use crate::domain::event::facts::{Text, WhichUpdate};
use crate::domain::incident::CLOCK_TOLERANCE;
use crate::domain::update::{Precision, Source, Update};
use crate::store::incidents::StoredIncident;
use crate::store::updates::{self, StoredUpdate};

/// The result of syncing a file's entries.
#[derive(Debug, Default)]
pub(super) struct SyncedEntries {
    /// Whether they said something new.
    pub(super) differs: bool,
    /// Their ids, in the order of the file.
    pub(super) ids: Vec<String>,
    /// Problems with ids that entries state but can't have.
    pub(super) problems: Vec<Problem>,
}

/// A file whose entries are being synced, and what is stored of them.
struct Entries<'a> {
    file: &'a IncidentFile,
    wanted: &'a StoredIncident,
    old: Option<&'a StoredIncident>,
    /// Updates that an entry may match: those from the file, and those from the API whose id an
    /// entry states.
    standing: Vec<&'a Update>,
    /// Updates from the file that were withdrawn when their entry vanished.
    gone: Vec<Update>,
}

/// Makes an incident's updates match its file's entries. Other updates stay as they are.
pub(super) async fn sync_entries(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
    wanted: &StoredIncident,
) -> Result<SyncedEntries, ActionError> {
    let is_stated = |update: &Update| {
        update.source == Source::File
            || file
                .entries
                .iter()
                .any(|entry| entry.id.as_ref() == Some(&update.id))
    };
    let standing: Vec<&Update> = old
        .iter()
        .flat_map(|old| &old.incident.updates)
        .filter(|update| is_stated(update))
        .collect();
    let mut recognised = recognise(&standing, &file.entries);
    let gone = match old {
        Some(old) if recognised.contains(&None) => list_gone(change, old).await?,
        Some(_) | None => Vec::new(),
    };
    recognise_gone(&gone, &file.entries, &mut recognised);
    let cx = Entries {
        file,
        wanted,
        old,
        standing,
        gone,
    };
    let mut order: Vec<usize> = (0..file.entries.len()).collect();
    if file.newest_first {
        order.reverse();
    }
    order.sort_by_key(|index| file.entries[*index].at);
    let mut synced = SyncedEntries {
        ids: vec![String::new(); file.entries.len()],
        ..SyncedEntries::default()
    };
    for index in order {
        let entry = &file.entries[index];
        let id = recognised[index].as_deref();
        let before = cx
            .standing
            .iter()
            .find(|update| Some(update.id.as_str()) == id)
            .copied();
        let update = match before {
            Some(before) => edited(change, &cx, entry, before),
            None => added(change, &cx, entry, id).await?,
        };
        if let Some(stated) = entry.id.as_ref().filter(|stated| **stated != update.id) {
            synced.problems.push(taken_id(file, entry, stated));
        }
        synced.differs |= write(change, &cx, entry, before, &update).await?;
        synced.ids[index] = update.id;
    }
    let kept: HashSet<&str> = synced.ids.iter().map(String::as_str).collect();
    for lost in &cx.standing {
        if !kept.contains(lost.id.as_str()) {
            withdraw(change, &cx, lost).await?;
            synced.differs = true;
        }
    }
    Ok(synced)
}

async fn list_gone(change: &mut Change, old: &StoredIncident) -> Result<Vec<Update>, ActionError> {
    let all = updates::list_updates_of_incident(&mut change.tx, &old.incident.id).await?;
    Ok(all
        .into_iter()
        .filter(|stored| stored.withdrawn_at.is_some() && stored.update.source == Source::File)
        .map(|stored| stored.update)
        .collect())
}

/// The ids of the entries that match stored updates.
fn recognise(standing: &[&Update], entries: &[Entry]) -> Vec<Option<String>> {
    let known = |update: &Update| KnownEntry {
        id: update.id.clone(),
        at: update.at,
        text: update.markdown.clone(),
        undated: update.precision == Precision::None,
    };
    let standing: Vec<KnownEntry> = standing.iter().map(|update| known(update)).collect();
    identity::recognise(&standing, entries)
}

/// Recognises entries that had vanished and are back unchanged.
fn recognise_gone(gone: &[Update], entries: &[Entry], ids: &mut [Option<String>]) {
    let mut gone: Vec<&Update> = gone.iter().collect();
    for (entry, id) in entries.iter().zip(ids) {
        if id.is_some() {
            continue;
        }
        let undated = entry.precision == Precision::None;
        let back = gone.iter().position(|update| {
            update.markdown == entry.markdown
                && (update.at == entry.at || (undated && update.precision == Precision::None))
        });
        *id = back.map(|index| gone.remove(index).id.clone());
    }
}

fn edited(change: &Change, cx: &Entries<'_>, entry: &Entry, before: &Update) -> Update {
    let undated = entry.precision == Precision::None && before.precision == Precision::None;
    let at = if undated { before.at } else { entry.at };
    let exact = entry.precision == Precision::Minute && before.precision == Precision::Minute;
    let standing = Standing {
        changes: &before.changes,
        mentions: &before.mentions,
    };
    // Replacing a fact by a text in a file only words it, so that isn't an edit.
    let is_reworded = before.fact.is_none() && before.markdown != entry.markdown;
    let says_else = is_reworded
        || before.phase != entry.phase
        || before.window != entry.window
        || (exact && before.at != at)
        || !says_the_same(&entry.changes, standing, Origin::Update);
    let was_draft = cx.old.is_some_and(|old| old.incident.draft);
    let is_first = cx.old.is_some_and(|old| old.never_public) && !cx.file.draft;
    Update {
        at,
        precision: entry.precision,
        as_written: entry.as_written.clone(),
        phase: entry.phase,
        author: entry.author.clone(),
        markdown: entry.markdown.clone(),
        fact: None,
        restore: entry.restore,
        window: entry.window,
        edited_at: entry.edited_at.or(if says_else && !was_draft {
            Some(change.now)
        } else {
            before.edited_at
        }),
        public_at: if is_first {
            before.public_at.max(change.now)
        } else {
            before.public_at
        },
        source: Source::File,
        ..before.clone()
    }
}

async fn added(
    change: &mut Change,
    cx: &Entries<'_>,
    entry: &Entry,
    id: Option<&str>,
) -> Result<Update, ActionError> {
    let is_known = cx.old.is_some();
    let at = if entry.precision == Precision::None && is_known {
        change.now
    } else {
        entry.at
    };
    let public_at =
        entry
            .public_at
            .unwrap_or_else(|| match is_known && at <= change.now + CLOCK_TOLERANCE {
                true => change.now,
                false => public_since(at, change.now),
            });
    let mut update = Update {
        id: String::new(),
        at,
        seq: change.next_seq(),
        precision: entry.precision,
        as_written: entry.as_written.clone(),
        phase: entry.phase,
        author: entry.author.clone(),
        markdown: entry.markdown.clone(),
        fact: None,
        changes: Vec::new(),
        mentions: Vec::new(),
        restore: entry.restore,
        window: entry.window,
        edited_at: entry.edited_at,
        public_at,
        source: Source::File,
    };
    if let Some(back) = cx.gone.iter().find(|gone| Some(gone.id.as_str()) == id) {
        update.id = back.id.clone();
        update.seq = back.seq;
        update.public_at = back.public_at;
        update.edited_at = entry.edited_at.or(back.edited_at);
        if entry.precision == Precision::None {
            update.at = back.at;
        }
        return Ok(update);
    }
    update.id = free_id(change, cx, entry, id).await?;
    Ok(update)
}

/// When something that a new file dates to `at` became public: at that time, but never in the
/// future that pages already show.
pub(super) fn public_since(at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    if at > now + CLOCK_TOLERANCE {
        at
    } else {
        at.min(now)
    }
}

/// The id of a new entry: the stated one, or else one derived from its text. While another update
/// has or had that id, a number is added to the text.
async fn free_id(
    change: &mut Change,
    cx: &Entries<'_>,
    entry: &Entry,
    stated: Option<&str>,
) -> Result<String, ActionError> {
    let derive = |text: &str| identity::derive_id(cx.wanted.incident.slug.as_str(), entry.at, text);
    let mut id = stated.map_or_else(|| derive(&entry.markdown), str::to_owned);
    let mut number = 1_u32;
    while updates::find_update(&mut change.tx, &id).await?.is_some() {
        id = match (number, stated) {
            (1, Some(_)) => derive(&entry.markdown),
            _ => derive(&format!("{}\n#{}", entry.markdown, number + 1)),
        };
        number += 1;
    }
    Ok(id)
}

async fn write(
    change: &mut Change,
    cx: &Entries<'_>,
    entry: &Entry,
    before: Option<&Update>,
    update: &Update,
) -> Result<bool, ActionError> {
    let mut differs = before != Some(update);
    if differs {
        let stored = StoredUpdate {
            incident_id: cx.wanted.incident.id.clone(),
            update: update.clone(),
            withdrawn_at: None,
        };
        updates::set_update(&mut change.tx, &stored, change.now).await?;
        let event = Event::UpdateSynced {
            which: WhichUpdate::of(&cx.wanted.incident, &update.id),
            before: before.map(|before| Text::of(before, None)),
            after: Text::of(update, None),
        };
        change.happened_by(file_of(cx), event);
    }
    let owner = Owner::update(&cx.wanted.incident.id, &update.id);
    let standing = before.map_or(Standing::default(), |before| Standing {
        changes: &before.changes,
        mentions: &before.mentions,
    });
    let when = When::of_update(update);
    differs |= sync_states(change, &owner, &entry.changes, standing, &when).await?;
    Ok(differs)
}

async fn withdraw(change: &mut Change, cx: &Entries<'_>, lost: &Update) -> Result<(), ActionError> {
    let stored = StoredUpdate {
        incident_id: cx.wanted.incident.id.clone(),
        update: lost.clone(),
        withdrawn_at: Some(change.now),
    };
    updates::set_update(&mut change.tx, &stored, change.now).await?;
    withdraw_states(change, &Owner::update(&cx.wanted.incident.id, &lost.id)).await?;
    let event = Event::UpdateWithdrawn {
        which: WhichUpdate::of(&cx.wanted.incident, &lost.id),
        before: Text::of(lost, None),
    };
    change.happened_by(file_of(cx), event);
    Ok(())
}

fn file_of(cx: &Entries<'_>) -> Actor {
    Actor::file(cx.file.file.as_str())
}

fn taken_id(file: &IncidentFile, entry: &Entry, stated: &str) -> Problem {
    Problem {
        line: entry.line,
        column: 1,
        ..file_problem(
            Severity::Warning,
            file,
            format!("the id {stated:?} belongs to another update; this entry got its own"),
            "take the id out of its comment",
        )
    }
}
