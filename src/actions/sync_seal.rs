//! The seal: it says that a content folder was read and nothing had to be written. While neither
//! the folder nor what it states changes, it isn't read again.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::error::ActionError;
use super::sync_feeder::CONTENT_SOURCE;
use super::sync_report::SyncReport;
use crate::content::Content;
use crate::content::problem::Problem;
use crate::store::changes::{find_file_change_since, find_revision};
use crate::store::settings::{find_meta, set_meta};
use crate::store::{Store, Tx};

/// The key under which the database stores its seal.
const SEAL: &str = "sync_seal";

/// With more problems than this, a folder isn't sealed.
const MAX_PROBLEMS: usize = 1000;

/// A state in which the database was in step with a folder.
#[derive(Debug, Serialize, Deserialize)]
struct Seal {
    /// The digest of the folder's content; see [`crate::content::digest_folder`].
    digest: String,
    /// The revision at which the database was in step.
    revision: i64,
    /// The problems in the files, though no file was refused.
    problems: Vec<Problem>,
}

/// The problems that reading the folder again would find. `None` means that it must be read: its
/// content has changed since it was sealed, or something that it states has changed in the
/// database.
///
/// # Errors
/// The database's.
pub async fn find_unchanged(
    store: &Store,
    digest: &str,
    feeder: &str,
) -> Result<Option<Vec<Problem>>, ActionError> {
    let mut tx = store.read().await?;
    if find_meta(&mut tx, CONTENT_SOURCE).await?.as_deref() != Some(feeder) {
        return Ok(None);
    }
    let Some(seal) = find_meta(&mut tx, SEAL).await? else {
        return Ok(None);
    };
    // Another version may have written a seal of another form.
    let Ok(seal) = serde_json::from_str::<Seal>(&seal) else {
        return Ok(None);
    };
    let is_older = seal.revision > find_revision(&mut tx).await?;
    if seal.digest != digest || is_older || find_file_change_since(&mut tx, seal.revision).await? {
        return Ok(None);
    }
    Ok(Some(seal.problems))
}

/// Seals a folder that was just read and synced without changing anything; see [`is_in_step`].
///
/// # Errors
/// The database's.
pub async fn seal_content(
    store: &Store,
    digest: String,
    content: &Content,
    report: &SyncReport,
) -> Result<(), ActionError> {
    let mut tx = store.begin().await?;
    let seal = Seal {
        digest,
        revision: report.seen_revision,
        problems: content
            .problems
            .iter()
            .chain(&report.moved)
            .cloned()
            .collect(),
    };
    let Ok(text) = serde_json::to_string(&seal) else {
        return Ok(());
    };
    set_meta(&mut tx, SEAL, &text).await?;
    Ok(tx.commit().await?)
}

/// Whether a sync found the database in step, and would do so at any later time.
pub fn is_in_step(content: &Content, report: &SyncReport, now: DateTime<Utc>) -> bool {
    let dates = content.incidents.iter().flat_map(|file| {
        let entries = file.entries.iter().map(|entry| entry.at);
        entries.chain([file.published_at])
    });
    // A future entry is read differently once its time has come. So is a doubtful time of day.
    let settled = match content.problems.is_empty() {
        true => now,
        false => now - Duration::days(1),
    };
    !report.has_written
        && report.missing.is_empty()
        && report.unread.is_empty()
        && report.problems.is_empty()
        && content.unreadable.is_empty()
        && content.unreadable_templates.is_empty()
        && content.templates.is_some()
        && content.problems.len() + report.moved.len() <= MAX_PROBLEMS
        && dates.max().is_none_or(|latest| latest <= settled)
}

/// Breaks the seal, because something is written on behalf of a folder.
pub(super) async fn break_seal(tx: &mut Tx) -> Result<(), ActionError> {
    if find_meta(tx, SEAL)
        .await?
        .is_some_and(|seal| !seal.is_empty())
    {
        set_meta(tx, SEAL, "").await?;
    }
    Ok(())
}
