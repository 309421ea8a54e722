//! Letters: messages about a subscription itself. What a signup gets is decided here, so that the
//! form's answer never depends on whether an address is known.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::compose::Workshop;
use super::email::{Identity, Outgoing, write};
use crate::domain::email_address::EmailAddress;
use crate::domain::hash::sha256;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Channel, Consent, Following, Subscriber};
use crate::random;
use crate::render::mail::{self, Mail, Reader};
use crate::snapshot::Snapshot;
use crate::store::letters::{Letter, Purpose};
use crate::store::subscribers::{self, find_subscriber, find_subscriber_by_address};
use crate::store::{Store, StoreError};
use crate::urls;

/// The most links to confirm that an address gets in a day.
const MOST_LINKS: i64 = 3;

/// A letter that is ready to be sent.
#[derive(Debug)]
pub(super) struct Ready {
    /// The message; `None` if there is none to send.
    pub(super) message: Option<Outgoing>,
    /// The hash of the secret in its link, if it has one to confirm.
    pub(super) link: Option<String>,
}

const NOTHING: Ready = Ready {
    message: None,
    link: None,
};

/// Makes a letter ready. A new link to confirm is stored before it is sent.
///
/// # Errors
/// The database's.
pub(super) async fn prepare(
    store: &Store,
    workshop: &Workshop,
    letter: &Letter,
) -> Result<Ready, StoreError> {
    match &letter.purpose {
        Purpose::Signup(following) => signup(store, workshop, letter, following).await,
        Purpose::Welcome(id) => {
            let mut tx = store.read().await?;
            let found = find_subscriber(&mut tx, id).await?;
            let Some(subscriber) = found.filter(Subscriber::is_active) else {
                return Ok(NOTHING);
            };
            let [manage_url, unsubscribe_url] = links(workshop, &subscriber.id);
            let reader = Reader {
                following: &subscriber.following,
                manage_url: &manage_url,
                unsubscribe_url: &unsubscribe_url,
            };
            let open = open_for(&workshop.snapshot, &subscriber.following);
            let mail = mail::welcome(&workshop.snapshot, &reader, &open);
            Ok(of_mail(workshop, letter, &mail, Some(&subscriber), None))
        }
    }
}

async fn signup(
    store: &Store,
    workshop: &Workshop,
    letter: &Letter,
    following: &Following,
) -> Result<Ready, StoreError> {
    let mut tx = store.begin_delivery().await?;
    let found = find_subscriber_by_address(&mut tx, Channel::Email, &letter.address).await?;
    let refused_by_staff = |it: &Subscriber| it.suppressed.is_some() && it.refusals == 0;
    let subscriber = match found {
        Some(known) if refused_by_staff(&known) => return Ok(NOTHING),
        Some(known) if known.confirmed_at.is_some() && known.suppressed.is_none() => {
            drop(tx);
            let [manage_url, unsubscribe_url] = links(workshop, &known.id);
            let reader = Reader {
                following: &known.following,
                manage_url: &manage_url,
                unsubscribe_url: &unsubscribe_url,
            };
            let mail = mail::already_subscribed(&workshop.snapshot, &reader);
            return Ok(of_mail(workshop, letter, &mail, Some(&known), None));
        }
        Some(known) => Subscriber {
            following: following.clone(),
            confirmed_at: None,
            ..known
        },
        None => newcomer(&letter.address, following, workshop.now),
    };
    let a_day_ago = workshop.now - Duration::days(1);
    if subscribers::count_links(&mut tx, &subscriber.id, a_day_ago).await? >= MOST_LINKS {
        return Ok(NOTHING);
    }
    // Without randomness, it is tried again.
    let secret = random::secret().map_err(|_| StoreError::Unanswered)?;
    let link = sha256(&secret);
    subscribers::set_subscriber(&mut tx, &subscriber).await?;
    subscribers::insert_link(&mut tx, &link, &subscriber.id, workshop.now).await?;
    tx.commit().await?;
    let base_url = &workshop.snapshot.site.base_url;
    let url = urls::absolute(base_url, &urls::confirm_subscription(&secret));
    let mail = mail::confirm(&workshop.snapshot, following, &url);
    Ok(of_mail(workshop, letter, &mail, None, Some(link)))
}

fn newcomer(address: &EmailAddress, following: &Following, now: DateTime<Utc>) -> Subscriber {
    Subscriber {
        id: Uuid::now_v7().to_string(),
        channel: Channel::Email,
        address: address.clone(),
        following: following.clone(),
        created_at: now,
        confirmed_at: None,
        paused_at: None,
        suppressed: None,
        refusals: 0,
        consent: Consent::Confirmed,
    }
}

fn of_mail(
    workshop: &Workshop,
    letter: &Letter,
    mail: &Mail,
    subscriber: Option<&Subscriber>,
    link: Option<String>,
) -> Ready {
    let unsubscribe_url = subscriber.map(|subscriber| {
        let [_, unsubscribe_url] = links(workshop, &subscriber.id);
        unsubscribe_url
    });
    let identity = Identity {
        id: &letter.id,
        thread: None,
        at: workshop.now,
        unsubscribe_url: unsubscribe_url.as_deref(),
    };
    match write(&workshop.sender, &letter.address, mail, &identity) {
        Ok(message) => Ready {
            message: Some(message),
            link,
        },
        Err(why) => {
            tracing::warn!(letter.id, "a letter can't be written: {why}");
            NOTHING
        }
    }
}

/// The URLs at which a subscriber changes what they hear, and leaves.
fn links(workshop: &Workshop, subscriber_id: &str) -> [String; 2] {
    let token = workshop.key.token_of(subscriber_id);
    let paths = [urls::manage_subscription(&token), urls::unsubscribe(&token)];
    paths.map(|path| urls::absolute(&workshop.snapshot.site.base_url, &path))
}

/// What is open or planned of what somebody follows, newest first.
fn open_for(snapshot: &Snapshot, following: &Following) -> Vec<Incident> {
    let open = snapshot.open_incidents().into_iter();
    let all = open.chain(snapshot.planned_maintenance());
    let covered = |incident: &Incident| {
        let group = |slug: &Slug| {
            let record = snapshot.find_component(slug)?;
            record.component.group.as_deref()
        };
        let named = incident.components().into_iter();
        let named: Vec<_> = named.map(|slug| (slug, group(slug))).collect();
        following.covers(&incident.id, incident.kind, &named)
    };
    all.filter(covered).collect()
}
