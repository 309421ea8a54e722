//! What subscribers do themselves: ask, confirm, choose, pause and leave.
//!
//! Asking changes nothing that an answer could show: a letter is written, and what it says is
//! decided when it is sent. So a known and an unknown address get the same answer in the same time.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::change::Change;
use super::error::ActionError;
use crate::domain::dispatch::Thread;
use crate::domain::email_address::EmailAddress;
use crate::domain::hash::sha256;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Following, Subscriber, Target};
use crate::domain::subscription_link::CONFIRM_WITHIN;
use crate::store::letters::{Letter, Purpose, insert_letter};
use crate::store::outbox::find_last_seq;
use crate::store::subscribers::{self, find_link, find_link_key, find_subscriber};
use crate::store::{StoreError, Tx, components, deliveries, incidents};

/// Asks for a subscription: a letter goes to the address.
///
/// # Errors
/// `Invalid` if it follows nothing, or something that doesn't exist.
pub async fn subscribe(
    change: &mut Change,
    address: &EmailAddress,
    following: Following,
) -> Result<(), ActionError> {
    check_following(change, &following).await?;
    let letter = Letter {
        id: Uuid::now_v7().to_string(),
        address: address.clone(),
        purpose: Purpose::Signup(following),
        created_at: change.now,
        attempts: 0,
    };
    Ok(insert_letter(&mut change.tx, &letter).await?)
}

/// The subscriber whom a link to confirm was sent to; `None` if it is unknown or too old.
///
/// # Errors
/// The database's.
pub async fn find_to_confirm(
    tx: &mut Tx,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Subscriber>, StoreError> {
    match find_link(tx, &sha256(token), now - CONFIRM_WITHIN).await? {
        Some(id) => find_subscriber(tx, &id).await,
        None => Ok(None),
    }
}

/// Confirms a subscription by the secret in its link. Doing so twice is harmless. A letter says what
/// is open, and the subscriber counts as told of it.
///
/// # Errors
/// `NotFound` if the link is unknown or too old.
pub async fn confirm_subscription(
    change: &mut Change,
    token: &str,
) -> Result<Subscriber, ActionError> {
    let found = find_to_confirm(&mut change.tx, token, change.now).await?;
    let mut subscriber = found.ok_or_else(|| {
        let how = "this link has expired, or was replaced by a newer one; subscribe once more";
        ActionError::NotFound(how.to_owned())
    })?;
    if subscriber.confirmed_at.is_some() {
        return Ok(subscriber);
    }
    subscriber.confirmed_at = Some(change.now);
    if subscriber.refusals > 0 {
        // The address takes messages again. What staff suppressed stays so.
        subscriber.suppressed = None;
        subscriber.refusals = 0;
    }
    subscribers::set_subscriber(&mut change.tx, &subscriber).await?;
    welcome(change, &subscriber).await?;
    Ok(subscriber)
}

/// Writes the letter that welcomes a subscriber and names every open incident, and counts them as
/// told of those.
pub(super) async fn welcome(
    change: &mut Change,
    subscriber: &Subscriber,
) -> Result<(), ActionError> {
    let letter = Letter {
        id: Uuid::now_v7().to_string(),
        address: subscriber.address.clone(),
        purpose: Purpose::Welcome(subscriber.id.clone()),
        created_at: change.now,
        attempts: 0,
    };
    insert_letter(&mut change.tx, &letter).await?;
    let described = components::list_components(&mut change.tx).await?;
    let group_of = |slug: &Slug| {
        let found = described.iter().find(|it| it.slug == *slug);
        found.and_then(|it| it.group.as_deref())
    };
    for id in incidents::list_unfinished_ids(&mut change.tx).await? {
        let Some(stored) = incidents::find_incident(&mut change.tx, &id).await? else {
            continue;
        };
        let named = stored.incident.components().into_iter();
        let named: Vec<_> = named.map(|slug| (slug, group_of(slug))).collect();
        let kind = stored.incident.kind;
        if !subscriber.following.covers(&id, kind, &named) {
            continue;
        }
        let thread = Thread::Incident(id);
        let last = find_last_seq(&mut change.tx, &thread).await?.unwrap_or(0);
        deliveries::set_told(&mut change.tx, &subscriber.id, &thread, last).await?;
    }
    Ok(())
}

/// The subscriber whose link to manage the subscription has this secret; `None` if there is none, or
/// not any more.
///
/// # Errors
/// The database's.
pub async fn find_managed(tx: &mut Tx, token: &str) -> Result<Option<Subscriber>, StoreError> {
    let key = find_link_key(tx).await?;
    match key.and_then(|key| key.read(token)) {
        Some(id) => find_subscriber(tx, &id).await,
        None => Ok(None),
    }
}

async fn require_managed(change: &mut Change, token: &str) -> Result<Subscriber, ActionError> {
    let found = find_managed(&mut change.tx, token).await?;
    found.ok_or_else(|| {
        let how = "this link leads to no subscription; it may have been deleted";
        ActionError::NotFound(how.to_owned())
    })
}

/// Changes what a subscriber follows.
///
/// # Errors
/// `NotFound`; `Invalid` if it follows nothing, or something that doesn't exist.
pub async fn change_following(
    change: &mut Change,
    token: &str,
    following: Following,
) -> Result<Subscriber, ActionError> {
    let mut subscriber = require_managed(change, token).await?;
    check_following(change, &following).await?;
    subscriber.following = following;
    subscribers::set_subscriber(&mut change.tx, &subscriber).await?;
    Ok(subscriber)
}

/// Pauses a subscription, or goes on with it. What happened meanwhile isn't sent afterwards.
///
/// # Errors
/// `NotFound`.
pub async fn pause_subscription(
    change: &mut Change,
    token: &str,
    pause: bool,
) -> Result<Subscriber, ActionError> {
    let mut subscriber = require_managed(change, token).await?;
    subscriber.paused_at = match (pause, subscriber.paused_at) {
        (true, Some(since)) => Some(since),
        (true, None) => Some(change.now),
        (false, _) => None,
    };
    subscribers::set_subscriber(&mut change.tx, &subscriber).await?;
    Ok(subscriber)
}

/// Ends a subscription and deletes everything that is known of the subscriber. Doing so twice is
/// harmless.
///
/// # Errors
/// The database's.
pub async fn unsubscribe(change: &mut Change, token: &str) -> Result<(), ActionError> {
    if let Some(subscriber) = find_managed(&mut change.tx, token).await? {
        subscribers::delete_subscriber(&mut change.tx, &subscriber.id).await?;
    }
    Ok(())
}

/// Refuses what nobody could be told of.
pub(super) async fn check_following(
    change: &mut Change,
    following: &Following,
) -> Result<(), ActionError> {
    if following.is_empty() {
        let how = "choose what you want to hear about";
        return Err(ActionError::invalid("/following", how));
    }
    let mut active = components::list_components(&mut change.tx).await?;
    active.retain(|component| component.retired_at.is_none());
    for target in &following.targets {
        let is_known = match target {
            Target::Component(slug) => active.iter().any(|it| it.slug == *slug),
            Target::Group(name) => active.iter().any(|it| it.group.as_ref() == Some(name)),
            Target::Incident(id) => {
                let found = incidents::find_incident(&mut change.tx, id).await?;
                found.is_some_and(|it| it.is_present() && !it.incident.draft)
            }
        };
        if !is_known {
            let how = format!("there is no {} {:?} to follow", target.kind(), target.key());
            return Err(ActionError::invalid("/following", how));
        }
    }
    Ok(())
}
