//! The kinds of channels: each composes its own requests, and reads its own answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::delivery::chat::{self, Place, Posting};
use crate::delivery::webhook;
use crate::domain::added_channel::{AddedChannel, message_id};
use crate::domain::chat::ChatAddress;
use crate::domain::dispatch::Thread;
use crate::domain::subscriber::Channel;
use crate::render::chat::{self as chat_message, Form};
use crate::render::json::webhook::event;
use crate::snapshot::Snapshot;
use crate::store::channel_queue::ClaimedMessage;
use crate::store::channel_references::References;

/// What a request is composed from.
#[derive(Debug, Clone)]
pub(super) struct Telling {
    /// Everything public now.
    pub(super) snapshot: Arc<Snapshot>,
    /// Who is told.
    pub(super) channel: Arc<AddedChannel>,
    /// What.
    pub(super) message: Arc<ClaimedMessage>,
    /// What the service called the messages that it belongs to.
    pub(super) references: References,
    /// When it is.
    pub(super) now: DateTime<Utc>,
}

/// The request that tells a channel something; `None` if nothing of it is public any more.
///
/// # Errors
/// Why it can't be written.
pub(super) fn request(telling: &Telling) -> Result<Option<HttpRequest>, String> {
    let Telling {
        snapshot,
        channel,
        message,
        now,
        ..
    } = telling;
    match channel.kind {
        Channel::Email => Err("mail isn't sent over HTTP".to_owned()),
        Channel::Webhook => {
            let news = message.news.as_ref();
            let Some(event) = event(snapshot, &message.thread, news, message.created_at) else {
                return Ok(None);
            };
            let id = message_id(&message.channel_id, message.seq);
            webhook::request(channel, &id, &event, *now).map(Some)
        }
        Channel::Chat(service) => {
            let address = channel.address.chat(service);
            let address = address.map_err(|error| error.to_string())?;
            Ok(chat_request(telling, &address))
        }
    }
}

/// The request that posts something to a chat; `None` if nothing of it is public any more.
fn chat_request(telling: &Telling, address: &ChatAddress) -> Option<HttpRequest> {
    let Telling {
        snapshot,
        message,
        references,
        ..
    } = telling;
    let corrected = references.corrected.as_deref();
    let corrected = corrected.filter(|_| address.can_edit());
    let (form, place) = match (corrected, &references.first) {
        (Some(corrected), _) => (Form::Edit, Place::Edit(corrected)),
        (None, Some(first)) => (Form::Own, Place::Reply(first)),
        (None, None) => (Form::Own, Place::New),
    };
    let (told, place) = match (&message.news, &message.thread) {
        (None, _) => (chat_message::trial(&snapshot.site), Place::New),
        (Some(_), Thread::Component(slug)) => {
            // What is true now isn't put below what was true once.
            (chat_message::component(snapshot, slug)?, Place::New)
        }
        (Some(news), Thread::Incident(id)) => {
            let post = snapshot.posts.find_by_id(id).map(|post| post.read());
            (
                chat_message::news(snapshot, post.as_ref(), news, form)?,
                place,
            )
        }
    };
    let posting = Posting {
        message: &told,
        key: &message_id(&message.channel_id, message.seq),
        thread: &message.thread.to_text(),
        place,
    };
    Some(chat::request(&posting, address))
}

/// What a channel makes of an answer.
pub(super) fn read(channel: &AddedChannel, answer: &HttpAnswer) -> ChannelResult {
    match channel.kind {
        Channel::Email => ChannelResult::Refused {
            why: "mail isn't sent over HTTP".to_owned(),
        },
        Channel::Webhook => webhook::read(answer),
        Channel::Chat(service) => match channel.address.chat(service) {
            Ok(address) => chat::read(&address, answer),
            Err(error) => ChannelResult::Refused {
                why: error.to_string(),
            },
        },
    }
}
