//! Disables a channel that takes nothing any more.

use chrono::{DateTime, Duration, Utc};

use crate::domain::added_channel::AddedChannel;
use crate::store::channels::disable_channel;
use crate::store::{StoreError, Tx};

/// After how long without a single success a channel is given up.
const GIVEN_UP_AFTER: Duration = Duration::days(5);

/// Whether a channel that has taken nothing since `since` is given up.
pub(super) fn is_given_up(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    since.is_some_and(|since| now - since >= GIVEN_UP_AFTER)
}

/// Disables a channel, and logs why.
pub(super) async fn disable(
    tx: &mut Tx,
    channel: &AddedChannel,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if disable_channel(tx, &channel.id, why, now).await? {
        tracing::error!(channel = channel.name, why, "a channel was disabled");
    }
    Ok(())
}
