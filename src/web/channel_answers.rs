//! Channels between the database and the wire.

use std::collections::BTreeMap;

use crate::domain::added_channel::AddedChannel;
use crate::domain::slug::Slug;
use crate::domain::subscriber::Target;
use crate::store::channel_queue::count_waiting_messages;
use crate::store::incidents::find_incident;
use crate::store::{StoreError, Tx};
use crate::wire::channel::ChannelBody;

/// Channels as the API returns them.
pub(super) async fn bodies_of(
    tx: &mut Tx,
    channels: &[AddedChannel],
) -> Result<Vec<ChannelBody>, StoreError> {
    let mut slugs: BTreeMap<String, Slug> = BTreeMap::new();
    for target in channels.iter().flat_map(|it| &it.following.targets) {
        if let Target::Incident(id) = target
            && !slugs.contains_key(id)
            && let Some(stored) = find_incident(tx, id).await?
        {
            slugs.insert(id.clone(), stored.incident.slug.clone());
        }
    }
    let waiting: BTreeMap<String, i64> = count_waiting_messages(tx).await?.into_iter().collect();
    let bodies = channels.iter().map(|channel| {
        let waiting = waiting.get(&channel.id).copied().unwrap_or_default();
        ChannelBody::of(channel, waiting, |id| slugs.get(id).cloned())
    });
    Ok(bodies.collect())
}

/// A channel as the API returns it.
pub(super) async fn body_of(
    tx: &mut Tx,
    channel: &AddedChannel,
) -> Result<ChannelBody, StoreError> {
    let bodies = bodies_of(tx, std::slice::from_ref(channel)).await?;
    let body = bodies.into_iter().next();
    Ok(body.unwrap_or_else(|| ChannelBody::of(channel, 0, |_| None)))
}
