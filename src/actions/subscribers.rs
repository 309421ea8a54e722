//! What staff do with subscribers: add, change, remove, suppress and allow again.

use uuid::Uuid;

use super::change::Change;
use super::checks;
use super::error::ActionError;
use super::subscriptions::{check_following, subscribe, welcome};
use crate::domain::email_address::{EmailAddress, mask_addresses};
use crate::domain::event::Event;
use crate::domain::event::facts::WhatIsTold;
use crate::domain::permission::Permission;
use crate::domain::subscriber::{Channel, Consent, Following, Subscriber, Suppression};
use crate::store::subscribers::{
    delete_subscriber, find_subscriber, find_subscriber_by_address, set_subscriber,
};

/// The longest text that says how subscribers agreed, in characters.
const MAX_CONSENT_CHARS: usize = 300;
/// The longest reason to suppress an address, in characters.
const MAX_REASON_CHARS: usize = 500;

/// A subscriber to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscriber {
    /// Where they are reached.
    pub address: EmailAddress,
    /// What they want to hear of.
    pub following: Following,
    /// How they agreed. Without it, they are asked by mail.
    pub consent: Option<String>,
    /// Whether a mail welcomes them.
    pub is_welcomed: bool,
}

/// Adds a subscriber. Returns `None` if they were only asked to confirm.
///
/// # Errors
/// `Invalid` for a following that nothing comes of or a consent in more than a line; `Conflict` if
/// the address is subscribed already, or suppressed.
pub async fn add_subscriber(
    change: &mut Change,
    wanted: NewSubscriber,
) -> Result<Option<Subscriber>, ActionError> {
    change.require(Permission::ManageSubscribers)?;
    let address = wanted.address;
    let known = find_subscriber_by_address(&mut change.tx, Channel::Email, &address).await?;
    if let Some(known) = &known {
        refuse_known(known)?;
    }
    let Some(consent) = wanted.consent else {
        subscribe(change, &address, wanted.following).await?;
        change.happened(Event::SubscriberAdded {
            id: Uuid::now_v7().to_string(),
            address: address.masked(),
            consent: None,
        });
        return Ok(None);
    };
    let consent = checked_consent(&consent)?;
    check_following(change, &wanted.following).await?;
    let subscriber = Subscriber {
        following: wanted.following,
        ..with_consent(change, known, address, &consent)
    };
    set_subscriber(&mut change.tx, &subscriber).await?;
    if wanted.is_welcomed {
        welcome(change, &subscriber).await?;
    }
    change.happened(Event::SubscriberAdded {
        id: subscriber.id.clone(),
        address: subscriber.address.masked(),
        consent: Some(mask_addresses(&consent)),
    });
    Ok(Some(subscriber))
}

/// Refuses an address that is subscribed already, or suppressed.
fn refuse_known(known: &Subscriber) -> Result<(), ActionError> {
    if let Some(suppressed) = &known.suppressed {
        let why = &suppressed.why;
        let how = format!("this address is suppressed ({why}); allow it first");
        return Err(ActionError::Conflict(how));
    }
    if known.confirmed_at.is_some() {
        let how = "this address is subscribed already; change that subscriber instead";
        return Err(ActionError::Conflict(how.to_owned()));
    }
    Ok(())
}

/// How subscribers agreed, without spaces around it.
pub(super) fn checked_consent(consent: &str) -> Result<String, ActionError> {
    let consent = consent.trim();
    if consent.is_empty() {
        let how = "say how they agreed to get mail, such as \"customers, by contract\"";
        return Err(ActionError::invalid("/consent", how));
    }
    checks::line("/consent", consent, MAX_CONSENT_CHARS)?;
    Ok(consent.to_owned())
}

/// A subscriber who is confirmed because staff stated their consent. Whoever is known, and hasn't
/// confirmed, keeps what they chose.
pub(super) fn with_consent(
    change: &Change,
    known: Option<Subscriber>,
    address: EmailAddress,
    consent: &str,
) -> Subscriber {
    let consent = Consent::Stated(consent.to_owned());
    let confirmed_at = Some(change.now);
    match known {
        Some(known) => Subscriber {
            confirmed_at,
            consent,
            ..known
        },
        None => Subscriber {
            id: Uuid::now_v7().to_string(),
            channel: Channel::Email,
            address,
            following: Following::default(),
            created_at: change.now,
            confirmed_at,
            paused_at: None,
            suppressed: None,
            refusals: 0,
            consent,
        },
    }
}

/// What to change about a subscriber; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditSubscriber {
    /// What they want to hear of.
    pub following: Option<Following>,
    /// Whether they want a pause.
    pub is_paused: Option<bool>,
}

/// Changes what a subscriber is told.
///
/// # Errors
/// `NotFound`; `Invalid` for a following that nothing comes of.
pub async fn edit_subscriber(
    change: &mut Change,
    id: &str,
    wanted: EditSubscriber,
) -> Result<Subscriber, ActionError> {
    change.require(Permission::ManageSubscribers)?;
    let mut subscriber = find(change, id).await?;
    let before = told(&subscriber);
    if let Some(following) = wanted.following {
        if following != subscriber.following {
            check_following(change, &following).await?;
        }
        subscriber.following = following;
    }
    match wanted.is_paused {
        Some(true) => _ = subscriber.paused_at.get_or_insert(change.now),
        Some(false) => subscriber.paused_at = None,
        None => {}
    }
    let after = told(&subscriber);
    if before != after {
        set_subscriber(&mut change.tx, &subscriber).await?;
        change.happened(Event::SubscriberEdited {
            id: subscriber.id.clone(),
            address: subscriber.address.masked(),
            before: Box::new(before),
            after: Box::new(after),
        });
    }
    Ok(subscriber)
}

fn told(subscriber: &Subscriber) -> WhatIsTold {
    WhatIsTold {
        following: subscriber.following.clone(),
        is_paused: subscriber.paused_at.is_some(),
    }
}

/// Deletes a subscriber, and everything that is known of them. Returns what was known.
///
/// # Errors
/// `NotFound`.
pub async fn remove_subscriber(change: &mut Change, id: &str) -> Result<Subscriber, ActionError> {
    change.require(Permission::ManageSubscribers)?;
    let subscriber = find(change, id).await?;
    delete_subscriber(&mut change.tx, id).await?;
    change.happened(Event::SubscriberRemoved {
        id: subscriber.id.clone(),
        address: subscriber.address.masked(),
    });
    Ok(subscriber)
}

/// Sends nothing to a subscriber any more. If that is so already, the first reason stays.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason.
pub async fn suppress_subscriber(
    change: &mut Change,
    id: &str,
    reason: &str,
) -> Result<Subscriber, ActionError> {
    change.require(Permission::ManageSubscribers)?;
    let why = reason.trim();
    if why.is_empty() {
        let how = "say why nothing is to be sent to this address any more";
        return Err(ActionError::invalid("/reason", how));
    }
    checks::line("/reason", why, MAX_REASON_CHARS)?;
    let mut subscriber = find(change, id).await?;
    if subscriber.suppressed.is_none() {
        subscriber.suppressed = Some(Suppression {
            at: change.now,
            why: why.to_owned(),
        });
        // Whoever was refused by a server may ask again, but not whom staff suppressed.
        subscriber.refusals = 0;
        set_subscriber(&mut change.tx, &subscriber).await?;
        note_suppressed(change, &subscriber);
    }
    Ok(subscriber)
}

/// Notes that an address was suppressed just now.
pub(super) fn note_suppressed(change: &mut Change, subscriber: &Subscriber) {
    let why = subscriber.suppressed.as_ref().map(|it| it.why.as_str());
    change.happened(Event::SubscriberSuppressed {
        id: subscriber.id.clone(),
        address: subscriber.address.masked(),
        why: mask_addresses(why.unwrap_or_default()),
    });
}

/// Sends to a suppressed subscriber again; earlier refusals no longer count. Doing so twice is
/// harmless.
///
/// # Errors
/// `NotFound`.
pub async fn allow_subscriber(change: &mut Change, id: &str) -> Result<Subscriber, ActionError> {
    change.require(Permission::ManageSubscribers)?;
    let mut subscriber = find(change, id).await?;
    if subscriber.suppressed.take().is_some() {
        subscriber.refusals = 0;
        set_subscriber(&mut change.tx, &subscriber).await?;
        change.happened(Event::SubscriberAllowed {
            id: subscriber.id.clone(),
            address: subscriber.address.masked(),
        });
    }
    Ok(subscriber)
}

async fn find(change: &mut Change, id: &str) -> Result<Subscriber, ActionError> {
    let found = find_subscriber(&mut change.tx, id).await?;
    found.ok_or_else(|| ActionError::NotFound(format!("there is no subscriber {id:?}")))
}
