//! The part of the sync that remembers which lines of the files announced something when they were
//! first seen, so that they stay text.

use std::collections::BTreeSet;

use super::error::ActionError;
use crate::content::Content;
use crate::content::update_entries::AnnouncedLines;
use crate::store::settings::{find_meta, set_meta};
use crate::store::{StoreError, Tx};

/// The name under which a database remembers these lines.
const ANNOUNCED: &str = "announced";

/// The lines that were kept, by file; `None` if a folder was never synced into this database.
///
/// # Errors
/// The database's; `Unreadable` if what it remembers is no list of lines.
pub async fn find_announced(tx: &mut Tx) -> Result<Option<AnnouncedLines>, StoreError> {
    let text = find_meta(tx, ANNOUNCED).await?;
    let kept = text.map(|text| serde_json::from_str(&text)).transpose();
    kept.map_err(|error| StoreError::Unreadable(format!("{ANNOUNCED} in meta: {error}")))
}

/// Keeps the lines of the files that were read, and drops those of files that are gone; those of
/// files that can't be read or are `missing` for the moment stay. Says whether that changed
/// anything.
pub(super) async fn keep_announced(
    tx: &mut Tx,
    content: &Content,
    missing: &BTreeSet<String>,
) -> Result<bool, ActionError> {
    let before = find_announced(tx).await?;
    let mut kept = before.clone().unwrap_or_default();
    kept.retain(|file, _| missing.contains(file) || content.unreadable.contains(file));
    for file in &content.incidents {
        if !file.announced.is_empty() {
            kept.insert(file.file.clone(), file.announced.clone());
        }
    }
    if before.as_ref() == Some(&kept) {
        return Ok(false);
    }
    let text = serde_json::to_string(&kept).unwrap_or_default();
    set_meta(tx, ANNOUNCED, &text).await?;
    Ok(true)
}
