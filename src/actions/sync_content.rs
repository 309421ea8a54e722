//! Brings the database in step with the content folder: what a file says, the file owns.

use std::collections::BTreeSet;

use super::sync_incident::{Matched, sync_incident};
use super::sync_site::sync_site;
use super::{ActionError, Change};
use crate::clock::Clock;
use crate::content::problem::{Problem, Severity};
use crate::content::{Content, IncidentFile};
use crate::domain::staff::Actor;
use crate::domain::update::Source;
use crate::store::Store;
use crate::store::incidents::{self, StoredIncident};
use crate::store::settings;

/// How a sync is to be done.
#[derive(Debug, Clone, Default)]
pub struct SyncOptions {
    /// The machine and folder that the content comes from.
    pub feeder: String,
    /// Take over from another machine or folder.
    pub take_over: bool,
    /// Believe it even if most files are gone.
    pub allow_missing: bool,
    /// Files that were missed before and still are: only they count as gone.
    pub gone: BTreeSet<String>,
}

/// What a sync did.
#[derive(Debug, Clone, Default)]
pub struct SyncReport {
    /// Incidents that are new.
    pub added: usize,
    /// Incidents that changed.
    pub changed: usize,
    /// Incidents that are no longer shown because their file is gone.
    pub hidden: usize,
    /// Files that are missing and will count as gone if they still are a moment later.
    pub missing: BTreeSet<String>,
    /// Files that could not be taken over because of what the database holds.
    pub problems: Vec<Problem>,
    /// The new revision, if anything public changed.
    pub revision: Option<i64>,
}

/// Writes what `content` says into the database, in one change.
///
/// # Errors
/// `Conflict` if the folder has no readable `site.toml`, if another machine or folder feeds the
/// database, or if more than half of at least four known files are gone; nothing is changed then.
pub async fn sync_content(
    store: &Store,
    clock: &Clock,
    content: &Content,
    options: &SyncOptions,
) -> Result<SyncReport, ActionError> {
    let site = content.site.as_ref().ok_or_else(|| {
        ActionError::Conflict("site.toml can't be read, so nothing was changed".to_owned())
    })?;
    let actor = Actor::File {
        name: "site.toml".to_owned(),
    };
    let mut change = Change::begin(store, clock, actor).await?;
    check_feeder(&mut change, options).await?;
    let known = incidents::list_file_incidents(&mut change.tx).await?;
    let missing: Vec<&StoredIncident> = known
        .iter()
        .filter(|stored| stored.is_present() && !is_there(stored, content))
        .collect();
    let renamed =
        |stored: &StoredIncident| content.incidents.iter().any(|file| has_moved(stored, file));
    let lost = missing.iter().filter(|stored| !renamed(stored)).count();
    let present = known.iter().filter(|stored| stored.is_present()).count();
    if present >= 4 && lost * 2 > present && !options.allow_missing {
        return Err(ActionError::Conflict(format!(
            "{lost} of {present} known files are gone from the content folder, so nothing was \
             changed; put them back, or run `lightship sync --allow-missing` if that is meant"
        )));
    }
    sync_site(&mut change, site).await?;
    let mut report = SyncReport::default();
    let mut taken = BTreeSet::new();
    for file in &content.incidents {
        match find_match(&mut change, file, &known, &missing).await? {
            Err(problem) => report.problems.push(problem),
            Ok(old) => {
                if let Some(old) = &old {
                    taken.insert(old.incident.id.clone());
                }
                let is_new = old.is_none();
                let differs = sync_incident(&mut change, file, old.as_ref()).await?;
                report.added += usize::from(is_new);
                report.changed += usize::from(differs && !is_new);
            }
        }
    }
    for stored in missing {
        let Some(name) = &stored.file else { continue };
        if taken.contains(&stored.incident.id) {
            continue;
        }
        if options.gone.contains(name) || options.allow_missing {
            hide(&mut change, stored).await?;
            report.hidden += 1;
        } else {
            report.missing.insert(name.clone());
        }
    }
    report.revision = change.commit().await?;
    Ok(report)
}

/// The name under which a database remembers the machine and folder that feed it.
const FEEDER: &str = "feeder";

async fn check_feeder(change: &mut Change, options: &SyncOptions) -> Result<(), ActionError> {
    let known = settings::find_meta(&mut change.tx, FEEDER).await?;
    match known {
        Some(known) if known == options.feeder => return Ok(()),
        Some(known) if !options.take_over => {
            return Err(ActionError::Conflict(format!(
                "this database is fed from {known}, so {} is not synced into it; run \
                 `lightship sync --take-over` if it is to be from now on",
                options.feeder
            )));
        }
        Some(_) | None => {}
    }
    settings::set_meta(&mut change.tx, FEEDER, &options.feeder).await?;
    Ok(())
}

fn is_there(stored: &StoredIncident, content: &Content) -> bool {
    stored.file.as_ref().is_some_and(|name| {
        content.unreadable.contains(name) || content.incidents.iter().any(|file| file.file == *name)
    })
}

/// Whether a file holds what a missing one did.
fn has_moved(stored: &StoredIncident, file: &IncidentFile) -> bool {
    stored.fingerprint.as_ref() == Some(&file.fingerprint)
        || file.id.as_ref() == Some(&stored.incident.id)
        || (stored.incident.title == file.title
            && stored.incident.markdown == file.markdown
            && !file.markdown.is_empty())
}

/// The incident that a file states: by id, by file name, by the slug of one from a file, or a
/// missing one whose text it holds. A problem if the slug or id belongs to something else.
async fn find_match(
    change: &mut Change,
    file: &IncidentFile,
    known: &[StoredIncident],
    missing: &[&StoredIncident],
) -> Result<Result<Matched, Problem>, ActionError> {
    let by_id = match &file.id {
        Some(id) => incidents::find_incident(&mut change.tx, id).await?,
        None => None,
    };
    let by_slug = incidents::find_incident_by_slug(&mut change.tx, &file.slug).await?;
    let by_name = known
        .iter()
        .find(|stored| stored.file.as_ref() == Some(&file.file));
    let moved = missing.iter().find(|stored| has_moved(stored, file));
    let found = by_id
        .or_else(|| by_name.cloned())
        .or_else(|| by_slug.clone().filter(|stored| stored.file.is_some()))
        .or_else(|| moved.map(|stored| (*stored).clone()));
    if let Some(other) = by_slug
        && found
            .as_ref()
            .is_none_or(|found| found.incident.id != other.incident.id)
    {
        let owner = match other.incident.source {
            Source::File => other.file.unwrap_or_default(),
            Source::Api | Source::Clock => {
                format!("the incident {:?} made by API", other.incident.title)
            }
        };
        return Ok(Err(clash(
            file,
            &format!(
                "the slug {:?} belongs to {owner} already",
                file.slug.as_str()
            ),
        )));
    }
    if let Some(found) = &found
        && (found.withdrawn_at.is_some() || found.incident.source != Source::File)
    {
        return Ok(Err(clash(
            file,
            "its id belongs to an incident that was made by API",
        )));
    }
    Ok(Ok(found))
}

fn clash(file: &IncidentFile, message: &str) -> Problem {
    Problem {
        severity: Severity::Error,
        file: file.file.clone(),
        line: 0,
        column: 0,
        width: 0,
        source: String::new(),
        message: message.to_owned(),
        help: Some(
            "give this file another name or another `slug:`, and no `id:` of another".to_owned(),
        ),
    }
}

async fn hide(change: &mut Change, stored: &StoredIncident) -> Result<(), ActionError> {
    let hidden = StoredIncident {
        hidden_at: Some(change.now),
        ..stored.clone()
    };
    incidents::set_incident(&mut change.tx, &hidden, change.now).await?;
    change.touch_incident(&stored.incident.id);
    for component in stored.incident.components() {
        change.touch_history(component);
    }
    let actor = Actor::File {
        name: stored.file.clone().unwrap_or_default(),
    };
    change
        .record_as(
            &actor,
            super::Deed {
                action: "hide_incident",
                kind: "incident",
                id: &stored.incident.id,
                label: &stored.incident.title,
                ..super::Deed::default()
            },
        )
        .await
}
