//! What a claimed delivery says: the dispatches between what its reader was told and how far it
//! tells, as they stand now.

use std::collections::HashMap;
use std::sync::Arc;

use super::dkim::Signer;
use super::email::{Draft, Identity, Outgoing, Sender, write};
use super::header::HeaderText;
use crate::domain::delivery_settings::DeliverySettings;
use crate::domain::dispatch::{Dispatch, News, Thread};
use crate::domain::email_address::EmailAddress;
use crate::domain::hash::sha256;
use crate::domain::site::SiteSettings;
use crate::domain::subscriber::Subscriber;
use crate::domain::subscription_link::LinkKey;
use crate::render::mail::{self, Broadcast, Reader};
use crate::snapshot::Snapshot;
use crate::store::deliveries::ClaimedDelivery;
use crate::store::outbox::list_dispatches_between;
use crate::store::{StoreError, Tx};
use crate::urls;
use chrono::{DateTime, Utc};

/// What there is to do about a claimed delivery.
pub(super) enum Composed {
    /// This message is to be written and sent.
    Message(Draft),
    /// Nothing of it is public any more, or nobody waits for it.
    Nothing,
    /// It can't be sent as it is.
    Impossible(String),
}

/// Who messages come from, by the site's settings. `None` if no address is configured.
pub(super) fn sender_of(site: &SiteSettings, signer: Option<Arc<Signer>>) -> Option<Sender> {
    let DeliverySettings {
        from,
        reply_to,
        feedback_id,
        ..
    } = &site.delivery;
    let read = |text: &Option<String>| {
        let text = text.as_deref();
        text.and_then(|text| EmailAddress::parse(text).ok())
    };
    Some(Sender {
        name: HeaderText::new(&site.name),
        from: read(from)?,
        reply_to: read(reply_to),
        authority: HeaderText::new(site.authority.split(':').next().unwrap_or_default()),
        feedback_id: feedback_id.as_deref().map(HeaderText::new),
        signer,
    })
}

/// What all messages of a batch are made from.
#[derive(Debug)]
pub(super) struct Workshop {
    /// Everything public now.
    pub(super) snapshot: Arc<Snapshot>,
    /// Who messages come from.
    pub(super) sender: Sender,
    /// The site's key for links.
    pub(super) key: LinkKey,
    /// When it is.
    pub(super) now: DateTime<Utc>,
}

/// What a group of deliveries says: all that tell the same of the same thread.
type Said = HashMap<(Thread, i64, i64), Heard>;

/// What there is to say, and whether it still is news.
struct Heard {
    broadcast: Option<Arc<Broadcast>>,
    is_stale: bool,
}

/// Composes the messages of a batch, in order.
///
/// # Errors
/// The database's.
pub(super) async fn compose(
    tx: &mut Tx,
    workshop: &Arc<Workshop>,
    claimed: &[ClaimedDelivery],
    subscribers: &HashMap<String, Arc<Subscriber>>,
) -> Result<Vec<Composed>, StoreError> {
    let mut said = Said::new();
    let mut composed = Vec::with_capacity(claimed.len());
    for delivery in claimed {
        let key = (
            delivery.thread.clone(),
            delivery.told_seq,
            delivery.until_seq,
        );
        if !said.contains_key(&key) {
            let (thread, after, until) = &key;
            let dispatches = list_dispatches_between(tx, thread, *after, *until).await?;
            let delay = workshop.snapshot.site.delivery.delay();
            let is_stale = |it: &Dispatch| it.is_stale(delay, workshop.now);
            let heard = Heard {
                broadcast: say(&workshop.snapshot, thread, &dispatches).map(Arc::new),
                is_stale: dispatches.iter().all(is_stale),
            };
            said.insert(key.clone(), heard);
        }
        let heard = said.get(&key);
        let Some((broadcast, is_stale)) =
            heard.and_then(|it| Some((it.broadcast.as_ref()?, it.is_stale)))
        else {
            composed.push(Composed::Nothing);
            continue;
        };
        // What was tried before has a day of its own.
        if is_stale && delivery.failing_since.is_none() {
            let why = "it waited for over a day before anything could be sent";
            composed.push(Composed::Impossible(why.to_owned()));
            continue;
        }
        let reader = subscribers.get(&delivery.subscriber_id);
        let Some(subscriber) = reader.filter(|it| it.is_active()) else {
            composed.push(Composed::Nothing);
            continue;
        };
        let (workshop, broadcast) = (workshop.clone(), broadcast.clone());
        let (delivery, subscriber) = (delivery.clone(), subscriber.clone());
        let draft = move || address(&workshop, &broadcast, &delivery, &subscriber);
        composed.push(Composed::Message(Box::new(draft)));
    }
    Ok(composed)
}

fn say(snapshot: &Snapshot, thread: &Thread, dispatches: &[Dispatch]) -> Option<Broadcast> {
    let news: Vec<News> = dispatches.iter().map(|it| it.news.clone()).collect();
    if news.is_empty() {
        return None;
    }
    match thread {
        Thread::Incident(id) => {
            let incident = snapshot.posts.find_by_id(id)?.read();
            mail::incident(snapshot, &incident, &news)
        }
        Thread::Component(slug) => mail::component(snapshot, slug),
    }
}

/// Writes a message to one reader.
fn address(
    workshop: &Workshop,
    broadcast: &Broadcast,
    delivery: &ClaimedDelivery,
    subscriber: &Subscriber,
) -> Result<Outgoing, String> {
    let token = workshop.key.token_of(&subscriber.id);
    let base_url = &workshop.snapshot.site.base_url;
    let manage_url = urls::absolute(base_url, &urls::manage_subscription(&token));
    let unsubscribe_url = urls::absolute(base_url, &urls::unsubscribe(&token));
    let reader = Reader {
        following: &subscriber.following,
        manage_url: &manage_url,
        unsubscribe_url: &unsubscribe_url,
    };
    let mail = broadcast.to_reader(&workshop.snapshot, &reader);
    let thread = delivery.thread.to_text().replace('/', ".");
    let id = message_id(&thread, delivery);
    let identity = Identity {
        id: &id,
        thread: Some(&thread),
        at: workshop.now,
        unsubscribe_url: Some(&unsubscribe_url),
    };
    write(&workshop.sender, &subscriber.address, &mail, &identity)
}

/// The same for the same message to the same reader, however often it is sent.
fn message_id(thread: &str, delivery: &ClaimedDelivery) -> String {
    let mut reader = sha256(&delivery.subscriber_id);
    reader.truncate(16);
    format!("{thread}.{}.{reader}", delivery.until_seq)
}
