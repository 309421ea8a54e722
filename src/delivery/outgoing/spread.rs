//! Spreads what is due in the outbox into the queues of the channels that get it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::added_channel::AddedChannel;
use crate::domain::dispatch::{Dispatch, Reach, Thread};
use crate::snapshot::Snapshot;
use crate::store::channel_queue::{
    list_for_channels, list_told, queue_messages, set_channels_told,
};
use crate::store::channels::list_channels;
use crate::store::{Store, StoreError, Tx};

/// Spreads one dispatch that is due. Returns whether there was one.
///
/// # Errors
/// The database's.
pub(super) async fn spread_one(
    store: &Store,
    snapshot: &Snapshot,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let mut tx = store.read().await?;
    let waiting = list_for_channels(&mut tx).await?;
    drop(tx);
    let delay = snapshot.site.delivery.delay();
    // A thread's dispatches are spread in order. What only programs hear doesn't wait for what they
    // don't.
    let mut blocked: HashSet<(Thread, bool)> = HashSet::new();
    for dispatch in waiting {
        let is_shown = dispatch.revision <= snapshot.revision;
        let queue = (
            dispatch.thread.clone(),
            dispatch.news.reach() == Reach::Webhooks,
        );
        if blocked.contains(&queue) || dispatch.due(delay) > now || !is_shown {
            blocked.insert(queue);
            continue;
        }
        let mut tx = store.begin_delivery().await?;
        let told = match dispatch.is_stale(delay, now) {
            true => None,
            false => readers_of(&mut tx, snapshot, &dispatch).await?,
        };
        if let Some(channels) = &told {
            let ids: Vec<&str> = channels.iter().map(String::as_str).collect();
            queue_messages(&mut tx, &dispatch, &ids, now).await?;
        }
        set_channels_told(&mut tx, dispatch.seq, told.is_some()).await?;
        tx.commit().await?;
        return Ok(true);
    }
    Ok(false)
}

/// The ids of the channels that get a dispatch; `None` if it isn't public any more.
async fn readers_of(
    tx: &mut Tx,
    snapshot: &Snapshot,
    dispatch: &Dispatch,
) -> Result<Option<Vec<String>>, StoreError> {
    let told = list_told(tx, &dispatch.thread).await?;
    let channels = list_channels(tx).await?.into_iter();
    let active = channels.filter(|channel| channel.is_active());
    let readers = match dispatch.news.reach() {
        // Whoever was told must hear what became of it, whatever they chose since.
        Reach::Channels => active.filter(|it| told.contains(&it.id)).collect(),
        Reach::People => Vec::new(),
        Reach::Everybody | Reach::Webhooks => {
            let Some(audience) = snapshot.audience_of(dispatch) else {
                return Ok(None);
            };
            let is_reader = |it: &AddedChannel| {
                audience.includes(&it.following, &dispatch.thread, told.contains(&it.id))
            };
            let told = active.filter(|it| dispatch.news.is_for(it.kind) && is_reader(it));
            told.collect()
        }
    };
    Ok(Some(readers.into_iter().map(|it| it.id).collect()))
}
