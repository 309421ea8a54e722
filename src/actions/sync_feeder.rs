//! The machine and folder that feed a database: there is one.

use super::change::Change;
use super::error::ActionError;
use crate::store::settings::{find_meta, set_meta};

/// The name under which a database remembers the machine and folder that feed it.
pub const CONTENT_SOURCE: &str = "feeder";

/// Whether the content comes from where it last came from. Returns whether it is the first time
/// that it doesn't.
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
