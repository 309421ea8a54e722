//! The machine and folder that feed a database. There is only one.

use super::change::Change;
use super::error::ActionError;
use crate::store::settings::{find_meta, set_meta};

/// The key under which the database stores the machine and folder that feed it.
pub const CONTENT_SOURCE: &str = "feeder";

/// Checks that the content comes from the same source as before, or may take over from it. Returns
/// whether the source is new.
pub(super) async fn check_feeder(
    change: &mut Change,
    feeder: &str,
    take_over: bool,
) -> Result<bool, ActionError> {
    let known = find_meta(&mut change.tx, CONTENT_SOURCE).await?;
    match known {
        Some(known) if known == feeder => return Ok(false),
        Some(known) if !take_over => {
            return Err(ActionError::Conflict(format!(
                "this database syncs from {known}, so {feeder} isn't synced into it; to sync from \
                 there from now on, run `lightship sync --take-over`"
            )));
        }
        Some(_) | None => {}
    }
    set_meta(&mut change.tx, CONTENT_SOURCE, feeder).await?;
    Ok(true)
}
