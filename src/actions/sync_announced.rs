//! The part of the sync that remembers which lines of the files announced something when they were
//! first seen, so that these lines stay text.

use std::collections::BTreeSet;

use super::error::ActionError;
use crate::content::Content;
use crate::content::update_entries::AnnouncedLines;
use crate::store::settings::{find_meta, set_meta};
use crate::store::{StoreError, Tx};

/// The key under which the database stores these lines.
const ANNOUNCED: &str = "announced";

/// The stored lines, by file; `None` if no folder was ever synced into this database.
///
/// # Errors
/// The database's; `Unreadable` if the stored value isn't a list of lines.
pub async fn find_announced(tx: &mut Tx) -> Result<Option<AnnouncedLines>, StoreError> {
    let text = find_meta(tx, ANNOUNCED).await?;
    let kept = text.map(|text| serde_json::from_str(&text)).transpose();
    kept.map_err(|error| StoreError::Unreadable(format!("{ANNOUNCED} in meta: {error}")))
}

/// Stores the lines of the files that were read, and drops those of files that are gone. Lines of
/// files that are unreadable or `missing` for the moment stay. Returns whether anything changed.
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
