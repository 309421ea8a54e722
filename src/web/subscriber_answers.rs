//! Subscribers between the database and the wire: incidents by their slugs outside, by their ids
//! inside.

use std::collections::BTreeMap;

use crate::actions::import_subscribers::ImportRow;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Following, Subscriber, Target};
use crate::render::subscriber_table::SubscriberTable;
use crate::store::incidents::{find_incident, find_incident_by_slug};
use crate::store::subscribers::{SubscriberFilter, list_subscribers};
use crate::store::{StoreError, Tx};
use crate::wire::subscriber::{ImportedSubscriber, SetFollowing, SubscriberBody};

/// Maximum size of a table of subscribers, in bytes.
const MAX_TABLE_BYTES: usize = 32 << 20;
/// How many subscribers are read at a time for the table.
const ROWS_AT_ONCE: i64 = 500;

/// Subscribers as the API returns them.
pub(super) async fn bodies_of(
    tx: &mut Tx,
    subscribers: &[Subscriber],
) -> Result<Vec<SubscriberBody>, StoreError> {
    let mut slugs: BTreeMap<String, Slug> = BTreeMap::new();
    for target in subscribers.iter().flat_map(|it| &it.following.targets) {
        let Target::Incident(id) = target else {
            continue;
        };
        if !slugs.contains_key(id)
            && let Some(stored) = find_incident(tx, id).await?
        {
            slugs.insert(id.clone(), stored.incident.slug.clone());
        }
    }
    let slug_of = |id: &str| slugs.get(id).cloned();
    let bodies = subscribers.iter();
    Ok(bodies.map(|it| SubscriberBody::of(it, slug_of)).collect())
}

/// A subscriber as the API returns it.
pub(super) async fn body_of(
    tx: &mut Tx,
    subscriber: &Subscriber,
) -> Result<SubscriberBody, StoreError> {
    let bodies = bodies_of(tx, std::slice::from_ref(subscriber)).await?;
    let body = bodies.into_iter().next();
    Ok(body.unwrap_or_else(|| SubscriberBody::of(subscriber, |_| None)))
}

/// What a request wants followed. An incident that doesn't exist keeps its slug as its id, so that
/// the action names it when it refuses it.
pub(super) async fn following_of(
    tx: &mut Tx,
    said: Option<&SetFollowing>,
) -> Result<Following, StoreError> {
    let Some(said) = said else {
        return Ok(Following::default());
    };
    let mut ids: BTreeMap<&Slug, String> = BTreeMap::new();
    for slug in &said.incidents {
        if let Some(stored) = find_incident_by_slug(tx, slug).await? {
            ids.insert(slug, stored.incident.id.clone());
        }
    }
    Ok(said.to_following(|slug| ids.get(slug).cloned().unwrap_or_else(|| slug.to_string())))
}

/// The rows of an import for the action.
pub(super) async fn rows_of(
    tx: &mut Tx,
    said: &[ImportedSubscriber],
) -> Result<Vec<ImportRow>, StoreError> {
    let mut rows = Vec::new();
    for one in said {
        rows.push(ImportRow {
            address: one.address.clone(),
            following: following_of(tx, one.following.as_ref()).await?,
        });
    }
    Ok(rows)
}

/// The subscribers whose address contains `search`, or all of them, as a table; `None` if it would
/// be too long.
pub(super) async fn table_of(
    tx: &mut Tx,
    search: Option<&str>,
) -> Result<Option<String>, StoreError> {
    let mut table = SubscriberTable::default();
    let mut filter = SubscriberFilter {
        search: search.map(str::to_owned),
        after: None,
        limit: ROWS_AT_ONCE,
    };
    loop {
        let subscribers = list_subscribers(tx, &filter).await?;
        let Some(last) = subscribers.last() else {
            return Ok(Some(table.finish()));
        };
        filter.after = Some(last.id.clone());
        for (body, subscriber) in bodies_of(tx, &subscribers).await?.iter().zip(&subscribers) {
            table.push(body, subscriber.status());
        }
        if table.size_bytes() > MAX_TABLE_BYTES {
            return Ok(None);
        }
    }
}
