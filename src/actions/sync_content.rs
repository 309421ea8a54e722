//! Brings the database in step with the content folder. A file owns what it states.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::change::Change;
use super::error::ActionError;
use super::sync_announced::keep_announced;
use super::sync_feeder::check_feeder;
use super::sync_incident::sync_incident;
use super::sync_match::match_files;
use super::sync_report::SyncReport;
use super::sync_seal::break_seal;
use super::sync_site::sync_site;
use super::sync_templates::sync_templates;
use crate::clock::Clock;
use crate::content::addresses::contested;
use crate::content::problem::Severity;
use crate::content::{Content, SlugSource};
use crate::domain::actor::Actor;
use crate::domain::dispatch::Telling;
use crate::domain::event::Event;
use crate::domain::slug::Slug;
use crate::domain::zone::start_of_day;
use crate::store::Store;
use crate::store::changes::find_revision;
use crate::store::incidents::{self, StoredIncident};

/// The options of a sync.
#[derive(Debug, Clone, Default)]
pub struct SyncOptions {
    /// The machine and folder that the content comes from.
    pub feeder: String,
    /// Whether to take over from another machine or folder.
    pub take_over: bool,
    /// Whether to accept that most files are gone.
    pub allow_missing: bool,
    /// Files that were missing before and still are; only these count as gone.
    pub gone: BTreeSet<String>,
}

/// Writes what `content` says into the database, in one change.
///
/// # Errors
/// `Conflict` if the folder has no readable `site.toml`, if another machine or folder feeds the
/// database, or if more than half of at least four known files are gone. Nothing is changed then.
pub async fn sync_content(
    store: &Store,
    clock: &Clock,
    content: &Content,
    options: &SyncOptions,
) -> Result<SyncReport, ActionError> {
    let site = content.site.as_ref().ok_or_else(|| unusable(content))?;
    let actor = Actor::file("site.toml");
    let mut change = Change::begin(store, clock, actor).await?;
    change.tx.be_patient().await?;
    let seen_revision = find_revision(&mut change.tx).await?;
    let is_new_feeder = check_feeder(&mut change, &options.feeder, options.take_over).await?;
    if is_new_feeder {
        // What a folder holds when it is first read is a history, not news.
        change.tell(Telling::Quietly);
    }
    change.news_since(yesterday(site.zone, change.now));
    let known = incidents::list_file_incidents(&mut change.tx).await?;
    let matches = match_files(&mut change, content, &known).await?;
    let lost = matches.missing.len();
    let present = known.iter().filter(|stored| stored.is_present()).count();
    if present >= 4 && lost * 2 > present && !options.allow_missing {
        return Err(ActionError::Conflict(format!(
            "{lost} of {present} known files are gone from the content folder, so nothing was \
             changed; put them back, or run `lightship sync --allow-missing` if they are meant to \
             be gone"
        )));
    }
    sync_site(&mut change, site).await?;
    let has_other_templates = sync_templates(&mut change, content).await?;
    let is_known = |name: &String| {
        known
            .iter()
            .any(|stored| stored.file.as_ref() == Some(name))
    };
    let unread = content.unreadable.iter().filter(|name| !is_known(name));
    let mut report = SyncReport {
        problems: matches.problems,
        moved: matches.moved,
        unread: unread.cloned().collect(),
        seen_revision,
        ..SyncReport::default()
    };
    let stated: HashMap<&String, &Slug> = content
        .incidents
        .iter()
        .map(|file| (&file.file, &file.slug))
        .collect();
    for stored in matches.displaced {
        incidents::free_slug(&mut change.tx, &stored.incident.id).await?;
    }
    for (file, old) in &matches.files {
        if let Some(old) = old.filter(|old| old.incident.slug != file.slug) {
            incidents::free_slug(&mut change.tx, &old.incident.id).await?;
        }
    }
    let contested = contested(content.incidents.iter());
    for (file, old) in matches.files {
        let file = file.as_ref();
        let mut synced = sync_incident(&mut change, file, old).await?;
        let is_stated = file.slug_source == SlugSource::Stated;
        let is_own = stated
            .get(&file.file)
            .is_some_and(|slug| **slug == file.slug);
        if !is_stated && (!is_own || contested.contains(&file.slug)) {
            synced.ids.slug = Some(file.slug.clone());
        }
        report.added += usize::from(old.is_none());
        report.changed += usize::from(synced.differs && old.is_some());
        report.problems.extend(synced.problems);
        report.ids.insert(file.file.clone(), synced.ids);
    }
    for stored in matches.missing {
        let Some(name) = &stored.file else { continue };
        if options.gone.contains(name) {
            hide(&mut change, stored).await?;
            report.hidden += 1;
        } else {
            report.missing.insert(name.clone());
        }
    }
    let has_announced = keep_announced(&mut change.tx, content, &report.missing).await?;
    // A sync that finds nothing new writes nothing.
    report.has_written =
        is_new_feeder || has_other_templates || has_announced || change.has_touched();
    if report.has_written {
        break_seal(&mut change.tx).await?;
        report.revision = change.commit().await?;
    }
    Ok(report)
}

/// The beginning of the day before, in the site's zone.
fn yesterday(zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let day = today.pred_opt().unwrap_or(today);
    start_of_day(zone, day)
}

fn unusable(content: &Content) -> ActionError {
    let why = content
        .problems
        .iter()
        .find(|problem| problem.severity == Severity::Error)
        .map(|problem| format!("{}: {}", problem.file, problem.message));
    ActionError::Conflict(format!(
        "the content folder can't be read reliably, so nothing was changed ({})",
        why.unwrap_or_else(|| "site.toml".to_owned())
    ))
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
    let actor = Actor::file(stored.file.clone().unwrap_or_default());
    let event = Event::IncidentHidden {
        id: stored.incident.id.clone(),
        title: stored.incident.title.clone(),
    };
    change.happened_by(actor, event);
    Ok(())
}
